import type { Mention } from '../called.ts'
import type { Span, Text } from '../card.ts'
import { plainLine, plainText, shorten } from '../text.ts'
import type { Inline, PlainText, RichElement, RichSection, RichText, Style } from './json.ts'
import { LIMITS } from './limits.ts'

/** Slack's id of the account or the user group that a mention names; null: the name is shown. */
export type Mentions = (mention: Mention) => string | null

export const NOBODY: Mentions = () => null

/** How many characters a block may still take (negative once something had to be cut), and whom its mentions name. */
export interface Budget {
  left: number
  readonly mentions: Mentions
}

/** One character is kept back for the "…". */
export const budgetOf = (characters: number, mentions = NOBODY): Budget => ({ left: characters - 1, mentions })

/** The text as far as it fits; empty after something was cut. */
export function take(budget: Budget, raw: string): string {
  const text = plainText(raw)
  if (budget.left < 0) return ''
  if (text.length <= budget.left) {
    budget.left -= text.length
    return text
  }
  const cut = shorten(text, budget.left + 1)
  budget.left = -1
  return cut
}

/** Rich text elements are shown as they are: Slack looks for no mention, link, emoji or markup in them. */
export function inline(text: Text, budget: Budget, style?: Style): Inline[] {
  return text.flatMap((span) => element(span, budget, style))
}

function element(span: Span, budget: Budget, style: Style | undefined): Inline[] {
  if (typeof span === 'string') return words(take(budget, span), style)
  if ('mention' in span) return mention(span, budget, style)
  if ('strong' in span) return words(take(budget, span.strong), { ...style, bold: true })
  const fallback = take(budget, inUtc(span.time, span.style))
  const seconds = Math.floor(Date.parse(span.time) / 1000)
  if (fallback === '' || budget.left < 0 || !Number.isFinite(seconds)) return words(fallback, style)
  return [{ type: 'date', timestamp: seconds, format: FORMATS[span.style], fallback, ...(style ? { style } : {}) }]
}

/** The one element that makes phones ring. It takes what its name takes; Slack shows the account's own name. */
function mention(span: Mention, budget: Budget, style: Style | undefined): Inline[] {
  const name = words(take(budget, span.name), { ...style, bold: true })
  const id = budget.left < 0 ? null : budget.mentions(span)
  if (id === null) return name
  return span.mention === 'person' ? [{ type: 'user', user_id: id }] : [{ type: 'usergroup', usergroup_id: id }]
}

/** A text element, or none: Slack refuses empty ones. */
export const words = (text: string, style?: Style): Inline[] => (text === '' ? [] : [{ type: 'text', text, ...(style ? { style } : {}) }])

/** Only addresses of web pages become links; anything else stays words. */
export function link(label: string, url: string, budget: Budget): Inline[] {
  const text = take(budget, label)
  if (text === '') return []
  return isWebAddress(url) ? [{ type: 'link', url, text }] : words(text)
}

const isWebAddress = (url: string): boolean =>
  url.length <= LIMITS.url && URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol)

type TimeStyle = Extract<Span, { time: unknown }>['style']

/** Slack shows these in the reader's own zone and locale. */
const FORMATS: Record<TimeStyle, string> = { date: '{date_short}', time: '{time}', 'date-time': '{date_short} {time}' }

/** `2026-11-23T14:05:00.000Z` as `2026-11-23 14:05 UTC`, for clients that cannot show a date element. */
export function inUtc(instant: string, style: TimeStyle): string {
  const date = instant.slice(0, 10)
  const time = `${instant.slice(11, 16)} UTC`
  return { date, time, 'date-time': `${date} ${time}` }[style]
}

export const richText = (...elements: RichElement[]): RichText => ({ type: 'rich_text', elements })

/** A section that is never empty: Slack refuses one without elements. */
export const section = (elements: Inline[]): RichSection => ({
  type: 'rich_text_section',
  elements: elements.length > 0 ? elements : [{ type: 'text', text: '–' }],
})

/** One line of plain text that is never empty. Slack interprets nothing in plain text. */
export const plain = (raw: string, max: number): PlainText => {
  const line = plainLine(raw)
  return { type: 'plain_text', text: shorten(line === '' ? '–' : line, max), emoji: false }
}
