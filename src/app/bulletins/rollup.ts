import type { Bulletin } from '../../core/identify/bulletin.ts'
import { show } from '../chat/show.ts'
import type { Unit } from '../house.ts'
import { sourceSubject } from './source-state.ts'
import type { Noise } from './take.ts'

/** The day in the organisation's zone, e.g. `2026-11-25`. */
const dayOf = (unit: Unit): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: unit.house.inForce.policy.zone, dateStyle: 'short' }).format(unit.now)

/** After a flood: one card of the day for the ordinary ones that match and have no alert of their own. */
export async function showRollup(unit: Unit, source: string, noise: Noise): Promise<void> {
  if (noise.silent || noise.alerts >= 0) return
  await show(unit, 'patch team', sourceSubject(source), `rollup:${dayOf(unit)}`, { since: dayStart(unit) })
}

/** Midnight or less before now: everything that came today is on today's card. */
const dayStart = (unit: Unit): string => new Date(unit.now.getTime() - 86_400_000).toISOString()

export interface RollupLine {
  readonly rowId: number
  readonly vendorId: string
  readonly title: string
  readonly product: string
  readonly hosts: number
  readonly severity: string
}

/** Bulletins of a source that match hosts, came since then and are nobody's change yet. */
export async function rollupLines(db: Unit['tx'], source: string, since: Date): Promise<readonly RollupLine[]> {
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
