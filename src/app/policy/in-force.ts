import type { House } from '../house.ts'
import { beginOrganisation } from '../organisation.ts'
import { readInForce } from './versions.ts'

/**
 * Works by the version that the database says is in force, and asks its sources. After every commit that may have changed it; doing it
 * twice is harmless.
 */
export async function adoptInForce(house: House): Promise<void> {
  const next = await readInForce(house.db)
  if (!next || (next.hash === house.inForce.hash && next.approved === house.inForce.approved)) return
  await house.adopt(next)
  if (house.policyFile !== null) await beginOrganisation(house)
}
