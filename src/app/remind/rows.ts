import { z } from 'zod'
import type { ReminderView } from '../../cards/reminder.ts'
import { nameOf } from '../../cards/words.ts'
import type { Policy, ReminderKind } from '../../core/policy.ts'
import type { Ending } from '../../core/remind/ending.ts'
import type { Said } from '../../core/remind/reminder.ts'
import type { Database, Prisma, Tx } from '../../db/database.ts'
import { json } from '../change/rows.ts'

/** Reading and writing the rows of reminders: no decision in here. */

export type ReminderRow = Prisma.ReminderGetPayload<object>

export const reminderSubject = (lead: number): string => `reminder:${lead}`

const looked = z.object({
  /** Everything that was due until then is decided. */
  at: z.string(),
  /** Until when the daily summary has told what happened. */
  toldUntil: z.string(),
  /** When there was the last card of it. */
  cardAt: z.string(),
})
export type Looked = z.infer<typeof looked>

const KEY = 'reminders'

/** Where the last look ended, locked until the commit: two looks at once are one after the other. */
export async function lockLooked(tx: Tx, now: Date): Promise<Looked> {
  const at = now.toISOString()
  await tx.setting.createMany({ data: [{ key: KEY, value: json({ at, toldUntil: at, cardAt: at }) }], skipDuplicates: true })
  const [row] = await tx.$queryRaw<{ value: unknown }[]>`SELECT "value" FROM "Setting" WHERE "key" = ${KEY} FOR UPDATE`
  return looked.parse(row?.value)
}

export const writeLooked = (tx: Tx, value: Looked) => tx.setting.update({ where: { key: KEY }, data: { value: json(value) } })

export const saidOf = (row: Pick<ReminderRow, 'body'>): Said => row.body as unknown as Said

export const kindOf = (row: Pick<ReminderRow, 'kind'>): ReminderKind => row.kind as ReminderKind

/** All reminders of one card; the lead is the first. */
export const readCard = (tx: Database | Tx, lead: number): Promise<readonly ReminderRow[]> =>
  tx.reminder.findMany({ where: { OR: [{ id: lead }, { lead }] }, orderBy: { id: 'asc' } })

export function viewOf(row: ReminderRow, policy: Policy): ReminderView {
  const { snoozedBy, snoozedUntil, doneAt, ending } = row
  return {
    said: saidOf(row),
    ...(snoozedBy && snoozedUntil ? { snoozed: { by: nameOf(policy, snoozedBy), until: snoozedUntil.toISOString() } } : {}),
    ...(doneAt ? { ended: { what: ending ?? 'Done', at: doneAt.toISOString() } } : {}),
  }
}

/** The reason is gone: the message says so from now on. */
export const endRow = (tx: Tx, { id }: Pick<ReminderRow, 'id'>, { what, at }: Ending) =>
  tx.reminder.updateMany({ where: { id, doneAt: null }, data: { doneAt: new Date(at), ending: what } })
