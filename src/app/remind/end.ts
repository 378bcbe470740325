import type { ChangeState } from '../../core/change/state.ts'
import { isPast } from '../../core/remind/due.ts'
import { endingOf } from '../../core/remind/ending.ts'
import { changeStandings } from '../../core/remind/reasons.ts'
import type { Standing } from '../../core/remind/reminder.ts'
import { readChange } from '../change/rows.ts'
import { touchSubject } from '../chat/redraws.ts'
import type { Unit } from '../house.ts'
import { endRow, kindOf, type ReminderRow, reminderSubject, saidOf } from './rows.ts'

/** A change was saved: messages that reminded of what is done now say so. */
export async function endRemindersOf(unit: Unit, state: ChangeState): Promise<void> {
  const subject = `change:${state.id}`
  const open = await unit.tx.reminder.findMany({
    where: { doneAt: null, OR: [{ subject }, { subject: { startsWith: `${subject}/` } }] },
    orderBy: { id: 'asc' },
  })
  if (open.length === 0) return
  await showAnew(unit, await endThose(unit, open, changeStandings(state, unit.house.inForce.policy), async () => state))
}

/**
 * Ends every reminder whose reason is gone. Answers the messages that are to be shown anew, for the caller to do so at the end: rows before
 * posts, in the same order everywhere, or two transactions could wait for each other.
 */
export async function endReminders(unit: Unit, standing: readonly Standing[]): Promise<readonly string[]> {
  const open = await unit.tx.reminder.findMany({ where: { doneAt: null }, orderBy: { id: 'asc' } })
  return endThose(unit, open, standing, async (row) => {
    const { change } = saidOf(row)
    return change === undefined ? null : readChange(unit.tx, change)
  })
}

async function endThose(
  unit: Unit,
  open: readonly ReminderRow[],
  standing: readonly Standing[],
  changeOf: (row: ReminderRow) => Promise<ChangeState | null>,
): Promise<readonly string[]> {
  const now = unit.now.toISOString()
  const reasons = new Set(standing.filter((s) => !isPast(s, now)).map(({ kind, subject }) => `${kind} ${subject}`))
  const ended: string[] = []
  for (const row of open) {
    if (reasons.has(`${row.kind} ${row.subject}`)) continue
    const state = await changeOf(row)
    await endRow(unit.tx, row, endingOf({ kind: kindOf(row), subject: row.subject }, state, unit.house.inForce.policy, now))
    ended.push(reminderSubject(row.lead ?? row.id))
  }
  return ended
}

/** These messages have changed. */
export async function showAnew(unit: Unit, subjects: readonly string[]): Promise<void> {
  for (const subject of [...new Set(subjects)].sort()) await touchSubject(unit.tx, subject)
}
