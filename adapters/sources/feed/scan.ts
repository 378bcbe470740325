/** A piece of an XML text: where it is, what it is, and the name of a tag. */
export interface Token {
  readonly kind: 'text' | 'open' | 'close' | 'empty' | 'cdata' | 'comment' | 'instruction' | 'doctype'
  readonly start: number
  readonly end: number
  readonly name: string
}

/** A reason not to read a feed at all. */
export class Unreadable extends Error {}

const LONGEST_TAG = 100_000
const NAME_START = /[A-Za-z_\u00c0-\uffff]/
const NAME = /[^\s/>]+/y

const until = (xml: string, mark: string, from: number, what: string): number => {
  const at = xml.indexOf(mark, from)
  if (at < 0) throw new Unreadable(`The XML is cut off in a ${what}`)
  return at + mark.length
}

/** Position after the `>` that ends a tag; one in quotes does not. */
const endOfTag = (xml: string, from: number): number => {
  const most = Math.min(xml.length, from + LONGEST_TAG)
  let quote = ''
  for (let at = from; at < most; at += 1) {
    const letter = xml[at]
    if (quote !== '') {
      if (letter === quote) quote = ''
    } else if (letter === '"' || letter === "'") quote = letter
    else if (letter === '>') return at + 1
  }
  throw new Unreadable('The XML has a tag that does not end')
}

const nameAt = (xml: string, at: number): string => {
  NAME.lastIndex = at
  return NAME.exec(xml)?.[0] ?? ''
}

/** The piece that starts at a position. A `<` that starts no tag is text. Throws Unreadable. */
export const tokenAt = (xml: string, start: number): Token => {
  const piece = (kind: Token['kind'], end: number, name = ''): Token => ({ kind, start, end, name })
  if (xml[start] !== '<') {
    const next = xml.indexOf('<', start)
    return piece('text', next < 0 ? xml.length : next)
  }
  if (xml.startsWith('<!--', start)) return piece('comment', until(xml, '-->', start + 4, 'comment'))
  if (xml.startsWith('<![CDATA[', start)) return piece('cdata', until(xml, ']]>', start + 9, 'CDATA section'))
  if (xml.startsWith('<?', start)) return piece('instruction', until(xml, '?>', start + 2, 'processing instruction'))
  if (/^<![A-Za-z]/.test(xml.slice(start, start + 3))) return piece('doctype', endOfTag(xml, start), nameAt(xml, start + 2))
  if (xml[start + 1] === '/' && NAME_START.test(xml[start + 2] ?? ''))
    return piece('close', until(xml, '>', start, 'tag'), nameAt(xml, start + 2))
  if (!NAME_START.test(xml[start + 1] ?? '')) return piece('text', start + 1)
  const end = endOfTag(xml, start)
  return piece(xml[end - 2] === '/' ? 'empty' : 'open', end, nameAt(xml, start + 1).replace(/\/$/, ''))
}
