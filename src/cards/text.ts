/**
 * Foreign text as people may see it: characters that show nothing, or that turn the reading order round, are removed,
 * so that what is read is what is there. Newlines stay, tabs become spaces, broken surrogates become U+FFFD.
 */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replace(INVISIBLE, '')
}

/** The same on one line: for labels and titles. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim()
}

/** At most `max` (1 or more) code units; what does not fit is replaced by "…". Never splits a character in two. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = text.slice(0, max - 1)
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}

// Cc: controls. Cf: format characters, among them bidi (U+202A-202E, U+2066-2069), zero-width and tags. DI: other characters
// that show nothing, such as fillers; of these the selectors of emoji stay.
const INVISIBLE = /(?!\n|\p{Variation_Selector})[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
