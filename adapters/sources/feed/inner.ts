import { type Token, tokenAt, Unreadable } from './scan.ts'

export interface Inner {
  readonly text: string
  /** Where the element's end tag ends. */
  readonly end: number
}

/** How what an element holds becomes text. */
export interface Reading {
  /** Text without any markup, the common case. */
  plain(text: string): string
  tokens(xml: string, tokens: readonly Token[]): string
}

/** What an element holds up to its end tag. Throws Unreadable where that does not come. */
export function innerOf(xml: string, open: Token, reading: Reading): Inner {
  const next = xml.indexOf('<', open.end)
  const close = `</${open.name}>`
  if (next >= 0 && xml.startsWith(close, next)) return { text: reading.plain(xml.slice(open.end, next)), end: next + close.length }
  const tokens: Token[] = []
  let depth = 1
  for (let at = open.end; at < xml.length; ) {
    const token = tokenAt(xml, at)
    at = token.end
    if (token.name === open.name && token.kind === 'open') depth += 1
    if (token.name === open.name && token.kind === 'close') depth -= 1
    if (depth === 0) return { text: reading.tokens(xml, tokens), end: token.end }
    tokens.push(token)
  }
  throw new Unreadable(`The XML is cut off in <${open.name}>`)
}
