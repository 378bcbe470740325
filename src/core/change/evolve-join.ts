import { clocksFor } from '../evaluate/clocks.ts'
import type { ChangeClass, Policy } from '../policy.ts'
import { clockFactsOf } from './clock-facts.ts'
import type { ChangeJoined } from './command.ts'
import type { Happened } from './evolve.ts'
import { settleElsewhere } from './evolve-elsewhere.ts'
import { openPhase, planAgain } from './evolve-plan.ts'
import { withHeld } from './held.ts'
import { withFile } from './patch-files.ts'
import type { ChangeState } from './state.ts'

/**
 * The change with another one in it. It keeps its own phase as far as that still holds: new builds have to be tested, a plan that
 * waits is void, and it goes on waiting for a rollup only where everything in it may wait.
 */
export function joined(before: ChangeState, event: ChangeJoined, { now, policy }: Happened): ChangeState {
  const { awaiting, inheritedZero: _, ...state } = event.voidsPlan ? planAgain(before) : before
  const { bulletins, hosts, proposal, classification, zero } = event
  const united = {
    ...state,
    bulletins: [...state.bulletins, ...bulletins],
    hosts,
    proposal,
    elsewhere: [...state.elsewhere, ...event.elsewhere],
    ...(event.held ? { held: event.held.reduce(withHeld, state.held ?? []) } : {}),
    ...(event.badFiles ? { patchFiles: event.badFiles.reduce(withFile, state.patchFiles ?? []) } : {}),
  }
  const tested: ChangeState = {
    ...united,
    ...clocksOf(united, event, { now, policy }),
    ...(classification ? { classification, tests: testsFor(state, classification.class, event.newBuilds, policy) } : {}),
    ...(zero && !classification ? { inheritedZero: zero } : {}),
  }
  return settleElsewhere(
    awaiting && event.waits ? { ...tested, awaiting, phase: 'awaiting' } : { ...tested, phase: openPhase(tested) },
    event.newBuilds,
  )
}

/** The earlier zero of both counts, and what both together hang on. */
function clocksOf(united: ChangeState, { classification, zero }: ChangeJoined, { now, policy }: Happened): Pick<ChangeState, 'clocks'> {
  if (!classification || !zero) return {}
  const before = { ...united.clocks, zero }
  return { clocks: clocksFor({ policy, class: classification.class, facts: clockFactsOf(united), at: now, before }) }
}

const testsFor = (state: ChangeState, chosen: ChangeClass, again: boolean, policy: Policy): ChangeState['tests'] =>
  policy.classes[chosen].tests.map(({ id, label }) => (again ? undefined : state.tests.find((t) => t.id === id)) ?? { id, label })
