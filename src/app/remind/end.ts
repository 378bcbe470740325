import type { ChangeState } from '../../core/change/state.ts'
import { isPast } from '../../core/remind/due.ts'
import { endingOf } from '../../core/remind/ending.ts'
import { changeStandings } from '../../core/remind/reasons.ts'
import type { Standing } from '../../core/remind/reminder.ts'
import { readChange } from '../change/rows.ts'
import { touchSubject } from '../chat/posts.ts'
import type { Unit } from '../house.ts'
import { endRow, kindOf, type ReminderRow, reminderSubject, saidOf } from './rows.ts'

/** A change was saved: messages that reminded of what is done now say so. */
export async function endRemindersOf(unit: Unit, state: ChangeState): Promise<void> {
  const subject = `change:${state.id}`
  const open = await unit.tx.reminder.findMany({
    where: { doneAt: null, OR: [{ subject }, { subject: { startsWith: `${subject}/` } }] },
    orderBy: { id: 'asc' },
  })
  if (open.length > 0) await endThose(unit, open, changeStandings(state, unit.house.inForce.policy), async () => state)
}

/** Every message whose reason is gone. */
export async function endReminders(unit: Unit, standing: readonly Standing[]): Promise<void> {
  const open = await unit.tx.reminder.findMany({ where: { doneAt: null }, orderBy: { id: 'asc' } })
  await endThose(unit, open, standing, async (row) => {
    const { change } = saidOf(row)
    return change === undefined ? null : readChange(unit.tx, change)
  })
}

async function endThose(
  unit: Unit,
  open: readonly ReminderRow[],
  standing: readonly Standing[],
  changeOf: (row: ReminderRow) => Promise<ChangeState | null>,
): Promise<void> {
  const now = unit.now.toISOString()
  const reasons = new Set(standing.filter((s) => !isPast(s, now)).map(({ kind, subject }) => `${kind} ${subject}`))
  for (const row of open) {
    if (reasons.has(`${row.kind} ${row.subject}`)) continue
    const state = await changeOf(row)
    await endRow(unit.tx, row, endingOf({ kind: kindOf(row), subject: row.subject }, state, unit.house.inForce.policy, now))
    await touchSubject(unit.tx, reminderSubject(row.lead ?? row.id))
  }
}
