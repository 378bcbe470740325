import { Fault } from '../../../src/core/fault.ts'
import { line } from '../../../src/core/identify/text.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Batch, BulletinSource, Clock, RawDocument } from '../../../src/ports.ts'
import { bodyOf, type Http, shown } from '../../http.ts'
import { bytesOf, checkItem } from './bulletin.ts'
import { type FeedState, readState, writeState } from './cursor.ts'
import { fileNameOf } from './ids.ts'
import type { FeedItem } from './item.ts'
import type { FeedReader } from './reader.ts'
import { revise } from './revise.ts'

export interface FeedDeps {
  readonly http: Http
  readonly reader: FeedReader
  readonly clock: Clock
}

type Rule = SourceRuleOf<'feed'>
type Dropped = Batch['dropped'][number]

/** Fewer than this part of what a feed listed the last time is said. */
const SHRUNK = 0.9

/** An item's link as we keep it: whole, https, to a host that the policy names; an empty one stays empty. Null: leads elsewhere. */
export const checkedLink = (link: string, base: string, domains: readonly string[]): string | null => {
  if (link.trim() === '') return ''
  if (!URL.canParse(link, base)) return null
  const url = new URL(link, base)
  if (url.protocol === 'http:') url.protocol = 'https:'
  const good = url.protocol === 'https:' && url.username === '' && url.password === '' && url.port === new URL(base).port
  return good && domains.includes(url.hostname.toLowerCase()) ? url.href.slice(0, 2_000) : null
}

/** Newest first, one of each id: some feeds list a notice twice. */
const withoutTwins = (items: readonly FeedItem[]): readonly FeedItem[] => {
  const newest = new Map<string, FeedItem>()
  for (const item of items) {
    const known = newest.get(fileNameOf(item.vendorId))
    if (known === undefined || (item.updatedAt ?? '') > (known.updatedAt ?? '')) newest.set(fileNameOf(item.vendorId), item)
  }
  return [...newest.values()]
}

/** What a look at the feed gave, against what was known. */
const compare = (rule: Rule, url: string, items: readonly FeedItem[], before: FeedState, now: Date) => {
  const known = new Map(before.items)
  const documents: RawDocument[] = []
  const dropped: Dropped[] = []
  for (const found of withoutTwins(items)) {
    const fileName = fileNameOf(found.vendorId)
    const link = checkedLink(found.link, url, rule.domains)
    if (link === null) {
      const reason = `its link leads to ${line(shown(found.link), 120)}, which is not among the domains of the policy`
      dropped.push({ fileName, reason, bytes: Buffer.from(JSON.stringify(found)) })
      continue
    }
    const { known: entry, document } = revise({ ...found, link }, known.get(fileName), now)
    known.delete(fileName)
    known.set(fileName, entry)
    if (document !== null) documents.push({ fileName, url, bytes: bytesOf(document) })
  }
  return { known, documents, dropped }
}

/** Oldest first: what came later is told later. */
const byDate = (now: Map<string, { readonly updatedAt: string }>) => (a: RawDocument, b: RawDocument) =>
  (now.get(a.fileName)?.updatedAt ?? '').localeCompare(now.get(b.fileName)?.updatedAt ?? '')

/**
 * A feed (RSS, Atom, RDF): each new or changed item is a document. Throws Fault SOURCE_FAILED when the answer is no feed or lists nothing,
 * and HTTP_... when it cannot be fetched.
 */
export const createFeedSource = (rule: Rule, { http, reader, clock }: FeedDeps): BulletinSource => {
  const origins = [new URL(rule.url).hostname, ...rule.domains]
  const fetch = async (cursor: string | null, signal: AbortSignal): Promise<Batch> => {
    const before = readState(cursor)
    const answer = await http.get(rule.url, {
      signal,
      allowNetworks: rule.allowNetworks,
      maxBytes: rule.maxMegabytes * 1_000_000,
      known: before,
      accept: 'application/atom+xml, application/rss+xml, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1',
    })
    if (answer.status === 304) return { documents: [], cursor: writeState(before), dropped: [], listed: before.listed }
    const { hostname } = new URL(answer.url)
    if (!origins.includes(hostname)) throw failed(`The feed was led to ${hostname}, which is not among the domains of the policy.`)
    const reading = await reader.read({ bytes: bodyOf(answer, 'a feed'), contentType: answer.contentType })
    if (!reading.ok) throw failed(`${hostname} answered with something that is no feed. ${reading.problem}`)
    if (reading.items.length === 0) throw failed(`${hostname} answered with a feed that lists nothing.`)
    const { known, documents, dropped } = compare(rule, answer.url, reading.items, before, clock.now())
    return {
      documents: documents.sort(byDate(known)),
      cursor: writeState({ ...answer.validators, listed: reading.listed, items: known }),
      dropped: [
        ...dropped,
        ...reading.dropped.map(({ reason, found }) => ({
          fileName: 'feed',
          reason,
          ...(found === undefined ? {} : { bytes: Buffer.from(found) }),
        })),
      ],
      listed: reading.listed,
      ...shrinkage(before.listed, reading.listed),
    }
  }
  return { id: rule.id, fetch, check: async (raw) => checkItem(raw, rule) }
}

const failed = (words: string): Fault => new Fault('SOURCE_FAILED', words)

/** A feed shows a window of what there is, so a shorter one is not broken for sure: its news are taken, and the shrinking is said. */
const shrinkage = (before: number, now: number): Pick<Batch, 'concern'> =>
  now < before * SHRUNK ? { concern: `The feed lists ${now} items; the last time there were ${before}.` } : {}
