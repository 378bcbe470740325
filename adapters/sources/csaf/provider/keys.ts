import { Fault } from '../../../../src/core/fault.ts'
import type { FirstKey } from '../../../../src/core/identify/first-key.ts'
import { bodyOf } from '../../../http.ts'
import { pinnedKey } from '../../../openpgp.ts'
import type { Get } from './discover.ts'
import type { Metadata, ProviderKey } from './metadata.ts'

/** A key as its provider publishes it. */
export interface PublishedKey {
  /** Of the primary key, lower case. */
  readonly fingerprint: string
  readonly armored: string
}

/** More keys than that no provider signs with. */
const MOST_KEYS = 10

const fetchKey = async (get: Get, { fingerprint, url }: ProviderKey): Promise<PublishedKey> => {
  const armored = new TextDecoder().decode(bodyOf(await get(url), 'a public key'))
  const found = await pinnedKey(armored, fingerprint).catch(() => null)
  if (found === null) throw new Fault('SOURCE_FAILED', `What the provider publishes as key ${fingerprint} is not that key.`)
  return { fingerprint, armored }
}

/**
 * The pinned keys as the provider publishes them. They count only because their fingerprints are pinned, not because of where they came from. A
 * provider may retire one of several. Throws Fault SOURCE_FAILED when it has only others: a new key is a person's decision.
 */
export const fetchPinnedKeys = async (get: Get, { keys }: Metadata, pinned: readonly string[]): Promise<readonly PublishedKey[]> => {
  const listed = keys.filter(
    (key, i) => pinned.includes(key.fingerprint) && keys.findIndex((one) => one.fingerprint === key.fingerprint) === i,
  )
  if (listed.length > 0) return Promise.all(listed.map((key) => fetchKey(get, key)))
  const others = keys.map((key) => key.fingerprint).join(', ') || 'none'
  throw new Fault(
    'SOURCE_FAILED',
    `The provider does not list the key that is pinned (${pinned.join(', ')}); it lists ${others}. If it has a new key, find out whether that is true, and write it into the policy as keyFingerprint.`,
  )
}

/** The keys that a provider shows when it is first asked, or why none of them is pinned. */
export interface FirstKeys {
  readonly keys: readonly FirstKey[]
  readonly concern: string | null
}

/**
 * The keys of a provider for which the policy names none (VERIFICATION.md: pinned on first use): all that it shows now, or none where one of
 * them cannot be had, because what that one signed would be held later on.
 */
export const firstKeysOf = async (get: Get, { keys }: Metadata, seen: Pick<FirstKey, 'host' | 'since'>): Promise<FirstKeys> => {
  try {
    const shown = await Promise.all(keys.slice(0, MOST_KEYS).map((key) => fetchKey(get, key)))
    const fingerprints = new Set(shown.map(({ fingerprint }) => fingerprint))
    return { keys: [...fingerprints].map((fingerprint) => ({ fingerprint, ...seen })), concern: null }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { keys: [], concern: `No key is pinned for it: ${error.message}` }
  }
}
