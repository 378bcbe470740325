import type { ReleaseRow } from '../../cards/release.ts'
import type { RollupRow } from '../../cards/rollup.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { show } from '../chat/show.ts'
import type { Unit } from '../house.ts'
import { sourceSubject } from './source-state.ts'

/** The day in the organisation's zone, e.g. `2026-11-25`. */
const dayOf = (unit: Unit): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: unit.house.inForce.policy.zone, dateStyle: 'short' }).format(unit.now)

/** What waits on a rollup for longer was seen and left: it is in the list of bulletins. */
const WAITS_DAYS = 7

/**
 * One card of the day for the ordinary ones that match and have no alert of their own. Looked up after every poll, not remembered: a poll
 * that was killed before it said so is made good by the next one. A day without news needs no new card.
 */
export async function showRollup(unit: Unit, source: string): Promise<void> {
  const since = new Date(unit.now.getTime() - WAITS_DAYS * 86_400_000)
  const waiting = await rollupLines(unit.tx, source, since)
  const told = await unit.tx.post.findMany({ where: { subject: sourceSubject(source), purpose: { startsWith: 'rollup:' } } })
  const known = new Set(told.flatMap((post) => (post.payload as { rows?: readonly number[] } | null)?.rows ?? []))
  if (!waiting.some(({ rowId }) => !known.has(rowId))) return
  const rows = waiting.map(({ rowId }) => rowId)
  await show(unit, 'patch team', sourceSubject(source), `rollup:${dayOf(unit)}`, { since: since.toISOString(), rows })
}

/** Bulletins of a source that match hosts, came since then, stand for themselves and are nobody's change yet. */
export async function rollupLines(db: Unit['tx'], source: string, since: Date): Promise<readonly RollupRow[]> {
  const rows = await db.bulletin.findMany({
    where: { source, current: true, origin: { notIn: ['held', 'history'] }, changeId: null, matched: { gt: 0 }, seenAt: { gte: since } },
    orderBy: { id: 'asc' },
    select: { id: true, vendorId: true, matched: true, document: true },
  })
  return rows.flatMap(({ id, vendorId, matched, document }) => {
    const bulletin = document as unknown as Bulletin
    return bulletin.release === undefined ? [lineOf(id, vendorId, matched, bulletin)] : []
  })
}

function lineOf(rowId: number, vendorId: string, hosts: number, bulletin: Bulletin): RollupRow {
  const names = [...new Set([...bulletin.fixed.map((b) => b.name), ...bulletin.names])].sort((a, b) => a.length - b.length)
  return { rowId, vendorId, title: bulletin.title, product: names[0] ?? 'other', hosts, severity: bulletin.severity }
}

/** A release gets late parts and revisions for weeks. */
const RELEASE_DAYS = 45

/** One card per release: a new part, a revision, or one that was opened changes it, and never makes another. */
export async function showReleases(unit: Unit, source: string): Promise<void> {
  const since = new Date(unit.now.getTime() - RELEASE_DAYS * 86_400_000)
  const rows = await unit.tx.$queryRaw<{ release: string }[]>`
    SELECT DISTINCT "document"->>'release' AS release FROM "Bulletin"
    WHERE "source" = ${source} AND "current" AND "matched" > 0 AND "origin" NOT IN ('held', 'history') AND "seenAt" >= ${since}
      AND "document"->>'release' IS NOT NULL`
  for (const { release } of rows) await showRelease(unit, source, release)
}

/** Where all of it stands on the card of another source there is no second one. */
export async function showRelease(unit: Unit, source: string, release: string): Promise<void> {
  if ((await releaseLines(unit.tx, source, release)).length === 0) return
  await show(unit, 'patch team', sourceSubject(source), `release:${release}`, { release })
}

interface Story {
  readonly story: string
  /** Who told of it first: it stands on that source's card. */
  readonly first: string
  readonly changeId: number | null
}

const storiesOf = (db: Unit['tx'], stories: readonly string[]): Promise<readonly Story[]> => db.$queryRaw`
  SELECT "story", (array_agg("source" ORDER BY "id"))[1] AS first, max("changeId") AS "changeId" FROM "Bulletin"
  WHERE "story" = ANY(${[...stories]}) AND "origin" <> 'held' GROUP BY "story"`

/** The parts of a release that match hosts, opened or not. One that two sources tell of stands on one card: on that of the first. */
export async function releaseLines(db: Unit['tx'], source: string, release: string): Promise<readonly ReleaseRow[]> {
  const rows = await db.bulletin.findMany({
    where: { source, current: true, origin: { not: 'held' }, matched: { gt: 0 }, document: { path: ['release'], equals: release } },
    orderBy: { id: 'asc' },
    select: { id: true, vendorId: true, matched: true, document: true, story: true },
  })
  const stories = new Map((await storiesOf(db, [...new Set(rows.map(({ story }) => story))])).map((one) => [one.story, one]))
  return rows.flatMap(({ id, vendorId, matched, document, story }) => {
    const told = stories.get(story)
    if (told?.first !== source) return []
    const { changeId } = told
    const bulletin = document as unknown as Bulletin
    const part = bulletin.title.startsWith(`${release}: `) ? bulletin.title.slice(release.length + 2) : bulletin.title
    const exploited = bulletin.vulnerabilities.some((v) => v.knownExploited === 'yes')
    return [{ ...lineOf(id, vendorId, matched, bulletin), title: part, product: part, exploited, changeId }]
  })
}
