import { dueReminders, nextLook } from '../../core/remind/due.ts'
import { standings } from '../../core/remind/reasons.ts'
import type { Snooze } from '../../core/remind/reminder.ts'
import { type House, transact, type Unit } from '../house.ts'
import { due } from '../time/due.ts'
import { endReminders, showAnew } from './end.ts'
import { kindOf, lockLooked, writeLooked } from './rows.ts'
import { send } from './send.ts'
import { readHouse } from './view.ts'

const SUBJECT = 'reminders:0'
const WHAT = 'reminders are looked at'

/**
 * The house is looked at: messages whose reason is gone say so, what is due is sent, and the next look is written down, all in one
 * transaction. Two looks at once are one after the other, and the second finds nothing.
 */
export async function lookAtReminders(house: House, row: { readonly id: number }): Promise<void> {
  await transact(house, async (unit) => {
    const { count } = await unit.tx.due.updateMany({ where: { id: row.id, doneAt: null }, data: { doneAt: unit.now } })
    if (count > 0) await look(unit)
  })
}

async function look(unit: Unit): Promise<void> {
  const { tx, now } = unit
  const looked = await lockLooked(tx, now)
  // Rows are locked in the order of their numbers, as a click that ends some of them does: neither waits for the other for ever.
  await tx.$queryRaw`SELECT "id" FROM "Reminder" WHERE "doneAt" IS NULL ORDER BY "id" FOR UPDATE`
  const view = await readHouse(unit)
  const snoozes = await readSnoozes(unit, looked.at)
  const ended = await endReminders(unit, standings(view))
  const wanted = dueReminders(view, { since: looked.at, now: now.toISOString(), snoozes })
  const { overtaken, ...told } = await send(unit, wanted, looked)
  await showAnew(unit, [...ended, ...overtaken])
  // A clock that was moved back must not make it forget what it has decided.
  const at = now.toISOString() > looked.at ? now.toISOString() : looked.at
  await writeLooked(tx, { ...looked, ...told, at })
  if (!(await isDue(unit))) await due(unit, 'remind', SUBJECT, new Date(nextLook(view, { now: now.toISOString(), snoozes })), WHAT)
}

/** Those that hold, or have ended since the last look. */
async function readSnoozes({ tx }: Unit, since: string): Promise<readonly Snooze[]> {
  const rows = await tx.reminder.findMany({ where: { snoozedUntil: { gt: new Date(since) } } })
  return rows.flatMap((row) =>
    row.snoozedUntil ? [{ kind: kindOf(row), subject: row.subject, until: row.snoozedUntil.toISOString() }] : [],
  )
}

const isDue = async ({ tx }: Unit): Promise<boolean> => (await tx.due.count({ where: { kind: 'remind', doneAt: null } })) > 0

/** At every start: the house is looked at at once. A look that was put off for a leap of the clock that never ended is not waited for. */
export async function beginReminders(unit: Unit): Promise<void> {
  await lockLooked(unit.tx, unit.now)
  await unit.tx.due.deleteMany({ where: { kind: 'remind', doneAt: null } })
  await due(unit, 'remind', SUBJECT, unit.now, WHAT)
}

/** The sample's clock leaps: reminders look where it arrives, and catch up once, not at every stop on the way. */
export async function holdReminders(house: House, until: Date): Promise<void> {
  await transact(house, async (unit) => {
    const { count } = await unit.tx.due.deleteMany({ where: { kind: 'remind', doneAt: null, dueAt: { lt: until } } })
    if (count > 0) await due(unit, 'remind', SUBJECT, until, WHAT)
  })
}
