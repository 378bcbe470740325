import type { Command } from '../change/command.ts'
import { decide } from '../change/decide.ts'
import { evolve } from '../change/evolve.ts'
import type { ChangeState } from '../change/state.ts'
import type { Person, Policy } from '../policy.ts'
import type { Instant } from '../result.ts'

export const iso = (ms: number): Instant => new Date(ms).toISOString()

/** A change on its way: its state, and what time it is for it, in milliseconds. */
export interface Walk {
  readonly state: ChangeState
  readonly at: number
}

/** The walk cannot go on; `why` is the rule's own sentence. */
export interface Stuck extends Walk {
  readonly why: string
}

export type Walked = Walk | Stuck

export const isStuck = (walked: Walked): walked is Stuck => 'why' in walked

/** One command by the rules that the product itself decides by. `actor` null: the house. */
export function act(walk: Walk, command: Command, actor: Person | null, policy: Policy): Walked {
  const now = iso(walk.at)
  const standing = { policy, policyHash: hashOf(walk.state, command), policyApproved: true }
  const decision = decide(walk.state, command, { now, actor, ...standing, acceptable: [] })
  if (!decision.ok) return { ...walk, why: decision.refusal.text }
  return { ...walk, state: decision.value.reduce((state, event) => evolve(state, event, { now, policy }), walk.state) }
}

/** A replay knows one policy, and every plan of it is made under that one. */
const hashOf = ({ submission }: ChangeState, command: Command): string =>
  command.kind === 'submit-plan' ? command.plan.policyHash : (submission?.plan.policyHash ?? '')

/** Steps one after the other, until one is stuck. */
export function along(walk: Walked, ...steps: readonly ((walk: Walk) => Walked)[]): Walked {
  return steps.reduce<Walked>((so, step) => (isStuck(so) ? so : step(so)), walk)
}

export const later = (walk: Walk, ms: number): Walk => ({ ...walk, at: walk.at + ms })
