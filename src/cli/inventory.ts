import type { Asset } from '../core/assess/asset.ts'
import { loadFleet } from '../core/assess/fleet.ts'
import { Misuse } from './command.ts'
import { bytesOf } from './files.ts'

/** The hosts of an inventory file. Throws Misuse with what is wrong. */
export async function assetsOf(file: string, now: Date): Promise<readonly Asset[]> {
  const bytes = await bytesOf(file)
  try {
    return loadFleet(JSON.parse(bytes.toString('utf8')), now)
  } catch (error) {
    throw new Misuse(`${file}: expected an inventory; ${error instanceof Error ? error.message.slice(0, 500) : String(error)}`)
  }
}
