import type { Asset } from '../assess/asset.ts'
import type { BaselineEntry } from '../assess/baseline.ts'
import { vulnerabilitiesOf } from '../change/bulletins.ts'
import { clockWordsOf } from '../change/clock-facts.ts'
import { phaseWords } from '../change/guard.ts'
import type { ChangeState } from '../change/state.ts'
import type { HostProgress } from '../deploy/progress.ts'
import { nextOpenings, openAt } from '../deploy/window.ts'
import { humanIdOf, humanOf } from '../evaluate/quorum.ts'
import { personOf } from '../policy/groups.ts'
import { acts } from '../policy/readers.ts'
import type { Person, Policy, Role } from '../policy.ts'
import { allow, type Instant, type Ruled, refuse } from '../result.ts'
import { calendarOf, type Planned } from './calendar.ts'
import { clocksOf, nextDeadline } from './clocks.ts'
import { complianceOf, type Needing } from './compliance.ts'
import type { CardLink, HostFigures, OpenChange, Overview, SourceLine, Task } from './view.ts'
import { waitOf } from './wait.ts'

/** A change that is not over, as it stands. */
export interface ChangeFacts {
  readonly state: ChangeState
  /** What cards call it. */
  readonly name: string
  readonly hosts: readonly HostProgress[]
  /** The policy that its rollout goes by: the one that its plan was approved with, with the people of today. */
  readonly policy: Policy
  /** The card that its next step is made on. */
  readonly card: CardLink | null
}

/** Something beside the changes that waits for a role. */
export interface OtherTask extends Task {
  readonly role: Role
  /** Who asked for it, or has done their part: it is not theirs, nor their delegates'. */
  readonly notFor: readonly string[]
}

export interface OverviewFacts {
  readonly now: Instant
  readonly policy: Policy
  /** Was this policy bought off? */
  readonly approved: boolean
  readonly changes: readonly ChangeFacts[]
  readonly others: readonly OtherTask[]
  readonly assets: readonly Asset[]
  readonly baselines: readonly BaselineEntry[]
  readonly exempt: ReadonlySet<string>
  readonly sources: readonly SourceLine[]
}

/** May this person see it all? Asked before anything is read. */
export function mayOversee(policy: Policy, personId: string): Ruled<Person> {
  const person = policy.people.find(({ id }) => id === personId)
  if (!person) return refuse('PERSON_UNKNOWN', 'The policy knows nobody of this name.')
  if (acts(person.roles)) return allow(person)
  return refuse('ROLE_MISSING', 'The overview is for those who act in the cycle. What concerns your computer stands in the announcements.')
}

/** The cycle at a glance for one person, from what is stored. */
export function overviewOf(facts: OverviewFacts, person: Person): Overview {
  const { now, policy } = facts
  const changes = facts.changes.map((one) => openChange(one, facts)).sort((a, b) => rankOf(a, now) - rankOf(b, now) || a.id - b.id)
  return {
    now,
    waitsForYou: tasksOf(changes, facts, person),
    changes,
    calendar: calendarOf(
      policy,
      facts.changes.flatMap((one) => plannedOf(one, now)),
      now,
    ),
    compliance: complianceOf({
      ...facts,
      needing: facts.changes.flatMap((one) => needingOf(one, now)),
      staleAfterDays: policy.staleAfterDays,
    }),
    sources: facts.sources,
  }
}

function openChange({ state, name, hosts, policy: standing, card }: ChangeFacts, { policy, approved, now }: OverviewFacts): OpenChange {
  const wait = waitOf({ state, hosts, policy: standing, approved, now })
  return {
    id: state.id,
    name,
    title: state.bulletin.title,
    vendorId: state.bulletin.vendorId,
    verdict: state.bulletin.verdict,
    phase: state.phase,
    phaseWords: phaseWords(state.phase),
    class: state.classification?.class ?? null,
    proposed: state.proposal.class,
    emergency: state.classification?.type === 'emergency',
    drill: state.drill !== undefined,
    knownExploited: vulnerabilitiesOf(state).some(({ knownExploited }) => knownExploited === 'yes'),
    rehearsal: state.submission?.plan.runner === 'rehearsal',
    standsStill: state.rollout?.status === 'halted' || state.rollout?.status === 'stopped' ? state.rollout.status : null,
    clocks: clocksOf(state, now),
    clockWords: clockWordsOf(state, policy, state.classification?.class ?? state.proposal.class),
    wait: { ...wait, names: [...wait.people.map((id) => nameOf(policy, id, wait.roles)), ...groupsWith(policy, wait.roles)] },
    hosts: figuresOf(state, hosts),
    card,
  }
}

/** Anybody of a group that gives the role can do it, also who was never seen. */
const groupsWith = ({ groups }: Policy, roles: readonly Role[]): readonly string[] =>
  groups.filter((group) => group.roles.some((role) => roles.includes(role))).map(({ name }) => `anybody of ${name}`)

/** Who has the role only by a group is marked so. */
function nameOf(policy: Policy, id: string, roles: readonly Role[]): string {
  const person = personOf(policy, id)
  const own = person?.roles.some((role) => roles.includes(role) && !person.granted?.includes(role)) ?? true
  return person ? `${person.name}${own || roles.length === 0 ? '' : ' (by group)'}` : id
}

function figuresOf(state: ChangeState, hosts: readonly HostProgress[]): HostFigures {
  const inside = hosts.filter(({ status }) => status !== 'excluded' && status !== 'skipped')
  const count = (what: string): number => inside.filter(({ status }) => status === what).length
  const total = hosts.length > 0 ? inside.length : state.hosts.length
  return { total, done: count('verified'), failed: count('failed'), unknown: count('unknown') }
}

/** The smaller the more urgent: what is overdue, what nobody has classified (no clock drives it), the nearest deadline, none at all. */
const rankOf = (change: OpenChange, now: Instant): number => (change.clocks === null ? Date.parse(now) : dueRank(nextDeadline(change)))
const dueRank = (due: Instant | null): number => (due === null ? Number.MAX_SAFE_INTEGER : Date.parse(due))

function tasksOf(changes: readonly OpenChange[], { others, policy, now }: OverviewFacts, person: Person): readonly Task[] {
  const mine = changes
    .filter(({ wait }) => wait.people.includes(person.id))
    .map((change) => ({
      rank: rankOf(change, now),
      task: { text: change.wait.text, about: aboutOf(change), due: nextDeadline(change), card: change.card },
    }))
  const more = others
    .filter(({ role, notFor }) => person.roles.includes(role) && !notFor.some((id) => humanIdOf(policy, id) === humanOf(person)))
    .map(({ text, about, due, card }) => ({ rank: dueRank(due), task: { text, about, due, card } }))
  return [...mine, ...more].sort((a, b) => a.rank - b.rank).map(({ task }) => task)
}

export const aboutOf = ({ name, id }: { readonly name: string; readonly id: number }): string => `${name}, change ${id}`

/** The opening that hosts of this change are to start in: the planned one, or the next of its kind once that is over. */
function plannedOf({ state, name, hosts, policy, card }: ChangeFacts, now: Instant): readonly Planned[] {
  const window = state.submission?.plan.window
  if (!window || !['deciding', 'approved', 'announced', 'rolling out'].includes(state.phase)) return []
  const change = { id: state.id, name, approved: state.phase !== 'deciding', card }
  const rule = policy.windows.find(({ id }) => id === window.id)
  if (Date.parse(window.end) > Date.parse(now))
    return [{ window, change, opens: rule !== undefined && openAt(rule, policy.blackouts, window.start).open }]
  const left = hosts.some(({ status }) => status === 'waiting' || status === 'not attempted' || status === 'delayed')
  const [next] = rule && left && state.rollout?.status === 'running' ? nextOpenings(rule, policy.blackouts, now, 1) : []
  return next ? [{ window: { ...window, start: next.start, end: next.end }, change, opens: true }] : []
}

/** Installed is not enough: only a verified host is done, or one that was patched elsewhere and seen so. A drill is about no real hole. */
function needingOf({ state, hosts }: ChangeFacts, now: Instant): readonly Needing[] {
  if (state.drill) return []
  const verified = hosts.filter(({ status }) => status === 'verified')
  const done = new Set([...verified, ...state.elsewhere.filter(({ seenAt }) => seenAt !== undefined)].map(({ host }) => host))
  const by = state.clocks?.completeBy
  const overdue = by !== undefined && by !== null && Date.parse(now) > Date.parse(by)
  return state.hosts.filter(({ host }) => !done.has(host)).map(({ host }) => ({ host, overdue }))
}
