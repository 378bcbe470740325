import { isOver } from '../../core/change/guard.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { type CveScore, withScores } from '../../core/identify/scores.ts'
import type { Tx } from '../../db/database.ts'
import { json, lockChange } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { type House, transact, type Unit } from '../house.ts'
import { oneDocumentAtATime } from './in-turn.ts'
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

/** Brings the bulletins and the changes up to date that it is about, and keeps what was said. Telling twice is harmless. */
export async function takeScores(house: House, source: string, scores: readonly CveScore[]): Promise<void> {
  const said = new Map(scores.map((score) => [score.cve, score]))
  const known = await scoresFor(house.db, [...said.keys()])
  const changed = scores.filter((score) => !same(known.get(score.cve), score))
  // Told before it is kept: what was killed in between is news again.
  const told = new Set(await about(house.db, changed))
  for (const id of told) await transact(house, (unit) => tellBulletin(unit, id, said))
  await transact(house, async (unit) => {
    await oneDocumentAtATime(unit)
    for (const score of scores) await keep(unit, score)
    for (const id of await about(unit.tx, changed)) if (!told.has(id)) await tellBulletin(unit, id, said)
    if (changed.length > 0)
      unit.audit({ actor: 'patchcrier', action: 'take-scores', subject: sourceSubject(source), detail: { scores: changed } })
  })
}

/** Bulletins that match and name one of these vulnerabilities. */
async function about(db: Pick<Tx, 'bulletin'>, scores: readonly CveScore[]): Promise<readonly number[]> {
  const rows = await db.bulletin.findMany({
    where: { current: true, matched: { gt: 0 }, cves: { some: { cve: { in: scores.map(({ cve }) => cve) } } } },
    orderBy: { id: 'asc' },
    select: { id: true },
  })
  return rows.map(({ id }) => id)
}

const same = (a: CveScore | undefined, b: CveScore): boolean =>
  a !== undefined && (['automatable', 'impact', 'exploitation', 'epss'] as const).every((key) => a[key] === b[key])

async function keep(unit: Unit, { cve, automatable, impact, exploitation, epss }: CveScore): Promise<void> {
  const said = { automatable: automatable ?? null, impact: impact ?? null, exploitation: exploitation ?? null, epss: epss ?? null }
  const data = { ...said, readAt: unit.now }
  await unit.tx.cveScore.upsert({ where: { cve }, create: { cve, ...data }, update: data })
}

async function scoresFor(db: Pick<Tx, 'cveScore'>, cves: readonly string[]): Promise<ReadonlyMap<string, CveScore>> {
  const rows = await db.cveScore.findMany({ where: { cve: { in: [...cves] } } })
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

/** The bulletin with what others say of its vulnerabilities; `said` is newer than what is kept. */
export async function withKnownScores(unit: Unit, bulletin: Bulletin, said: ReadonlyMap<string, CveScore> = new Map()): Promise<Bulletin> {
  const kept = await scoresFor(
    unit.tx,
    bulletin.vulnerabilities.map(({ cve }) => cve),
  )
  return kept.size + said.size === 0 ? bulletin : withScores(bulletin, (cve) => said.get(cve) ?? kept.get(cve))
}

/** No fact of the vendor's changed: the card and its clocks follow, plans stay. */
async function tellBulletin(unit: Unit, rowId: number, said: ReadonlyMap<string, CveScore>): Promise<void> {
  const row = await unit.tx.bulletin.findUniqueOrThrow({ where: { id: rowId } })
  if (!row.document) return
  const document = await withKnownScores(unit, row.document as unknown as Bulletin, said)
  await unit.tx.bulletin.update({ where: { id: rowId }, data: { document: json(document) } })
  const state: ChangeState | null = row.changeId === null ? null : await lockChange(unit.tx, row.changeId)
  if (!state || isOver(state)) return
  await runCommand(unit, state, { kind: 'revise', bulletin: await factsOf(unit, rowId), hosts: state.hosts, differences: [] }, null)
}
