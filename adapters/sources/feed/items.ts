import { severityOfScore, severityWord } from '../../../src/core/identify/severity.ts'
import { distinct, line } from '../../../src/core/identify/text.ts'
import { feedDate } from './dates.ts'
import { decodeFeed } from './decode.ts'
import { attributeOf, type Element, itemsOf, type Parts, partsOf } from './elements.ts'
import { vendorIdOf } from './ids.ts'
import type { FeedItem, FeedJob, FeedProblem, FeedReading } from './item.ts'
import { isJsonFeed, jsonItems } from './json-feed.ts'
import { htmlText, MARKUP, plainText } from './markup.ts'
import { Unreadable } from './scan.ts'
import { countedByRssParser } from './second-reader.ts'

const MOST_ITEMS = 1_000
const LONGEST_TEXT = 8_000

const BASE64 = /\bmode\s*=\s*["']base64|\btype\s*=\s*["']application\/octet-stream/i

/** Atom lets a text be written in base64. */
const written = (element: Element): string => {
  if (!BASE64.test(element.tag) || !/^[A-Za-z0-9+/=\s]+$/.test(element.text)) return element.text
  return Buffer.from(element.text, 'base64').toString('utf8')
}

const first = (parts: Parts, name: string): string =>
  partsOf(parts, name)
    .map((element) => written(element).trim())
    .find((text) => text !== '') ?? ''

/** Tags that people write into titles; anything else in angle brackets is what the title says. */
const INLINE_MARKUP = /<\/?(?:b|i|em|strong|code|span|a|font|u|sup|sub)\b[^<>]*>/gi
const BLOCK_MARKUP = /<\/?(?:br|p|div)\b[^<>]*>/gi

const titleOf = (parts: Parts): string => {
  const raw = (first(parts, 'x-title') || first(parts, 'x-dc-title')).slice(0, 2_000).replace(INLINE_MARKUP, '').replace(BLOCK_MARKUP, ' ')
  const text = MARKUP.test(raw) ? htmlText(raw.replace(/[<>]/g, (mark) => (mark === '<' ? '&lt;' : '&gt;'))) : raw
  return line(text, 300)
}

const SELF = ['self', 'edit', 'enclosure', 'replies', 'hub', 'via', 'related']

const linkOf = (parts: Parts): string => {
  const links = partsOf(parts, 'x-link')
  const written = links.map(({ text }) => text.trim()).find((text) => text !== '')
  const referred = links.filter((link) => !SELF.includes(attributeOf(link, 'rel'))).map((link) => attributeOf(link, 'href'))
  const guid = partsOf(parts, 'x-id').find((id) => attributeOf(id, 'isPermaLink') !== 'false')
  const id = guid?.text.trim() ?? ''
  const permanent = /^https?:\/\//i.test(id) ? id : ''
  const about = partsOf(parts, 'x-item').map((item) => attributeOf(item, 'rdf:about'))[0] ?? ''
  const link = written || referred.find((href) => href !== '') || permanent || about
  const base = first(parts, 'x-base')
  return (link !== '' && URL.canParse(link, base) ? new URL(link, base).href : link).slice(0, 2_000)
}

const dateOf = (...texts: readonly string[]): string | null => texts.map(feedDate).find((date) => date !== null) ?? null

const STATED =
  /\b(?:severity|impact|security impact rating|priority|threat level)\s*(?:rating)?\s*[:=]\s*(critical|important|high|moderate|medium|low)\b/i
const IN_TITLE =
  /^\W*(?:\S+\s+)?(critical|important|high|moderate|medium|low)\s*:|[([](critical|important|high|moderate|medium|low)(?: severity)?[)\]]/i

/** The publisher's word for the severity where the feed has one; empty where not. */
const severityWords = (parts: Parts, title: string, text: string): string => {
  const rated = partsOf(parts, 'x-cvss').flatMap((cvss) => [
    attributeOf(cvss, 'severity'),
    severityOfScore(Number(attributeOf(cvss, 'score')) || 0),
  ])
  const told = [
    STATED.exec(text)?.[1],
    IN_TITLE.exec(title)?.slice(1).find(Boolean),
    ...partsOf(parts, 'x-category').map(({ text }) => text),
    ...rated,
  ]
  return told.find((word) => severityWord(word) !== null)?.trim() ?? ''
}

const itemOf = (parts: Parts): FeedItem | FeedProblem => {
  const title = titleOf(parts)
  const link = linkOf(parts)
  const id = first(parts, 'x-id').slice(0, 2_000)
  const texts = [first(parts, 'x-text'), first(parts, 'x-long')].map((markup) => plainText(markup, LONGEST_TEXT))
  const text = texts.reduce((longest, next) => (next.length > longest.length ? next : longest), '')
  const key = id || link || title || text
  if (key === '') return { reason: 'an item has neither title nor link nor id nor text', found: JSON.stringify([...parts]) }
  const published = dateOf(first(parts, 'x-published'), first(parts, 'x-date'), first(parts, 'x-updated'))
  return {
    vendorId: vendorIdOf([title, link, id, first(parts, 'x-vendor-id')], key),
    title: title || line(text, 120) || 'Untitled',
    link,
    text,
    severity: severityWords(parts, title, text),
    categories: distinct(partsOf(parts, 'x-category').map((category) => line(category.text || attributeOf(category, 'term'), 60))).slice(
      0,
      20,
    ),
    publishedAt: published,
    updatedAt: dateOf(first(parts, 'x-updated'), first(parts, 'x-date')) ?? published,
  }
}

const storyOf = (error: unknown): string => {
  if (error instanceof Unreadable) return error.message
  return `It cannot be read (${error instanceof Error ? line(error.message, 120) : ''})`
}

/** Bytes of a feed (RSS, RDF, Atom, JSON Feed) -> its items in our words, or a sentence. Never throws. For a process of its own, or small and trusted files. */
export const readFeed = async ({ bytes, contentType }: FeedJob): Promise<FeedReading> => {
  try {
    const decoded = decodeFeed(bytes, contentType)
    if (!decoded.ok) return { ok: false, problem: decoded.problem }
    const isJson = isJsonFeed(decoded.text)
    const { items, listed } = isJson ? jsonItems(decoded.text, MOST_ITEMS) : itemsOf(decoded.text, MOST_ITEMS)
    const counted = isJson ? null : await countedByRssParser(decoded.text)
    const read = items.map((parts) => itemOf(parts))
    const dropped = read.filter((one) => 'reason' in one)
    const rest = listed - items.length
    return {
      ok: true,
      listed,
      items: read.filter((one): one is FeedItem => !('reason' in one)),
      dropped: [
        ...dropped,
        ...(rest > 0 ? [{ reason: `${rest} items beyond the first ${MOST_ITEMS} are not read` }] : []),
        ...(counted === null || counted === listed
          ? []
          : [{ reason: `a second reader counts ${counted} items, not ${listed}: please look at the feed` }]),
      ],
    }
  } catch (error) {
    return { ok: false, problem: `${storyOf(error)}.` }
  }
}
