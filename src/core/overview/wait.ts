import { unvouched } from '../change/bulletins.ts'
import { phaseWords } from '../change/guard.ts'
import { openHeld } from '../change/held.ts'
import { badFiles } from '../change/patch-files.ts'
import { rolloutView } from '../change/rollout-view.ts'
import type { ChangeState, Phase, Rollout, SubmittedPlan } from '../change/state.ts'
import type { HostProgress } from '../deploy/progress.ts'
import { nextStep } from '../deploy/rollout.ts'
import { type Approval, humanIdOf, humanOf, neededQuorum, quorumStatus } from '../evaluate/quorum.ts'
import type { Policy, Role } from '../policy.ts'
import type { Instant } from '../result.ts'
import type { Wait } from './view.ts'

const CLASSIFIERS: readonly Role[] = ['patch-team', 'security']
const PLANNERS: readonly Role[] = ['patch-team', 'operations']
const REVIEWERS: readonly Role[] = ['patch-team', 'security', 'operations', 'manager']

/** Phases in which a missing vouch holds everything up. */
const VOUCHABLE: readonly Phase[] = ['alerted', 'awaiting', 'testing', 'planning']

/** Phases in which nothing goes on before security has decided on a bad patch file. */
const FILES_COUNT: readonly Phase[] = ['deciding', 'approved']
const HELD = 'Decide on the document that is held against it'
const REJECTED = 'Roll back or plan again: security has rejected its bulletin'
const BAD_FILE = 'Decide on the patch file that failed its check'

type Turn = (text: string, roles: readonly Role[]) => Wait

interface Asked {
  readonly state: ChangeState
  readonly hosts: readonly HostProgress[]
  readonly policy: Policy
  /** Nobody has bought off the policy yet: rollouts wait. */
  readonly approved: boolean
  readonly now: Instant
}

/** What a change waits for, and whose turn it is (the rules of core/change/decide-*.ts, seen from the other side). */
export function waitOf(asked: Asked): Wait {
  const { state, policy } = asked
  const turn: Turn = (text, roles) => ({ text, roles, people: holdersOf(policy, roles), until: null })
  const [doubtful] = VOUCHABLE.includes(state.phase) ? unvouched(state) : []
  if (doubtful) return turn(`Vouch for ${doubtful.vendorId}: it is UNCONFIRMED`, ['security'])
  if (FILES_COUNT.includes(state.phase) && badFiles(state).length > 0 && !windowPast(asked)) return turn(BAD_FILE, ['security'])
  if (FILES_COUNT.includes(state.phase) && openHeld(state).length > 0 && !windowPast(asked)) return heldWait(state, turn)
  switch (state.phase) {
    case 'alerted':
      return turn('Classify it', CLASSIFIERS)
    case 'awaiting':
      return awaitingWait(asked, turn)
    case 'testing':
      return turn(testWords(state), PLANNERS)
    case 'planning':
      return turn('Make the plan', PLANNERS)
    case 'deciding':
      return windowPast(asked) ? turn('Make a new plan: the window of this one is over', PLANNERS) : decisionWait(asked)
    case 'approved':
      return windowPast(asked) ? turn('Plan again: the window of this plan is over', PLANNERS) : turn('Announce the deployment', PLANNERS)
    case 'announced':
    case 'rolling out':
      return rolloutWait(asked, turn)
    case 'reviewing':
      return turn(reviewWords(state), REVIEWERS)
    default:
      return nobody(`It ${phaseWords(state.phase)}`)
  }
}

const nobody = (text: string, until: Instant | null = null): Wait => ({ text, roles: [], people: [], until })

/** Somebody said when to look at it again; else it waits until what it awaits comes. */
function awaitingWait({ state: { awaiting }, now }: Asked, turn: Turn): Wait {
  const { what = 'a rollup or service pack', until } = awaiting ?? {}
  const past = until !== undefined && Date.parse(until) <= Date.parse(now)
  return past ? turn(`Look at it again: it awaits ${what}`, CLASSIFIERS) : nobody(`It awaits ${what}`, until ?? null)
}

const windowPast = ({ state, now }: Asked): boolean =>
  state.submission !== undefined && Date.parse(state.submission.plan.window.end) <= Date.parse(now)

function testWords({ tests }: ChangeState): string {
  const failed = tests.filter(({ outcome }) => outcome && !outcome.passed).length
  const open = tests.filter(({ outcome }) => !outcome).length
  const left = open > 0 ? `Record ${open} of ${tests.length} tests` : 'Repeat the failed tests'
  return failed > 0 && open > 0 ? `${left}; ${failed} failed` : left
}

function reviewWords({ rollout, review }: ChangeState): string {
  if (rollout?.rolledBack) return 'Plan again, or close the review'
  return review?.lessons.length ? 'Close the review' : 'Write a lesson and close the review'
}

const holdersOf = (policy: Policy, roles: readonly Role[]): readonly string[] =>
  policy.people.filter((person) => person.roles.some((role) => roles.includes(role))).map(({ id }) => id)

function decisionWait({ state, policy }: Asked): Wait {
  const { submission } = state
  return submission ? quorumWait('Approve or reject the plan', state, submission, submission.approvals, policy) : nobody('Waits for a plan')
}

/** Open seats, and who may still sit down: not who asked, not who (or whose delegate) has spoken. */
function quorumWait(
  text: string,
  { classification }: ChangeState,
  { submitted }: SubmittedPlan,
  approvals: readonly Approval[],
  policy: Policy,
): Wait {
  if (!classification) return nobody('Waits for its classification')
  const needed = neededQuorum(policy, classification)
  const { missing } = quorumStatus(needed, approvals, submitted.by, policy)
  // All seats taken, and yet not decided: what is not AUTHENTIC needs a second person.
  const roles = (missing.length > 0 ? missing : needed).map(({ role }) => role)
  const out = new Set([submitted.by, ...approvals.map(({ person }) => person)].map((id) => humanIdOf(policy, id)))
  const people = policy.people.filter((person) => !out.has(humanOf(person)) && person.roles.some((role) => roles.includes(role)))
  return { text, roles, people: people.map(({ id }) => id), until: null }
}

function rolloutWait(asked: Asked, turn: Turn): Wait {
  const { state, hosts, policy, approved, now } = asked
  const { rollout, submission, announcement } = state
  if (!approved) return nobody('The managers approve the policy: until then nothing is rolled out')
  if (state.phase === 'announced' && announcement && !announcement.endUsersToldAt)
    return nobody('The end users are told', announcement.endUsersAt)
  if (!rollout || !submission) return nobody(`It ${phaseWords(state.phase)}`)
  const still = rollout.status === 'halted' || rollout.status === 'stopped'
  if (still && badFiles(state).length > 0) return turn(BAD_FILE, ['security'])
  if (still && openHeld(state).length > 0) return heldWait(state, turn)
  if (still) return resumeWait(state, rollout, submission, policy)
  if (rollout.status === 'rolling back') return nobody('The update is taken off again')
  if (rollout.needsPeople) return turn(`Decide: ${rollout.needsPeople}`, PLANNERS)
  const step = nextStep(rolloutView(state, hosts, policy, now), now)
  if (step.kind !== 'wait') return nobody('It goes on by itself')
  return step.reason === 'pilot outcome' ? turn('Record the outcome of the pilot', PLANNERS) : nobody(step.text, step.until ?? null)
}

/** Security decides; what it has rejected is taken back by who deploys. */
const heldWait = (state: ChangeState, turn: Turn): Wait =>
  openHeld(state).some(({ decided }) => decided) ? turn(REJECTED, PLANNERS) : turn(HELD, ['security'])

const resumeWait = (state: ChangeState, rollout: Rollout, submission: SubmittedPlan, policy: Policy): Wait =>
  quorumWait(
    rollout.status === 'halted' ? 'Resume or roll back: it halted' : 'Resume or roll back: it was stopped',
    state,
    submission,
    rollout.resumeApprovals,
    policy,
  )
