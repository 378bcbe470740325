import type { Signer } from '../../src/core/identify/signer.ts'
import type { Check, CheckOutcome } from '../../src/core/identify/verification.ts'

/** What the signature inside a file says, and whose it is where it holds. */
export interface CodeSignature {
  readonly check: Check
  readonly signer?: Signer
}

export const says = (outcome: CheckOutcome, evidence: string, signer?: Signer | null): CodeSignature => ({
  check: { name: 'code-signature', outcome, evidence },
  ...(signer ? { signer } : {}),
})

/** A tool that says what nobody here knows how to read has not answered. */
export const unread = (tool: string): CodeSignature =>
  says('unavailable', `${tool} answered with something that cannot be read: the signature was not checked.`)
