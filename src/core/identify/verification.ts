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
