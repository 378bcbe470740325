import { DateTime } from 'luxon'
import type { ChangeState } from '../change/state.ts'
import type { Policy } from '../policy.ts'
import { calledAs, cardOf } from './change-reasons.ts'
import type { Mark, Standing } from './reminder.ts'
import { cronOf, occurrencesBetween } from './schedule.ts'

/** The day before a window with an approved change: at the time of the schedule, on that day in its zone. */
export function windowTomorrowOf(state: ChangeState, policy: Policy): Standing | null {
  const rule = cronOf(policy, 'windowTomorrow')
  const window = windowOf(state)
  if (!rule || !window) return null
  const day = DateTime.fromISO(window.start, { zone: rule.zone }).startOf('day')
  if (!day.isValid) return null
  const before = day.minus({ days: 1 }).toMillis()
  const times = occurrencesBetween(rule, new Date(before - 1).toISOString(), new Date(day.toMillis() - 1).toISOString())
  return { ...windowStanding(state, window), kind: 'windowTomorrow', marks: times.map((at) => ({ at, key: `${window.start}/${at}` })) }
}

/** So many minutes before it opens. */
export function windowSoonOf(state: ChangeState, policy: Policy): Standing | null {
  const minutes = policy.reminders.windowSoon?.minutes
  const window = windowOf(state)
  if (minutes === undefined || !window) return null
  const mark: Mark = { at: new Date(Date.parse(window.start) - minutes * 60_000).toISOString(), key: window.start }
  return { ...windowStanding(state, window), kind: 'windowSoon', marks: [mark] }
}

type PlannedWindow = NonNullable<ChangeState['submission']>['plan']['window']

/** The window of a plan that is approved and of which nothing has started. */
function windowOf({ phase, submission, rollout }: ChangeState): PlannedWindow | null {
  const ahead = phase === 'approved' || phase === 'announced' || (phase === 'rolling out' && rollout?.startedAt === undefined)
  return ahead ? (submission?.plan.window ?? null) : null
}

function windowStanding(state: ChangeState, window: PlannedWindow): Omit<Standing, 'kind'> {
  const told = state.phase === 'approved' ? ', and nobody has announced it yet' : ''
  return {
    subject: `change:${state.id}`,
    line: `the window "${window.name}" opens for ${calledAs(state)}${told}`,
    since: state.submission?.decided?.at ?? null,
    until: window.start,
    over: window.start,
    audience: 'patch team',
    roles: ['patch-team', 'operations'],
    change: state.id,
    under: cardOf(state),
  }
}
