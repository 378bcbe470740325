import type { AffectedHost } from '../assess/affected.ts'
import type { Plan } from '../evaluate/plan.ts'
import type { ChangeClass, Person, Policy } from '../policy.ts'
import type { Instant } from '../result.ts'
import type { BulletinFacts, RingAcceptance } from './state.ts'

/** What somebody, or the house itself, wants to happen to a change. */
export type Command =
  | { readonly kind: 'vouch'; readonly reason: string }
  | { readonly kind: 'classify'; readonly class: ChangeClass; readonly reason: string }
  | { readonly kind: 'not-relevant'; readonly reason: string }
  | { readonly kind: 'record-test'; readonly test: string; readonly passed: boolean; readonly note: string }
  | { readonly kind: 'submit-plan'; readonly plan: Plan }
  | { readonly kind: 'approve'; readonly digest: string }
  | { readonly kind: 'reject'; readonly digest: string; readonly reason: string }
  | { readonly kind: 'announce'; readonly what: string; readonly why: string }
  | { readonly kind: 'record-pilot'; readonly passed: boolean; readonly note: string }
  | { readonly kind: 'stop'; readonly reason: string }
  | { readonly kind: 'resume'; readonly digest: string }
  | { readonly kind: 'retry'; readonly hosts: readonly string[] }
  | { readonly kind: 'exclude'; readonly hosts: readonly string[]; readonly reason: string }
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
  /** Per ring of the plan, what a resume or a retry now would accept; empty where no rollout runs. */
  readonly acceptable: readonly RingAcceptance[]
}

/** What happened. `evolve` folds it into the state; the shell turns it into posts, due rows and orders. */
export type ChangeEvent =
  | { readonly kind: 'vouched'; readonly by: string; readonly reason: string }
  | { readonly kind: 'classified'; readonly by: string; readonly class: ChangeClass; readonly reason: string }
  | { readonly kind: 'declared not relevant'; readonly by: string; readonly reason: string }
  | { readonly kind: 'test recorded'; readonly by: string; readonly test: string; readonly passed: boolean; readonly note: string }
  | { readonly kind: 'tests passed' }
  | { readonly kind: 'plan submitted'; readonly by: string; readonly plan: Plan; readonly digest: string }
  | { readonly kind: 'approval given'; readonly by: string; readonly digest: string }
  | { readonly kind: 'plan approved'; readonly by: readonly string[] }
  | { readonly kind: 'plan rejected'; readonly by: string; readonly reason: string }
  | { readonly kind: 'announced'; readonly by: string; readonly what: string; readonly why: string; readonly endUsersAt: Instant }
  | { readonly kind: 'end users told' }
  | { readonly kind: 'ring started'; readonly ring: number; readonly hosts: readonly string[] }
  | { readonly kind: 'ring settled'; readonly ring: number; readonly figures: string }
  | { readonly kind: 'pilot recorded'; readonly by: string; readonly passed: boolean; readonly note: string }
  | { readonly kind: 'halted'; readonly by: string | null; readonly ring: number | null; readonly reason: string }
  | { readonly kind: 'resume approved'; readonly by: string; readonly digest: string }
  | { readonly kind: 'resumed'; readonly by: readonly string[]; readonly accepted: readonly RingAcceptance[] }
  | { readonly kind: 'hosts retried'; readonly by: string; readonly hosts: readonly string[]; readonly accepted: readonly RingAcceptance[] }
  | { readonly kind: 'hosts excluded'; readonly by: string; readonly hosts: readonly string[]; readonly reason: string }
  | { readonly kind: 'rolled back'; readonly by: string; readonly reason: string }
  | { readonly kind: 'claimed'; readonly by: string; readonly key: string; readonly what: string }
  | { readonly kind: 'incident reported'; readonly by: string; readonly number: number; readonly text: string }
  | { readonly kind: 'people needed'; readonly text: string }
  | { readonly kind: 'rollout finished'; readonly figures: string }
  | { readonly kind: 'planned again'; readonly by: string }
  | { readonly kind: 'lesson written'; readonly by: string; readonly text: string }
  | { readonly kind: 'review closed'; readonly by: string }
  | {
      readonly kind: 'bulletin revised'
      readonly bulletin: BulletinFacts
      readonly hosts: readonly AffectedHost[]
      readonly differences: readonly string[]
      readonly voidsPlan: boolean
    }
