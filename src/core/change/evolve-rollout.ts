import type { Instant } from '../result.ts'
import type { ChangeEvent } from './command.ts'
import type { RingAcceptance, RingState, Rollout } from './state.ts'

type RolloutEvent = Extract<
  ChangeEvent,
  {
    kind:
      | 'ring started'
      | 'ring settled'
      | 'pilot recorded'
      | 'halted'
      | 'resume approved'
      | 'resumed'
      | 'hosts retried'
      | 'hosts excluded'
      | 'rolled back'
      | 'people needed'
  }
>

/** Folds an event of the rollout itself. */
export function foldRollout(r: Rollout, event: RolloutEvent, now: Instant): Rollout {
  const { needsPeople: _, ...rest } = r
  switch (event.kind) {
    case 'ring started':
      return {
        ...rest,
        status: 'running',
        startedAt: r.startedAt ?? now,
        rings: changeRing(r, event.ring, (ring) => startedRing(ring, now)),
      }
    case 'ring settled':
      return { ...r, rings: changeRing(r, event.ring, (ring) => ({ ...ring, state: 'settled', settledAt: now })) }
    case 'pilot recorded':
      return { ...r, pilot: { passed: event.passed, by: event.by, at: now, reason: event.note } }
    case 'halted':
      return {
        ...r,
        status: event.by === null ? 'halted' : 'stopped',
        halt: {
          reason: event.reason,
          at: now,
          by: event.by,
          number: (r.halt?.number ?? 0) + 1,
          ...(event.cause === undefined ? {} : { cause: event.cause }),
        },
        resumeApprovals: [],
      }
    case 'resume approved':
      return {
        ...r,
        resumeApprovals: [...r.resumeApprovals, { person: event.by, at: now, digest: event.digest, ...(event.as ? { as: event.as } : {}) }],
      }
    case 'resumed':
      return resumed(r, event.accepted)
    case 'hosts retried':
      return { ...rest, rings: accept(r, event.accepted) }
    case 'hosts excluded':
      return rest
    case 'rolled back':
      return { ...rest, status: 'rolling back', rolledBack: { by: event.by, at: now, reason: event.reason } }
    case 'people needed':
      return { ...r, needsPeople: event.text }
    default:
      return event satisfies never
  }
}

/** A settled ring stays settled when hosts of it are caught up; one that settled before any host had started begins now. */
const startedRing = (ring: RingState, now: Instant): RingState =>
  ring.state === 'settled' && ring.startedAt !== undefined ? ring : { ...ring, state: 'running', startedAt: ring.startedAt ?? now }

/** A pilot that was recorded as failed has to be recorded again before a further ring starts. */
function resumed(r: Rollout, accepted: readonly RingAcceptance[]): Rollout {
  const { pilot, ...rest } = r
  return {
    ...rest,
    ...(pilot?.passed ? { pilot } : {}),
    status: r.startedAt === undefined ? 'waiting' : 'running',
    rings: accept(r, accepted),
  }
}

const accept = (r: Rollout, accepted: readonly RingAcceptance[]): readonly RingState[] =>
  r.rings.map((ring, i) => ({ ...ring, accepted: accepted[i] ?? ring.accepted }))

const changeRing = (r: Rollout, number: number, change: (ring: RingState) => RingState): readonly RingState[] =>
  r.rings.map((ring, i) => (i === number - 1 ? change(ring) : ring))
