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

/** Bulletins of a source that match hosts, came since then and are nobody's change yet. */
export async function rollupLines(db: Unit['tx'], source: string, since: Date): Promise<readonly RollupRow[]> {
  const rows = await db.bulletin.findMany({
    where: { source, current: true, origin: { notIn: ['held', 'history'] }, changeId: null, matched: { gt: 0 }, seenAt: { gte: since } },
    orderBy: { id: 'asc' },
    select: { id: true, vendorId: true, matched: true, document: true },
  })
  return rows.map(({ id, vendorId, matched, document }) => {
    const bulletin = document as unknown as Bulletin
    const names = [...new Set([...bulletin.fixed.map((b) => b.name), ...bulletin.names])].sort((a, b) => a.length - b.length)
    return { rowId: id, vendorId, title: bulletin.title, product: names[0] ?? 'other', hosts: matched, severity: bulletin.severity }
  })
}
