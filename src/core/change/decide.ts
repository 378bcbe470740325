import { rungOf } from '../identify/verification.ts'
import { allow, refuse } from '../result.ts'
import type { Command, Context } from './command.ts'
import * as deploy from './decide-deploy.ts'
import * as evaluate from './decide-evaluate.ts'
import { vouchHolds } from './evolve.ts'
import { blank, type Decision, inPhase, withRole } from './guard.ts'
import type { ChangeState } from './state.ts'

/** What no person decides: it follows from time, from reports, or from a source. */
const HOUSE_ONLY: ReadonlySet<Command['kind']> = new Set([
  'revise',
  'tell-end-users',
  'start-ring',
  'settle-ring',
  'halt',
  'need-people',
  'finish',
] as const)

/**
 * The lifecycle of a change: what follows from a command, or why not. Pure: the same state, command and context give the
 * same answer. An empty list of events means: fine, and nothing changes.
 */
export function decide(state: ChangeState, command: Command, ctx: Context): Decision {
  if (ctx.actor !== null && HOUSE_ONLY.has(command.kind)) return refuse('HOUSE_ONLY', 'The house does this by itself, when it is time.')
  switch (command.kind) {
    case 'vouch':
      return evaluate.vouch(state, command, ctx)
    case 'classify':
      return evaluate.classify(state, command, ctx)
    case 'not-relevant':
      return evaluate.notRelevant(state, command, ctx)
    case 'record-test':
      return evaluate.recordTest(state, command, ctx)
    case 'submit-plan':
      return evaluate.submitPlan(state, command, ctx)
    case 'approve':
      return evaluate.approve(state, command, ctx)
    case 'reject':
      return evaluate.reject(state, command, ctx)
    case 'announce':
      return deploy.announce(state, command, ctx)
    case 'tell-end-users':
      return deploy.tellEndUsers(state, ctx)
    case 'start-ring':
      return deploy.startRing(state, command)
    case 'settle-ring':
      return deploy.settleRing(state, command)
    case 'halt':
      return deploy.halt(state, command)
    case 'record-pilot':
      return deploy.recordPilot(state, command, ctx)
    case 'stop':
      return deploy.stop(state, command, ctx)
    case 'resume':
      return deploy.resume(state, command, ctx)
    case 'retry':
      return deploy.retry(state, command, ctx)
    case 'exclude':
      return deploy.exclude(state, command, ctx)
    case 'roll-back':
      return deploy.rollBack(state, command, ctx)
    case 'claim':
      return deploy.claim(state, command, ctx)
    case 'report-incident':
      return deploy.reportIncident(state, command, ctx)
    case 'need-people':
      return state.rollout && state.rollout.needsPeople !== command.text
        ? allow([{ kind: 'people needed', text: command.text }])
        : allow([])
    case 'finish':
      return deploy.finish(state, command)
    case 'plan-again':
      return planAgain(state, ctx)
    case 'write-lesson':
      return writeLesson(state, command, ctx)
    case 'close-review':
      return closeReview(state, ctx)
    case 'revise':
      return revise(state, command)
    default:
      return command satisfies never
  }
}

/** Before anything has started an approved plan may be given up: its window passed, or it was stopped. Later it has to be rolled back first. */
function planAgain(state: ChangeState, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'plan again')
  if (!who.ok) return who
  const phase = inPhase(state, ['approved', 'announced', 'reviewing'], 'plan again')
  if (!phase.ok) return phase
  if (state.phase === 'reviewing' && !state.rollout?.rolledBack)
    return refuse('NOT_ROLLED_BACK', 'Only a change that was rolled back is planned again; this one was rolled out.')
  return allow([{ kind: 'planned again', by: who.actor.id }])
}

function writeLesson(state: ChangeState, command: Extract<Command, { kind: 'write-lesson' }>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'security', 'operations', 'manager'], 'write a lesson')
  if (!who.ok) return who
  const phase = inPhase(state, ['reviewing'], 'write a lesson')
  if (!phase.ok) return phase
  if (blank(command.text)) return refuse('TEXT_NEEDED', 'Please write what should be done differently next time, or what went well.')
  return allow([{ kind: 'lesson written', by: who.actor.id, text: command.text }])
}

function closeReview(state: ChangeState, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'security', 'operations', 'manager'], 'close a review')
  if (!who.ok) return who
  const phase = inPhase(state, ['reviewing'], 'close the review')
  if (!phase.ok) return phase
  return allow([{ kind: 'review closed', by: who.actor.id }])
}

/**
 * A later revision of the bulletin. While a plan waits (decided or not), changed facts void it: its digest names the
 * revision that was approved. So does a verdict that falls, or a vouch that is lost: they were the ground of the approval.
 * Once hosts are being patched, the rollout goes on and people are told. A held copy changes nothing.
 */
function revise(state: ChangeState, command: Extract<Command, { kind: 'revise' }>): Decision {
  const { bulletin, hosts, differences } = command
  if (bulletin.verdict === 'QUARANTINED' || bulletin.verdict === 'BOGUS')
    return refuse('NOT_TRUSTED', `This revision is ${bulletin.verdict}: it is held and changes nothing.`)
  if (state.phase === 'closed' || state.phase === 'not relevant') return allow([])
  const waits = ['deciding', 'approved', 'announced'].includes(state.phase)
  const weaker = rungOf(bulletin.verdict) < rungOf(state.bulletin.verdict) || (state.vouch !== undefined && !vouchHolds(state, bulletin))
  const voidsPlan = waits && (differences.length > 0 || weaker)
  return allow([{ kind: 'bulletin revised', bulletin, hosts, differences, voidsPlan }])
}
