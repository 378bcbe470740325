import type { Unit } from './house.ts'

/** Everything that becomes due. `what` is said to people where the next event is shown. */
export type DueKind = 'advance' | 'tell-end-users' | 'arrival' | 'poll' | 'audit-head' | 'opening' | 'signs-of-life'

/** Writes a due row; the same kind, subject and time once. */
export async function due(unit: Unit, kind: DueKind, subject: string, at: Date, what: string): Promise<void> {
  await unit.tx.due.createMany({ data: [{ kind, subject, dueAt: at, payload: { what } }], skipDuplicates: true })
}
