import type { HostProgress } from '../deploy/progress.ts'
import type { RingView, RolloutView } from '../deploy/rollout.ts'
import { nextOpenings, openAt } from '../deploy/window.ts'
import { Fault } from '../fault.ts'
import type { Policy } from '../policy.ts'
import type { Instant } from '../result.ts'
import type { ChangeState } from './state.ts'

/** The plan's rings with how far each is. Throws STATE_CORRUPT when plan and rollout do not belong together. */
export function ringViews(state: ChangeState): readonly RingView[] {
  const { submission, rollout } = state
  if (!submission || !rollout) return []
  return submission.plan.rings.map((ring, index) => {
    const at = rollout.rings[index]
    if (!at) throw new Fault('STATE_CORRUPT', `change ${state.id}: ring ${index + 1} of the plan has no state`)
    const { accepted, ...how } = at
    return { ...ring, ...how, ...accepted, number: index + 1 }
  })
}

/** What `nextStep` looks at. The window counts only from the planned start on. */
export function rolloutView(state: ChangeState, hosts: readonly HostProgress[], policy: Policy, now: Instant): RolloutView {
  const { submission, rollout } = state
  const status = rollout?.status ?? 'waiting'
  const planned = submission?.plan.window
  const rule = policy.windows.find((w) => w.id === planned?.id)
  const before = planned !== undefined && Date.parse(now) < Date.parse(planned.start)
  const window = !rule
    ? ({ open: false, why: `The policy has no window "${planned?.id}" any more.` } as const)
    : before
      ? ({ open: false, why: 'The planned window has not begun.' } as const)
      : openAt(rule, policy.blackouts, now)
  const nextOpening = before ? planned?.start : rule ? nextOpenings(rule, policy.blackouts, now, 1)[0]?.start : undefined
  return {
    status: status === 'rolling back' ? 'stopped' : status,
    rings: ringViews(state),
    hosts,
    window,
    ...(nextOpening === undefined ? {} : { nextOpening }),
    ...(rollout?.pilot === undefined ? {} : { pilotOutcome: rollout.pilot.passed ? 'passed' : 'failed' }),
  }
}
