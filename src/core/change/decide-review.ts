import type { Role } from '../policy.ts'
import { allow, refuse } from '../result.ts'
import type { Command, Context } from './command.ts'
import { blank, type Decision, inPhase, isOver, nameOf, phaseWords, withRole } from './guard.ts'
import type { ChangeState, Handover } from './state.ts'

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>

/** Before anything has started an approved plan may be given up: its window passed, or it was stopped. Later it has to be rolled back first. */
export function planAgain(state: ChangeState, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'plan again')
  if (!who.ok) return who
  const phase = inPhase(state, ['approved', 'announced', 'reviewing'], 'plan again')
  if (!phase.ok) return phase
  if (state.phase === 'reviewing' && !state.rollout?.rolledBack)
    return refuse('NOT_ROLLED_BACK', 'Only a change that was rolled back is planned again; this one was rolled out.')
  return allow([{ kind: 'planned again', by: who.actor.id }])
}

export function writeLesson(state: ChangeState, command: Of<'write-lesson'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'security', 'operations', 'manager'], 'write a lesson')
  if (!who.ok) return who
  const phase = inPhase(state, ['reviewing'], 'write a lesson')
  if (!phase.ok) return phase
  if (blank(command.text)) return refuse('TEXT_NEEDED', 'Please write what should be done differently next time, or what went well.')
  return allow([{ kind: 'lesson written', by: who.actor.id, text: command.text }])
}

export function closeReview(state: ChangeState, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'security', 'operations', 'manager'], 'close a review')
  if (!who.ok) return who
  const phase = inPhase(state, ['reviewing'], 'close the review')
  if (!phase.ok) return phase
  return allow([{ kind: 'review closed', by: who.actor.id }])
}

/** An emergency took the shorter path: its review is always reminded of, whatever the policy says of reminders. */
export const reviewMayNotBeForgotten = ({ phase, classification }: ChangeState): boolean =>
  phase === 'reviewing' && classification?.type === 'emergency'

/** Who takes over from which phase. */
const TAKERS: Readonly<Record<Handover['from'], readonly Role[]>> = {
  identify: ['patch-team', 'operations'],
  evaluate: ['patch-team', 'operations'],
  deploy: ['patch-team', 'security', 'operations', 'manager'],
}

/** Says who looks after it from here on. Nothing waits for it. */
export function acceptHandover(state: ChangeState, command: Of<'accept-handover'>, ctx: Context): Decision {
  const handover = state.handovers.find((h) => h.number === command.number)
  if (!handover) return refuse('STALE', `Change ${state.id} has no hand-over ${command.number}.`)
  const who = withRole(ctx, TAKERS[handover.from], 'take over')
  if (!who.ok) return who
  if (isOver(state)) return refuse('STALE', `There is nothing to take over: change ${state.id} ${phaseWords(state.phase)}.`)
  if (handover.accepted) return refuse('ALREADY_DONE', `${nameOf(ctx, handover.accepted.by)} has already taken it over.`)
  if (handover.number !== state.handovers.length) return refuse('STALE', 'It has gone on since: take over at the newest hand-over.')
  return allow([{ kind: 'hand-over accepted', by: who.actor.id, number: handover.number }])
}
