import { innerOf } from './inner.ts'
import { type Names, refuseDoctype, rootOf, TEXTS } from './names-of-tags.ts'
import { isCharacter } from './references.ts'
import { type Token, tokenAt, Unreadable } from './scan.ts'

const DEEPEST = 40
const MOST_TAGS = 400_000

const GOOD_REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)/g
const NUMBERED = /&#(?:([0-9]{1,7})|[xX]([0-9a-fA-F]{1,6}));/g

/** A `&` that starts no reference that XML knows is a `&`: people write HTML's references and bare ones. */
const withReferences = (text: string): string => {
  if (!text.includes('&')) return text
  return text
    .replace(GOOD_REFERENCE, '&amp;')
    .replace(NUMBERED, (all, decimal: string | undefined, hex: string | undefined) =>
      isCharacter(decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)) ? all : '',
    )
}

const escaped = (markup: string): string => markup.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Markup in an element with a text becomes text. */
const textOf = (xml: string, tokens: readonly Token[]): string => {
  const marked = tokens.some(({ kind }) => kind === 'open' || kind === 'close' || kind === 'empty')
  return tokens
    .filter(({ kind }) => kind !== 'comment' && kind !== 'instruction')
    .map(({ kind, start, end }) => {
      if (kind === 'cdata') return escaped(xml.slice(start + 9, end - 3))
      const piece = xml.slice(start, end)
      if (marked) return escaped(piece)
      return piece === '<' ? '&lt;' : withReferences(piece)
    })
    .join('')
}

const AS_TEXT = { plain: withReferences, tokens: textOf }

interface Progress {
  readonly out: string[]
  /** Null before the root. */
  names: Names | null
  depth: number
  tags: number
}

/** Writes a tag, and what it holds where that is a text; answers where to go on. */
const writeTag = (xml: string, token: Token, to: Progress): number => {
  const piece = xml.slice(token.start, token.end)
  to.names ??= rootOf(token, piece)
  to.tags += 1
  if (to.tags > MOST_TAGS) throw new Unreadable(`The XML has more than ${MOST_TAGS} tags`)
  const name = to.names.ours(token.name)
  if (token.kind === 'close') {
    to.depth -= 1
    to.out.push(`</${name}>`)
    return token.end
  }
  const tag = `<${name}${withReferences(piece.slice(token.name.length + 1))}`
  if (token.kind === 'open' && to.depth > 1 && TEXTS.has(name)) {
    const { text, end } = innerOf(xml, token, AS_TEXT)
    to.out.push(`${tag}${text}</${name}>`)
    return end
  }
  if (token.kind === 'open') to.depth += 1
  if (to.depth > DEEPEST) throw new Unreadable(`The XML is nested more than ${DEEPEST} deep`)
  to.out.push(tag)
  return token.end
}

const write = (xml: string, token: Token, to: Progress): number => {
  const piece = xml.slice(token.start, token.end)
  switch (token.kind) {
    case 'comment':
    case 'instruction':
      return token.end
    case 'doctype':
      refuseDoctype(piece, to.names !== null)
      return token.end
    case 'cdata':
    case 'text':
      if (to.names !== null) to.out.push(token.kind === 'cdata' ? piece : piece === '<' ? '&lt;' : withReferences(piece))
      return token.end
    case 'open':
    case 'close':
    case 'empty':
      return writeTag(xml, token, to)
    default:
      return token.kind satisfies never
  }
}

/**
 * XML of a feed as people write it -> XML that rss-parser reads rightly and cheaply. Definitions (DTD), excessive depth and size are
 * refused before anything is parsed. Throws Unreadable with a sentence.
 */
export const normaliseXml = (xml: string): string => {
  const to: Progress = { out: [], names: null, depth: 0, tags: 0 }
  for (let at = 0; at < xml.length; ) at = write(xml, tokenAt(xml, at), to)
  if (to.names === null) throw new Unreadable('There is no XML in it')
  return to.out.join('')
}
