import type { ChangeState, Phase } from './state.ts'

/** The change is planned anew: what was decided, announced, rolled out and claimed belongs to the plan before. */
export function planAgain(state: ChangeState): ChangeState {
  const { submission: _s, announcement: _a, rollout: _r, review: _v, claims, ...rest } = state
  const incidents = new Set(state.incidents.map(({ number }) => `incident-${number}`))
  return {
    ...rest,
    phase: 'planning',
    pastSubmissions: past(state),
    claims: Object.fromEntries(Object.entries(claims).filter(([key]) => incidents.has(key))),
  }
}

export const past = (state: ChangeState) => (state.submission ? [...state.pastSubmissions, state.submission] : state.pastSubmissions)

/** Where a change stands that has neither a plan nor a reason to wait. */
export function openPhase({ classification, tests }: ChangeState): Phase {
  if (!classification) return 'alerted'
  return tests.every((t) => t.outcome?.passed === true) ? 'planning' : 'testing'
}

/** Tests of the former builds say nothing about new ones. A change that waits goes on waiting. */
export function testAgain(state: ChangeState): ChangeState {
  if (!['testing', 'planning', 'awaiting'].includes(state.phase)) return state
  return {
    ...state,
    phase: state.phase === 'awaiting' ? 'awaiting' : 'testing',
    tests: state.tests.map(({ id, label }) => ({ id, label })),
  }
}
