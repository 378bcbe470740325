import { isOver, phaseWords } from '../change/guard.ts'
import type { ChangeState } from '../change/state.ts'
import { personOf } from '../policy/groups.ts'
import type { Policy, ReminderKind } from '../policy.ts'
import type { Instant } from '../result.ts'

/** How the reason of a reminder came to its end. */
export interface Ending {
  readonly what: string
  readonly at: Instant
}

/** What to say under a reminder whose reason is gone. `state`: the change that it was about, as it is now. */
export function endingOf(
  { kind, subject }: { readonly kind: ReminderKind; readonly subject: string },
  state: ChangeState | null,
  policy: Policy,
  now: Instant,
): Ending {
  if (kind === 'windowSoon' || kind === 'windowTomorrow') return windowEnding(state, now)
  if (kind === 'roleNotFilled' || kind === 'delegateMissing') return { what: 'It is filled now', at: now }
  if (kind === 'exceptionExpiring') return { what: 'It has ended, or was prolonged', at: now }
  if (!state || subject.startsWith('delay:')) return { what: 'Decided', at: now }
  if (state.notRelevant && state.phase === 'not relevant')
    return by('Decided to be not relevant', [state.notRelevant.by], state.notRelevant.at, policy)
  if (kind === 'clocks') return clockEnding(subject, state, now)
  if (kind === 'reviewDue' && state.review?.closed) return by('Closed', [state.review.closed.by], state.review.closed.at, policy)
  return phaseEnding(subject.split('/')[1] ?? '', state, policy) ?? { what: goesOn(state), at: now }
}

/** What ended the phase that waited: the decision, and who made it. */
function phaseEnding(phase: string, state: ChangeState, policy: Policy): Ending | null {
  const { classification, submission, announcement } = state
  if (phase === 'alerted')
    return classification ? by(`Classified ${classification.class}`, [classification.by], classification.at, policy) : null
  if (phase === 'planning' && submission) return by('Planned', [submission.submitted.by], submission.submitted.at, policy)
  if (phase === 'approved' && announcement) return by('Announced', [announcement.by], announcement.at, policy)
  const decided = submission?.decided ?? state.pastSubmissions.at(-1)?.decided
  if (phase === 'deciding' && decided) return by(decided.verdict === 'approved' ? 'Approved' : 'Rejected', decided.by, decided.at, policy)
  return null
}

function by(what: string, people: readonly string[], at: Instant, policy: Policy): Ending {
  const names = people.map((id) => personOf(policy, id)?.name ?? id)
  return { what: `${what} by ${names.join(' and ')}`, at }
}

function clockEnding(subject: string, state: ChangeState, now: Instant): Ending {
  const { startedAt, finishedAt } = state.rollout ?? {}
  if (subject.endsWith('/start') && startedAt) return { what: 'Started', at: startedAt }
  return subject.endsWith('/complete') && finishedAt ? { what: 'Completed', at: finishedAt } : { what: goesOn(state), at: now }
}

function windowEnding(state: ChangeState | null, now: Instant): Ending {
  const start = state?.submission?.plan.window.start
  if (state && start !== undefined && start <= now) return { what: 'The window has opened', at: start }
  return { what: state ? goesOn(state) : 'It is not planned any more', at: now }
}

const goesOn = (state: ChangeState): string => `It ${phaseWords(state.phase)}${isOver(state) ? '' : ' now'}`
