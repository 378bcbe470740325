import { note, textBlock } from '../../cards/words.ts'
import { bulletinsOf } from '../../core/change/bulletins.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { corroboration, operatorOf, productsOf, type Told, type ToldCve } from '../../core/identify/corroborate.ts'
import { storyOf } from '../../core/identify/story.ts'
import { reasonOf, type Verification, verdictOf } from '../../core/identify/verification.ts'
import type { Tx } from '../../db/database.ts'
import { changeSubject, json, lockChange } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { reply } from '../chat/show.ts'
import type { Unit } from '../house.ts'
import { factsOf } from './open-change.ts'

/** Most bulletins that one newcomer is compared with: those that share its id or a CVE, the latest first. */
const MOST = 50

type Row = Awaited<ReturnType<Tx['bulletin']['findMany']>>[number]

/** A bulletin has come in: it may be confirmed by others, and others by it. Only what is UNCONFIRMED can rise. */
export async function corroborate(unit: Unit, rowId: number): Promise<void> {
  const row = await unit.tx.bulletin.findUnique({ where: { id: rowId } })
  if (!row?.document || !row.current) return
  const around = await relatives(unit, row)
  for (const one of [row, ...around]) if (one.verdict === 'UNCONFIRMED') await rise(unit, one, await relatives(unit, one))
}

/** Counted bulletins of other sources that tell the same story or name a CVE of it. */
async function relatives(unit: Unit, row: Row): Promise<readonly Row[]> {
  const cves = (row.document as unknown as Bulletin).vulnerabilities.map(({ cve }) => cve)
  return unit.tx.bulletin.findMany({
    where: {
      source: { not: row.source },
      current: true,
      origin: { not: 'held' },
      OR: [{ story: row.story }, { cves: { some: { cve: { in: cves } } } }],
    },
    orderBy: { id: 'desc' },
    take: MOST,
  })
}

async function rise(unit: Unit, row: Row, others: readonly Row[]): Promise<void> {
  const own = toldBy(unit, row)
  if (!own) return
  const bulletin = row.document as unknown as Bulletin
  const check = corroboration(
    { ...own, publisher: `${bulletin.publisher.name} ${bulletin.title}` },
    others.flatMap((o) => toldBy(unit, o) ?? []),
    await entriesFor(unit, own.cves),
  )
  if (check.outcome !== 'pass') return
  const before = row.verification as unknown as Verification
  const checks = [...before.checks.filter((c) => c.name !== 'corroboration'), check]
  const verdict = verdictOf(checks)
  if (verdict === row.verdict) return
  const verification: Verification = { ...before, verdict, checks, reason: reasonOf(checks), checkedAt: unit.now.toISOString() }
  await unit.tx.bulletin.update({ where: { id: row.id }, data: { verdict, verification: json(verification) } })
  unit.audit({ actor: 'patchcrier', action: 'corroborate', subject: `bulletin:${row.id}`, detail: { verdict, evidence: check.evidence } })
  await tellChange(unit, row, check.evidence)
}

/** The card shows the new verdict, and its thread says who confirmed it. */
async function tellChange(unit: Unit, row: Row, evidence: string): Promise<void> {
  const state = row.changeId === null ? null : await lockChange(unit.tx, row.changeId)
  if (!state || !bulletinsOf(state).some((b) => b.rowId === row.id)) return
  const ruled = await runCommand(
    unit,
    state,
    { kind: 'revise', bulletin: await factsOf(unit, row.id), hosts: state.hosts, differences: [] },
    null,
  )
  if (!ruled.ok || ruled.value === state) return
  const card = note(`${row.vendorId}: UNCONFIRMED -> CORROBORATED`, 'good', textBlock(evidence))
  await reply(unit, 'patch team', changeSubject(state.id), 'alert', `corroborated:${row.id}`, { frozen: card })
}

function toldBy(unit: Unit, row: Row): Told | null {
  const rule = unit.house.inForce.policy.sources.find((s) => s.id === row.source)
  if (!rule || !row.document) return null
  const bulletin = row.document as unknown as Bulletin
  return {
    operator: operatorOf(rule, bulletin),
    name: rule.name,
    story: storyOf(bulletin),
    cves: bulletin.vulnerabilities.map(({ cve }) => cve),
    products: productsOf(bulletin),
  }
}

async function entriesFor(unit: Unit, cves: readonly string[]): Promise<readonly ToldCve[]> {
  const rule = unit.house.inForce.policy.sources.find((s) => s.kind === 'kev')
  if (!rule) return []
  const rows = await unit.tx.knownExploited.findMany({ where: { cve: { in: [...cves] }, retractedAt: null } })
  const operator = operatorOf(rule, { vendorId: '', publisher: { name: '', namespace: '', category: '' } })
  return rows.map(({ cve, vendor, product }) => ({ operator, name: rule.name, cve, vendor, product }))
}
