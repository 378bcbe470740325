import { canonicalJson, sha256Hex } from '../canonical.ts'
import type { Ring } from '../deploy/ring.ts'
import type { Instant } from '../result.ts'

/** What exactly would be done: what approvers approve. Everything in it is part of the digest. */
export interface Plan {
  readonly changeId: number
  readonly bulletins: readonly { readonly source: string; readonly vendorId: string; readonly revision: string; readonly digest: string }[]
  readonly hosts: readonly PlannedHost[]
  readonly rings: readonly Ring[]
  /** Hosts that no runner can reach, with the reason: they are not patched by this plan. */
  readonly leftOut: readonly { readonly host: string; readonly reason: string }[]
  readonly window: { readonly id: string; readonly name: string; readonly zone: string; readonly start: Instant; readonly end: Instant }
  readonly options: { readonly reboot: boolean; readonly silent: boolean }
  readonly undo: string
  readonly runner: string
  /** SHA-256 of the patch files that were proved to be those of the bulletins when the plan was made. */
  readonly patchHashes: readonly string[]
  readonly policyHash: string
}

export interface PlannedHost {
  readonly host: string
  readonly packages: readonly { readonly name: string; readonly from: string; readonly to: string }[]
}

/** SHA-256 of the plan's canonical JSON, lower-case hex. Approvals are bound to it. */
export function planDigest(plan: Plan): string {
  return sha256Hex(canonicalJson(plan))
}

/** The digest as people read it on a card. */
export const shortDigest = (digest: string): string => digest.slice(0, 8)
