import type { Card } from '../../cards/card.ts'
import { type BogusView, bogusReportCard } from '../../cards/doubt.ts'
import { sha256Hex } from '../../core/canonical.ts'
import type { Judged } from '../../core/identify/sent.ts'
import type { Verdict, Verification } from '../../core/identify/verification.ts'
import { json } from '../change/rows.ts'
import { storable } from '../chat/posts.ts'
import { touchSubject } from '../chat/redraws.ts'
import { show } from '../chat/show.ts'
import type { House, Unit } from '../house.ts'

export const doubtSubject = (id: number): string => `doubt:${id}`

/** The same thing is one doubt, however many people were sent it. */
export const fingerprintOf = ({ kind, same }: Judged): string => sha256Hex(`${kind}\n${same.toWellFormed()}`)

/** Counts a doubt and who had it. A forgery is told to security, once; the later ones only raise its count. Answers the row. */
export async function countDoubt(
  unit: Unit,
  actor: string,
  fingerprint: string,
  judged: Judged,
): Promise<{ readonly id: number; readonly warned: boolean }> {
  const verification: Verification = {
    verdict: judged.verdict,
    checks: judged.checks,
    reason: judged.reason,
    checkedAt: unit.now.toISOString(),
  }
  const data = {
    fingerprint,
    kind: judged.kind,
    title: storable(judged.title),
    verdict: judged.verdict,
    verification: json(storable(verification)),
    firstAt: unit.now,
  }
  const { count: fresh } = await unit.tx.doubt.createMany({ data: [data], skipDuplicates: true })
  const row = await unit.tx.doubt.findUniqueOrThrow({ where: { fingerprint } })
  // What is known may have changed since: a forgery stays one, everything else is as it is now.
  const worsened = fresh === 0 && row.verdict !== 'BOGUS' && row.verdict !== judged.verdict
  if (worsened) await unit.tx.doubt.update({ where: { id: row.id }, data: { verdict: data.verdict, verification: data.verification } })
  const { count: asked } = await unit.tx.doubtReport.createMany({
    data: [{ doubtId: row.id, person: actor, at: unit.now }],
    skipDuplicates: true,
  })
  if (asked > 0)
    unit.audit({
      actor,
      action: 'doubt',
      subject: doubtSubject(row.id),
      detail: { kind: judged.kind, verdict: judged.verdict, fingerprint },
    })
  if (judged.verdict === 'BOGUS') {
    await show(unit, 'security', doubtSubject(row.id), 'bogus')
    await touchSubject(unit.tx, doubtSubject(row.id))
  }
  return { id: row.id, warned: row.warnedAt !== null }
}

/** What security sees of a forgery; null: there is none of this number. */
export async function renderDoubt(house: House, id: number): Promise<Card | null> {
  const view = await readBogus(house, id)
  return view && bogusReportCard(view, house.inForce.policy)
}

async function readBogus(house: Pick<House, 'db'>, id: number): Promise<BogusView | null> {
  const row = await house.db.doubt.findUnique({ where: { id }, include: { _count: { select: { reports: true } } } })
  if (!row) return null
  return {
    id,
    judged: judgedOf(row),
    reports: row._count.reports,
    firstAt: row.firstAt.toISOString(),
    warned: row.warnedAt && row.warnedBy !== null ? { by: row.warnedBy, at: row.warnedAt.toISOString() } : null,
  }
}

export function judgedOf(row: { kind: string; title: string; verdict: string; verification: unknown }): Judged {
  const { checks, reason } = row.verification as Verification
  return { kind: row.kind as Judged['kind'], title: row.title, same: '', verdict: row.verdict as Verdict, checks, reason }
}
