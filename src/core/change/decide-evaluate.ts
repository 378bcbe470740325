import { usualType } from '../evaluate/classification.ts'
import { planDigest } from '../evaluate/plan.ts'
import { grantedTo, humanIdOf, humanOf, missingWords, neededQuorum, quorumStatus, type RoleCount } from '../evaluate/quorum.ts'
import type { Person } from '../policy.ts'
import { allow, refuse } from '../result.ts'
import { bulletinsOf, unvouched, vulnerabilitiesOf } from './bulletins.ts'
import type { ChangeEvent, Command, Context } from './command.ts'
import { blank, type Decision, inPhase, momentWords, nameOf, type Refused, withRole } from './guard.ts'
import { groundStands } from './held.ts'
import { planFlaw } from './plan-flaw.ts'
import { madeUnderAnother } from './policy-guard.ts'
import type { ChangeState, JoinedBulletin, SubmittedPlan } from './state.ts'

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>

/**
 * UNCONFIRMED needs a named person of the security role who says why it may be trusted. Also later than at the alert: a
 * revision that is UNCONFIRMED takes the vouch for the one before it away.
 */
export function vouch(state: ChangeState, command: Of<'vouch'>, ctx: Context): Decision {
  const who = withRole(ctx, ['security'], 'vouch for a bulletin')
  if (!who.ok) return who
  const phase = inPhase(state, ['alerted', 'awaiting', 'testing', 'planning'], 'vouch for this bulletin')
  if (!phase.ok) return phase
  const bulletin = vouchedFor(state, command.bulletin)
  if (!bulletin) return refuse('BULLETIN_CHANGED', 'There is another revision of this bulletin now. Please look at it first.')
  if (bulletin.verdict !== 'UNCONFIRMED')
    return refuse('VOUCH_NOT_NEEDED', `This bulletin is ${bulletin.verdict}: only an UNCONFIRMED one can be vouched for.`)
  if (bulletin.vouch) return refuse('ALREADY_DONE', `${nameOf(ctx, bulletin.vouch.by)} has already vouched for it.`)
  if (blank(command.reason)) return refuse('REASON_NEEDED', 'Please say why you trust this bulletin: where did you check it?')
  return allow([{ kind: 'vouched', by: who.actor.id, reason: command.reason, bulletin: bulletin.digest }])
}

/** The one that is named by its digest; else the first that needs a vouch, else the leading one. */
const vouchedFor = (state: ChangeState, digest: string | undefined): JoinedBulletin | undefined =>
  digest === undefined ? (unvouched(state)[0] ?? bulletinsOf(state)[0]) : bulletinsOf(state).find((b) => b.digest === digest)

/** May anything be decided on the ground of these bulletins? Source: verification rules, "Who may classify what". */
export function trusted(state: ChangeState): Refused | { readonly ok: true } {
  const all = bulletinsOf(state)
  const doubts = all.map((bulletin) => doubtOf(bulletin, all.length > 1 ? bulletin.vendorId : 'This bulletin'))
  return doubts.find((doubt) => doubt !== null) ?? { ok: true }
}

function doubtOf({ verdict, vouch }: JoinedBulletin, name: string): Refused | null {
  switch (verdict) {
    case 'AUTHENTIC':
    case 'CORROBORATED':
      return null
    case 'UNCONFIRMED':
      return vouch ? null : refuse('NOT_VOUCHED', `${name} is UNCONFIRMED. Somebody of security has to vouch for it first, with a reason.`)
    case 'QUARANTINED':
    case 'BOGUS':
      return refuse('NOT_TRUSTED', `${name} is ${verdict}: nothing can be decided on the ground of it.`)
    default:
      return verdict satisfies never
  }
}

export function classify(state: ChangeState, command: Of<'classify'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'security'], 'classify')
  if (!who.ok) return who
  const phase = inPhase(state, ['alerted', 'awaiting', 'testing', 'planning'], 'classify it')
  if (!phase.ok) return phase
  const trust = trusted(state)
  if (!trust.ok) return trust
  const usual = usualType(command.class, vulnerabilitiesOf(state))
  const type = command.type ?? usual
  if (state.classification?.class === command.class && state.classification.type === type)
    return refuse('ALREADY_DONE', `It is already classified ${command.class}.`)
  if (state.classification && blank(command.reason))
    return refuse(
      'REASON_NEEDED',
      `It is classified ${state.classification.class}. To reclassify it ${command.class}, please give a reason.`,
    )
  if (command.class !== state.proposal.class && blank(command.reason))
    return refuse('REASON_NEEDED', `The proposal is ${state.proposal.class}. To choose ${command.class}, please give a reason.`)
  if (type !== usual && blank(command.reason))
    return refuse('REASON_NEEDED', `Usually this is a change of type ${usual}. To choose ${type}, please give a reason.`)
  const classified = { kind: 'classified', by: who.actor.id, class: command.class, type, reason: command.reason } as const
  // Where the former class asked for all of these tests too, nothing is left to test.
  const passed = ctx.policy.classes[command.class].tests.every(({ id }) => state.tests.find((t) => t.id === id)?.outcome?.passed === true)
  return allow(passed ? [classified, { kind: 'tests passed' }] : [classified])
}

export function notRelevant(state: ChangeState, command: Of<'not-relevant'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'security'], 'decide on relevance')
  if (!who.ok) return who
  const phase = inPhase(state, ['alerted', 'awaiting', 'testing', 'planning'], 'decide on its relevance')
  if (!phase.ok) return phase
  if (blank(command.reason)) return refuse('REASON_NEEDED', 'Please say why it is not relevant here: an auditor will ask.')
  return allow([{ kind: 'declared not relevant', by: who.actor.id, reason: command.reason }])
}

export function recordTest(state: ChangeState, command: Of<'record-test'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'record a test')
  if (!who.ok) return who
  const phase = inPhase(state, ['testing'], 'record a test')
  if (!phase.ok) return phase
  const test = state.tests.find((t) => t.id === command.test)
  if (!test)
    return refuse('TEST_UNKNOWN', `There is no test "${command.test}"; expected one of ${state.tests.map((t) => t.id).join(', ')}.`)
  if (!command.passed && blank(command.note)) return refuse('REASON_NEEDED', 'Please say what failed, so that others can act on it.')
  const passedNow = state.tests.every((t) => (t.id === command.test ? command.passed : t.outcome?.passed === true))
  const recorded = { kind: 'test recorded', by: who.actor.id, test: command.test, passed: command.passed, note: command.note } as const
  return allow(passedNow ? [recorded, { kind: 'tests passed' }] : [recorded])
}

/** A plan may be replaced while it is being decided: its approvals go, because they were for another digest. */
export function submitPlan(state: ChangeState, command: Of<'submit-plan'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'submit a plan')
  if (!who.ok) return who
  const phase = inPhase(state, ['planning', 'deciding'], 'submit a plan')
  if (!phase.ok) return phase
  const trust = trusted(state)
  if (!trust.ok) return trust
  const flaw = planFlaw(state, command.plan, ctx.now) ?? madeUnderAnother(command.plan, ctx)
  if (flaw) return flaw
  const digest = planDigest(command.plan)
  if (state.phase === 'deciding' && state.submission?.digest === digest)
    return refuse('PLAN_SAME', 'This is the plan that is already waiting for its decision.')
  return allow([{ kind: 'plan submitted', by: who.actor.id, plan: command.plan, digest }])
}

export function approve(state: ChangeState, command: Of<'approve'>, ctx: Context): Decision {
  const voter = mayVote(state, command.digest, ctx, 'approve a plan')
  if (!voter.ok) return voter
  const { actor, submission, needed } = voter
  const stale = madeUnderAnother(submission.plan, ctx)
  if (stale) return stale
  const trust = trusted(state)
  if (!trust.ok) return trust
  const ground = groundStands(state)
  if (!ground.ok) return ground
  if (!(Date.parse(submission.plan.window.end) > Date.parse(ctx.now)))
    return refuse('WINDOW_PAST', 'The window of this plan is over. It needs a new plan with a later one.')
  if (submission.approvals.some((a) => sameHuman(ctx, a.person, actor)))
    return refuse('ALREADY_DONE', `You (or who acts for you) have already approved this plan. ${waitingFor(state, submission, ctx)}`)
  const given: ChangeEvent = { kind: 'approval given', by: actor.id, digest: command.digest, ...grantedTo(actor) }
  const approvals = [...submission.approvals, { person: actor.id, at: ctx.now, digest: command.digest, ...grantedTo(actor) }]
  const quorum = quorumStatus(needed, approvals, submission.submitted.by, ctx.policy)
  if (!quorum.met || !enoughHumans(state, approvals, ctx)) return allow([given])
  // A drill has done its work when the people are there: what follows would be real.
  if (state.drill) return allow([given, { kind: 'drill finished' }])
  return allow([given, { kind: 'plan approved', by: approvals.map((a) => a.person) }])
}

export function reject(state: ChangeState, command: Of<'reject'>, ctx: Context): Decision {
  const voter = mayVote(state, command.digest, ctx, 'reject a plan')
  if (!voter.ok) return voter
  if (blank(command.reason)) return refuse('REASON_NEEDED', 'Please say why, so that the plan can be mended.')
  return allow([{ kind: 'plan rejected', by: voter.actor.id, reason: command.reason }])
}

type Voter = {
  readonly ok: true
  readonly actor: Person
  readonly submission: SubmittedPlan
  readonly needed: readonly RoleCount[]
}

/** Everything that a vote on a plan needs, whichever way it goes. */
function mayVote(state: ChangeState, digest: string, ctx: Context, what: string): Voter | Refused {
  const { submission, classification } = state
  if (!submission || !classification) return refuse('STALE', `There is no plan to decide on: change ${state.id} has none.`)
  const needed = neededQuorum(ctx.policy, classification)
  const roles = needed.map((n) => n.role)
  const who = withRole(ctx, roles, what)
  if (!who.ok) return who
  if (submission.digest !== digest) return refuse('PLAN_CHANGED', changedWords(submission, ctx))
  if (submission.decided) return refuse('ALREADY_DECIDED', decidedWords(submission.decided, ctx))
  const phase = inPhase(state, ['deciding'], 'decide on this plan')
  if (!phase.ok) return phase
  if (sameHuman(ctx, submission.submitted.by, who.actor))
    return refuse(
      'OWN_REQUEST',
      `You (or who acts for you) asked for this plan, so someone else has to decide. ${waitingFor(state, submission, ctx)}`,
    )
  return { ok: true, actor: who.actor, submission, needed }
}

const changedWords = ({ digest, submitted }: SubmittedPlan, ctx: Context): string =>
  `This plan changed ${momentWords(ctx, submitted.at)} (by ${nameOf(ctx, submitted.by)}). Please look at the new one: plan ${digest.slice(0, 8)}.`

const decidedWords = ({ verdict, by, at }: NonNullable<SubmittedPlan['decided']>, ctx: Context): string =>
  `Already ${verdict} by ${by.map((id) => nameOf(ctx, id)).join(' and ')} ${momentWords(ctx, at)}.`

/**
 * AUTHENTIC bulletins need no more than the quorum; anything less needs two named humans before deployment, and a vouched bulletin
 * has the voucher as one of them (verification rules).
 */
function enoughHumans(state: ChangeState, approvals: SubmittedPlan['approvals'], ctx: Context): boolean {
  const bulletins = bulletinsOf(state)
  if (bulletins.every((b) => b.verdict === 'AUTHENTIC')) return true
  const people = [...approvals.map((a) => a.person), ...bulletins.flatMap((b) => (b.vouch ? [b.vouch.by] : []))]
  return new Set(people.map((id) => humanIdOf(ctx.policy, id))).size >= 2
}

const waitingFor = (state: ChangeState, submission: SubmittedPlan, ctx: Context): string => {
  if (!state.classification) return ''
  const rule = neededQuorum(ctx.policy, state.classification)
  const { missing } = quorumStatus(rule, submission.approvals, submission.submitted.by, ctx.policy)
  return `Waiting for ${missingWords(missing) || 'a second named person'}.`
}

const sameHuman = (ctx: Context, id: string, actor: Person): boolean => humanIdOf(ctx.policy, id) === humanOf(actor)
