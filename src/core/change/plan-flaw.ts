import type { Plan } from '../evaluate/plan.ts'
import type { Instant } from '../result.ts'
import { refuse } from '../result.ts'
import { bulletinsOf, restartOf } from './bulletins.ts'
import type { Refused } from './guard.ts'
import type { ChangeState } from './state.ts'

/**
 * What keeps a plan from being decided on; null when it is sound. People approve the plan as its card tells it, so what
 * would be carried out (the rings) has to be what is told (the hosts), for the bulletins of this change and no other.
 */
export function planFlaw(state: ChangeState, plan: Plan, now: Instant): Refused | null {
  if (plan.changeId !== state.id) return refuse('PLAN_WRONG', `This plan belongs to change ${plan.changeId}.`)
  if (plan.hosts.length === 0)
    return refuse('PLAN_EMPTY', 'No host of this change can be reached by a runner, so there is nothing to plan.')
  const bulletins = bulletinsOf(state)
  const other = bulletins.find((b) => !plan.bulletins.some((p) => p.vendorId === b.vendorId && p.digest === b.digest))
  if (other) return refuse('PLAN_WRONG', `This plan is for another revision of ${other.vendorId}. Please make it anew.`)
  if (plan.bulletins.length !== bulletins.length)
    return refuse('PLAN_WRONG', 'This plan is for a bulletin that is not part of this change. Please make it anew.')
  if (!eachOnce(plan)) return refuse('PLAN_WRONG', 'In this plan the rings do not hold every host exactly once. Please make it anew.')
  const [start, end] = [Date.parse(plan.window.start), Date.parse(plan.window.end)]
  if (!(start > Date.parse(now))) return refuse('WINDOW_PAST', 'This window has already begun. Please choose a later one.')
  if (!(end > start)) return refuse('PLAN_WRONG', 'The window of this plan ends before it begins.')
  if (restartOf(state) === 'reboot' && !plan.options.reboot)
    return refuse('REBOOT_NEEDED', 'This fix only works after a reboot. Without one the hosts would count as patched and not be.')
  return null
}

function eachOnce(plan: Plan): boolean {
  const planned = plan.hosts.map(({ host }) => host).sort()
  const ringed = plan.rings.flatMap(({ hosts }) => hosts).sort()
  return new Set(planned).size === planned.length && planned.length === ringed.length && planned.every((host, i) => host === ringed[i])
}
