import { Fault } from '../../../../src/core/fault.ts'
import { bodyOf } from '../../../http.ts'
import { pinnedKey } from '../../../openpgp.ts'
import type { Get } from './discover.ts'
import type { Metadata } from './metadata.ts'

/**
 * The pinned key as the provider publishes it, armoured. It counts only because its fingerprint is the one in the policy, not because of
 * where it came from. Throws Fault SOURCE_FAILED when the provider has another: a new key is a person's decision.
 */
export const fetchPinnedKey = async (get: Get, metadata: Metadata, fingerprint: string): Promise<string> => {
  const listed = metadata.keys.filter((key) => key.fingerprint === fingerprint)
  const others = metadata.keys.map((key) => key.fingerprint).join(', ') || 'none'
  const [key] = listed
  if (key === undefined)
    throw new Fault(
      'SOURCE_FAILED',
      `The provider does not list the key that the policy pins (${fingerprint}); it lists ${others}. If it has a new key, find out whether that is true, and change the policy.`,
    )
  const armored = new TextDecoder().decode(bodyOf(await get(key.url), 'a public key'))
  const found = await pinnedKey(armored, fingerprint).catch(() => null)
  if (found === null) throw new Fault('SOURCE_FAILED', `What the provider publishes as key ${fingerprint} is not that key.`)
  return armored
}
