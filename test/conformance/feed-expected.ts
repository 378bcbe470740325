/** What a suite expects of one item, in its own words; empty: it says that there is none. */
export interface Expected {
  readonly title: string
  /** The first one is the item's own; the others lead to the notice, too. */
  readonly links: readonly string[]
  readonly id: string
  /** ISO 8601. */
  readonly published: string
  /** Null: the suite knows no date of the last change. */
  readonly updated: string | null
  /** Summary, content: plain text or HTML. */
  readonly texts: readonly string[]
}

export type Json = Readonly<Record<string, unknown>>
export const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
export const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(object) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const filled = (...texts: readonly string[]): readonly string[] => texts.filter((one) => one.trim() !== '')

/** Links that lead to the notice itself. */
const alternates = (links: readonly Json[]): readonly string[] =>
  filled(...links.filter((one) => ['', 'alternate'].includes(text(one.rel))).map((one) => text(one.href)))

/** Its expectations have the shape of the feed's own format, or (`translator`) of one for all. */
export const gofeed = (item: Json): Expected => ({
  title: text(item.title),
  links: filled(
    text(item.link) || text(item.url) || text(item.external_url),
    ...alternates(list(item.links)),
    ...(Array.isArray(item.links) ? item.links.map(text) : []),
  ),
  id: text(item.guid) || text(object(item.guid).value) || text(item.id),
  published: text(item.publishedParsed) || text(item.pubDateParsed) || text(item.date_published),
  updated: text(item.updatedParsed) || text(item.date_modified),
  texts: filled(
    text(item.description),
    text(item.summary),
    text(item.content) || text(object(item.content).value),
    text(item.content_html) || text(item.content_text),
  ),
})

/** It makes up an id (a hash, a UUID) where a feed has none. */
const MADE_UP = /^[0-9a-f]{30,32}$|^[0-9a-f-]{36}$/

export const feedRs = (item: Json): Expected => ({
  title: text(object(item.title).content),
  links: alternates(list(item.links)),
  id: MADE_UP.test(text(item.id)) ? '' : text(item.id),
  published: text(item.published),
  updated: text(item.updated),
  texts: filled(text(object(item.summary).content), text(object(item.content).body)),
})

export const rssParser = (item: Json): Expected => ({
  title: text(item.title),
  links: filled(text(item.link)),
  id: text(item.guid) || text(item.id),
  published: text(item.isoDate),
  updated: null,
  texts: filled(text(item.content), text(item['content:encoded']), text(item.summary)),
})
