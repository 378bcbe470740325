import type { ChangeClass, Policy } from '../policy.ts'
import { allow, refuse } from '../result.ts'
import type { Command, Context } from './command.ts'
import { blank, type Decision, inPhase, withRole } from './guard.ts'
import type { ChangeState } from './state.ts'

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>

/** Does this change wait for a rollup, a service pack or the next bulletin? Reminders ask. */
export const isAwaiting = ({ phase }: Pick<ChangeState, 'phase'>): boolean => phase === 'awaiting'

/** Table 2.3: low awaits a rollup or service pack, medium may. What has to start within hours does not wait. */
export function mayAwait(policy: Policy, chosen: ChangeClass): boolean {
  const { startHours, startMonths } = policy.classes[chosen]
  return chosen === 'medium' || (startHours === null && startMonths === undefined)
}

export function awaitRollup(state: ChangeState, command: Of<'await'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'security'], 'let it wait')
  if (!who.ok) return who
  const phase = inPhase(state, ['testing', 'planning'], 'let it wait')
  if (!phase.ok) return phase
  if (!state.classification || !mayAwait(ctx.policy, state.classification.class))
    return refuse(
      'CANNOT_WAIT',
      `A ${state.classification?.class ?? 'change without a class'} does not wait for a rollup: it has to start.`,
    )
  if (blank(command.what)) return refuse('TEXT_NEEDED', 'Please say what it waits for, e.g. the update rollup of October.')
  if (command.until !== undefined && !(Date.parse(command.until) > Date.parse(ctx.now)))
    return refuse('UNTIL_PAST', 'Please give a day that is still to come, or none.')
  return allow([{ kind: 'awaiting begun', by: who.actor.id, what: command.what, until: command.until ?? null }])
}

export function endWaiting(state: ChangeState, command: Of<'end-waiting'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'security'], 'end the waiting')
  if (!who.ok) return who
  const phase = inPhase(state, ['awaiting'], 'end the waiting')
  if (!phase.ok) return phase
  if (blank(command.reason)) return refuse('REASON_NEEDED', 'Please say why it no longer waits.')
  return allow([{ kind: 'awaiting ended', by: who.actor.id, reason: command.reason }])
}
