import { own } from '../../../src/core/own.ts'

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  copy: '©',
  reg: '®',
  trade: '™',
  middot: '·',
  bull: '•',
}

const REFERENCE = /&(?:([a-zA-Z]{2,8})|#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6}));/g

const FIVE = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&amp;', '&'],
] as const
const ONLY_XML = /^[^&]*(?:&(?:lt|gt|amp|quot|apos);[^&]*)*$/

/** May a character of this code point stand in a document at all (XML 1.0, 2.2)? */
export const isCharacter = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 32 && code < 0xd800) ||
  (code > 0xdfff && code < 0xfffe) ||
  (code > 0xffff && code <= 0x10ffff)

/**
 * References of XML, and those of HTML that people write into feeds, as characters, once. What XML does not allow as a character vanishes;
 * what is no reference stays as it stands.
 */
export const withoutReferences = (text: string): string => {
  if (!text.includes('&')) return text
  // Most feeds have the five of XML and nothing else; `&amp;` last, so that what it makes is not read again.
  if (ONLY_XML.test(text))
    return FIVE.reduce((all, [reference, letter]) => (all.includes(reference) ? all.replaceAll(reference, letter) : all), text)
  return text.replace(REFERENCE, (all, name: string | undefined, decimal: string | undefined, hex: string | undefined) => {
    if (name !== undefined) return own(NAMED, name) ?? all
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return isCharacter(code) ? String.fromCodePoint(code) : ''
  })
}
