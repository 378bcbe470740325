import { capital } from '../../cards/words.ts'
import { bulletinsOf } from '../../core/change/bulletins.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Verification } from '../../core/identify/verification.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import type { Outcome } from '../../ports.ts'
import { lockChange } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { touchSubject } from '../chat/redraws.ts'
import { readSubject } from '../doors/subject.ts'
import type { Unit } from '../house.ts'

const no = (code: string, text: string, field?: string): Outcome => ({ ok: false, refusal: { code, text }, ...(field ? { field } : {}) })

/** What of a stored document says why it is held, and whose change it may concern. */
interface HeldRow {
  readonly id: number
  readonly source: string
  readonly fileName: string
  readonly story: string
  readonly verification: unknown
}

/** A document was held: the change about the bulletin that it says it is (or is) hears of it, and what it rolls out is held. */
export async function tellHeld(unit: Unit, rowId: number): Promise<void> {
  const row = await unit.tx.bulletin.findUniqueOrThrow({ where: { id: rowId } })
  const change = await changeBeside(unit, row)
  if (!change) return
  const own = bulletinsOf(change).some((b) => b.rowId === row.id)
  const document = { rowId: row.id, name: row.fileName, reason: heldBecause(row), own }
  const ruled = await runCommand(unit, change, { kind: 'note-held', document }, null)
  if (ruled.ok && ruled.value !== change) await unit.tx.bulletin.update({ where: { id: row.id }, data: { changeId: change.id } })
}

/** Told apart by its story; one that was not read by its name, which is all that is known of it. */
async function changeBeside(unit: Unit, { source, fileName, story }: HeldRow): Promise<ChangeState | null> {
  const same = story === '' ? { source, fileName } : { story }
  const other = await unit.tx.bulletin.findFirst({ where: { ...same, changeId: { not: null } }, orderBy: { changeId: 'desc' } })
  return other?.changeId ? lockChange(unit.tx, other.changeId) : null
}

const heldBecause = ({ verification }: HeldRow): string => {
  const { verdict, reason } = verification as Verification
  return `${verdict}: ${capital(reason.replace(/^HELD: /, ''))}.`
}

/** The very bytes that were held came again, and verify now: what they held may go on, once the quorum says so. */
export async function settleHeld(unit: Unit, rowId: number): Promise<void> {
  await decideFor(unit, rowId, { goesOn: true, reason: 'The same bytes came again, and they verify now.', actor: null })
}

/** Writes what was decided on a held document into the change that waits for it, where one does. Answers the change. */
export async function decideFor(
  unit: Unit,
  rowId: number,
  { goesOn, reason, actor }: { readonly goesOn: boolean; readonly reason: string; readonly actor: Person | null },
): Promise<ChangeState | null> {
  const row = await unit.tx.bulletin.findUnique({ where: { id: rowId }, select: { changeId: true } })
  const change = row?.changeId ? await lockChange(unit.tx, row.changeId) : null
  if (!change?.held?.some((one) => one.rowId === rowId && !one.decided)) return change
  const ruled = await runCommand(unit, change, { kind: 'decide-held', rowId, goesOn, reason }, actor)
  return ruled.ok ? ruled.value : change
}

/** Security puts a held document away; or rejects a bulletin that was contradicted after a change had been opened about it. */
export async function discard(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['bulletin'])
  if (!subject.ok) return subject
  if (!actor.roles.includes('security')) return no('ROLE_MISSING', 'Only security decides on a held bulletin.')
  const reason = (intent.inputs.reason ?? '').trim().slice(0, 500)
  if (reason === '') return no('REASON_NEEDED', 'Please say what you found out: an auditor will ask.', 'reason')
  const act = { by: actor.id, at: unit.now.toISOString(), reason }
  const id = subject.value.number
  const [row] = await unit.tx.$queryRaw<{ origin: string }[]>`
    UPDATE "Bulletin" SET "discarded" = ${JSON.stringify(act)}::jsonb
    WHERE "id" = ${id} AND "discarded" IS NULL AND ("origin" = 'held' OR ("current" AND "verdict" IN ('QUARANTINED', 'BOGUS')))
    RETURNING "origin"`
  if (!row) return no('ALREADY_DONE', 'It is not held any more.')
  await decideFor(unit, id, { goesOn: row.origin === 'held', reason, actor })
  await touchSubject(unit.tx, intent.subject)
  unit.audit({ actor: actor.id, action: 'discard', subject: intent.subject, detail: { reason } })
  return { ok: true, cards: [] }
}
