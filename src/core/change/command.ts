import type { AffectedHost } from '../assess/affected.ts'
import type { ChangeType, Proposal } from '../evaluate/classification.ts'
import type { Plan } from '../evaluate/plan.ts'
import type { FixedBuild } from '../identify/bulletin.ts'
import type { ChangeClass, Person, Policy, Role } from '../policy.ts'
import type { Instant } from '../result.ts'
import type {
  BulletinFacts,
  ChangeState,
  Elsewhere,
  HaltCause,
  HeldDocument,
  JoinedBulletin,
  PatchFileResult,
  RingAcceptance,
} from './state.ts'

/** What somebody, or the house itself, wants to happen to a change. */
export type Command =
  // `bulletin`: digest of the one that is vouched for; absent: the only one that needs it.
  | { readonly kind: 'vouch'; readonly reason: string; readonly bulletin?: string }
  // `type` absent: what follows from the class.
  | { readonly kind: 'classify'; readonly class: ChangeClass; readonly type?: ChangeType; readonly reason: string }
  | { readonly kind: 'await'; readonly what: string; readonly until?: Instant }
  | { readonly kind: 'end-waiting'; readonly reason: string }
  // A change ends as part of another: `merge` and `supersede` on the one that ends, `join` on the one that goes on.
  | { readonly kind: 'merge'; readonly into: ChangeState }
  | { readonly kind: 'supersede'; readonly into: ChangeState; readonly fixed: readonly FixedBuild[] }
  | { readonly kind: 'join'; readonly change: ChangeState; readonly how: 'merged' | 'superseded' }
  | { readonly kind: 'done-elsewhere'; readonly hosts: readonly string[]; readonly reason: string; readonly when: Instant }
  | { readonly kind: 'accept-handover'; readonly number: number }
  // Before a plan: these hosts are left unpatched for a while. `until` as for `exclude`.
  | {
      readonly kind: 'leave-out'
      readonly hosts: readonly string[]
      readonly reason: string
      readonly control: string
      readonly until?: Instant
    }
  | { readonly kind: 'not-relevant'; readonly reason: string }
  | { readonly kind: 'note-patch-file'; readonly file: PatchFileResult }
  | { readonly kind: 'accept-patch-file'; readonly sha256: string; readonly reason: string }
  | { readonly kind: 'decide-held'; readonly rowId: number; readonly goesOn: boolean; readonly reason: string }
  | { readonly kind: 'record-test'; readonly test: string; readonly passed: boolean; readonly note: string }
  | { readonly kind: 'submit-plan'; readonly plan: Plan }
  | { readonly kind: 'approve'; readonly digest: string }
  | { readonly kind: 'reject'; readonly digest: string; readonly reason: string }
  | { readonly kind: 'announce'; readonly what: string; readonly why: string }
  | { readonly kind: 'record-pilot'; readonly passed: boolean; readonly note: string }
  | { readonly kind: 'stop'; readonly reason: string }
  | { readonly kind: 'resume'; readonly digest: string }
  | { readonly kind: 'retry'; readonly hosts: readonly string[] }
  // `until` absent: as long as the policy lets an exemption last.
  | {
      readonly kind: 'exclude'
      readonly hosts: readonly string[]
      readonly reason: string
      readonly control?: string
      readonly until?: Instant
    }
  | { readonly kind: 'roll-back'; readonly reason: string }
  | { readonly kind: 'claim'; readonly key: string; readonly what: string }
  | { readonly kind: 'report-incident'; readonly text: string }
  | { readonly kind: 'plan-again' }
  | { readonly kind: 'write-lesson'; readonly text: string }
  | { readonly kind: 'close-review' }
  // The house's own. `ring` is a number, from 1; ring 1 is the pilot.
  | {
      readonly kind: 'revise'
      readonly bulletin: BulletinFacts
      readonly hosts: readonly AffectedHost[]
      readonly differences: readonly string[]
    }
  // A document that is held says that it is a bulletin of this change, or is one.
  | { readonly kind: 'note-held'; readonly document: Omit<HeldDocument, 'at' | 'decided'> }
  // The inventory, or a report, shows the fixed builds on hosts that were patched elsewhere.
  | { readonly kind: 'seen-fixed'; readonly hosts: readonly string[] }
  // A catalogue of known exploited vulnerabilities. `unpatched`: hosts of the change that do not have the fix.
  | {
      readonly kind: 'exploited'
      readonly cve: string
      readonly addedOn: string
      readonly dueOn: string
      readonly catalogue: string
      readonly unpatched: readonly string[]
    }
  | { readonly kind: 'exploited-retracted'; readonly cve: string; readonly catalogue: string }
  // The inventory has changed. `why`: what changed it.
  | { readonly kind: 'rematch'; readonly hosts: readonly AffectedHost[]; readonly why: string }
  | { readonly kind: 'tell-end-users' }
  | { readonly kind: 'start-ring'; readonly ring: number; readonly hosts: readonly string[] }
  | { readonly kind: 'settle-ring'; readonly ring: number; readonly figures: string }
  | { readonly kind: 'halt'; readonly ring: number; readonly reason: string }
  | { readonly kind: 'need-people'; readonly text: string }
  | { readonly kind: 'finish'; readonly figures: string }

/** Who asks, when, and under which policy. `actor` null: the house itself. */
export interface Context {
  readonly now: Instant
  readonly actor: Person | null
  readonly policy: Policy
  /** Of the version in force. */
  readonly policyHash: string
  /** False: nobody has bought off the first version yet, and no ring starts. */
  readonly policyApproved: boolean
  /** Per ring of the plan, what a resume or a retry now would accept; empty where no rollout runs. */
  readonly acceptable: readonly RingAcceptance[]
}

/** What happened. `evolve` folds it into the state; the shell turns it into posts, due rows and orders. */
export type ChangeEvent =
  | { readonly kind: 'vouched'; readonly by: string; readonly reason: string; readonly bulletin: string }
  | {
      readonly kind: 'classified'
      readonly by: string
      readonly class: ChangeClass
      readonly type: ChangeType
      readonly reason: string
    }
  | { readonly kind: 'awaiting begun'; readonly by: string; readonly what: string; readonly until: Instant | null }
  | { readonly kind: 'awaiting ended'; readonly by: string; readonly reason: string }
  | { readonly kind: 'merged'; readonly by: string; readonly into: number }
  | { readonly kind: 'superseded'; readonly by: string | null; readonly into: number }
  | ChangeJoined
  | {
      readonly kind: 'done elsewhere'
      readonly by: string
      readonly hosts: readonly string[]
      readonly reason: string
      readonly when: Instant
      readonly voidsPlan: boolean
    }
  | { readonly kind: 'seen fixed'; readonly hosts: readonly string[] }
  | {
      readonly kind: 'hosts left out'
      readonly by: string
      readonly hosts: readonly string[]
      readonly reason: string
      readonly control: string
      readonly until: Instant
      readonly voidsPlan: boolean
    }
  | { readonly kind: 'hand-over accepted'; readonly by: string; readonly number: number }
  | {
      readonly kind: 'exploited told'
      readonly cve: string
      readonly evidence: string
      readonly since: Instant
      readonly unpatched: readonly string[]
      /** The change itself is over or asleep: what is left needs an alert of its own. */
      readonly newAlert: boolean
    }
  | { readonly kind: 'exploited retracted'; readonly cve: string; readonly evidence: string }
  | { readonly kind: 'drill finished' }
  | { readonly kind: 'declared not relevant'; readonly by: string; readonly reason: string }
  | { readonly kind: 'test recorded'; readonly by: string; readonly test: string; readonly passed: boolean; readonly note: string }
  | { readonly kind: 'tests passed' }
  | { readonly kind: 'patch file checked'; readonly by: string; readonly file: PatchFileResult }
  | {
      readonly kind: 'patch file accepted'
      readonly by: string
      readonly sha256: string
      readonly name: string
      readonly reason: string
    }
  | { readonly kind: 'document held'; readonly document: Omit<HeldDocument, 'at' | 'decided'> }
  | {
      readonly kind: 'held document decided'
      readonly by: string | null
      readonly rowId: number
      readonly name: string
      readonly goesOn: boolean
      readonly reason: string
    }
  | { readonly kind: 'plan submitted'; readonly by: string; readonly plan: Plan; readonly digest: string }
  | { readonly kind: 'approval given'; readonly by: string; readonly digest: string; readonly as?: readonly Role[] }
  | { readonly kind: 'plan approved'; readonly by: readonly string[] }
  | { readonly kind: 'plan rejected'; readonly by: string; readonly reason: string }
  | { readonly kind: 'announced'; readonly by: string; readonly what: string; readonly why: string; readonly endUsersAt: Instant }
  | { readonly kind: 'end users told' }
  | { readonly kind: 'ring started'; readonly ring: number; readonly hosts: readonly string[] }
  | { readonly kind: 'ring settled'; readonly ring: number; readonly figures: string }
  | { readonly kind: 'pilot recorded'; readonly by: string; readonly passed: boolean; readonly note: string }
  // By the house (`by` null) it is a threshold of the ring, or what `cause` says.
  | {
      readonly kind: 'halted'
      readonly by: string | null
      readonly ring: number | null
      readonly reason: string
      readonly cause?: HaltCause
    }
  | { readonly kind: 'resume approved'; readonly by: string; readonly digest: string; readonly as?: readonly Role[] }
  | { readonly kind: 'resumed'; readonly by: readonly string[]; readonly accepted: readonly RingAcceptance[] }
  | { readonly kind: 'hosts retried'; readonly by: string; readonly hosts: readonly string[]; readonly accepted: readonly RingAcceptance[] }
  | {
      readonly kind: 'hosts excluded'
      readonly by: string
      readonly hosts: readonly string[]
      readonly reason: string
      readonly control: string
      readonly until: Instant
    }
  | { readonly kind: 'rolled back'; readonly by: string; readonly reason: string }
  | { readonly kind: 'claimed'; readonly by: string; readonly key: string; readonly what: string }
  | { readonly kind: 'incident reported'; readonly by: string; readonly number: number; readonly text: string }
  | { readonly kind: 'people needed'; readonly text: string }
  | { readonly kind: 'rollout finished'; readonly figures: string }
  | { readonly kind: 'planned again'; readonly by: string }
  | { readonly kind: 'lesson written'; readonly by: string; readonly text: string }
  | { readonly kind: 'review closed'; readonly by: string }
  | {
      readonly kind: 'hosts renewed'
      readonly hosts: readonly AffectedHost[]
      readonly added: readonly string[]
      readonly gone: readonly string[]
      readonly why: string
    }
  | {
      readonly kind: 'bulletin revised'
      readonly bulletin: BulletinFacts
      readonly hosts: readonly AffectedHost[]
      readonly differences: readonly string[]
      readonly voidsPlan: boolean
    }

/** Another change has become part of this one. Everything that follows from both is in it, so that `evolve` only lays it over. */
export interface ChangeJoined {
  readonly kind: 'change joined'
  readonly by: string | null
  readonly change: number
  readonly how: 'merged' | 'superseded'
  readonly bulletins: readonly JoinedBulletin[]
  readonly hosts: readonly AffectedHost[]
  /** Where both name a build of one package: which one counts, in words. */
  readonly conflicts: readonly string[]
  /** Hosts of the joined change that need nothing any more. */
  readonly settled: readonly string[]
  readonly proposal: Proposal
  /** What of the joined change was done outside the bot. */
  readonly elsewhere: readonly Elsewhere[]
  /** Files of the joined change that failed a check: they go on standing in the way. */
  readonly badFiles?: readonly PatchFileResult[]
  /** What is held against the joined change, and goes on standing in the way. */
  readonly held?: readonly HeldDocument[]
  /** The more urgent of both, where this one is classified. */
  readonly classification?: NonNullable<ChangeState['classification']>
  /** The earliest clock zero of both, where any runs. */
  readonly zero?: Instant
  /** It awaits a rollup, and what came in may wait, too. */
  readonly waits: boolean
  /** Builds came in that the tests so far say nothing about. */
  readonly newBuilds: boolean
  readonly voidsPlan: boolean
}
