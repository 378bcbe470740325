import { innerOf } from './inner.ts'
import { type Names, refuseDoctype, rootOf, TEXTS } from './names-of-tags.ts'
import { withoutReferences } from './references.ts'
import { type Token, tokenAt, Unreadable } from './scan.ts'

/** An element right below an item: its text, and its tag as it stands. */
export interface Element {
  readonly text: string
  readonly tag: string
}

/** The parts of one item, by the names of `names-of-tags.ts`. */
export type Parts = ReadonlyMap<string, readonly Element[]>

const DEEPEST = 40
const MOST_TAGS = 400_000
const NOTHING: readonly Element[] = []

/** Elements of an item by one of our names. */
export const partsOf = (parts: Parts, name: string): readonly Element[] => parts.get(name) ?? NOTHING

const attribute = (name: string): RegExp => new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i')

/** The attributes that are read. */
const ATTRIBUTES = {
  href: attribute('href'),
  isPermaLink: attribute('isPermaLink'),
  'rdf:about': attribute('rdf:about'),
  rel: attribute('rel'),
  score: attribute('score'),
  severity: attribute('severity'),
  term: attribute('term'),
  'xml:base': attribute('xml:base'),
}

/** The value of an attribute; empty where there is none. */
export const attributeOf = ({ tag }: Element, name: keyof typeof ATTRIBUTES): string => {
  if (!tag.includes('=')) return ''
  const found = ATTRIBUTES[name].exec(tag)
  return withoutReferences(found?.[1] ?? found?.[2] ?? '').trim()
}

const pieceOf = (xml: string, { kind, start, end }: Token): string =>
  kind === 'cdata' ? xml.slice(start + 9, end - 3) : kind === 'comment' || kind === 'instruction' ? '' : xml.slice(start, end)

/** Markup that somebody wrote into an element as elements stays markup. */
const textOf = (xml: string, tokens: readonly Token[]): string => {
  const isMarked = tokens.some(({ kind }) => kind === 'open' || kind === 'close' || kind === 'empty')
  return tokens.map((token) => (token.kind === 'text' && !isMarked ? withoutReferences(pieceOf(xml, token)) : pieceOf(xml, token))).join('')
}

const AS_TEXT = { plain: withoutReferences, tokens: textOf }

interface Reading {
  readonly items: Map<string, Element[]>[]
  readonly most: number
  names: Names | null
  /** Items beyond the first `most` are counted only. */
  listed: number
  /** RSS has its items in a channel; a document without one is none. */
  isFeed: boolean
  /** What relative links of items are relative to; empty: the address of the feed. */
  base: string
  item: Map<string, Element[]> | null
  /** Depth of the item that is open. */
  itemDepth: number
  depth: number
  tags: number
}

const isItem = (name: string): boolean => name === 'item' || name === 'entry'

const begin = (to: Reading, token: Token, xml: string): void => {
  to.listed += 1
  to.itemDepth = to.depth
  const item = { text: '', tag: xml.slice(token.start, token.end) }
  const base = attributeOf(item, 'xml:base') || to.base
  to.item = new Map([
    ['x-item', [item]],
    ['x-base', [{ text: base, tag: '' }]],
  ])
  if (to.items.length < to.most) to.items.push(to.item)
}

const keep = (item: Map<string, Element[]>, name: string, element: Element): void => {
  const known = item.get(name)
  if (known) known.push(element)
  else item.set(name, [element])
}

/** An element that opens: an item, a part of one, or something around them. Answers where to go on. */
const opened = (xml: string, token: Token, to: Reading): number => {
  to.names ??= rootOf(token, xml.slice(token.start, token.end))
  const name = to.names.ours(token.name)
  const isPart = to.item !== null && to.depth === to.itemDepth + 1
  if (to.item !== null && isPart && name.startsWith('x-')) {
    const tag = xml.slice(token.start, token.end)
    const { text, end } = token.kind === 'empty' ? { text: '', end: token.end } : innerOf(xml, token, AS_TEXT)
    keep(to.item, name, { text: TEXTS.has(name) || name === 'x-id' ? text : text.replace(/<[^<>]*>/g, ' ').trim(), tag })
    return end
  }
  if (name === 'channel' || name === 'feed' || (to.depth === 0 && isItem(name))) to.isFeed = true
  if (to.item === null && to.depth < 2 && !isItem(name))
    to.base = attributeOf({ text: '', tag: xml.slice(token.start, token.end) }, 'xml:base') || to.base
  if (to.item === null && isItem(name) && token.kind === 'open') begin(to, token, xml)
  if (token.kind === 'open') to.depth += 1
  if (to.depth > DEEPEST) throw new Unreadable(`The XML is nested more than ${DEEPEST} deep`)
  return token.end
}

const closed = (token: Token, to: Reading): void => {
  to.depth -= 1
  if (to.item !== null && (to.depth <= to.itemDepth || isItem(to.names?.ours(token.name) ?? ''))) {
    to.depth = to.itemDepth
    to.item = null
  }
}

const step = (xml: string, token: Token, to: Reading): number => {
  switch (token.kind) {
    case 'doctype':
      refuseDoctype(xml.slice(token.start, token.end), to.names !== null)
      return token.end
    case 'open':
    case 'empty':
      to.tags += 1
      if (to.tags > MOST_TAGS) throw new Unreadable(`The XML has more than ${MOST_TAGS} tags`)
      return opened(xml, token, to)
    case 'close':
      closed(token, to)
      return token.end
    case 'text':
    case 'cdata':
    case 'comment':
    case 'instruction':
      return token.end
    default:
      return token.kind satisfies never
  }
}

/**
 * The items of a feed (RSS, RDF, Atom, as people write them), straight from the text: no tree is built. Definitions (DTD), excessive depth
 * and size are refused. Throws Unreadable with a sentence.
 */
export const itemsOf = (xml: string, most: number): { readonly items: readonly Parts[]; readonly listed: number } => {
  const to: Reading = { items: [], most, names: null, listed: 0, isFeed: false, base: '', item: null, itemDepth: 0, depth: 0, tags: 0 }
  for (let at = 0; at < xml.length; ) at = step(xml, tokenAt(xml, at), to)
  if (to.names === null) throw new Unreadable('There is no XML in it')
  if (!to.isFeed && to.listed === 0) throw new Unreadable('It is no RSS, RDF or Atom with a channel')
  if (to.depth > 0) throw new Unreadable('It is no well-formed XML: it is cut off')
  return { items: to.items, listed: to.listed }
}
