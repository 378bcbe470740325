import { touchAll } from '../chat/redraws.ts'
import { type House, transact } from '../house.ts'
import { beginOrganisation } from '../organisation.ts'
import { settleMembers } from '../people/settle.ts'
import { readInForce } from './versions.ts'

/**
 * Works by the version that the database says is in force, and asks its sources. After every commit that may have changed it; doing it
 * twice is harmless.
 */
export async function adoptInForce(house: House): Promise<void> {
  const next = await readInForce(house.db)
  if (!next || (next.hash === house.inForce.hash && next.approved === house.inForce.approved)) return
  await house.adopt(next)
  await settleMembers(house, 'another version of the policy is in force')
  await drawAnew(house)
  if (house.policyFile !== null) await beginOrganisation(house)
}

/** By which version the cards were drawn last. */
const DRAWN = 'policy:drawn'

/**
 * Cards that were drawn before this moment were drawn by the version before, also those that a commit wanted: all are drawn anew, once.
 * What comes out the same is not sent. At a start it makes up for a death between the commit and the drawing.
 */
export async function drawAnew(house: House): Promise<void> {
  const by = `${house.inForce.hash} ${house.inForce.approved ? 'approved' : 'not approved'}`
  const before = await house.db.setting.findUnique({ where: { key: DRAWN } })
  if (before?.value === by) return
  await transact(house, async ({ tx }) => {
    await touchAll(tx)
    await tx.setting.upsert({ where: { key: DRAWN }, create: { key: DRAWN, value: by }, update: { value: by } })
  })
}
