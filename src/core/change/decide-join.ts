import { moreUrgent, type Proposal } from '../evaluate/classification.ts'
import { CLASSES, type Policy } from '../policy.ts'
import { allow, refuse } from '../result.ts'
import { bulletinsOf, sameBulletin } from './bulletins.ts'
import type { ChangeJoined, Command, Context } from './command.ts'
import { elsewhereHosts } from './decide-elsewhere.ts'
import { trusted } from './decide-evaluate.ts'
import { isAwaiting, mayAwait } from './decide-wait.ts'
import { type Decision, inPhase, phaseWords, type Refused, withRole } from './guard.ts'
import { openHeld } from './held.ts'
import { badFiles } from './patch-files.ts'
import type { ChangeState, Phase } from './state.ts'
import { buildsOf, supersedes, uniteHosts } from './unite.ts'

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>

/** Nothing is decided yet: such changes can be joined. */
export const UNDECIDED: readonly Phase[] = ['alerted', 'awaiting', 'testing', 'planning', 'deciding']

/** A person joins this change with another one; it ends, the other goes on with both. */
export function merge(state: ChangeState, { into }: Of<'merge'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'security'], 'join changes')
  if (!who.ok) return who
  const fits = canJoin(state, into)
  if (!fits.ok) return fits
  const { incomparable } = uniteHosts(state.hosts, into.hosts)
  if (incomparable.length > 0)
    return refuse('NOT_COMPARABLE', `Nobody can say which build is the higher one, so they stay apart: ${incomparable.join('; ')}.`)
  return allow([{ kind: 'merged', by: who.actor.id, into: into.id }])
}

/**
 * A later change covers this one: every build that it was to bring. A person takes it over at any time before the decision; the
 * house does so by itself only for a change that awaits just that, and never on the ground of a bulletin that nobody has proved.
 */
export function supersede(state: ChangeState, { into, fixed }: Of<'supersede'>, ctx: Context): Decision {
  if (ctx.actor !== null) {
    const who = withRole(ctx, ['patch-team', 'security'], 'take a change over')
    if (!who.ok) return who
  } else if (state.phase !== 'awaiting') return refuse('PERSON_NEEDED', 'Only a change that waits is taken over without a person.')
  const fits = canJoin(state, into)
  if (!fits.ok) return fits
  const trust = trusted(into)
  if (!trust.ok) return trust
  if (!supersedes(fixed, state.hosts))
    return refuse('NOT_COVERED', `Change ${into.id} does not bring every build of change ${state.id}, so it cannot take it over.`)
  return allow([{ kind: 'superseded', by: ctx.actor?.id ?? null, into: into.id }])
}

function canJoin(state: ChangeState, into: ChangeState): Refused | { readonly ok: true } {
  const phase = inPhase(state, UNDECIDED, 'join it with another change')
  if (!phase.ok) return phase
  if (state.id === into.id) return refuse('SAME_CHANGE', 'A change cannot be joined with itself.')
  if (!UNDECIDED.includes(into.phase)) return refuse('STALE', `Change ${into.id} ${phaseWords(into.phase)}: nothing joins it any more.`)
  if ((state.drill === undefined) !== (into.drill === undefined))
    return refuse('DRILL', 'A drill and a real change are never joined with each other.')
  return { ok: true }
}

/** The side that goes on. The command comes from the house, in the transaction in which the other one ended. */
export function join(state: ChangeState, command: Of<'join'>, ctx: Context): Decision {
  const { change, how } = command
  if (ctx.actor !== null) {
    const who = withRole(ctx, ['patch-team', 'security'], 'join changes')
    if (!who.ok) return who
  }
  const fits = canJoin(change, state)
  if (!fits.ok) return fits
  return allow([{ ...joined(state, change, how, ctx.policy), by: ctx.actor?.id ?? null }])
}

function joined(state: ChangeState, change: ChangeState, how: ChangeJoined['how'], policy: Policy): Omit<ChangeJoined, 'by'> {
  const [older, newer] = Date.parse(change.openedAt) <= Date.parse(state.openedAt) ? [change, state] : [state, change]
  // The later match says who still needs it: a host that is not in it has what it needs, or is gone.
  const united = how === 'superseded' ? { hosts: state.hosts, conflicts: [] } : uniteHosts(older.hosts, newer.hosts)
  const left = new Set(united.hosts.map((h) => h.host))
  const known = buildsOf(state.hosts)
  const zero = earliest(state, change)
  const classification = classificationOf(state, change)
  return {
    kind: 'change joined',
    change: change.id,
    how,
    // Two changes about one bulletin: it is in the one that goes on already.
    bulletins: bulletinsOf(change).filter((theirs) => !bulletinsOf(state).some((mine) => sameBulletin(mine, theirs))),
    hosts: united.hosts,
    conflicts: united.conflicts,
    settled: change.hosts.map((h) => h.host).filter((h) => !left.has(h)),
    proposal: proposalOf(state, change),
    elsewhere: change.elsewhere.filter((e) => !elsewhereHosts(state).includes(e.host)),
    ...(badFiles(change).length > 0 ? { badFiles: badFiles(change) } : {}),
    ...(openHeld(change).length > 0 ? { held: openHeld(change) } : {}),
    ...(classification ? { classification } : {}),
    ...(zero ? { zero } : {}),
    newBuilds: [...buildsOf(united.hosts)].some((build) => !known.has(build)),
    voidsPlan: state.phase === 'deciding',
    waits:
      isAwaiting(state) &&
      [classification?.class, change.classification?.class ?? change.proposal.class].every((c) => c && mayAwait(policy, c)),
  }
}

/** Clock zero never moves later, whichever change it began with. */
function earliest(...changes: readonly ChangeState[]): string | undefined {
  const zeros = changes.flatMap((c) => c.clocks?.zero ?? c.inheritedZero ?? [])
  return zeros.sort((a, b) => Date.parse(a) - Date.parse(b))[0]
}

/** The most urgent of what is proposed for either, and of what a person has decided for the joined one. */
function proposalOf(state: ChangeState, change: ChangeState): Proposal {
  const decided: Proposal[] = change.classification
    ? [{ class: change.classification.class, reasons: [`change ${change.id} was classified ${change.classification.class}`] }]
    : []
  const theirs = { ...change.proposal, reasons: change.proposal.reasons.map((r) => `${change.bulletin.vendorId}: ${r}`) }
  return [state.proposal, theirs, ...decided].reduce((a, b) => (moreUrgent(a.class, b.class) === a.class ? a : b))
}

/** Where both are classified, the more urgent of both. One that is not classified yet waits for a person, whatever joins it. */
function classificationOf({ classification: mine }: ChangeState, { classification: theirs }: ChangeState) {
  if (!mine || !theirs) return mine
  const { class: chosen } = CLASSES.indexOf(theirs.class) < CLASSES.indexOf(mine.class) ? theirs : mine
  const type = mine.type === 'emergency' || theirs.type === 'emergency' ? 'emergency' : mine.type === theirs.type ? mine.type : 'normal'
  return { ...(chosen === mine.class ? mine : theirs), type: type as typeof mine.type }
}
