import type { Instant } from '../result.ts'

/** The verdict ladder of shared verification rules, lowest first. */
export type Verdict = 'BOGUS' | 'QUARANTINED' | 'UNCONFIRMED' | 'CORROBORATED' | 'AUTHENTIC'

export type CheckName = 'hash' | 'signature' | 'schema' | 'file-name' | 'namespace' | 'rollback' | 'contradiction' | 'corroboration'

export type CheckOutcome = 'pass' | 'fail' | 'not applicable' | 'unavailable' | 'stale'

/** One check with what was seen. `evidence` is a sentence for people; hashes and fingerprints are whole in it. */
export interface Check {
  readonly name: CheckName
  readonly outcome: CheckOutcome
  readonly evidence: string
}

/** A verdict with its evidence. The verdict is a pure function of `checks` (see `verdictOf`). */
export interface Verification {
  readonly verdict: Verdict
  readonly checks: readonly Check[]
  /** One sentence: why this verdict, e.g. "HELD: the file does not match its published hash". */
  readonly reason: string
  /** Whose key signed, in words, e.g. "Patchcrier sample key, not the vendor's". */
  readonly signedBy?: string
  readonly checkedAt: Instant
}

/** Verdicts from the lowest rung up. */
export const LADDER: readonly Verdict[] = ['BOGUS', 'QUARANTINED', 'UNCONFIRMED', 'CORROBORATED', 'AUTHENTIC']

/** Height on the ladder, 0 to 4. */
export const rungOf = (verdict: Verdict): number => LADDER.indexOf(verdict)

/** What any official document must show, whoever vouches for it: it can be read, it is named rightly, its publisher may speak here. */
const OFFICIAL: readonly CheckName[] = ['schema', 'file-name', 'namespace']
/** What only the holder of the pinned key can show. */
const PROOF: readonly CheckName[] = ['signature', 'hash']
/** Comparison with what is known; not applicable at the first sight of a document. */
const HISTORY: readonly CheckName[] = ['rollback', 'contradiction']

const outcomesOf = (checks: readonly Check[], name: CheckName): readonly CheckOutcome[] =>
  checks.filter((check) => check.name === name).map((check) => check.outcome)

/** True when the check is there and each answer to it is among `good`. A missing check is never good. */
const stands = (checks: readonly Check[], name: CheckName, good: readonly CheckOutcome[]): boolean => {
  const outcomes = outcomesOf(checks, name)
  return outcomes.length > 0 && outcomes.every((outcome) => good.includes(outcome))
}

/** Checks that keep the document from AUTHENTIC, in the order in which they are told. */
const missing = (checks: readonly Check[]): readonly CheckName[] => [
  ...[...PROOF, ...OFFICIAL].filter((name) => !stands(checks, name, ['pass'])),
  ...HISTORY.filter((name) => !stands(checks, name, ['pass', 'not applicable'])),
]

/**
 * The verdict ladder (VERIFICATION.md). Pure: the same checks give the same verdict for ever.
 * One failure quarantines. `unavailable` and `stale` never count as pass; neither does a check that is not there.
 * BOGUS belongs to hard rules for mail, which have no check in a CSAF source.
 */
export const verdictOf = (checks: readonly Check[]): Verdict => {
  if (checks.some((check) => check.outcome === 'fail')) return 'QUARANTINED'
  const lacks = missing(checks)
  if (lacks.length === 0) return 'AUTHENTIC'
  const onlyProofLacks = lacks.every((name) => PROOF.includes(name))
  return onlyProofLacks && stands(checks, 'corroboration', ['pass']) ? 'CORROBORATED' : 'UNCONFIRMED'
}

const FAILURES: Readonly<Record<CheckName, string>> = {
  hash: 'the file does not match its published hash',
  signature: 'the signature is not a good one by the pinned key',
  schema: 'the document is malformed',
  'file-name': 'the file name is not the one that its id demands',
  namespace: 'the publisher is not one that may speak here',
  rollback: 'the document goes back behind a revision that is already known',
  contradiction: 'the same id and version came with other content',
  corroboration: 'an independent origin contradicts it',
}

/** Failures in the order of what they mean for the reader: forged first, then malformed, then misplaced. */
const GRAVEST: readonly CheckName[] = [
  'hash',
  'signature',
  'contradiction',
  'rollback',
  'namespace',
  'file-name',
  'schema',
  'corroboration',
]

const WORDS: Readonly<Record<CheckName, string>> = {
  hash: 'hash',
  signature: 'signature',
  schema: 'schema check',
  'file-name': 'file name check',
  namespace: 'publisher check',
  rollback: 'rollback check',
  contradiction: 'contradiction check',
  corroboration: 'corroboration',
}

const lackOf = (checks: readonly Check[], name: CheckName): string => {
  const outcomes = outcomesOf(checks, name)
  if (outcomes.includes('stale')) return `${WORDS[name]} stale`
  return name === 'signature' || name === 'hash' ? `${WORDS[name]} missing` : `${WORDS[name]} not possible`
}

const heldBecause = (checks: readonly Check[]): string => {
  const failed = GRAVEST.filter((name) => outcomesOf(checks, name).includes('fail'))
  const genuine = failed.length === 1 && failed[0] === 'schema' && stands(checks, 'signature', ['pass']) && stands(checks, 'hash', ['pass'])
  if (genuine) return 'HELD: genuine, but malformed'
  const first = failed[0]
  return `HELD: ${first === undefined ? 'a check failed' : FAILURES[first]}`
}

/** One sentence for people: why `verdictOf` says what it says. */
export const reasonOf = (checks: readonly Check[]): string => {
  const lacks = missing(checks).map((name) => lackOf(checks, name))
  const verdict = verdictOf(checks)
  switch (verdict) {
    case 'AUTHENTIC':
      return 'Signed by the pinned key; hash, schema, file name and publisher agree'
    case 'CORROBORATED':
      return `Confirmed by an independent origin (${lacks.join(', ')})`
    case 'UNCONFIRMED':
      return `Looks official, nothing more (${lacks.join(', ')})`
    case 'QUARANTINED':
      return heldBecause(checks)
    case 'BOGUS':
      return 'Against a hard rule'
    default:
      return verdict satisfies never
  }
}
