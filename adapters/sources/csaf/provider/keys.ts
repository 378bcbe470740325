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
/** Of one of them: the largest in use, with all that others have said of it, have some 100 kB. */
const MOST_KEY_BYTES = 1_000_000

const fetchKey = async (get: Get, { fingerprint, url }: ProviderKey): Promise<PublishedKey> => {
  const armored = new TextDecoder().decode(bodyOf(await get(url, { maxBytes: MOST_KEY_BYTES }), 'a public key'))
  const found = await pinnedKey(armored, fingerprint).catch(() => null)
  if (found === null) throw new Fault('SOURCE_FAILED', `What the provider publishes as key ${fingerprint} is not that key.`)
  return { fingerprint, armored }
}

/** What a provider gives of the keys that are pinned. */
export interface PinnedKeys {
  readonly keys: readonly PublishedKey[]
  /** Why others that it lists cannot be had just now. */
  readonly lost: readonly string[]
}

/**
 * The pinned keys as the provider publishes them. They count only because their fingerprints are pinned, not because of where they came from. A
 * provider may retire one of several, and one that cannot be had stops no other. Throws Fault SOURCE_FAILED when it has only others: a new key
 * is a person's decision; and why where it gives none.
 */
export const fetchPinnedKeys = async (get: Get, { keys }: Metadata, pinned: readonly string[]): Promise<PinnedKeys> => {
  const listed = keys.filter(
    (key, i) => pinned.includes(key.fingerprint) && keys.findIndex((one) => one.fingerprint === key.fingerprint) === i,
  )
  if (listed.length > 0) return thoseThatCame(await Promise.all(listed.map((key) => fetchKey(get, key).catch(asFault))))
  const others = keys.map((key) => key.fingerprint).join(', ') || 'none'
  throw new Fault(
    'SOURCE_FAILED',
    `The provider does not list the key that is pinned (${pinned.join(', ')}); it lists ${others}. If it has a new key, find out whether that is true, and write it into the policy as keyFingerprint.`,
  )
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  throw error
}

function thoseThatCame(answers: readonly (PublishedKey | Fault)[]): PinnedKeys {
  const faults = answers.flatMap((one) => (one instanceof Fault ? [one] : []))
  const keys = answers.flatMap((one) => (one instanceof Fault ? [] : [one]))
  const [first] = faults
  if (keys.length === 0 && first) throw first
  return { keys, lost: faults.map(({ message }) => message) }
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
