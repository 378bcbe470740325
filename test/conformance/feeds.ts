import { feedDate } from '../../adapters/sources/feed/dates.ts'
import { vendorIdOf } from '../../adapters/sources/feed/ids.ts'
import type { FeedItem, FeedReading } from '../../adapters/sources/feed/item.ts'
import { readFeed } from '../../adapters/sources/feed/items.ts'
import { plainText } from '../../adapters/sources/feed/markup.ts'
import { createFeedReader } from '../../adapters/sources/feed/reader.ts'
import { bytesOf, counted, filesIn, jsonOf, type Result } from './suite.ts'

/** What a suite expects of one item; empty: it says nothing. */
interface Expected {
  readonly title: string
  readonly links: readonly string[]
  readonly id: string
  readonly published: string
  /** Null: the suite knows no date of the last change. */
  readonly updated: string | null
  /** Summary, content: the item's text is one of them. */
  readonly texts: readonly string[]
}

const LONGEST = 8_000
const bare = (text: string): string => text.replace(/\s+|…$/g, '')
/** Whitespace is nobody's fact, and long texts are shortened. */
const alike = (ours: string, theirs: string): boolean => {
  const [a, ...forms] = [ours, theirs, plainText(theirs, LONGEST), plainText(plainText(theirs, LONGEST), LONGEST)].map(bare)
  return forms.some((form) => form === a || (ours.endsWith('…') && form.startsWith(a ?? '')))
}

const sameLink = (ours: string, theirs: string): boolean => {
  if (ours.trim() === theirs.trim()) return true
  return URL.canParse(theirs) && URL.canParse(ours, theirs) && new URL(ours, theirs).href === new URL(theirs).href
}

const sameDate = (ours: string | null, ...theirs: readonly string[]): boolean => {
  const wanted = theirs.map(feedDate).filter((date) => date !== null)
  return wanted.length === 0 || (ours !== null && wanted.includes(ours))
}

/** What is wrong with one item; null: nothing. */
function wrong(item: FeedItem, expected: Expected): string | null {
  const { title, links, id, published, updated, texts } = expected
  if (title.trim() !== '' && !alike(item.title, title)) return `title "${item.title}", expected "${title}"`
  if (links.length > 0 && !links.some((link) => sameLink(item.link, link))) return `link "${item.link}", expected "${links.join(' ')}"`
  const ids = [id, id.trim()].map((one) => vendorIdOf([item.title, item.link, one], one))
  if (id !== '' && !ids.includes(item.vendorId) && !/^[A-Z]/.test(item.vendorId)) return `id ${item.vendorId}, expected that of "${id}"`
  if (!sameDate(item.publishedAt, published, ...(published === '' && updated !== null ? [updated] : [])))
    return `published ${item.publishedAt}, expected "${published}"`
  if (updated !== null && !sameDate(item.updatedAt, updated, ...(updated === '' ? [published] : [])))
    return `updated ${item.updatedAt}, expected "${updated}"`
  const some = texts.filter((text) => bare(plainText(text, LONGEST)) !== '')
  if (some.length > 0 && !some.some((text) => alike(item.text, text)))
    return `text "${item.text.slice(0, 80)}", expected "${some[0]?.slice(0, 80)}"`
  return null
}

function judge(reading: FeedReading, expected: readonly Expected[]): true | string {
  // A feed without a channel lists nothing: for a source both are failures.
  if (!reading.ok) return (expected.length === 0 && /with a channel/.test(reading.problem)) || reading.problem
  const real = expected.filter(
    (one) => one.title !== '' || one.links.length > 0 || one.id !== '' || one.texts.some((text) => bare(plainText(text, LONGEST)) !== ''),
  )
  if (real.length !== reading.items.length && expected.length !== reading.items.length)
    return `${reading.items.length} items, expected ${expected.length}`
  const pairs = reading.items.length === expected.length ? expected : real
  const faults = pairs.flatMap((one, i) => {
    const item = reading.items[i]
    return (item === undefined ? 'it is missing' : wrong(item, one)) ?? []
  })
  return faults.length === 0 || (faults[0] ?? '')
}

type Json = Readonly<Record<string, unknown>>
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(object) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const filled = (...texts: readonly string[]): readonly string[] => texts.filter((one) => one.trim() !== '')

/** Links that lead to the notice itself. */
const alternates = (links: readonly Json[]): readonly string[] =>
  filled(...links.filter((one) => ['', 'alternate'].includes(text(one.rel))).map((one) => text(one.href)))

const gofeed = (item: Json): Expected => {
  const guid = item.guid
  const content = item.content
  return {
    title: text(item.title),
    links: filled(text(item.link), ...alternates(list(item.links)), ...(Array.isArray(item.links) ? item.links.map(text) : [])),
    id: text(guid) || text(object(guid).value) || text(item.id),
    published: text(item.publishedParsed) || text(item.pubDateParsed),
    updated: text(item.updatedParsed),
    texts: filled(text(item.description), text(item.summary), text(content), text(object(content).value)),
  }
}

const feedRs = (item: Json): Expected => ({
  title: text(object(item.title).content),
  links: alternates(list(item.links)),
  // It makes up ids (a hash, a UUID) where a feed has none.
  id: /^[0-9a-f]{30,32}$|^[0-9a-f-]{36}$/.test(text(item.id)) ? '' : text(item.id),
  published: text(item.published),
  updated: text(item.updated),
  texts: filled(text(object(item.summary).content), text(object(item.content).body)),
})

const rssParser = (item: Json): Expected => ({
  title: text(item.title),
  links: filled(text(item.link)),
  id: text(item.guid) || text(item.id),
  published: text(item.isoDate),
  updated: null,
  texts: filled(text(item.content), text(item['content:encoded']), text(item.summary), text(item.contentSnippet)),
})

const read = (bytes: Uint8Array): Promise<FeedReading> => readFeed({ bytes, contentType: '' })
const FOLDER = '09-feed-conformance'

async function suite(
  folder: string,
  expectedFile: (file: string) => string | null,
  expectedOf: (json: Json) => readonly Expected[],
  wrongOnes: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const files = filesIn(FOLDER, folder)
  const cases: [string, true | string][] = []
  for (const file of files) {
    const other = expectedFile(file)
    if (other === null || !files.includes(other) || Object.hasOwn(wrongOnes, file)) continue
    cases.push([file, judge(await read(bytesOf(FOLDER, folder, file)), expectedOf(object(jsonOf(FOLDER, folder, other))))])
  }
  return { ...counted(cases), notes: Object.entries(wrongOnes).map(([file, why]) => `left out: ${file}: ${why}`) }
}

export const gofeedSuite = (): Promise<Result> =>
  suite(
    'gofeed',
    (file) => {
      if (!/^(?:parser|translator)\//.test(file)) return null
      if (file.endsWith('.xml')) return file.replace(/\.xml$/, '.json')
      return file.includes('/json/') && !file.endsWith('_expected.json') ? file.replace(/\.json$/, '_expected.json') : null
    },
    (json) => [...list(json.items), ...list(json.entries)].map(gofeed),
  )

export const feedRsSuite = (): Promise<Result> =>
  suite(
    'feed-rs',
    (file) => (/\.(?:xml|json)$/.test(file) && !file.endsWith('.serde.json') ? file.replace(/\.(?:xml|json)$/, '.serde.json') : null),
    (json) => list(json.entries).map(feedRs),
  )

const GARBLED = 'the expected text is itself broken: Latin-1 that was read as UTF-8'
const MIXED = 'the expected text has lost the order of words and elements: xml2js keeps none'

export const rssParserSuite = (): Promise<Result> =>
  suite(
    'rss-parser',
    (file) => (file.startsWith('input/') ? file.replace(/^input\/(.*)\.(?:rss|atom)$/, 'output/$1.json') : null),
    (json) => list(object(json.feed).items).map(rssParser),
    {
      'input/uolNoticias.rss': GARBLED,
      'input/encoding.rss': GARBLED,
      'input/reddit-atom.rss': MIXED,
      'input/reddit-home.rss': MIXED,
    },
  )

/** Nothing in any of the folders makes the reader's process die, hang or burst: each file gets an answer within its limits. */
export async function unharmed(): Promise<Result> {
  const reader = createFeedReader({ timeLimitMs: 10_000, memoryLimitMb: 256 })
  const cases: [string, true | string][] = []
  try {
    for (const file of filesIn(FOLDER)) {
      const reading = await reader.read({ bytes: bytesOf(FOLDER, file), contentType: '' })
      const lost = !reading.ok && /more memory|could not be read within/.test(reading.problem)
      cases.push([file, !lost || (reading.ok ? '' : reading.problem)])
    }
  } finally {
    await reader.close()
  }
  return counted(cases)
}
