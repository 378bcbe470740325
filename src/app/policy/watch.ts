import type { House } from '../house.ts'
import { LOOK_EVERY_MS } from './look.ts'
import { takePolicyFile } from './propose.ts'

/** Looks at the policy file, and moves its row on: a row for every look would be a million rows a year. */
export async function lookAtPolicyFile(house: House, row: { readonly id: number }): Promise<void> {
  await takePolicyFile(house)
  const dueAt = new Date(house.clock.now().getTime() + LOOK_EVERY_MS)
  await house.db.due.update({ where: { id: row.id }, data: { dueAt } })
}
