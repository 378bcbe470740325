import type { Span, Text } from '../card.ts'
import { plainText } from '../text.ts'
import type { Element, RichTextBlock, TextRun, TextStyle } from './json.ts'

/**
 * Text without a time becomes a RichTextBlock, which knows no markdown. Times are made local by the platform only in a
 * TextBlock, which does know markdown: there everything but the time is escaped (see `escapeMarkdown`).
 * One element per line, because neither element keeps line breaks everywhere.
 */
export function textElements(text: Text, style: TextStyle = {}): Element[] {
  return splitLines(text).map((line, index): Element => {
    const element = line.some(isTime) ? timedLine(line, style) : richLine(line, style)
    return index === 0 ? element : { ...element, spacing: 'none' }
  })
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

function isTime(span: Span): span is TimeSpan {
  return typeof span !== 'string' && 'time' in span && INSTANT.test(span.time)
}

function timedLine(line: Text, style: TextStyle): Element {
  // Four leading spaces would be a code block.
  const text = line
    .map((span) => (isTime(span) ? macro(span) : markdown(span)))
    .join('')
    .trimStart()
  return { type: 'TextBlock', text, wrap: true, ...style }
}

function markdown(span: Span): string {
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

function richLine(line: Text, style: TextStyle): Element {
  const inlines = line.flatMap((span) =>
    typeof span !== 'string' && 'strong' in span ? runs(spanText(span), { ...style, weight: 'bolder' }) : runs(spanText(span), style),
  )
  return { type: 'RichTextBlock', inlines }
}

/** Microsoft's renderer replaces `{{DATE(...)}}` in runs too; two runs with a brace each are left alone. */
function runs(text: string, style: TextStyle): TextRun[] {
  return plainText(text)
    .replace(/\n+/g, ' ')
    .split(/(?<=\{)(?=\{)/)
    .filter((part) => part !== '')
    .map((part) => ({ type: 'TextRun', text: part, ...style }))
}

function spanText(span: Span): string {
  if (typeof span === 'string') return span
  if ('mention' in span) return span.name
  return 'strong' in span ? span.strong : span.time
}

function splitLines(text: Text): Text[] {
  const lines: Span[][] = [[]]
  for (const span of text) {
    if (isTime(span)) lines.at(-1)?.push(span)
    else addLines(lines, span)
  }
  return lines.filter((line) => line.some((span) => isTime(span) || spanText(span).trim() !== ''))
}

function addLines(lines: Span[][], span: Span): void {
  for (const [index, part] of plainText(spanText(span)).split('\n').entries()) {
    if (index > 0) lines.push([])
    lines.at(-1)?.push(typeof span === 'string' || !('strong' in span) ? part : { strong: part })
  }
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/
