import { bogusDrillFigures } from '../../core/identify/bogus-drill.ts'
import type { DoubtFacts } from '../../core/remind/summary.ts'
import type { Unit } from '../house.ts'

/** The education figures of a stretch of time that ends now. */
export async function doubtsSince({ tx, now }: Unit, since: Date): Promise<DoubtFacts> {
  const during = { gt: since, lte: now }
  const drills = await tx.bogusDrill.findMany({ where: { revealedAt: during }, include: { reports: true }, orderBy: { id: 'asc' } })
  return {
    asked: await tx.doubtReport.count({ where: { at: during } }),
    forged: await tx.doubt.count({ where: { verdict: 'BOGUS', reports: { some: { at: during } } } }),
    warned: await tx.doubt.count({ where: { warnedAt: during } }),
    drills: drills.map(({ startedAt, people, reports }) =>
      bogusDrillFigures({ startedAt: startedAt.toISOString(), people, reports: reports.map(({ at }) => at.toISOString()) }),
    ),
  }
}
