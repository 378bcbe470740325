import { clocksFor } from '../evaluate/clocks.ts'
import type { ChangeClass, Policy } from '../policy.ts'
import type { ChangeJoined } from './command.ts'
import { settleElsewhere } from './evolve-elsewhere.ts'
import { openPhase, planAgain } from './evolve-plan.ts'
import type { ChangeState } from './state.ts'

/**
 * The change with another one in it. It keeps its own phase as far as that still holds: new builds have to be tested, a plan that
 * waits is void, and it goes on waiting for a rollup only where everything in it may wait.
 */
export function joined(before: ChangeState, event: ChangeJoined, policy: Policy): ChangeState {
  const { awaiting, inheritedZero: _, ...state } = event.voidsPlan ? planAgain(before) : before
  const { bulletins, hosts, proposal, classification, zero } = event
  const united = {
    ...state,
    bulletins: [...state.bulletins, ...bulletins],
    hosts,
    proposal,
    elsewhere: [...state.elsewhere, ...event.elsewhere],
    ...clocksOf(event, policy),
  }
  const tested: ChangeState = {
    ...united,
    ...(classification ? { classification, tests: testsFor(state, classification.class, event.newBuilds, policy) } : {}),
    ...(zero && !classification ? { inheritedZero: zero } : {}),
  }
  return settleElsewhere(
    awaiting && event.waits ? { ...tested, awaiting, phase: 'awaiting' } : { ...tested, phase: openPhase(tested) },
    event.newBuilds,
  )
}

const clocksOf = ({ classification, zero }: ChangeJoined, policy: Policy) =>
  classification && zero ? { clocks: clocksFor(policy.classes[classification.class], zero, policy.zone) } : {}

const testsFor = (state: ChangeState, chosen: ChangeClass, again: boolean, policy: Policy): ChangeState['tests'] =>
  policy.classes[chosen].tests.map(({ id, label }) => (again ? undefined : state.tests.find((t) => t.id === id)) ?? { id, label })
