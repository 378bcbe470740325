import { isOver } from '../../core/change/guard.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { type CveScore, withScores } from '../../core/identify/scores.ts'
import { json, lockChange } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { type House, transact, type Unit } from '../house.ts'
import { factsOf } from './open-change.ts'
import { sourceSubject } from './source-state.ts'

/** So many vulnerabilities are asked for at one look. */
const MOST = 100
/** After so many days they are asked for again. */
const LASTS_DAYS = 7

/** Vulnerabilities that matter here and of which nobody has said lately how bad they are, the newest first. */
export async function wantedScores(house: House): Promise<readonly string[]> {
  const before = new Date(house.clock.now().getTime() - LASTS_DAYS * 86_400_000)
  const rows = await house.db.$queryRaw<{ cve: string }[]>`
    SELECT c."cve" FROM "BulletinCve" c JOIN "Bulletin" b ON b."id" = c."bulletinId" LEFT JOIN "CveScore" s ON s."cve" = c."cve"
    WHERE b."current" AND b."matched" > 0 AND (s."readAt" IS NULL OR s."readAt" < ${before})
    GROUP BY c."cve" ORDER BY max(b."seenAt") DESC, c."cve" LIMIT ${MOST}`
  return rows.map(({ cve }) => cve)
}

/** Keeps what was said, and brings the bulletins and the changes that it is about up to date. */
export async function takeScores(house: House, source: string, scores: readonly CveScore[]): Promise<void> {
  const news = await transact(house, async (unit) => {
    const known = await scoresFor(
      unit,
      scores.map(({ cve }) => cve),
    )
    const changed = scores.filter((score) => !same(known.get(score.cve), score))
    for (const score of scores) await keep(unit, score)
    if (changed.length > 0)
      unit.audit({ actor: 'patchcrier', action: 'take-scores', subject: sourceSubject(source), detail: { scores: changed } })
    return changed.map(({ cve }) => cve)
  })
  const rows = await house.db.bulletin.findMany({
    where: { current: true, matched: { gt: 0 }, cves: { some: { cve: { in: [...news] } } } },
    orderBy: { id: 'asc' },
    select: { id: true },
  })
  for (const { id } of rows) await transact(house, (unit) => tellBulletin(unit, id))
}

const same = (a: CveScore | undefined, b: CveScore): boolean =>
  a !== undefined && (['automatable', 'impact', 'exploitation', 'epss'] as const).every((key) => a[key] === b[key])

async function keep(unit: Unit, { cve, automatable, impact, exploitation, epss }: CveScore): Promise<void> {
  const said = { automatable: automatable ?? null, impact: impact ?? null, exploitation: exploitation ?? null, epss: epss ?? null }
  const data = { ...said, readAt: unit.now }
  await unit.tx.cveScore.upsert({ where: { cve }, create: { cve, ...data }, update: data })
}

async function scoresFor(unit: Unit, cves: readonly string[]): Promise<ReadonlyMap<string, CveScore>> {
  const rows = await unit.tx.cveScore.findMany({ where: { cve: { in: [...cves] } } })
  const said = <T>(key: string, value: T | null) => (value === null ? {} : { [key]: value })
  return new Map(
    rows.map((r): [string, CveScore] => [
      r.cve,
      {
        cve: r.cve,
        ...said('automatable', r.automatable),
        ...said('impact', r.impact),
        ...said('exploitation', r.exploitation),
        ...said('epss', r.epss),
      },
    ]),
  )
}

/** The bulletin with what others say of its vulnerabilities. */
export async function withKnownScores(unit: Unit, bulletin: Bulletin): Promise<Bulletin> {
  const known = await scoresFor(
    unit,
    bulletin.vulnerabilities.map(({ cve }) => cve),
  )
  return known.size === 0 ? bulletin : withScores(bulletin, (cve) => known.get(cve))
}

/** No fact of the vendor's changed: the card and its clocks follow, plans stay. */
async function tellBulletin(unit: Unit, rowId: number): Promise<void> {
  const row = await unit.tx.bulletin.findUniqueOrThrow({ where: { id: rowId } })
  if (!row.document) return
  const document = await withKnownScores(unit, row.document as unknown as Bulletin)
  await unit.tx.bulletin.update({ where: { id: rowId }, data: { document: json(document) } })
  const state: ChangeState | null = row.changeId === null ? null : await lockChange(unit.tx, row.changeId)
  if (!state || isOver(state)) return
  await runCommand(unit, state, { kind: 'revise', bulletin: await factsOf(unit, rowId), hosts: state.hosts, differences: [] }, null)
}
