import { allow, refuse } from '../result.ts'
import type { Command, Context } from './command.ts'
import * as deploy from './decide-deploy.ts'
import * as elsewhere from './decide-elsewhere.ts'
import * as evaluate from './decide-evaluate.ts'
import * as house from './decide-house.ts'
import * as joining from './decide-join.ts'
import * as review from './decide-review.ts'
import * as wait from './decide-wait.ts'
import type { Decision } from './guard.ts'
import { decideHeld, noteHeld } from './held.ts'
import * as files from './patch-files.ts'
import { rematch } from './rematch.ts'
import type { ChangeState } from './state.ts'

/** What no person decides: it follows from time, from reports, or from a source. */
const HOUSE_ONLY: ReadonlySet<Command['kind']> = new Set([
  'revise',
  'note-held',
  'rematch',
  'seen-fixed',
  'exploited',
  'exploited-retracted',
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
  const gone = goesOnElsewhere(state, command)
  if (gone) return gone
  if (state.drill && NOT_IN_A_DRILL.has(command.kind))
    return refuse('DRILL', 'This is a drill: it ends at the decision, and nothing of it is announced or carried out.')
  switch (command.kind) {
    case 'vouch':
      return evaluate.vouch(state, command, ctx)
    case 'classify':
      return evaluate.classify(state, command, ctx)
    case 'not-relevant':
      return evaluate.notRelevant(state, command, ctx)
    case 'await':
      return wait.awaitRollup(state, command, ctx)
    case 'end-waiting':
      return wait.endWaiting(state, command, ctx)
    case 'merge':
      return joining.merge(state, command, ctx)
    case 'supersede':
      return joining.supersede(state, command, ctx)
    case 'join':
      return joining.join(state, command, ctx)
    case 'done-elsewhere':
      return elsewhere.doneElsewhere(state, command, ctx)
    case 'leave-out':
      return elsewhere.leaveOut(state, command, ctx)
    case 'seen-fixed':
      return elsewhere.seenFixed(state, command)
    case 'exploited':
      return house.exploited(state, command)
    case 'exploited-retracted':
      return house.exploitedRetracted(state, command)
    case 'accept-handover':
      return review.acceptHandover(state, command, ctx)
    case 'note-patch-file':
      return files.notePatchFile(state, command, ctx)
    case 'accept-patch-file':
      return files.acceptPatchFile(state, command, ctx)
    case 'note-held':
      return noteHeld(state, command)
    case 'decide-held':
      return decideHeld(state, command, ctx)
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
      return deploy.startRing(state, command, ctx)
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
      return review.planAgain(state, ctx)
    case 'write-lesson':
      return review.writeLesson(state, command, ctx)
    case 'close-review':
      return review.closeReview(state, ctx)
    case 'revise':
      return house.revise(state, command)
    case 'rematch':
      return rematch(state, command)
    default:
      return command satisfies never
  }
}

/** A change that goes on as part of another takes nothing any more. STOP is never too late, and has nothing to stop there. */
function goesOnElsewhere({ id, phase, joinedInto }: ChangeState, { kind }: Command): Decision | null {
  if (phase !== 'merged' && phase !== 'superseded') return null
  if (kind === 'stop') return allow([])
  return refuse('STALE', `Change ${id} goes on as part of change ${joinedInto?.change}: please look there.`)
}

/** A drill ends at the decision. Nothing of it is ever announced, ordered or rolled out, whatever is pressed. */
const NOT_IN_A_DRILL: ReadonlySet<Command['kind']> = new Set([
  'announce',
  'tell-end-users',
  'start-ring',
  'retry',
  'roll-back',
  'done-elsewhere',
  'leave-out',
  'await',
] as const)
