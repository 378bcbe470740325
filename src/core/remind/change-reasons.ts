import { unvouched } from '../change/bulletins.ts'
import { isAwaiting } from '../change/decide-wait.ts'
import { isOver } from '../change/guard.ts'
import { openHeld } from '../change/held.ts'
import { badFiles } from '../change/patch-files.ts'
import type { ChangeState, Phase } from '../change/state.ts'
import { neededQuorum, quorumStatus } from '../evaluate/quorum.ts'
import type { Policy, Role } from '../policy.ts'
import type { Instant } from '../result.ts'
import type { Mark, OpenDelay, Standing, Under } from './reminder.ts'

const TEAM: readonly Role[] = ['patch-team', 'operations']

/** What a change is called in a sentence: by the shortest of its packages. */
export function calledAs(state: ChangeState): string {
  const names = [...new Set(state.hosts.flatMap((h) => h.packages.map((p) => p.name)))]
  const [shortest] = names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  return `${shortest ?? state.bulletin.vendorId} (change ${state.id})`
}

/** The newest card that the change has in the team's place. */
export function cardOf(state: ChangeState): Under {
  const subject = `change:${state.id}`
  const digest = state.submission?.digest
  switch (state.phase) {
    case 'testing':
    case 'planning':
      return { subject, card: 'test' }
    case 'deciding':
    case 'approved':
      return digest === undefined ? { subject, card: 'test' } : { subject, card: 'decision', digest }
    case 'announced':
    case 'rolling out':
      return digest === undefined ? { subject, card: 'alert' } : { subject, card: 'progress', digest }
    case 'reviewing':
      return digest === undefined ? { subject, card: 'alert' } : { subject, card: 'review', digest }
    default:
      return { subject, card: 'alert' }
  }
}

interface Waiting {
  readonly what: string
  readonly since: Instant
  readonly roles: readonly Role[]
  /** Where the plan's window comes before any deadline. */
  readonly until?: Instant
}

/** A step that only people can take. */
export function pendingOf(state: ChangeState, policy: Policy): Standing | null {
  const waiting = waitingOf(state, policy)
  if (!waiting) return null
  return {
    kind: 'decisionPending',
    subject: `change:${state.id}/${state.phase.replaceAll(' ', '-')}`,
    line: `${calledAs(state)} ${waiting.what}`,
    since: waiting.since,
    until: waiting.until ?? nextDeadline(state),
    audience: 'patch team',
    roles: waiting.roles,
    change: state.id,
    under: cardOf(state),
  }
}

/** Before hosts are patched. */
const PLANNED: readonly Phase[] = ['deciding', 'approved', 'announced']

function waitingOf(state: ChangeState, policy: Policy): Waiting | null {
  const [bad] = badFiles(state)
  if (bad && PLANNED.includes(state.phase))
    return { what: 'waits for security to decide on a bad patch file', since: bad.at, roles: ['security'], ...beforeWindow(state) }
  const [held] = openHeld(state)
  if (held && !held.decided && PLANNED.includes(state.phase))
    return { what: 'waits for security to decide on a held document', since: held.at, roles: ['security'], ...beforeWindow(state) }
  switch (state.phase) {
    case 'alerted':
      return unvouched(state).length > 0
        ? { what: 'waits for somebody of security to vouch for it', since: state.openedAt, roles: ['security'] }
        : { what: 'waits for its classification', since: state.openedAt, roles: ['patch-team', 'security'] }
    case 'testing': {
      const left = state.tests.filter((t) => t.outcome?.passed !== true).length
      return { what: `waits for ${left} of ${state.tests.length} tests`, since: lastAct(state), roles: TEAM }
    }
    case 'planning':
      return { what: 'waits for a plan', since: lastAct(state), roles: TEAM }
    case 'deciding':
      return decisionOf(state, policy)
    case 'approved':
      return {
        what: 'is approved and waits for its announcement',
        since: state.submission?.decided?.at ?? lastAct(state),
        roles: TEAM,
        ...beforeWindow(state),
      }
    case 'done elsewhere':
      return { what: 'was done elsewhere, and the inventory does not show it yet', since: lastAct(state), roles: ['patch-team'] }
    case 'announced':
    case 'rolling out':
      return standstillOf(state, policy)
    default:
      return null
  }
}

const lastAct = ({ acts, classification, openedAt }: ChangeState): Instant => acts.at(-1)?.at ?? classification?.at ?? openedAt

function decisionOf(state: ChangeState, policy: Policy): Waiting | null {
  const { submission, classification } = state
  if (!submission || !classification) return null
  const needed = neededQuorum(policy, classification)
  const { missing } = quorumStatus(needed, submission.approvals, submission.submitted.by, policy)
  const open = missing.length > 0 ? missing : needed
  return { what: 'waits for go or no-go', since: submission.submitted.at, roles: open.map(({ role }) => role), ...beforeWindow(state) }
}

const beforeWindow = ({ submission }: ChangeState): { readonly until?: Instant } =>
  submission ? { until: submission.plan.window.start } : {}

function standstillOf(state: ChangeState, policy: Policy): Waiting | null {
  const { rollout, classification } = state
  const { halt, pilot, rings = [], needsPeople } = rollout ?? {}
  const roles = classification ? neededQuorum(policy, classification).map(({ role }) => role) : TEAM
  const still = rollout?.status === 'halted' || rollout?.status === 'stopped'
  if (halt && still && badFiles(state).length > 0)
    return { what: 'stands still until security decides on a patch file', since: halt.at, roles: ['security'] }
  const held = openHeld(state)
  if (halt && still && held.length > 0)
    return held.some(({ decided }) => decided)
      ? { what: 'stands still, and its bulletin is rejected: roll it back', since: halt.at, roles: TEAM }
      : { what: 'stands still until security decides on a held document', since: halt.at, roles: ['security'] }
  if (halt && still) return { what: 'stands still until the quorum resumes it', since: halt.at, roles }
  if (rollout?.rolledBack) return null
  const [first] = rings
  if (first?.settledAt && !pilot && rings.length > 1)
    return { what: 'waits for the outcome of its pilot', since: first.settledAt, roles: TEAM }
  const settled = rings.findLast((r) => r.settledAt)?.settledAt
  return needsPeople && settled ? { what: 'has hosts that need a decision', since: settled, roles: TEAM } : null
}

/** The deadline that comes next; null when the class has none, or it is met. */
function nextDeadline({ clocks, rollout }: ChangeState): Instant | null {
  if (!clocks) return null
  return rollout?.startedAt ? clocks.completeBy : (clocks.startBy ?? clocks.completeBy)
}

/** Nothing is left to be done by a deadline. */
const isThrough = (state: ChangeState): boolean => isOver(state) || state.phase === 'reviewing' || state.phase === 'done elsewhere'

interface RunningClock {
  readonly clock: 'start' | 'complete'
  readonly deadline: Instant
}

/** The clocks that are not met yet, each with its deadline. */
export function runningClocks(state: ChangeState): readonly RunningClock[] {
  const { clocks, rollout } = state
  if (!clocks || isThrough(state)) return []
  const starts = rollout?.startedAt ? null : clocks.startBy
  return [
    ...(starts === null ? [] : [{ clock: 'start' as const, deadline: starts }]),
    ...(clocks.completeBy === null ? [] : [{ clock: 'complete' as const, deadline: clocks.completeBy }]),
  ]
}

/** How much of the time is over, each share once. A clock that is met runs no more. */
export function clocksOf(state: ChangeState, policy: Policy): readonly Standing[] {
  const zero = state.clocks?.zero
  const shares = policy.reminders.clocks?.shares
  if (zero === undefined || !shares) return []
  return runningClocks(state).map(({ clock, deadline }) => clockOf(state, clock, deadline, marksOf(zero, deadline, shares)))
}

interface Share {
  readonly at: Instant
  readonly share: number
}

function marksOf(zero: Instant, deadline: Instant, shares: readonly number[]): readonly Share[] {
  const [from, length] = [Date.parse(zero), Date.parse(deadline) - Date.parse(zero)]
  return shares.toSorted((a, b) => a - b).map((share) => ({ share, at: new Date(from + length * share).toISOString() }))
}

function clockOf(state: ChangeState, clock: 'start' | 'complete', deadline: Instant, shares: readonly Share[]): Standing {
  const name = calledAs(state)
  const missed = clock === 'start' ? 'has not been started by its deadline' : 'is not complete by its deadline'
  const line = (share: number): string =>
    share === 1 ? `MISSED: ${name} ${missed}` : `${Math.round(share * 100)} % of the time to ${clock} ${name} is over`
  return {
    kind: 'clocks',
    subject: `change:${state.id}/${clock}`,
    line: line(0),
    since: state.classification?.at ?? null,
    until: deadline,
    audience: 'patch team',
    roles: ['patch-team', 'security', 'operations'],
    change: state.id,
    under: cardOf(state),
    marks: shares.map(
      ({ share, at }): Mark => ({
        at,
        key: `${share}:${deadline}`,
        line: line(share),
        ...(share === 1 ? { final: deadline } : {}),
      }),
    ),
  }
}

/** A review that nobody has closed in time. */
export function reviewOf(state: ChangeState, policy: Policy): Standing | null {
  const days = policy.reminders.reviewDue?.days
  if (state.phase !== 'reviewing' || !state.review || days === undefined) return null
  const due = new Date(Date.parse(state.review.openedAt) + days * 86_400_000).toISOString()
  return {
    kind: 'reviewDue',
    subject: `change:${state.id}`,
    line: `the review of ${calledAs(state)} is due`,
    since: due,
    until: null,
    audience: 'patch team',
    roles: ['patch-team'],
    change: state.id,
    under: cardOf(state),
  }
}

/** A change that somebody let wait: for a rollup, a service pack, or the next bulletin. */
export function awaitingOf(state: ChangeState, _policy: Policy): Standing | null {
  if (!isAwaiting(state) || !state.awaiting) return null
  return {
    kind: 'awaiting',
    subject: `change:${state.id}`,
    line: `${calledAs(state)} still waits for: ${state.awaiting.what}`,
    since: state.awaiting.since,
    until: state.awaiting.until ?? null,
    audience: 'patch team',
    roles: ['patch-team', 'security'],
    change: state.id,
    under: { subject: `change:${state.id}`, card: 'alert' },
  }
}

/** A request for a delay that nobody has decided. */
export function delayOf({ id, changeId, askedAt, until }: OpenDelay, changes: readonly ChangeState[], policy: Policy): Standing {
  const state = changes.find((c) => c.id === changeId)
  return {
    kind: 'decisionPending',
    subject: `delay:${id}`,
    line: `a request to be updated later waits for its decision: ${state ? calledAs(state) : `change ${changeId}`}`,
    since: askedAt,
    until,
    audience: 'patch team',
    roles: state?.classification ? [policy.classes[state.classification.class].delayRole] : ['operations'],
    change: changeId,
    under: { subject: `delay:${id}`, card: 'request' },
  }
}
