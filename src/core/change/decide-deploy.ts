import { grantedTo, humanIdOf, humanOf, neededQuorum, quorumStatus } from '../evaluate/quorum.ts'
import { own } from '../own.ts'
import { allow, refuse } from '../result.ts'
import type { ChangeEvent, Command, Context } from './command.ts'
import { exemptUntil } from './decide-elsewhere.ts'
import { blank, type Decision, inPhase, nameOf, phaseWords, type Refused, withRole } from './guard.ts'
import { groundStands } from './held.ts'
import { notBoughtOff } from './policy-guard.ts'
import type { ChangeState, Rollout } from './state.ts'

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>

/** Representatives hear at once; end users after the lead time, or at once when the window is nearer than that. */
export function announce(state: ChangeState, command: Of<'announce'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'announce a deployment')
  if (!who.ok) return who
  const phase = inPhase(state, ['approved'], 'announce it')
  if (!phase.ok) return phase
  const ground = groundStands(state)
  if (!ground.ok) return ground
  const window = state.submission?.plan.window
  if (!window || !(Date.parse(window.end) > Date.parse(ctx.now)))
    return refuse('WINDOW_PAST', 'The window of this plan is over, so people would be told a wrong time. Please plan again.')
  if (blank(command.what) || blank(command.why)) return refuse('TEXT_NEEDED', 'Please say in plain words what happens, and why.')
  const lead = Date.parse(ctx.now) + ctx.policy.representativeLeadMinutes * 60_000
  const endUsersAt = new Date(lead <= Date.parse(window.start) ? lead : Date.parse(ctx.now)).toISOString()
  return allow([{ kind: 'announced', by: who.actor.id, what: command.what, why: command.why, endUsersAt }])
}

/** Due rows outlive the plan that they were written for, so the lead time of this announcement is looked at again. */
export function tellEndUsers(state: ChangeState, ctx: Context): Decision {
  if (!state.announcement || state.announcement.endUsersToldAt) return allow([])
  if (!(Date.parse(state.announcement.endUsersAt) <= Date.parse(ctx.now))) return allow([])
  return allow([{ kind: 'end users told' }])
}

/** The house starts a ring; which one and when `nextStep` decides. Whatever it says, a rollout that stands still starts nothing. */
export function startRing(state: ChangeState, command: Of<'start-ring'>, ctx: Context): Decision {
  const waits = notBoughtOff(ctx)
  if (waits) return waits
  const { rollout, announcement, submission } = state
  if (!rollout || !submission || !['announced', 'rolling out'].includes(state.phase))
    return refuse('STALE', `Change ${state.id} ${phaseWords(state.phase)}: nothing starts.`)
  if (rollout.status !== 'waiting' && rollout.status !== 'running')
    return refuse('STANDS_STILL', `The rollout is ${rollout.status}: nothing starts.`)
  const ground = groundStands(state)
  if (!ground.ok) return ground
  if (!announcement?.endUsersToldAt) return refuse('NOT_ANNOUNCED', 'The end users have not been told yet: nothing starts.')
  if (submission.decided?.verdict !== 'approved') return refuse('NOT_APPROVED', 'The plan is not approved: nothing starts.')
  const planned = submission.plan.rings[command.ring - 1]?.hosts ?? []
  const foreign = command.hosts.filter((h) => !planned.includes(h))
  if (command.hosts.length === 0 || foreign.length > 0)
    return refuse('NOT_PLANNED', `Not in ring ${command.ring} of the approved plan: ${foreign.join(', ') || 'no host given'}.`)
  if (command.ring > 1 && rollout.pilot?.passed !== true) return refuse('PILOT_OPEN', 'The pilot has no recorded good outcome yet.')
  if (!isItsTurn(rollout, command.ring)) return refuse('RING_ORDER', `Ring ${command.ring} waits for the rings before it to settle.`)
  return allow([{ kind: 'ring started', ring: command.ring, hosts: command.hosts }])
}

/** A ring begins after the rings before it; once begun, hosts of it that were retried or delayed may follow at any time. */
const isItsTurn = (rollout: Rollout, ring: number): boolean =>
  rollout.rings[ring - 1]?.state !== 'waiting' || rollout.rings.slice(0, ring - 1).every(({ state }) => state === 'settled')

/** A ring whose hosts are all delayed or out settles without ever having run. */
export function settleRing(state: ChangeState, command: Of<'settle-ring'>): Decision {
  const { rollout } = state
  const ring = rollout?.rings[command.ring - 1]
  if (!rollout || !ring) return refuse('STALE', `Change ${state.id} has no ring ${command.ring} that could settle.`)
  if (ring.state === 'settled') return allow([])
  if (rollout.status !== 'waiting' && rollout.status !== 'running')
    return refuse('STANDS_STILL', `The rollout is ${rollout.status}: no ring settles.`)
  return allow([{ kind: 'ring settled', ring: command.ring, figures: command.figures }])
}

/** Ends a rollout or a roll-back. A rollout that stands still ends only after its resume, or by a roll-back. */
export function finish(state: ChangeState, command: Of<'finish'>): Decision {
  const { rollout } = state
  if (!rollout) return refuse('STALE', `Change ${state.id} has no rollout that could finish.`)
  if (rollout.status === 'finished') return allow([])
  if (rollout.status === 'halted' || rollout.status === 'stopped')
    return refuse('STANDS_STILL', `The rollout is ${rollout.status}: it does not finish before it is resumed.`)
  if (rollout.status !== 'rolling back' && rollout.rings.some((ring) => ring.state !== 'settled'))
    return refuse('RING_ORDER', 'Some ring has not settled yet: the rollout is not finished.')
  return allow([{ kind: 'rollout finished', figures: command.figures }])
}

export function halt(state: ChangeState, command: Of<'halt'>): Decision {
  if (state.rollout?.status !== 'running') return allow([])
  return allow([{ kind: 'halted', by: null, ring: command.ring, reason: command.reason }])
}

/** The pilot's outcome is a person's word: later rings wait for it. A failed pilot stops the rollout. */
export function recordPilot(state: ChangeState, command: Of<'record-pilot'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'record the outcome of the pilot')
  if (!who.ok) return who
  const phase = inPhase(state, ['rolling out'], 'record the outcome of the pilot')
  if (!phase.ok) return phase
  if (state.rollout?.rings[0]?.state !== 'settled')
    return refuse('PILOT_RUNNING', 'The pilot ring has not settled yet: wait for its last report.')
  if (state.rollout.pilot?.passed) return refuse('ALREADY_DONE', 'The pilot is already recorded as passed.')
  if (!command.passed && blank(command.note)) return refuse('REASON_NEEDED', 'Please say what went wrong in the pilot.')
  const recorded: ChangeEvent = { kind: 'pilot recorded', by: who.actor.id, passed: command.passed, note: command.note }
  if (command.passed || state.rollout.status !== 'running') return allow([recorded])
  return allow([recorded, { kind: 'halted', by: who.actor.id, ring: 1, reason: `the pilot failed: ${command.note}` }])
}

/** Anybody of the team, at any time; pressing it again changes nothing, and it is never too late to press it. */
export function stop(state: ChangeState, command: Of<'stop'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'security', 'operations'], 'stop a rollout')
  if (!who.ok) return who
  const status = state.rollout?.status
  if (status !== 'waiting' && status !== 'running') return allow([])
  return allow([{ kind: 'halted', by: who.actor.id, ring: null, reason: blank(command.reason) ? 'no reason given' : command.reason }])
}

/** What a resume approval is bound to: this halt and no other. Its time is in it, because the next plan counts its halts anew. */
export const haltDigest = ({ halt }: Rollout): string => (halt ? `halt-${halt.number}-${halt.at}` : 'no-halt')

export function resume(state: ChangeState, command: Of<'resume'>, ctx: Context): Decision {
  const { rollout, submission, classification } = state
  if (!rollout || !submission || !classification || (rollout.status !== 'halted' && rollout.status !== 'stopped'))
    return refuse('STALE', 'The rollout does not stand still, so there is nothing to resume.')
  const needed = neededQuorum(ctx.policy, classification)
  const who = withRole(
    ctx,
    needed.map((n) => n.role),
    'resume a rollout',
  )
  if (!who.ok) return who
  const ground = groundStands(state)
  if (!ground.ok) return ground
  const digest = haltDigest(rollout)
  if (command.digest !== digest)
    return refuse('STALE', `It has halted again since: ${rollout.halt?.reason ?? ''}. Please look at the new card.`)
  if (humanOf(who.actor) === humanIdOf(ctx.policy, submission.submitted.by))
    return refuse('OWN_REQUEST', 'You asked for this plan, so others have to resume it.')
  if (rollout.resumeApprovals.some((a) => humanIdOf(ctx.policy, a.person) === humanOf(who.actor)))
    return refuse('ALREADY_DONE', 'You (or who acts for you) have already approved the resume.')
  const given: ChangeEvent = { kind: 'resume approved', by: who.actor.id, digest, ...grantedTo(who.actor) }
  const approvals = [...rollout.resumeApprovals, { person: who.actor.id, at: ctx.now, digest, ...grantedTo(who.actor) }]
  const quorum = quorumStatus(needed, approvals, submission.submitted.by, ctx.policy)
  if (!quorum.met) return allow([given])
  return allow([given, { kind: 'resumed', by: approvals.map((a) => a.person), accepted: ctx.acceptable }])
}

/** Retried hosts wait for their next order: a rollout that stands still starts them only after its resume. */
export function retry(state: ChangeState, command: Of<'retry'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'retry hosts')
  if (!who.ok) return who
  const phase = inPhase(state, ['rolling out'], 'retry hosts')
  if (!phase.ok) return phase
  if (state.rollout?.rolledBack) return refuse('STALE', 'It is being rolled back: nothing is installed any more.')
  if (command.hosts.length === 0) return refuse('NOTHING_TO_DO', 'None of these hosts is failed or unknown any more.')
  const foreign = notPlanned(state, command.hosts)
  if (foreign) return foreign
  return allow([{ kind: 'hosts retried', by: who.actor.id, hosts: command.hosts, accepted: ctx.acceptable }])
}

function notPlanned(state: ChangeState, hosts: readonly string[]): Refused | null {
  const planned = state.submission?.plan.hosts ?? []
  const foreign = hosts.filter((host) => !planned.some((p) => p.host === host))
  return foreign.length === 0 ? null : refuse('NOT_PLANNED', `Not in the approved plan: ${foreign.join(', ')}.`)
}

export function exclude(state: ChangeState, command: Of<'exclude'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'exclude hosts')
  if (!who.ok) return who
  const phase = inPhase(state, ['approved', 'announced', 'rolling out'], 'exclude hosts')
  if (!phase.ok) return phase
  if (command.hosts.length === 0) return refuse('NOTHING_TO_DO', 'None of these hosts is still open.')
  const foreign = notPlanned(state, command.hosts)
  if (foreign) return foreign
  if (blank(command.reason)) return refuse('REASON_NEEDED', 'Please say why these hosts are left out: they stay unpatched.')
  const until = exemptUntil(command.until, ctx)
  if (until === null) return refuse('UNTIL_PAST', 'Please give a day that is still to come, or none.')
  const { hosts, reason, control = '' } = command
  return allow([{ kind: 'hosts excluded', by: who.actor.id, hosts, reason, control, until }])
}

export function rollBack(state: ChangeState, command: Of<'roll-back'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'roll back')
  if (!who.ok) return who
  const phase = inPhase(state, ['rolling out', 'reviewing'], 'roll back')
  if (!phase.ok) return phase
  if (state.rollout?.rolledBack) return refuse('ALREADY_DONE', 'It is already being rolled back.')
  if (blank(command.reason)) return refuse('REASON_NEEDED', 'Please say why it is rolled back.')
  return allow([{ kind: 'rolled back', by: who.actor.id, reason: command.reason }])
}

export function claim(state: ChangeState, command: Of<'claim'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'take care of a failure')
  if (!who.ok) return who
  // Keys come from buttons: what every object has by birth is nobody's claim.
  const taken = own(state.claims, command.key)
  if (taken?.by === who.actor.id) return allow([])
  if (taken) return refuse('ALREADY_DONE', `${nameOf(ctx, taken.by)} already takes care of it.`)
  return allow([{ kind: 'claimed', by: who.actor.id, key: command.key, what: command.what }])
}

export function reportIncident(state: ChangeState, command: Of<'report-incident'>, ctx: Context): Decision {
  if (ctx.actor === null) return refuse('PERSON_NEEDED', 'Only a person can say that something went wrong.')
  const phase = inPhase(state, ['announced', 'rolling out', 'reviewing', 'closed'], 'report a problem with it')
  if (!phase.ok) return phase
  if (blank(command.text)) return refuse('TEXT_NEEDED', 'Please say in a sentence what went wrong.')
  return allow([{ kind: 'incident reported', by: ctx.actor.id, number: state.incidents.length + 1, text: command.text }])
}
