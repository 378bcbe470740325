import { parse as parseCsv } from 'csv-parse/sync'
import { z } from 'zod'
import { line } from '../../../../src/core/identify/text.ts'
import { decodeJson } from '../json.ts'
import type { ListedDocument, ListJob, ListReading } from './listed.ts'

const NAME = /^[A-Za-z0-9+_-][A-Za-z0-9+._-]{0,199}\.json$/
const MOST_TOLD = 20

/** Found entries, or why one is none. */
type Found = ListedDocument | string

/** What was found, and what it was found in. */
type Entry = readonly [found: Found, text: string]
/** So much of an entry is kept. */
const MOST_FOUND = 2_000

const instant = (text: string): string | null => {
  const time = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

const nameOf = (url: string): string => {
  const last = new URL(url).pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}

const document = (address: string, base: string, at: string, beside: ListedDocument['beside']): Found => {
  if (!URL.canParse(address, base)) return `${line(address, 100)} is no address`
  const { href } = new URL(address, base)
  const key = nameOf(href)
  return NAME.test(key) ? { key, at, url: href, beside } : `${line(address, 100)} has no file name of CSAF`
}

const link = z.object({ href: z.string(), rel: z.string().optional(), ref: z.string().optional() })
const rolieEntry = z.object({
  link: z.array(link).default([]),
  updated: z.string(),
  content: z.object({ src: z.string().optional() }).optional(),
})
const rolieFeed = z.object({ feed: z.object({ entry: z.array(z.unknown()).default([]) }) })

const fromRolieEntry = (value: unknown, base: string): Found => {
  const parsed = rolieEntry.safeParse(value)
  if (!parsed.success) return `an entry has no ${parsed.error.issues[0]?.path.join('.') || 'proper shape'}`
  const { link: links, updated, content } = parsed.data
  // CISA writes `ref` where ROLIE has `rel`.
  const of = (kind: string): readonly string[] => links.filter(({ rel, ref }) => (rel ?? ref) === kind).map(({ href }) => href)
  const at = instant(updated)
  const address = of('self')[0] ?? content?.src
  if (at === null || address === undefined) return `an entry has no ${at === null ? 'date' : 'address'}`
  const [hashes, signatures] = [of('hash'), of('signature')]
  const beside = hashes.length + signatures.length === 0 ? null : { hashes, signature: signatures[0] ?? null }
  return document(address, base, at, beside)
}

const fromRolie = ({ bytes, url }: ListJob): readonly Entry[] | string => {
  const decoded = decodeJson(bytes)
  if (!decoded.ok) return decoded.problem
  const feed = rolieFeed.safeParse(decoded.value)
  if (!feed.success) return 'It is no ROLIE feed.'
  return feed.data.feed.entry.map((entry): Entry => entryOf(fromRolieEntry(entry, url), () => JSON.stringify(entry)))
}

/** Most entries are good: only of the others the text is made. */
const entryOf = (found: Found, text: () => string): Entry => [found, typeof found === 'string' ? text().slice(0, MOST_FOUND) : '']

/** A path in a directory's list stays in the directory. */
const inside = (path: string, base: string, at: string): Found => {
  const found = document(path, base, at, null)
  if (typeof found === 'string') return found
  return found.url.startsWith(new URL('.', base).href) ? found : `${line(path, 100)} leads out of the directory`
}

const fromChanges = ({ bytes, url }: ListJob): readonly Entry[] | string => {
  let rows: readonly (readonly string[])[]
  try {
    rows = parseCsv(Buffer.from(bytes), { bom: true, relax_quotes: true, relax_column_count: true, skip_empty_lines: true, trim: true })
  } catch {
    return 'It is no CSV.'
  }
  return rows.map((row) => {
    const [path = '', updated = ''] = row
    const at = instant(updated)
    return entryOf(at === null ? `${line(path, 100)} has no date` : inside(path, url, at), () => row.join(','))
  })
}

const fromIndex = ({ bytes, url }: ListJob): readonly Entry[] =>
  new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((path) => path.trim())
    .filter((path) => path !== '')
    .map((path) => entryOf(inside(path, url, ''), () => path))

const readers = { rolie: fromRolie, changes: fromChanges, index: fromIndex } as const

/** `RHSA-2023:` -> how the file names of such ids begin (CSAF 2.0, 5.1). */
const filePrefix = (idPrefix: string): string => idPrefix.toLowerCase().replace(/[^+\-a-z0-9]+/g, '_')

/** A file that is listed twice counts once, with its latest date. */
const latest = (documents: readonly ListedDocument[]): readonly ListedDocument[] => {
  const found = new Map<string, ListedDocument>()
  for (const one of documents) if (one.at >= (found.get(one.key)?.at ?? '')) found.set(one.key, one)
  return [...found.values()]
}

/** A provider's list in our words. Entries that cannot be used are dropped and told. Never throws. */
export const readList = (job: ListJob): ListReading => {
  const found = readers[job.form](job)
  if (typeof found === 'string') return { ok: false, problem: found }
  const documents = latest(found.flatMap(([one]) => (typeof one === 'string' ? [] : [one])))
  const problems = found.flatMap(([reason, text]) => (typeof reason === 'string' ? [{ reason, found: text }] : []))
  const prefixes = job.idPrefixes.map(filePrefix)
  const wanted = documents.filter(({ key }) => prefixes.length === 0 || prefixes.some((prefix) => key.toLowerCase().startsWith(prefix)))
  const more = problems.length > MOST_TOLD ? [{ reason: `and ${problems.length - MOST_TOLD} more entries of the list`, found: '' }] : []
  return { ok: true, documents: wanted, listed: documents.length, dropped: [...problems.slice(0, MOST_TOLD), ...more] }
}
