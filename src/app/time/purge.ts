import { type House, transact, type Unit } from '../house.ts'
import { purgeMembers } from '../people/purge.ts'
import { due } from './due.ts'

const DAY_MS = 86_400_000

/** The first purge, a day from now. Doing it twice is harmless. */
export const duePurge = (unit: Unit): Promise<void> =>
  due(unit, 'purge', 'house:0', new Date(unit.now.getTime() + DAY_MS), 'what nobody needs any more is removed')

/**
 * Once a day: removes what had its effect more than `keepDays` ago and is only kept so that it has none a second time. No platform repeats
 * a delivery after so long.
 */
export async function purge(house: House, row: { readonly id: number }): Promise<void> {
  const mine = await transact(house, async (unit) => {
    const { count } = await unit.tx.due.updateMany({ where: { id: row.id, doneAt: null }, data: { doneAt: unit.now } })
    if (count === 0) return false
    const before = new Date(unit.now.getTime() - house.inForce.policy.keepDays * DAY_MS)
    await unit.tx.delivery.deleteMany({ where: { at: { lt: before } } })
    await unit.tx.due.deleteMany({ where: { doneAt: { lt: before } } })
    // Also what is not proved. What is still dropped at every poll is kept anew by the next one.
    await unit.tx.droppedItem.deleteMany({ where: { at: { lt: before } } })
    await purgeReminders(unit, before)
    await purgeDoubts(unit)
    await purgeImports(unit, before)
    await duePurge(unit)
    return true
  })
  // By itself: it may look through much, and the rest must not wait for it.
  if (mine) house.members.forget(await transact(house, purgeMembers))
}

/** Those whose reason is gone, with their whole card. What was due before the last look is never sent again, with or without its row. */
async function purgeReminders({ tx }: Unit, before: Date): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM "Reminder" r WHERE r."doneAt" < ${before} AND NOT EXISTS (
      SELECT FROM "Reminder" o WHERE coalesce(o."lead", o."id") = coalesce(r."lead", r."id") AND (o."doneAt" IS NULL OR o."doneAt" >= ${before}))`
}

/** So many of the last imports stay, however old: `inventory` shows when it was last told anything. */
const IMPORTS_KEPT = 20

/** Files that were taken in long ago, as far as no host waits to be matched with what they changed. Their cards stay as they are. */
async function purgeImports({ tx }: Unit, before: Date): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM "InventoryImport" i WHERE i."finishedAt" < ${before}
      AND i."id" NOT IN (SELECT "id" FROM "InventoryImport" ORDER BY "id" DESC LIMIT ${IMPORTS_KEPT})
      AND i."matched"`
}

/** Longer than the longest stretch that a summary counts, a quiet week. */
const DOUBT_DAYS = 31

/** Doubts that nobody has had for long. Of what everybody was warned the row stays: who is sent it again must not warn everybody again. */
async function purgeDoubts({ tx, now, house }: Unit): Promise<void> {
  const before = new Date(now.getTime() - Math.max(house.inForce.policy.keepDays, DOUBT_DAYS) * DAY_MS)
  await tx.doubt.deleteMany({ where: { firstAt: { lt: before }, warnedAt: null, reports: { none: { at: { gte: before } } } } })
}
