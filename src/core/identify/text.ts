/** Longest text that is kept of one field, in UTF-16 units. A longer one ends in an ellipsis. */
const LONGEST = 20_000

// Control characters but line feed, and the marks that turn the direction of writing round or show nothing at all.
const UNSEEN = /[[\p{Cc}--\n]\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gv

/** Foreign text as plain text: trimmed, line feeds only, nothing invisible, at most `longest` long. Renderers still escape it. */
export const plain = (text: string, longest = LONGEST): string => {
  const clean = text
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, ' ')
    .replace(UNSEEN, '')
    .split('\n')
    .map((row) => row.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  return clean.length > longest ? `${clean.slice(0, longest - 1).toWellFormed()}…` : clean
}

/** The same on one line. */
export const line = (text: string, longest = 500): string => plain(text.replace(/\ufeff/g, '').replace(/\s+/g, ' '), longest)

/** Different non-empty texts, in their order. */
export const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts.filter((text) => text !== ''))]
