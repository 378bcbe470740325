import type { Policy } from '../policy.ts'
import type { Instant } from '../result.ts'
import { actOf } from './acts.ts'
import { clocksOf } from './clock-facts.ts'
import type { ChangeEvent } from './command.ts'
import { doneElsewhere, seenFixed } from './evolve-elsewhere.ts'
import { joined } from './evolve-join.ts'
import { openPhase, past, planAgain } from './evolve-plan.ts'
import { exploitedIs, revised } from './evolve-revision.ts'
import { foldRollout } from './evolve-rollout.ts'
import { withHeld } from './held.ts'
import { withFile } from './patch-files.ts'
import { renewed } from './rematch.ts'
import type { ChangeState, Handover, HeldDocument, Rollout } from './state.ts'

/** What `evolve` needs besides the event: when it happened, and the policy in force. */
export interface Happened {
  readonly now: Instant
  readonly policy: Policy
}

/** Folds one event into the state. Never refuses: what `decide` let through has happened. */
export function evolve(before: ChangeState, event: ChangeEvent, happened: Happened): ChangeState {
  const state = handedOver(before, apply(before, event, happened), event, happened.now)
  const act = actOf(event)
  return act === null ? state : { ...state, acts: [...state.acts, { ...act, at: happened.now }] }
}

/** Each phase ends in a hand-over to who goes on. A change that is classified anew is still in the same hands. */
function handedOver(before: ChangeState, after: ChangeState, event: ChangeEvent, at: Instant): ChangeState {
  const hand = (from: Handover['from'], by: string | null): ChangeState => ({
    ...after,
    handovers: [...after.handovers, { number: after.handovers.length + 1, from, by, at }],
  })
  if (event.kind === 'classified' && !before.classification) return hand('identify', event.by)
  if (event.kind === 'plan approved') return hand('evaluate', before.submission?.submitted.by ?? null)
  return event.kind === 'rollout finished' ? hand('deploy', null) : after
}

function apply(state: ChangeState, event: ChangeEvent, { now, policy }: Happened): ChangeState {
  switch (event.kind) {
    case 'vouched':
      return vouched(state, event, now)
    case 'classified':
      return classified(state, event, { now, policy })
    case 'awaiting begun': {
      const until = event.until === null ? {} : { until: event.until }
      return { ...state, phase: 'awaiting', awaiting: { what: event.what, by: event.by, since: now, ...until } }
    }
    case 'awaiting ended': {
      const { awaiting: _, ...rest } = state
      return { ...rest, phase: openPhase(state) }
    }
    case 'merged':
    case 'superseded': {
      const { awaiting: _, ...rest } = planAgain(state)
      return { ...rest, phase: event.kind, joinedInto: { change: event.into, by: event.by, at: now } }
    }
    case 'change joined':
      return joined(state, event, { now, policy })
    case 'done elsewhere':
      return doneElsewhere(event.voidsPlan ? planAgain(state) : state, event, now)
    case 'hosts left out':
      return event.voidsPlan ? planAgain(state) : state
    case 'seen fixed':
      return seenFixed(state, event, now)
    case 'hand-over accepted':
      return {
        ...state,
        handovers: state.handovers.map((h) => (h.number === event.number ? { ...h, accepted: { by: event.by, at: now } } : h)),
      }
    case 'exploited told':
      return exploitedIs(state, event.cve, { knownExploited: 'yes', exploitedEvidence: event.evidence, exploitedSince: event.since })
    case 'exploited retracted':
      return exploitedIs(state, event.cve, { knownExploited: 'no', exploitedEvidence: event.evidence })
    case 'drill finished':
      return {
        ...withSubmission(state, (s) => ({ ...s, decided: { verdict: 'approved', at: now, by: s.approvals.map((a) => a.person) } })),
        phase: 'reviewing',
        review: { openedAt: now, lessons: [] },
      }
    case 'declared not relevant': {
      const { awaiting: _, ...rest } = state
      return { ...rest, phase: 'not relevant', notRelevant: { by: event.by, at: now, reason: event.reason } }
    }
    case 'test recorded':
      return {
        ...state,
        tests: state.tests.map((t) =>
          t.id === event.test ? { ...t, outcome: { passed: event.passed, by: event.by, at: now, reason: event.note } } : t,
        ),
      }
    case 'patch file checked':
      return { ...state, patchFiles: withFile(state.patchFiles ?? [], event.file) }
    case 'patch file accepted': {
      const accepted = { by: event.by, at: now, reason: event.reason }
      return { ...state, patchFiles: (state.patchFiles ?? []).map((f) => (f.sha256 === event.sha256 ? { ...f, accepted } : f)) }
    }
    case 'document held':
      return { ...state, held: withHeld(state.held ?? [], { ...event.document, at: now }) }
    case 'held document decided':
      return {
        ...state,
        held: (state.held ?? []).map((one) => (one.rowId === event.rowId && !one.decided ? decidedOn(one, event, now) : one)),
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
      return withSubmission(state, (s) => ({
        ...s,
        approvals: [...s.approvals, { person: event.by, at: now, digest: event.digest, ...(event.as ? { as: event.as } : {}) }],
      }))
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
    case 'hosts renewed':
      return renewed(state, event)
    case 'rollout finished':
      return {
        ...withRollout(state, ({ needsPeople: _, ...r }) => ({ ...r, status: 'finished', finishedAt: now })),
        phase: 'reviewing',
        review: state.review ?? { openedAt: now, lessons: [] },
      }
    default:
      return withRollout(event.kind === 'ring started' || event.kind === 'rolled back' ? { ...state, phase: 'rolling out' } : state, (r) =>
        foldRollout(r, event, now),
      )
  }
}

const decidedOn = (
  one: HeldDocument,
  { by, reason, goesOn }: Extract<ChangeEvent, { kind: 'held document decided' }>,
  at: Instant,
): HeldDocument => ({
  ...one,
  decided: { by: by ?? 'patchcrier', at, reason, goesOn },
})

function vouched(state: ChangeState, event: Extract<ChangeEvent, { kind: 'vouched' }>, now: Instant): ChangeState {
  const vouch = { by: event.by, at: now, reason: event.reason }
  if (state.bulletin.digest === event.bulletin) return { ...state, vouch }
  return { ...state, bulletins: state.bulletins.map((b) => (b.digest === event.bulletin ? { ...b, vouch } : b)) }
}

function classified(state: ChangeState, event: Extract<ChangeEvent, { kind: 'classified' }>, { now, policy }: Happened): ChangeState {
  const rule = policy.classes[event.class]
  // A reclassified change keeps its clock zero, and the outcomes of tests that both classes ask for. It no longer waits.
  const { awaiting: _, inheritedZero, ...rest } = state
  return {
    ...rest,
    phase: 'testing',
    classification: { class: event.class, type: event.type, by: event.by, at: now, reason: event.reason },
    clocks: clocksOf(state, policy, event.class, now),
    tests: rule.tests.map(({ id, label }) => state.tests.find((t) => t.id === id) ?? { id, label }),
  }
}

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
