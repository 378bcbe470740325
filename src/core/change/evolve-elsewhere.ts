import type { Instant } from '../result.ts'
import type { ChangeEvent } from './command.ts'
import { allElsewhere, unseenHosts } from './decide-elsewhere.ts'
import { openPhase } from './evolve-plan.ts'
import type { ChangeState } from './state.ts'

/** Reported hosts are out of the plan to come. Where all are reported, the change waits for the inventory instead of a plan. */
export function doneElsewhere(state: ChangeState, event: Extract<ChangeEvent, { kind: 'done elsewhere' }>, now: Instant): ChangeState {
  const { by, when, reason } = event
  return settleElsewhere({ ...state, elsewhere: [...state.elsewhere, ...event.hosts.map((host) => ({ host, by, at: now, when, reason }))] })
}

/** Once every host is seen at the fixed version, the change is reviewed like any other. */
export function seenFixed(state: ChangeState, event: Extract<ChangeEvent, { kind: 'seen fixed' }>, now: Instant): ChangeState {
  const elsewhere = state.elsewhere.map((h) => (event.hosts.includes(h.host) && !h.seenAt ? { ...h, seenAt: now } : h))
  const after = { ...state, elsewhere }
  if (after.phase !== 'done elsewhere' || unseenHosts(after).length > 0) return after
  return { ...after, phase: 'reviewing', review: state.review ?? { openedAt: now, lessons: [] } }
}

/** After its hosts have changed: what was reported, and seen, of hosts and builds that are not asked for any more does not count. */
export function settleElsewhere(state: ChangeState, newBuilds = false): ChangeState {
  const left = new Set(state.hosts.map((h) => h.host))
  const elsewhere = state.elsewhere.filter((h) => left.has(h.host)).map(({ seenAt, ...h }) => (newBuilds || !seenAt ? h : { ...h, seenAt }))
  const after = { ...state, elsewhere }
  if (allElsewhere(after) && ['alerted', 'awaiting', 'testing', 'planning'].includes(after.phase)) return asleep(after)
  return after.phase === 'done elsewhere' && !allElsewhere(after) ? { ...after, phase: openPhase(after) } : after
}

function asleep({ awaiting: _, ...state }: ChangeState): ChangeState {
  return { ...state, phase: 'done elsewhere' }
}
