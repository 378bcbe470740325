import { Fault } from '../../../../src/core/fault.ts'
import { advanced, dueOf, type Listed, type Progress } from '../../../../src/core/identify/backlog.ts'
import type { SourceRuleOf } from '../../../../src/core/policy.ts'
import type { Batch, BulletinSource } from '../../../../src/ports.ts'
import type { MsrcState } from '../cursor.ts'
import type { MonthProblem } from '../month.ts'
import { checkOf, type MsrcDeps } from '../source.ts'
import { documentsOf, type Taken, takeEach } from '../taken.ts'
import { readGuide, writeGuide } from './cursor.ts'
import { fetchPages, type GetPage, type Pages, problemOf } from './pages.ts'

/** Releases at one look; the first look takes the ones that changed last. */
const MOST_RELEASES = 3
const DAY = 86_400_000
/** How far the first look goes back: the last Patch Tuesday and the one before. */
const FIRST_DAYS = 45
/** Changes are published some days late. */
const LOOK_BACK_DAYS = 14

type List = (name: 'vulnerability' | 'affectedProduct', filter: string) => Promise<Pages>

const droppedAs = (fileName: string, { reason, found }: MonthProblem): Batch['dropped'][number] => ({
  fileName,
  reason,
  bytes: Buffer.from(found),
})

const daysBefore = (instant: string, days: number): string => new Date(Date.parse(instant) - days * DAY).toISOString()

/** What could not be taken is asked for again: until then the look goes as far back as before. */
const nextSince = (since: string, { failed, upTo }: Progress, left: boolean): string => {
  if (left || failed.length > 0 || upTo === '') return since
  const back = daysBefore(upTo, LOOK_BACK_DAYS)
  return back > since ? back : since
}

/**
 * Microsoft's Security Update Guide: what changed since the last look says which releases are asked for, and each is made into the same
 * parts as its month. Throws Fault SOURCE_FAILED when the list of changes is none, HTTP_... when it cannot be fetched. A release
 * that cannot be read is said, and asked for again.
 */
export const createGuideSource = (rule: SourceRuleOf<'msrc-guide'>, deps: MsrcDeps): BulletinSource => {
  const { http, reader, clock } = deps
  const base = rule.url.endsWith('/') ? rule.url : `${rule.url}/`
  const maxBytes = rule.maxMegabytes * 1_000_000

  const lister = (signal: AbortSignal): List => {
    const get: GetPage = (url, most) =>
      http.get(url, { signal, allowNetworks: rule.allowNetworks, maxBytes: most, accept: 'application/json' })
    return (name, filter) => fetchPages(get, reader, new URL(`${name}?$filter=${encodeURIComponent(filter)}`, base), maxBytes)
  }

  const changesSince = async (list: List, since: string) => {
    const { pages } = await list('vulnerability', `releaseDate ge ${since} or latestRevisionDate ge ${since}`)
    const result = await reader.read({ kind: 'changes', pages, until: daysBefore(clock.now().toISOString(), -1) })
    if (result.kind !== 'changes' || !result.changes.ok)
      throw new Fault('SOURCE_FAILED', `The list of changes cannot be read. ${problemOf(result)}`)
    return result.changes
  }

  const fetchRelease = async (list: List, { key: id }: Listed, known: MsrcState['parts']): Promise<Taken> => {
    const filter = `releaseNumber eq '${id}'`
    const vulnerabilities = await list('vulnerability', filter)
    const products = await list('affectedProduct', filter)
    const result = await reader.read({
      kind: 'release',
      id,
      vulnerabilities: vulnerabilities.pages,
      products: products.pages,
      families: rule.families,
      known: [...known],
    })
    if (result.kind !== 'month' || !result.month.ok) throw new Fault('SOURCE_FAILED', problemOf(result))
    return {
      ...documentsOf(result.month.parts, known, products.url),
      dropped: result.month.dropped.map((one) => droppedAs(id, one)),
    }
  }

  const fetch = async (cursor: string | null, signal: AbortSignal): Promise<Batch> => {
    const before = readGuide(cursor)
    const now = clock.now().toISOString()
    const since = before.since ?? daysBefore(now, FIRST_DAYS)
    const list = lister(signal)
    const changes = await changesSince(list, since)
    const progress = before.list?.progress ?? null
    const due = dueOf(changes.releases, progress, MOST_RELEASES)
    const tried = [...due.fresh, ...due.again]
    const strange = changes.dropped.map((one) => droppedAs('vulnerability', one))
    const { documents, dropped, parts, lost } = await takeEach(tried, before.parts, (entry, known) => fetchRelease(list, entry, known))
    const after = advanced(changes.releases, progress, tried, lost, now)
    const known = { validators: {}, listed: 0, progress: after, left: due.left || lost.length > 0 }
    return {
      documents,
      dropped: [...strange, ...dropped],
      cursor: writeGuide({ since: nextSince(since, after, due.left), list: known, parts }),
    }
  }
  return { id: rule.id, fetch, check: checkOf(rule, reader) }
}
