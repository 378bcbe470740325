import { note, textBlock } from '../../cards/words.ts'
import { bulletinsOf } from '../../core/change/bulletins.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { corroboration, operatorOf, productsOf, type Told, type ToldCve } from '../../core/identify/corroborate.ts'
import { storyOf } from '../../core/identify/story.ts'
import { reasonOf, type Verdict, type Verification, verdictOf } from '../../core/identify/verification.ts'
import type { Tx } from '../../db/database.ts'
import { changeSubject, json, lockChange } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { reply, show } from '../chat/show.ts'
import type { Unit } from '../house.ts'
import { freshness } from './catalogue.ts'
import { tellHeld } from './held.ts'
import { factsOf } from './open-change.ts'
import { readSourceState } from './source-state.ts'

/** Most bulletins that one newcomer is compared with: those that share its id or a CVE, the latest first. */
const MOST = 50

type Row = Awaited<ReturnType<Tx['bulletin']['findMany']>>[number]

/** A bulletin has come in: it may be confirmed by others, and others by it. Only what is UNCONFIRMED can rise, or be held because they contradict it. */
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
    { failing: await failingBeside(unit, row.source) },
  )
  const before = row.verification as unknown as Verification
  const said = before.checks.find((c) => c.name === 'corroboration')
  if (said?.outcome === check.outcome) return
  // Security knows of this very contradiction, and has said why the bulletin may be used.
  if (row.released !== null && check.outcome === 'fail' && said?.evidence.startsWith(check.evidence)) return
  const checks = [...before.checks.filter((c) => c.name !== 'corroboration'), check]
  const verdict = verdictOf(checks)
  const verification: Verification = { ...before, verdict, checks, reason: reasonOf(checks), checkedAt: unit.now.toISOString() }
  // No change rests on it: it is held like any other that does not fit. What a change rests on stays there: nothing can be decided on it.
  const held = verdict === 'QUARANTINED' && !(await isLeading(unit, row))
  const data = { verdict, verification: json(verification), ...(held ? { origin: 'held', current: false } : {}) }
  await unit.tx.bulletin.update({ where: { id: row.id }, data })
  if (verdict === row.verdict) return
  unit.audit({ actor: 'patchcrier', action: 'corroborate', subject: `bulletin:${row.id}`, detail: { verdict, evidence: check.evidence } })
  if (verdict === 'QUARANTINED') await show(unit, 'security', `bulletin:${row.id}`, 'held')
  if (!held) await tellChange(unit, row, verdict, check.evidence)
  if (verdict === 'QUARANTINED') await tellHeld(unit, row.id)
}

async function isLeading(unit: Unit, row: Row): Promise<boolean> {
  const state = row.changeId === null ? null : await lockChange(unit.tx, row.changeId)
  return state !== null && bulletinsOf(state).some((b) => b.rowId === row.id)
}

/** Names of other sources that are failing now: one of them may have told of it. */
async function failingBeside(unit: Unit, source: string): Promise<readonly string[]> {
  const others = unit.house.inForce.policy.sources.filter(({ id }) => id !== source)
  const states = await Promise.all(others.map(async ({ id, name }) => ({ name, state: await readSourceState(unit.house, id) })))
  return states.flatMap(({ name, state }) => (state.failingSince === null ? [] : [name]))
}

/** The card shows the new verdict, and its thread says who confirmed it. */
async function tellChange(unit: Unit, row: Row, verdict: Verdict, evidence: string): Promise<void> {
  const state = row.changeId === null ? null : await lockChange(unit.tx, row.changeId)
  if (!state || !bulletinsOf(state).some((b) => b.rowId === row.id)) return
  const ruled = await runCommand(
    unit,
    state,
    { kind: 'revise', bulletin: await factsOf(unit, row.id), hosts: state.hosts, differences: [] },
    null,
  )
  if (!ruled.ok || ruled.value === state) return
  const card = note(`${row.vendorId}: ${row.verdict} -> ${verdict}`, verdict === 'CORROBORATED' ? 'good' : 'danger', textBlock(evidence))
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
  const stale = rows.length > 0 && !(await freshness(unit)).fresh
  return rows.map(({ cve, vendor, product }) => ({ operator, name: rule.name, cve, vendor, product, stale }))
}
