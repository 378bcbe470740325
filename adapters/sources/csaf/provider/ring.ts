import { type FirstKey, ownerOf } from '../../../../src/core/identify/first-key.ts'
import type { SourceRuleOf } from '../../../../src/core/policy.ts'
import type { Clock, RawDocument } from '../../../../src/ports.ts'
import { signerAmong } from '../../../openpgp.ts'
import type { Pinned } from '../pinned.ts'
import { discover, discoverMetadata, type Get, type Provider } from './discover.ts'
import { type FirstKeys, fetchPinnedKeys, firstKeysOf, type PublishedKey } from './keys.ts'
import type { Metadata } from './metadata.ts'

type Rule = SourceRuleOf<'csaf'>

const KEY_LASTS_MS = 86_400_000
const NONE: FirstKeys = { keys: [], concern: null }

export interface KeyRing {
  /**
   * Before a look: the keys that are pinned at first sight, those known already or new ones, and that the provider still has them, or the one of
   * the policy. Throws Fault SOURCE_FAILED when it has only others, HTTP_... on the way.
   */
  ready(get: Get, found: Provider, known: readonly FirstKey[]): Promise<FirstKeys>
  /** By whose key a document is checked: by the policy's, or by that of the first ones which its signature names. Without a key at hand it is empty. */
  keyFor(get: Get, raw: RawDocument, first: readonly FirstKey[]): Promise<{ readonly rule: Pinned; readonly armored: string }>
}

/** The keys of one provider; fetched once a day. */
export const createKeyRing = (rule: Rule, clock: Clock): KeyRing => {
  const { provider, keyFingerprint } = rule
  const host = provider.includes('//') ? new URL(provider).host : provider
  let held: { readonly of: string; readonly keys: readonly PublishedKey[]; readonly at: number } | null = null
  let keyless = Number.NEGATIVE_INFINITY

  // A list that is named directly has no keys; those are where its host says.
  const told = async (get: Get, found: Provider | null): Promise<Metadata> =>
    (found ?? (await discover(get, provider))).metadata ?? (await discoverMetadata(get, host))

  const fetched = async (get: Get, found: Provider | null, pins: readonly string[]): Promise<readonly PublishedKey[]> => {
    const [of, at] = [pins.join(' '), clock.now().getTime()]
    if (held !== null && held.of === of && at - held.at < KEY_LASTS_MS) return held.keys
    held = { of, at, keys: await fetchPinnedKeys(get, await told(get, found), pins) }
    return held.keys
  }

  const firstSight = async (get: Get, found: Provider): Promise<FirstKeys> => {
    const now = clock.now().getTime()
    if (found.metadata === null && now - keyless < KEY_LASTS_MS) return NONE
    // A list whose host tells nothing of itself has no keys, and its host is not asked for them at every look.
    const metadata = await told(get, found).catch(() => null)
    if (metadata === null) keyless = now
    return metadata === null ? NONE : firstKeysOf(get, metadata, { host, since: clock.now().toISOString() })
  }

  return {
    ready: async (get, found, known) => {
      const first = keyFingerprint !== undefined ? NONE : known.length > 0 ? { keys: known, concern: null } : await firstSight(get, found)
      const pins = keyFingerprint === undefined ? first.keys.map(({ fingerprint }) => fingerprint) : [keyFingerprint]
      if (pins.length > 0) await fetched(get, found, pins)
      return first
    },
    keyFor: async (get, raw, first) => {
      const pins = keyFingerprint === undefined ? first.map(({ fingerprint }) => fingerprint) : [keyFingerprint]
      // Without the key nothing is proved, and nothing is refused: the check says that it was not possible.
      const keys = pins.length === 0 ? [] : await fetched(get, null, pins).catch(() => [])
      const key = (await signerAmong(raw.signature, keys)) ?? keys[0]
      const armored = key?.armored ?? ''
      const pin = first.find(({ fingerprint }) => key === undefined || fingerprint === key.fingerprint)
      if (keyFingerprint !== undefined || pin === undefined) return { rule, armored }
      return { rule: { ...rule, keyFingerprint: pin.fingerprint, keyOwner: ownerOf(pin) }, armored }
    },
  }
}
