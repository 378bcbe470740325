import { DateTime } from 'luxon'
import type { OpeningChoice, PlanChoices } from '../../cards/test.ts'
import { buildPlan, type PlanInputs, type Signs } from '../../core/change/build-plan.ts'
import type { ChangeState } from '../../core/change/state.ts'
import { nextOpenings } from '../../core/deploy/window.ts'
import { windowForWords } from '../../core/deploy/window-hosts.ts'
import type { Plan } from '../../core/evaluate/plan.ts'
import type { Policy, WindowRule } from '../../core/policy.ts'
import type { Instant, Ruled } from '../../core/result.ts'
import type { House, Unit } from '../house.ts'
import { due } from '../time/due.ts'

const OPENINGS_PER_WINDOW = 4

/** The next openings of every window, in order; `value` is `windowId|start`. */
export function openingChoices(policy: Policy, from: Instant): readonly OpeningChoice[] {
  return policy.windows
    .flatMap((rule) => nextOpenings(rule, policy.blackouts, from, OPENINGS_PER_WINDOW).map((opening) => ({ rule, opening })))
    .filter(({ opening }) => Date.parse(opening.start) > Date.parse(from))
    .sort((a, b) => Date.parse(a.opening.start) - Date.parse(b.opening.start))
    .map(({ rule, opening }) => ({
      value: `${rule.id}|${opening.start}`,
      label: `${DateTime.fromISO(opening.start, { zone: rule.zone }).toFormat('ccc d LLL HH:mm')} ${rule.zone}, ${rule.name}${forWhom(rule)}`,
    }))
}

/** A window that is not for all says for whom it is. */
function forWhom(rule: WindowRule): string {
  const words = windowForWords(rule)
  return words === '' ? '' : `, for ${words}`
}

/** Writes down when the next window opens: from then on it can no longer be planned into. */
export async function dueOpening(unit: Unit): Promise<void> {
  const [next] = openingChoices(unit.house.inForce.policy, unit.now.toISOString())
  const start = next?.value.split('|')[1]
  if (start) await due(unit, 'opening', 'windows:0', new Date(start), next.label)
}

/** What can be chosen in the form of a plan. A drill is for runners that only pretend. */
export function planChoices(house: House, from: Instant, drill: boolean): PlanChoices {
  const runners = [...house.runners.values()].filter((r) => r.rehearsal || !drill)
  return {
    openings: openingChoices(house.inForce.policy, from),
    runners: runners.map((r) => ({
      value: r.name,
      label: r.rehearsal ? 'rehearsal (pretends: no computer is touched)' : `${r.name} (hosts or people report)`,
    })),
  }
}

/** Freezes a plan with the house's runners and the policy in force. */
export const planFor = (
  house: House,
  state: ChangeState,
  inputs: PlanInputs,
  signs: Signs,
  exempt: ReadonlyMap<string, string>,
  now: Date,
): Ruled<Plan> =>
  buildPlan({ state, inputs, signs, exempt, now: now.toISOString(), ...house.inForce, runners: [...house.runners.values()] })
