import { type House, transact, type Unit } from '../house.ts'
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
  await transact(house, async (unit) => {
    const { count } = await unit.tx.due.updateMany({ where: { id: row.id, doneAt: null }, data: { doneAt: unit.now } })
    if (count === 0) return
    const before = new Date(unit.now.getTime() - house.inForce.policy.keepDays * DAY_MS)
    await unit.tx.delivery.deleteMany({ where: { at: { lt: before } } })
    await unit.tx.due.deleteMany({ where: { doneAt: { lt: before } } })
    await duePurge(unit)
  })
}
