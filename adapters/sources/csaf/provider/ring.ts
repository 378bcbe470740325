import { Fault } from '../../../../src/core/fault.ts'
import { type FirstKey, ownerOf } from '../../../../src/core/identify/first-key.ts'
import type { SourceRuleOf } from '../../../../src/core/policy.ts'
import type { Clock, RawDocument } from '../../../../src/ports.ts'
import { namedBy, signerAmong } from '../../../openpgp.ts'
import type { Pinned } from '../pinned.ts'
import { discover, discoverMetadata, type Get, type Provider, ToldNowhere } from './discover.ts'
import { type FirstKeys, fetchPinnedKeys, firstKeysOf, type PinnedKeys } from './keys.ts'
import type { Metadata } from './metadata.ts'

type Rule = SourceRuleOf<'csaf'>

const KEY_LASTS_MS = 86_400_000
/** One that could not be had is asked for again sooner. */
const LOST_LASTS_MS = 600_000
const NONE: FirstKeys = { keys: [], concern: null }
const NOTHING: PinnedKeys = { keys: [], lost: [] }

export interface KeyRing {
  /**
   * Before a look: the keys that are pinned at first sight, those known already or new ones, and that the provider still has them, or the one of
   * the policy. Throws Fault SOURCE_FAILED when it has only others, HTTP_... on the way.
   */
  ready(get: Get, found: Provider, known: readonly FirstKey[]): Promise<FirstKeys>
  /** By whose key a document is checked: by the policy's, or by that of the first ones which its signature names. Without that at hand it is empty. */
  keyFor(get: Get, raw: RawDocument, first: readonly FirstKey[]): Promise<{ readonly rule: Pinned; readonly armored: string }>
}

/** The keys of one provider; fetched once a day. */
export const createKeyRing = (rule: Rule, clock: Clock): KeyRing => {
  const { provider, keyFingerprint } = rule
  const host = provider.includes('//') ? new URL(provider).host : provider
  let held: { readonly of: string; readonly given: PinnedKeys; readonly until: number } | null = null
  let keyless = Number.NEGATIVE_INFINITY

  // A list that is named directly has no keys; those are where its host says.
  const told = async (get: Get, found: Provider | null): Promise<Metadata> =>
    (found ?? (await discover(get, provider))).metadata ?? (await discoverMetadata(get, host))

  const fetched = async (get: Get, found: Provider | null, pins: readonly string[]): Promise<PinnedKeys> => {
    const [of, at] = [pins.join(' '), clock.now().getTime()]
    if (held !== null && held.of === of && at < held.until) return held.given
    const given = await fetchPinnedKeys(get, await told(get, found), pins)
    held = { of, given, until: at + (given.lost.length > 0 ? LOST_LASTS_MS : KEY_LASTS_MS) }
    return given
  }

  const firstSight = async (get: Get, found: Provider): Promise<FirstKeys> => {
    const now = clock.now().getTime()
    if (found.metadata === null && now - keyless < KEY_LASTS_MS) return NONE
    try {
      return await firstKeysOf(get, await told(get, found), { host, since: clock.now().toISOString() })
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      if (!(error instanceof ToldNowhere)) return { keys: [], concern: `No key is pinned for it: ${error.message}` }
      // A list whose host tells nothing of itself has no keys, and its host is not asked for them at every look.
      keyless = now
      return NONE
    }
  }

  return {
    ready: async (get, found, known) => {
      const first = keyFingerprint !== undefined ? NONE : known.length > 0 ? { keys: known, concern: null } : await firstSight(get, found)
      const pins = keyFingerprint === undefined ? first.keys.map(({ fingerprint }) => fingerprint) : [keyFingerprint]
      const { lost } = pins.length > 0 ? await fetched(get, found, pins) : NOTHING
      const concern = [first.concern ?? [], lost].flat().join(' ')
      return { ...first, concern: concern === '' ? null : concern }
    },
    keyFor: async (get, raw, first) => {
      const pins = keyFingerprint === undefined ? first.map(({ fingerprint }) => fingerprint) : [keyFingerprint]
      // Without the key nothing is proved, and nothing is refused: the check says that it was not possible.
      const { keys, lost } = pins.length === 0 ? NOTHING : await fetched(get, null, pins).catch(() => NOTHING)
      const away = pins.filter((one) => !keys.some(({ fingerprint }) => fingerprint === one))
      const by = (await signerAmong(raw.signature, keys))?.fingerprint ?? (await whoIsAway(raw.signature, away, lost.length > 0))
      const whose = by ?? keys[0]?.fingerprint ?? pins[0]
      const armored = keys.find(({ fingerprint }) => fingerprint === whose)?.armored ?? ''
      const pin = first.find(({ fingerprint }) => fingerprint === whose)
      if (keyFingerprint !== undefined || pin === undefined) return { rule, armored }
      return { rule: { ...rule, keyFingerprint: pin.fingerprint, keyOwner: ownerOf(pin) }, armored }
    },
  }
}

/**
 * The pinned key that is not at hand and that a signature may be of: a signing subkey has another number than its key, so that of one that could
 * not be had just now nobody can say which signatures are not its own.
 */
const whoIsAway = async (signature: string | undefined, away: readonly string[], isLost: boolean): Promise<string | null> =>
  (await namedBy(signature, away)) ?? (isLost ? (away[0] ?? null) : null)
