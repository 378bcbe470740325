import type { AffectedHost } from '../assess/affected.ts'
import type { ChangeType, Proposal } from '../evaluate/classification.ts'
import type { Clocks } from '../evaluate/clocks.ts'
import type { Plan } from '../evaluate/plan.ts'
import type { Approval } from '../evaluate/quorum.ts'
import type { Bulletin } from '../identify/bulletin.ts'
import type { NamedFile } from '../identify/named-files.ts'
import type { Check, Verdict } from '../identify/verification.ts'
import type { ChangeClass } from '../policy.ts'
import type { Instant } from '../result.ts'

/** Where a change stands. */
export type Phase =
  | 'alerted'
  | 'awaiting'
  | 'testing'
  | 'planning'
  | 'deciding'
  | 'approved'
  | 'announced'
  | 'rolling out'
  | 'reviewing'
  | 'closed'
  | 'not relevant'
  | 'done elsewhere'
  | 'merged'
  | 'superseded'

/** Who did something, when, and why where a reason was asked. */
export interface Act {
  readonly by: string
  readonly at: Instant
  readonly reason?: string
}

/** The bulletin as the change knows it; the whole document stays in its own row. */
export interface BulletinFacts
  extends Pick<
    Bulletin,
    | 'source'
    | 'vendorId'
    | 'revision'
    | 'title'
    | 'url'
    | 'publishedAt'
    | 'updatedAt'
    | 'severity'
    | 'updateType'
    | 'vulnerabilities'
    | 'restart'
  > {
  readonly rowId: number
  /** SHA-256 of the document. */
  readonly digest: string
  readonly publisher: string
  readonly verdict: Verdict
  readonly verdictReason: string
  readonly signedBy?: string
  /** Patch files that it names with a hash and a link, where it is AUTHENTIC. Absent: none. */
  readonly files?: readonly NamedFile[]
}

/** A bulletin beside the leading one, with the vouch for exactly these bytes. */
export interface JoinedBulletin extends BulletinFacts {
  readonly vouch?: Act
}

/** It waits for a rollup, a service pack or the next bulletin of the product. */
export interface Awaiting {
  readonly what: string
  readonly by: string
  readonly since: Instant
  /** When somebody wants to look at it again; nothing happens by itself then. */
  readonly until?: Instant
}

/** Where a change that ended as part of another goes on. `by` null: the house did it. */
export interface JoinedInto {
  readonly change: number
  readonly by: string | null
  readonly at: Instant
}

/** A host that was patched outside the bot, as somebody says. */
export interface Elsewhere {
  readonly host: string
  readonly by: string
  readonly at: Instant
  /** When it was done. */
  readonly when: Instant
  readonly reason: string
  /** When the inventory, or a report, showed the fixed version. Until then it is only said. */
  readonly seenAt?: Instant
}

/** A patch file as it was fetched for this change, with what it was asked. Without `sha256` it could not be fetched. */
export interface PatchFileResult {
  /** Where it was asked for. */
  readonly url: string
  readonly name: string
  /** The host that it came from in the end. */
  readonly host: string
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
  readonly checks: readonly Check[]
  readonly at: Instant
  /** Security let it pass although a check failed. */
  readonly accepted?: Act
}

/** A document that is held and says that it is a bulletin of this change, or is one. */
export interface HeldDocument {
  readonly rowId: number
  /** Its file name. */
  readonly name: string
  /** Why it is held, as a sentence. */
  readonly reason: string
  /** The change rests on it: it was contradicted later. */
  readonly own: boolean
  readonly at: Instant
  /** What security says: may the change go on? */
  readonly decided?: Act & { readonly goesOn: boolean }
}

/** One phase hands its findings to the next. `by` null: the rollout ended by itself. Numbered from 1. */
export interface Handover {
  readonly number: number
  readonly from: 'identify' | 'evaluate' | 'deploy'
  readonly by: string | null
  readonly at: Instant
  readonly accepted?: Act
}

export interface TestItem {
  readonly id: string
  readonly label: string
  readonly outcome?: Act & { readonly passed: boolean }
}

export interface SubmittedPlan {
  readonly plan: Plan
  readonly digest: string
  readonly submitted: Act
  readonly approvals: readonly Approval[]
  readonly decided?: {
    readonly verdict: 'approved' | 'rejected'
    readonly at: Instant
    readonly by: readonly string[]
    readonly reason?: string
  }
}

export interface Announcement {
  readonly what: string
  readonly why: string
  readonly by: string
  readonly at: Instant
  /** When the end users are told; representatives hear at once. */
  readonly endUsersAt: Instant
  readonly endUsersToldAt?: Instant
}

export interface RingState {
  readonly state: 'waiting' | 'running' | 'settled'
  readonly startedAt?: Instant
  readonly settledAt?: Instant
  readonly accepted: RingAcceptance
}

/** What the quorum accepted when it resumed: only what is worse halts again (core/deploy/rollout.ts). */
export interface RingAcceptance {
  readonly failuresAccepted: number
  readonly shareAccepted?: number
}

/** What else than a threshold makes the house hold a rollout. */
export type HaltCause = 'patch file' | 'bulletin'

export interface Rollout {
  readonly status: 'waiting' | 'running' | 'halted' | 'stopped' | 'rolling back' | 'finished'
  readonly startedAt?: Instant
  readonly finishedAt?: Instant
  /** As many as the plan has rings, in their order. */
  readonly rings: readonly RingState[]
  readonly pilot?: Act & { readonly passed: boolean }
  /** Why it stands still: a threshold, a person, or what `cause` says. */
  readonly halt?: {
    readonly reason: string
    readonly at: Instant
    readonly by: string | null
    readonly number: number
    readonly cause?: HaltCause
  }
  readonly resumeApprovals: readonly Approval[]
  /** True when a person sent it back: the rollout ends as rolled back. */
  readonly rolledBack?: Act
  /** Hosts that need a person's decision at the end, in words; empty otherwise. */
  readonly needsPeople?: string
}

/** Something broke for a person: claimable. */
export interface Incident {
  readonly number: number
  readonly by: string
  readonly at: Instant
  readonly text: string
}

export interface Review {
  readonly openedAt: Instant
  readonly lessons: readonly { readonly by: string; readonly at: Instant; readonly text: string }[]
  readonly closed?: Act
}

/** One change: what we decide to do about one bulletin, or several that were joined. Saved whole; host progress, delays and receipts have rows of their own. */
export interface ChangeState {
  readonly id: number
  readonly phase: Phase
  readonly openedAt: Instant
  /** The leading bulletin: the one that the change was opened for. */
  readonly bulletin: BulletinFacts
  /** The others, of changes that were joined with this one. */
  readonly bulletins: readonly JoinedBulletin[]
  /** Hosts that need the fix, as matched when the bulletin (or its revision) came. */
  readonly hosts: readonly AffectedHost[]
  readonly proposal: Proposal
  readonly vouch?: Act
  readonly notRelevant?: Act
  readonly classification?: Act & { readonly class: ChangeClass; readonly type: ChangeType }
  /** Clock zero that a joined change brought along, before this one is classified. */
  readonly inheritedZero?: Instant
  readonly clocks?: Clocks
  readonly awaiting?: Awaiting
  readonly joinedInto?: JoinedInto
  readonly tests: readonly TestItem[]
  readonly elsewhere: readonly Elsewhere[]
  /** Oldest first. Absent in changes of earlier versions: none was checked. */
  readonly patchFiles?: readonly PatchFileResult[]
  /** Oldest first. Absent: nothing was held against it. */
  readonly held?: readonly HeldDocument[]
  readonly submission?: SubmittedPlan
  /** Plans before that one: replaced, rejected, void or rolled back. Their cards stay readable. */
  readonly pastSubmissions: readonly SubmittedPlan[]
  readonly announcement?: Announcement
  readonly rollout?: Rollout
  /** Who takes care of a failure group or incident: key -> act. */
  readonly claims: Readonly<Record<string, Act>>
  readonly incidents: readonly Incident[]
  readonly review?: Review
  readonly handovers: readonly Handover[]
  /** Started as an exercise: everything about it is pretended, and it ends at the decision. */
  readonly drill?: Act
  /** Who did what when, oldest first: the review and `why` read it. */
  readonly acts: readonly { readonly what: string; readonly who: string; readonly at: Instant }[]
}
