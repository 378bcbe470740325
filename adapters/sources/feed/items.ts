import { compile } from 'html-to-text'
import Parser from 'rss-parser'
import { severityOfScore, severityWord } from '../../../src/core/identify/severity.ts'
import { distinct, line, plain } from '../../../src/core/identify/text.ts'
import { feedDate } from './dates.ts'
import { decodeFeed } from './decode.ts'
import { vendorIdOf } from './ids.ts'
import type { FeedItem, FeedJob, FeedReading } from './item.ts'
import { normaliseXml } from './normalise.ts'
import { Unreadable } from './scan.ts'

const MOST_ITEMS = 1_000
const LONGEST_MARKUP = 100_000
const LONGEST_TEXT = 8_000

/** What xml2js makes of an element: its text, or an object with its text and attributes. */
type Element = string | { readonly _?: unknown; readonly $?: Readonly<Record<string, unknown>> }

const PARTS = [
  'x-title',
  'x-dc-title',
  'x-link',
  'x-id',
  'x-text',
  'x-long',
  'x-published',
  'x-updated',
  'x-date',
  'x-category',
  'x-vendor-id',
  'x-cvss',
] as const
type Part = (typeof PARTS)[number]
type Parts = { readonly [P in Part]?: readonly Element[] } & { readonly 'rdf:about'?: unknown }

const parser = new Parser<Record<string, unknown>, Parts>({
  defaultRSS: 2,
  customFields: { item: PARTS.map((part) => [part, part, { keepArray: true }]) as never },
})

const textOf = (element: Element | undefined): string => {
  if (typeof element === 'string') return element
  return typeof element?._ === 'string' ? element._ : ''
}

const attribute = (element: Element | undefined, name: string): string => {
  const value = typeof element === 'object' ? element.$?.[name] : undefined
  return typeof value === 'string' ? value : ''
}

const first = (elements: readonly Element[] | undefined): string =>
  (elements ?? []).map((element) => textOf(element).trim()).find((text) => text !== '') ?? ''

const MARKUP = /<\/?[a-z][^<>]*>|&(?:[a-z]{2,10}|#\d{1,6}|#x[0-9a-f]{1,5});/i

const HTML = {
  wordwrap: false,
  limits: { maxInputLength: LONGEST_MARKUP, maxDepth: 60, maxChildNodes: 5_000 },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
} as const

const toText = compile(HTML as never)

/** Foreign markup as plain text. */
const plainText = (markup: string, longest: number): string => {
  const text = markup.slice(0, LONGEST_MARKUP)
  return plain(MARKUP.test(text) ? toText(text) : text, longest)
}

/** Tags that people write into titles; anything else in angle brackets is what the title says. */
const INLINE_MARKUP = /<\/?(?:b|i|em|strong|code|span|a|font|u|sup|sub)\b[^<>]*>/gi
const BLOCK_MARKUP = /<\/?(?:br|p|div)\b[^<>]*>/gi

const titleOf = (parts: Parts): string => {
  const raw = (first(parts['x-title']) || first(parts['x-dc-title'])).slice(0, 2_000).replace(INLINE_MARKUP, '').replace(BLOCK_MARKUP, ' ')
  const text = MARKUP.test(raw) ? toText(raw.replace(/[<>]/g, (mark) => (mark === '<' ? '&lt;' : '&gt;'))) : raw
  return line(text, 300)
}

const SELF = ['self', 'edit', 'enclosure', 'replies', 'hub', 'via', 'related']

const linkOf = (parts: Parts): string => {
  const links = parts['x-link'] ?? []
  const written = links.map((link) => textOf(link).trim()).find((text) => text !== '')
  const referred = links.filter((link) => !SELF.includes(attribute(link, 'rel'))).map((link) => attribute(link, 'href'))
  const guid = (parts['x-id'] ?? []).find((id) => attribute(id, 'isPermaLink') !== 'false')
  const permanent = /^https?:\/\//i.test(textOf(guid).trim()) ? textOf(guid).trim() : ''
  const about = typeof parts['rdf:about'] === 'string' ? parts['rdf:about'] : ''
  return (written || referred.find((href) => href !== '') || permanent || about).slice(0, 2_000)
}

const dateOf = (...texts: readonly string[]): string | null => texts.map(feedDate).find((date) => date !== null) ?? null

const STATED =
  /\b(?:severity|impact|security impact rating|priority|threat level)\s*(?:rating)?\s*[:=]\s*(critical|important|high|moderate|medium|low)\b/i
const IN_TITLE =
  /^\W*(?:\S+\s+)?(critical|important|high|moderate|medium|low)\s*:|[([](critical|important|high|moderate|medium|low)(?: severity)?[)\]]/i

/** The publisher's word for the severity where the feed has one; empty where not. */
const severityWords = (parts: Parts, title: string, text: string): string => {
  const rated = (parts['x-cvss'] ?? []).flatMap((cvss) => [
    attribute(cvss, 'severity'),
    severityOfScore(Number(attribute(cvss, 'score')) || 0),
  ])
  const told = [STATED.exec(text)?.[1], IN_TITLE.exec(title)?.slice(1).find(Boolean), ...(parts['x-category'] ?? []).map(textOf), ...rated]
  return told.find((word) => severityWord(word) !== null)?.trim() ?? ''
}

const itemOf = (parts: Parts): FeedItem | string => {
  const title = titleOf(parts)
  const link = linkOf(parts)
  const id = first(parts['x-id']).slice(0, 2_000)
  const key = id || link || title
  if (key === '') return 'an item has neither title nor link nor id'
  const texts = [first(parts['x-text']), first(parts['x-long'])].map((markup) => plainText(markup, LONGEST_TEXT))
  const text = texts.reduce((longest, next) => (next.length > longest.length ? next : longest), '')
  const published = dateOf(first(parts['x-published']), first(parts['x-date']), first(parts['x-updated']))
  return {
    vendorId: vendorIdOf([title, link, id, first(parts['x-vendor-id'])], key),
    title: title || line(text, 120) || 'Untitled',
    link,
    text,
    severity: severityWords(parts, title, text),
    categories: distinct((parts['x-category'] ?? []).map((category) => line(textOf(category) || attribute(category, 'term'), 60))).slice(
      0,
      20,
    ),
    publishedAt: published,
    updatedAt: dateOf(first(parts['x-updated']), first(parts['x-date'])) ?? published,
  }
}

const storyOf = (error: unknown): string => {
  if (error instanceof Unreadable) return error.message
  const text = error instanceof Error ? line(error.message, 120) : ''
  if (error instanceof TypeError || /not recognized/i.test(text)) return 'It is no RSS, RDF or Atom with a channel'
  return `It is no well-formed XML (${text})`
}

/** Bytes of a feed -> its items in our words, or a sentence. Never throws. For a process of its own, or small and trusted files. */
export const readFeed = async ({ bytes, contentType }: FeedJob): Promise<FeedReading> => {
  try {
    const decoded = decodeFeed(bytes, contentType)
    if (!decoded.ok) return { ok: false, problem: decoded.problem }
    const feed = await parser.parseString(normaliseXml(decoded.text))
    const read = feed.items.slice(0, MOST_ITEMS).map((parts) => itemOf(parts))
    const dropped = read.filter((one) => typeof one === 'string')
    const rest = feed.items.length - MOST_ITEMS
    return {
      ok: true,
      listed: feed.items.length,
      items: read.filter((one) => typeof one !== 'string'),
      dropped: rest > 0 ? [...dropped, `${rest} items beyond the first ${MOST_ITEMS} are not read`] : dropped,
    }
  } catch (error) {
    return { ok: false, problem: `${storyOf(error)}.` }
  }
}
