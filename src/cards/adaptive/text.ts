import type { Mention } from '../called.ts'
import type { Span, Text } from '../card.ts'
import { plainText } from '../text.ts'
import type { Element, RichTextBlock, TextRun, TextStyle } from './json.ts'
import { type MentionBook, NOBODY } from './mention.ts'

/**
 * Text without a time becomes a RichTextBlock, which knows no markdown. Times are made local, and people called, by the platform only
 * in a TextBlock, which does know markdown: there everything else is escaped (see `escapeMarkdown`).
 * One element per line, because neither element keeps line breaks everywhere.
 */
export function textElements(text: Text, style: TextStyle = {}, book: MentionBook = NOBODY): Element[] {
  return splitLines(withCalls(text, book)).map((line, index): Element => {
    const element = line.some(isLive) ? liveLine(line, style) : richLine(line, style)
    return index === 0 ? element : { ...element, spacing: 'none' }
  })
}

/** What only a TextBlock shows as what it is: ready for its markdown. */
interface Call {
  readonly call: string
}
type Piece = Exclude<Span, Mention> | Call

const withCalls = (text: Text, book: MentionBook): readonly Piece[] =>
  text.flatMap((span) => (typeof span === 'string' || !('mention' in span) ? [span] : called(span, book.texts(span))))

/** Where nobody is called, the name is shown in bold. A role keeps its name beside those who hold it. */
function called({ mention, name }: Mention, texts: readonly string[]): readonly Piece[] {
  const calls = texts.flatMap((call, i): Piece[] => (i === 0 ? [{ call }] : [', ', { call }]))
  if (mention === 'person' && calls.length > 0) return calls
  return calls.length === 0 ? [{ strong: name }] : [{ strong: name }, ' (', ...calls, ')']
}

/** One line of text that holds no time. */
export function rich(text: string, style: TextStyle = {}): RichTextBlock {
  return { type: 'RichTextBlock', inlines: runs(text, style) }
}

/** Backslash escapes (CommonMark) before everything that can begin markup, a link or a `{{...}}` macro. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<>&#!~|{}]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d*)([.)])/, '$1\\$2')
}

type TimeSpan = Extract<Span, { readonly time: string }>

const isCall = (span: Piece): span is Call => typeof span !== 'string' && 'call' in span
const isLive = (span: Piece): span is TimeSpan | Call => isTime(span) || isCall(span)

function isTime(span: Piece): span is TimeSpan {
  return typeof span !== 'string' && 'time' in span && INSTANT.test(span.time)
}

function liveLine(line: readonly Piece[], style: TextStyle): Element {
  // Four leading spaces would be a code block.
  const text = line
    .map((span) => (isTime(span) ? macro(span) : isCall(span) ? span.call : markdown(span)))
    .join('')
    .trimStart()
  return { type: 'TextBlock', text, wrap: true, ...style }
}

function markdown(span: Words): string {
  const text = escapeMarkdown(spanText(span))
  if (typeof span === 'string' || !('strong' in span)) return text
  const inner = text.trim()
  // Emphasis marks next to a space are not emphasis, so the spaces stay outside.
  return inner === '' ? text : text.replace(inner, () => `**${inner}**`)
}

/** ISO time without milliseconds: renderers leave a macro with milliseconds as it is. */
function macro(span: TimeSpan): string {
  const iso = `${new Date(span.time).toISOString().slice(0, 19)}Z`
  const date = `{{DATE(${iso}, SHORT)}}`
  const time = `{{TIME(${iso})}}`
  switch (span.style) {
    case 'date':
      return date
    case 'time':
      return time
    case 'date-time':
      return `${date} ${time}`
    default:
      return span.style satisfies never
  }
}

function richLine(line: readonly Piece[], style: TextStyle): Element {
  const inlines = line.flatMap((span) =>
    typeof span !== 'string' && 'strong' in span ? runs(spanText(span), { ...style, weight: 'bolder' }) : runs(spanText(span), style),
  )
  return { type: 'RichTextBlock', inlines }
}

/** Microsoft's renderer replaces `{{DATE(...)}}` in runs too; two runs with a brace each are left alone. So are halves of `<at>`. */
function runs(text: string, style: TextStyle): TextRun[] {
  return plainText(text)
    .replace(/\n+/g, ' ')
    .split(/(?<=\{)(?=\{)|(?<=<)(?=\/?at>)/i)
    .filter((part) => part !== '')
    .map((part) => ({ type: 'TextRun', text: part, ...style }))
}

type Words = Exclude<Piece, Call>

function spanText(span: Piece): string {
  if (typeof span === 'string') return span
  if (isCall(span)) return span.call
  return 'strong' in span ? span.strong : span.time
}

function splitLines(text: readonly Piece[]): Piece[][] {
  const lines: Piece[][] = [[]]
  for (const span of text) {
    if (isLive(span)) lines.at(-1)?.push(span)
    else addLines(lines, span)
  }
  return lines.filter((line) => line.some((span) => isLive(span) || spanText(span).trim() !== ''))
}

function addLines(lines: Piece[][], span: Words): void {
  for (const [index, part] of plainText(spanText(span)).split('\n').entries()) {
    if (index > 0) lines.push([])
    lines.at(-1)?.push(typeof span === 'string' || !('strong' in span) ? part : { strong: part })
  }
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/
