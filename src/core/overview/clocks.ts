import type { ChangeState } from '../change/state.ts'
import type { Instant } from '../result.ts'
import type { ClockLine, ClockState, OpenChange } from './view.ts'

/** Share of the time from which on a deadline is near. */
const NEAR = 0.8

/** Both clocks of a change; null before it is classified. A roll-back ends the rollout, but the fix is on no host. */
export function clocksOf({ clocks, rollout }: ChangeState, now: Instant): OpenChange['clocks'] {
  if (!clocks) return null
  const finishedAt = rollout?.rolledBack ? undefined : rollout?.finishedAt
  return {
    zero: clocks.zero,
    start: clockLine(clocks.zero, clocks.startBy, rollout?.startedAt ?? null, now),
    complete: clockLine(clocks.zero, clocks.completeBy, finishedAt ?? null, now),
  }
}

/** A deadline is met up to and including its instant. */
export function clockLine(zero: Instant, by: Instant | null, doneAt: Instant | null, now: Instant): ClockLine {
  if (by === null) return { by, doneAt, state: 'idle', used: 0 }
  const whole = Date.parse(by) - Date.parse(zero)
  const used = Math.max(0, Date.parse(doneAt ?? now) - Date.parse(zero)) / Math.max(1, whole)
  return { by, doneAt, state: stateOf(used, doneAt !== null), used: Math.round(used * 1e4) / 1e4 }
}

function stateOf(used: number, done: boolean): ClockState {
  if (done) return used <= 1 ? 'met' : 'missed'
  if (used > 1) return 'overdue'
  return used >= NEAR ? 'near' : 'running'
}

/** The deadline that comes next: to start, then to complete; null where none runs. */
export function nextDeadline({ clocks }: Pick<OpenChange, 'clocks'>): Instant | null {
  if (!clocks) return null
  const open = [clocks.start, clocks.complete].filter(({ doneAt }) => doneAt === null).map(({ by }) => by)
  return open.find((by) => by !== null) ?? null
}
