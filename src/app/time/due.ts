import type { House, Unit } from '../house.ts'

/** Everything that becomes due. `what` is said to people where the next event is shown. */
export type DueKind =
  | 'advance'
  | 'silence'
  | 'tell-end-users'
  | 'arrival'
  | 'poll'
  | 'remind'
  | 'opening'
  | 'signs-of-life'
  | 'policy-file'
  | 'purge'
  | 'members'
  | 'reveal-bogus-drill'

/** Writes a due row; the same kind, subject and time once. */
export async function due(unit: Unit, kind: DueKind, subject: string, at: Date, what: string): Promise<void> {
  await unit.tx.due.createMany({ data: [{ kind, subject, dueAt: at, payload: { what } }], skipDuplicates: true })
}

/** What was due for a subject and is no longer to happen. */
export async function nothingDue(unit: Unit, subject: string, kinds: readonly DueKind[]): Promise<void> {
  await unit.tx.due.deleteMany({ where: { subject, kind: { in: [...kinds] }, doneAt: null, dueAt: { gt: unit.now } } })
}

/** A rollout may go on at once, whatever becomes of this process: `advanced` takes it back. */
export const goOn = (unit: Unit, subject: string, what: string): Promise<void> => due(unit, 'advance', subject, unit.now, what)

/** The rollout has gone as far as it goes now. In the transaction that found this out, so that nothing that came meanwhile is lost. */
export async function advanced(unit: Unit, subject: string): Promise<void> {
  await unit.tx.due.deleteMany({ where: { subject, kind: 'advance', dueAt: { lte: unit.now } } })
}

/** The row has had its effect. For effects that may happen twice; others close it in their own transaction. */
export const finish = async (house: House, id: number): Promise<void> => {
  await house.db.due.updateMany({ where: { id, doneAt: null }, data: { doneAt: house.clock.now() } })
}
