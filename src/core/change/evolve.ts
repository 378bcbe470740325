import { proposeClass } from '../evaluate/classification.ts'
import { clocksFor } from '../evaluate/clocks.ts'
import type { Policy } from '../policy.ts'
import type { Instant } from '../result.ts'
import type { ChangeEvent } from './command.ts'
import type { BulletinFacts, ChangeState, RingAcceptance, RingState, Rollout } from './state.ts'

/** What `evolve` needs besides the event: when it happened, and the policy in force. */
export interface Happened {
  readonly now: Instant
  readonly policy: Policy
}

/** Folds one event into the state. Never refuses: what `decide` let through has happened. */
export function evolve(before: ChangeState, event: ChangeEvent, happened: Happened): ChangeState {
  const state = apply(before, event, happened)
  const act = actOf(event)
  return act === null ? state : { ...state, acts: [...state.acts, { ...act, at: happened.now }] }
}

function apply(state: ChangeState, event: ChangeEvent, { now, policy }: Happened): ChangeState {
  switch (event.kind) {
    case 'vouched':
      return { ...state, vouch: { by: event.by, at: now, reason: event.reason } }
    case 'classified': {
      const rule = policy.classes[event.class]
      // A reclassified change keeps its clock zero, and the outcomes of tests that both classes ask for.
      const zero = state.clocks?.zero ?? now
      return {
        ...state,
        phase: 'testing',
        classification: { class: event.class, by: event.by, at: now, reason: event.reason },
        clocks: clocksFor(rule, zero, policy.zone),
        tests: rule.tests.map(({ id, label }) => state.tests.find((t) => t.id === id) ?? { id, label }),
      }
    }
    case 'declared not relevant':
      return { ...state, phase: 'not relevant', notRelevant: { by: event.by, at: now, reason: event.reason } }
    case 'test recorded':
      return {
        ...state,
        tests: state.tests.map((t) =>
          t.id === event.test ? { ...t, outcome: { passed: event.passed, by: event.by, at: now, reason: event.note } } : t,
        ),
      }
    case 'tests passed':
      return { ...state, phase: 'planning' }
    case 'plan submitted':
      return {
        ...state,
        phase: 'deciding',
        pastSubmissions: past(state),
        submission: { plan: event.plan, digest: event.digest, submitted: { by: event.by, at: now }, approvals: [] },
      }
    case 'approval given':
      return withSubmission(state, (s) => ({ ...s, approvals: [...s.approvals, { person: event.by, at: now, digest: event.digest }] }))
    case 'plan approved':
      return {
        ...withSubmission(state, (s) => ({ ...s, decided: { verdict: 'approved', at: now, by: event.by } })),
        phase: 'approved',
        rollout: {
          status: 'waiting',
          rings: (state.submission?.plan.rings ?? []).map(() => ({ state: 'waiting', accepted: { failuresAccepted: 0 } })),
          resumeApprovals: [],
        },
      }
    case 'plan rejected':
      return {
        ...withSubmission(state, (s) => ({ ...s, decided: { verdict: 'rejected', at: now, by: [event.by], reason: event.reason } })),
        phase: 'planning',
      }
    case 'announced':
      return {
        ...state,
        phase: 'announced',
        announcement: { what: event.what, why: event.why, by: event.by, at: now, endUsersAt: event.endUsersAt },
      }
    case 'end users told':
      return state.announcement ? { ...state, announcement: { ...state.announcement, endUsersToldAt: now } } : state
    case 'claimed':
      return { ...state, claims: { ...state.claims, [event.key]: { by: event.by, at: now } } }
    case 'incident reported':
      return { ...state, incidents: [...state.incidents, { number: event.number, by: event.by, at: now, text: event.text }] }
    case 'planned again':
      return planAgain(state)
    case 'lesson written':
      return withReview(state, now, (r) => ({ ...r, lessons: [...r.lessons, { by: event.by, at: now, text: event.text }] }))
    case 'review closed':
      return { ...withReview(state, now, (r) => ({ ...r, closed: { by: event.by, at: now } })), phase: 'closed' }
    case 'bulletin revised':
      return revised(event.voidsPlan ? planAgain(state) : state, event)
    case 'rollout finished':
      return {
        ...withRollout(state, ({ needsPeople: _, ...r }) => ({ ...r, status: 'finished', finishedAt: now })),
        phase: 'reviewing',
        review: state.review ?? { openedAt: now, lessons: [] },
      }
    default:
      return withRollout(event.kind === 'ring started' || event.kind === 'rolled back' ? { ...state, phase: 'rolling out' } : state, (r) =>
        rollout(r, event, now),
      )
  }
}

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

function rollout(r: Rollout, event: RolloutEvent, now: Instant): Rollout {
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
        halt: { reason: event.reason, at: now, by: event.by, number: (r.halt?.number ?? 0) + 1 },
        resumeApprovals: [],
      }
    case 'resume approved':
      return { ...r, resumeApprovals: [...r.resumeApprovals, { person: event.by, at: now, digest: event.digest }] }
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

/** The change is planned anew: what was decided, announced, rolled out and claimed belongs to the plan before. */
function planAgain(state: ChangeState): ChangeState {
  const { submission: _s, announcement: _a, rollout: _r, review: _v, claims, ...rest } = state
  const incidents = new Set(state.incidents.map(({ number }) => `incident-${number}`))
  return {
    ...rest,
    phase: 'planning',
    pastSubmissions: past(state),
    claims: Object.fromEntries(Object.entries(claims).filter(([key]) => incidents.has(key))),
  }
}

const past = (state: ChangeState) => (state.submission ? [...state.pastSubmissions, state.submission] : state.pastSubmissions)

/** A person vouched for the bytes they saw, not for later ones. */
export const vouchHolds = (state: ChangeState, later: BulletinFacts): boolean =>
  later.digest === state.bulletin.digest || later.verdict !== 'UNCONFIRMED'

function revised(state: ChangeState, event: Extract<ChangeEvent, { kind: 'bulletin revised' }>): ChangeState {
  const { bulletin, hosts } = event
  const { vouch, ...rest } = hasNewBuilds(state, event) ? testAgain(state) : state
  return { ...rest, ...(vouch && vouchHolds(state, bulletin) ? { vouch } : {}), bulletin, hosts, proposal: proposeClass(bulletin) }
}

/** Does the revision bring a build that the hosts were not to get before? Tests of the former builds say nothing about it. */
function hasNewBuilds(state: ChangeState, { hosts, differences }: Extract<ChangeEvent, { kind: 'bulletin revised' }>): boolean {
  const builds = (of: ChangeState['hosts']) => of.flatMap((h) => h.packages.map((p) => `${p.name} ${p.to}`))
  const known = new Set(builds(state.hosts))
  return differences.length > 0 && builds(hosts).some((build) => !known.has(build))
}

const testAgain = (state: ChangeState): ChangeState =>
  state.phase === 'testing' || state.phase === 'planning'
    ? { ...state, phase: 'testing', tests: state.tests.map(({ id, label }) => ({ id, label })) }
    : state

const withSubmission = (
  state: ChangeState,
  change: (s: NonNullable<ChangeState['submission']>) => ChangeState['submission'] & {},
): ChangeState => (state.submission ? { ...state, submission: change(state.submission) } : state)

const withRollout = (state: ChangeState, change: (r: Rollout) => Rollout): ChangeState =>
  state.rollout ? { ...state, rollout: change(state.rollout) } : state

const withReview = (
  state: ChangeState,
  now: Instant,
  change: (r: NonNullable<ChangeState['review']>) => NonNullable<ChangeState['review']>,
): ChangeState => ({
  ...state,
  review: change(state.review ?? { openedAt: now, lessons: [] }),
})

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

/** The line of "who did what when" that an event leaves; null for those that change no fact people look back at. */
function actOf(event: ChangeEvent): { readonly what: string; readonly who: string } | null {
  const house = 'patchcrier'
  switch (event.kind) {
    case 'vouched':
      return { what: `vouched for the bulletin: ${event.reason}`, who: event.by }
    case 'classified':
      return { what: `classified it ${event.class}${event.reason ? `: ${event.reason}` : ''}`, who: event.by }
    case 'declared not relevant':
      return { what: `decided that it is not relevant: ${event.reason}`, who: event.by }
    case 'test recorded':
      return {
        what: `recorded test "${event.test}": ${event.passed ? 'passed' : 'failed'}${event.note ? `, ${event.note}` : ''}`,
        who: event.by,
      }
    case 'plan submitted':
      return { what: `submitted plan ${event.digest.slice(0, 8)}`, who: event.by }
    case 'approval given':
      return { what: `approved plan ${event.digest.slice(0, 8)}`, who: event.by }
    case 'plan rejected':
      return { what: `rejected the plan: ${event.reason}`, who: event.by }
    case 'announced':
      return { what: 'announced the deployment to the representatives', who: event.by }
    case 'end users told':
      return { what: 'told the end users', who: house }
    case 'ring started':
      return { what: `started ring ${event.ring}: ${event.hosts.join(', ')}`, who: house }
    case 'ring settled':
      return { what: `ring ${event.ring} settled: ${event.figures}`, who: house }
    case 'pilot recorded':
      return { what: `recorded the pilot as ${event.passed ? 'passed' : 'failed'}${event.note ? `: ${event.note}` : ''}`, who: event.by }
    case 'halted':
      return { what: `${event.by === null ? 'halted' : 'pressed STOP'}: ${event.reason}`, who: event.by ?? house }
    case 'resume approved':
      return { what: 'approved the resume', who: event.by }
    case 'resumed':
      return { what: 'resumed the rollout', who: house }
    case 'hosts retried':
      return { what: `retried ${event.hosts.join(', ')}`, who: event.by }
    case 'hosts excluded':
      return { what: `excluded ${event.hosts.join(', ')}: ${event.reason}`, who: event.by }
    case 'rolled back':
      return { what: `rolled back: ${event.reason}`, who: event.by }
    case 'claimed':
      return { what: `took care of ${event.what}`, who: event.by }
    case 'incident reported':
      return { what: `said that something went wrong: ${event.text}`, who: event.by }
    case 'rollout finished':
      return { what: `rollout finished: ${event.figures}`, who: house }
    case 'planned again':
      return { what: 'went back to planning', who: event.by }
    case 'lesson written':
      return { what: `wrote a lesson: ${event.text}`, who: event.by }
    case 'review closed':
      return { what: 'closed the review', who: event.by }
    case 'bulletin revised':
      return { what: `took revision ${event.bulletin.revision}: ${event.differences.join('; ') || 'no fact changed'}`, who: house }
    case 'tests passed':
    case 'plan approved':
    case 'people needed':
      return null
    default:
      return event satisfies never
  }
}
