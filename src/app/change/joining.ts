import type { JoinChoice } from '../../cards/join.ts'
import { subjectOf } from '../../cards/words.ts'
import type { Command } from '../../core/change/command.ts'
import { trusted } from '../../core/change/decide-evaluate.ts'
import { UNDECIDED } from '../../core/change/decide-join.ts'
import type { ChangeState } from '../../core/change/state.ts'
import { supersedes } from '../../core/change/unite.ts'
import { Fault } from '../../core/fault.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import type { Ruled } from '../../core/result.ts'
import type { Database, Tx } from '../../db/database.ts'
import type { Outcome } from '../../ports.ts'
import { readSubject } from '../doors/subject.ts'
import type { Unit } from '../house.ts'
import { fixedBuilds } from './documents.ts'
import { lockBoth, lockChange } from './rows.ts'
import { runCommand } from './run-command.ts'

const no = (code: string, text: string, field?: string): Outcome => ({ ok: false, refusal: { code, text }, ...(field ? { field } : {}) })

/** `merge`: this change becomes part of the chosen one. `supersede`: this one takes the chosen one over. */
export async function joinChanges(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['change'])
  if (!subject.ok) return subject
  const chosen = /^\d{1,9}$/.test(intent.inputs.change ?? '') ? Number(intent.inputs.change) : null
  if (chosen === null) return no('NUMBER_NEEDED', 'Which change? Please give its number.', 'change')
  const [mine, other] = await lockBoth(unit.tx, subject.value.number, chosen)
  if (!mine || !other) return no('CHANGE_UNKNOWN', `There is no change ${mine ? chosen : subject.value.number}. Try \`changes\`.`, 'change')
  const ruled =
    intent.verb === 'merge'
      ? await endIn(unit, mine, other, { kind: 'merge', into: other }, actor)
      : await endIn(unit, other, mine, await superseding(unit.tx, mine), actor)
  return ruled.ok ? { ok: true, cards: [] } : { ok: false, refusal: ruled.refusal }
}

type Superseding = Extract<Command, { kind: 'supersede' }>

const superseding = async (tx: Tx, into: ChangeState): Promise<Superseding> => ({
  kind: 'supersede',
  into,
  fixed: await fixedBuilds(tx, into),
})

/** One change ends in another, both or neither. Answers the one that goes on. */
async function endIn(
  unit: Unit,
  ending: ChangeState,
  into: ChangeState,
  command: Extract<Command, { kind: 'merge' }> | Superseding,
  actor: Person | null,
): Promise<Ruled<ChangeState>> {
  const ended = await runCommand(unit, ending, command, actor)
  if (!ended.ok) return ended
  // The next revision of its bulletins, and the next plan for its exempt hosts, are the business of the change that goes on.
  await unit.tx.bulletin.updateMany({ where: { changeId: ending.id }, data: { changeId: into.id } })
  await unit.tx.exemption.updateMany({ where: { changeId: ending.id, endedAt: null }, data: { changeId: into.id } })
  const how = command.kind === 'merge' ? 'merged' : 'superseded'
  const joined = await runCommand(unit, into, { kind: 'join', change: ending, how }, actor)
  if (!joined.ok)
    throw new Fault('STATE_CORRUPT', `change ${ending.id} ended in ${into.id}, which does not take it: ${joined.refusal.text}`)
  return joined
}

/** A change that has just been opened takes over, by itself, what waited for it. Both are of this transaction. */
export async function takeOverAwaiting(unit: Unit, changeId: number): Promise<void> {
  const waiting = await unit.tx.change.findMany({ where: { phase: 'awaiting', id: { not: changeId } }, orderBy: { id: 'asc' } })
  for (const { id } of waiting) {
    const ending = await lockChange(unit.tx, id)
    const into = await lockChange(unit.tx, changeId)
    if (!ending || !into) continue
    const command = await superseding(unit.tx, into)
    if (supersedes(command.fixed, ending.hosts)) await endIn(unit, ending, into, command, null)
  }
}

/** Earlier changes that this one covers: every build that they are to bring, it brings too. */
export async function coveredBy(db: Database, state: ChangeState): Promise<readonly JoinChoice[]> {
  if (!UNDECIDED.includes(state.phase) || !trusted(state).ok) return []
  const rows = await db.change.findMany({ where: { phase: { in: [...UNDECIDED] }, id: { lt: state.id } }, orderBy: { id: 'asc' } })
  const others = rows.map((r) => r.state as unknown as ChangeState).filter((o) => (o.drill === undefined) === (state.drill === undefined))
  if (others.length === 0) return []
  const fixed = await fixedBuilds(db, state)
  const mine = new Set(state.hosts.map((h) => h.host))
  const common = (o: ChangeState): number => o.hosts.filter((h) => mine.has(h.host)).length
  return others.filter((o) => supersedes(fixed, o.hosts)).map((o) => ({ change: o.id, label: labelOf(o, common(o)) }))
}

const labelOf = (other: ChangeState, common: number): string =>
  `change ${other.id}: ${subjectOf(other)}, ${common} of the same hosts (${other.bulletin.vendorId})`
