import type { Instant } from '../result.ts'
import type { Bulletin } from './bulletin.ts'
import { differences } from './differences.ts'
import type { PinnedKey, SentProof } from './evidence.ts'
import { contradictionCheck, type Incoming, type KnownRevision, newestOf, rollbackCheck } from './history.ts'
import { type Check, reasonOf, rungOf, type Verdict, type Verification, verdictOf } from './verification.ts'

/** What came in, after the source's own checks (everything but `rollback` and `contradiction`). */
export interface Checked {
  /** Null when the document was not read: a failed hash or signature, or malformed. */
  readonly bulletin: Bulletin | null
  /** SHA-256 of the bytes, hex. */
  readonly digest: string
  readonly checks: readonly Check[]
  /** Whose key signed, in words; only with a good signature. */
  readonly signedBy?: string
  /** The key that was pinned, with its text: kept, so that the verdict can be checked again when the policy has another. */
  readonly pinned?: PinnedKey
  /** Of a mail: what its checks rest on beside its bytes. */
  readonly sent?: SentProof
}

/**
 * What a document is to us.
 * `new`: nothing of its id counted before. `revised`: a later revision, or the same bytes with better proof.
 * `regenerated`: the same version again, dated later; card and clocks change only where `differences` says so.
 * `seen`: these bytes are known, and nothing about them got better.
 */
export type Kind = 'new' | 'revised' | 'regenerated' | 'seen'

export interface Judgement {
  readonly verification: Verification
  readonly kind: Kind
  /** Changed facts against the newest counted revision, as sentences; empty when there is none or nothing changed. */
  readonly differences: readonly string[]
  /** The revision that `kind` and `differences` compare with. */
  readonly previous: KnownRevision | null
}

const unread = (name: 'rollback' | 'contradiction'): Check => ({
  name,
  outcome: 'unavailable',
  evidence: 'Not compared with known revisions: the document was not read.',
})

/**
 * Only what is proved at least as well as the newcomer is held against it: an unsigned file with a huge version number must not
 * lock out the genuine bulletin, and a quarantined one counts for nothing.
 */
const counting = (known: readonly KnownRevision[], provisional: Verdict): readonly KnownRevision[] =>
  known.filter((old) => old.bulletin !== null && rungOf(old.verdict) >= Math.max(rungOf(provisional), rungOf('UNCONFIRMED')))

/** What has to be known of a stored document to see whether it came again. */
export type StoredCopy = Pick<KnownRevision, 'vendorId' | 'digest' | 'verdict' | 'alone'>

/** How well these bytes were proved by themselves: one that others contradict is not better for coming again. */
const reached = ({ verdict, alone = verdict }: Pick<KnownRevision, 'verdict' | 'alone'>): number => rungOf(alone)

/** `alone` of a stored document, by its checks. */
export const aloneBy = (checks: readonly Check[]): Pick<KnownRevision, 'alone'> =>
  checks.some(({ name, outcome }) => name === 'corroboration' && outcome === 'fail')
    ? { alone: verdictOf(checks.filter(({ name }) => name !== 'corroboration')) }
    : {}

/** History that finds nothing to say: the best that it can come to. */
const NO_HISTORY: readonly Check[] = [
  { name: 'rollback', outcome: 'not applicable', evidence: '' },
  { name: 'contradiction', outcome: 'not applicable', evidence: '' },
]

/**
 * These bytes are stored with a verdict that they cannot exceed, whatever history says of them: `judge` would call them `seen`. False
 * where only `judge` can tell. `copies` are what is stored under the same file name.
 */
export const isSurelySeen = (checked: Checked, copies: readonly StoredCopy[]): boolean => {
  const best = rungOf(verdictOf([...checked.checks, ...NO_HISTORY]))
  return copies.some(
    (old) =>
      old.digest === checked.digest && reached(old) >= best && (checked.bulletin === null || old.vendorId === checked.bulletin.vendorId),
  )
}

const historyChecks = (incoming: Incoming, known: readonly KnownRevision[], own: readonly Check[]): readonly Check[] => {
  const others = counting(known, verdictOf([...own, ...NO_HISTORY]))
  const signed = own.some((one) => one.name === 'signature' && one.outcome === 'pass')
  return [rollbackCheck(incoming, others), contradictionCheck(incoming, others, signed)]
}

const kindOf = (incoming: Incoming, verdict: Verdict, known: readonly KnownRevision[], previous: KnownRevision | undefined): Kind => {
  const twin = known.find((old) => old.digest === incoming.digest && reached(old) >= rungOf(verdict))
  if (twin !== undefined) return 'seen'
  if (previous === undefined) return 'new'
  const again = previous.digest !== incoming.digest && previous.revision === incoming.revision && previous.updatedAt !== incoming.updatedAt
  return again ? 'regenerated' : 'revised'
}

/**
 * The ingest rule: a checked document and what is known -> its verification, what it is to us and what changed.
 * `known` holds stored revisions of the source; those of other ids are ignored. `now` is when the checks were made.
 */
export const judge = (input: { readonly checked: Checked; readonly known: readonly KnownRevision[]; readonly now: Instant }): Judgement => {
  const { checked, now } = input
  const { bulletin } = checked
  const known = bulletin === null ? [] : input.known.filter((old) => old.vendorId === bulletin.vendorId)
  const incoming: Incoming | null = bulletin && {
    vendorId: bulletin.vendorId,
    revision: bulletin.revision,
    updatedAt: bulletin.updatedAt,
    digest: checked.digest,
  }
  const history = incoming === null ? [unread('rollback'), unread('contradiction')] : historyChecks(incoming, known, checked.checks)
  const checks = [...checked.checks, ...history]
  const verdict = verdictOf(checks)
  const verification: Verification = {
    verdict,
    checks,
    reason: reasonOf(checks),
    ...(checked.signedBy === undefined ? {} : { signedBy: checked.signedBy }),
    checkedAt: now,
  }
  if (incoming === null || bulletin === null) {
    const again = input.known.some((old) => old.digest === checked.digest && reached(old) >= rungOf(verdict))
    return { verification, kind: again ? 'seen' : 'new', differences: [], previous: null }
  }
  const previous = newestOf(counting(known, 'UNCONFIRMED'))
  return {
    verification,
    kind: kindOf(incoming, verdict, known, previous),
    differences: previous?.bulletin ? differences(previous.bulletin, bulletin) : [],
    previous: previous ?? null,
  }
}
