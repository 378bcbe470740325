import { compile } from 'html-to-text'
import { plain } from '../../../src/core/identify/text.ts'
import { withoutReferences } from './references.ts'

const LONGEST = 100_000

export const MARKUP = /<\/?[a-z][^<>]*>|&(?:[a-z]{2,10}|#\d{1,6}|#x[0-9a-f]{1,5});/i

const HTML = {
  wordwrap: false,
  limits: { maxInputLength: LONGEST, maxDepth: 60, maxChildNodes: 5_000 },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    // What stands in two cells is two words.
    ...['td', 'th'].map((selector) => ({ selector, format: 'inlineSurround', options: { suffix: ' ' } })),
    ...['dt', 'dd', 'caption', 'figcaption'].map((selector) => ({
      selector,
      format: 'block',
      options: { leadingLineBreaks: 1, trailingLineBreaks: 1 },
    })),
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
} as const

/** Any markup as text, slowly: lists, tables, whatever people write. */
export const htmlText = compile(HTML as never)

/** Something else than paragraphs, breaks and what stands within a line. */
const NOT_SIMPLE = /<(?!\/?(?:p|br|b|i|em|strong|code|span|a)\b[^<>]*>)/i
/** One blank is what it is to become: only what is not one is written anew. */
const BLANKS = /[ \t\n\r]{2,}|[\t\n\r]/g
// What is white before a break goes when the ends of lines are trimmed.
const LINES = /<br\b[^<>]*>\s*/gi
const PARAGRAPHS = /<\/?p\b[^<>]*>\s*/gi

/** Most notices are a few paragraphs: those need no tree. Null: it is more than that. */
const simpleText = (markup: string): string | null => {
  if (NOT_SIMPLE.test(markup)) return null
  const text = withoutReferences(
    markup
      .replace(BLANKS, ' ')
      .replace(LINES, '\n')
      .replace(PARAGRAPHS, '\n\n')
      .replace(/<[^<>]*>/g, ''),
  )
  return text.includes('&') && /&[a-z]{2,10};/i.test(text) ? null : text
}

/** Foreign markup as plain text. */
export const plainText = (markup: string, longest: number): string => {
  const text = markup.slice(0, LONGEST)
  return plain(MARKUP.test(text) ? (simpleText(text) ?? htmlText(text)) : text, longest)
}
