import { allow, type Instant, refuse } from '../result.ts'
import type { Command, Context } from './command.ts'
import { blank, type Decision, inPhase, withRole } from './guard.ts'
import type { ChangeState } from './state.ts'

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>

/** Hosts that somebody says were patched outside the bot. */
export const elsewhereHosts = (state: ChangeState): readonly string[] => state.elsewhere.map((h) => h.host)

/** Those of them that nothing has shown at the fixed version yet. */
export const unseenHosts = (state: ChangeState): readonly string[] =>
  state.elsewhere.filter((h) => h.seenAt === undefined).map((h) => h.host)

/**
 * Somebody patched hosts outside the bot and says so. That is a report, not a success: they count once the inventory, or a report
 * of theirs, shows the fixed version.
 */
export function doneElsewhere(state: ChangeState, command: Of<'done-elsewhere'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'record it as done elsewhere')
  if (!who.ok) return who
  const phase = inPhase(state, ['alerted', 'awaiting', 'testing', 'planning', 'deciding', 'approved'], 'record it as done elsewhere')
  if (!phase.ok) return phase
  const known = new Set(state.hosts.map((h) => h.host))
  const foreign = command.hosts.filter((h) => !known.has(h))
  if (foreign.length > 0) return refuse('HOST_UNKNOWN', `Not hosts of change ${state.id}: ${foreign.join(', ')}.`)
  const hosts = [...new Set(command.hosts)].filter((h) => !elsewhereHosts(state).includes(h))
  if (hosts.length === 0) return refuse('NOTHING_TO_DO', 'These hosts are recorded already, or no host was named.')
  if (blank(command.reason)) return refuse('REASON_NEEDED', 'Please say who did it and how: an auditor will ask.')
  if (!(Date.parse(command.when) <= Date.parse(ctx.now))) return refuse('WHEN_FUTURE', 'Only what has been done can be recorded as done.')
  const voidsPlan = state.phase === 'deciding' || state.phase === 'approved'
  return allow([{ kind: 'done elsewhere', by: who.actor.id, hosts, reason: command.reason, when: command.when, voidsPlan }])
}

/** What the inventory shows. Hosts that nobody reported, and those that were seen before, change nothing. */
export function seenFixed(state: ChangeState, command: Of<'seen-fixed'>): Decision {
  const hosts = unseenHosts(state).filter((h) => command.hosts.includes(h))
  return allow(hosts.length === 0 ? [] : [{ kind: 'seen fixed', hosts }])
}

/** Is every host of the change reported as done elsewhere? Then nothing is left to plan. */
export const allElsewhere = (state: ChangeState): boolean => {
  const reported = new Set(elsewhereHosts(state))
  return state.hosts.length > 0 && state.hosts.every((h) => reported.has(h.host))
}

/** Hosts that the next plan is not for: they stay unpatched until a day, by a named person with a reason. */
export function leaveOut(state: ChangeState, command: Of<'leave-out'>, ctx: Context): Decision {
  const who = withRole(ctx, ['patch-team', 'operations'], 'leave hosts out')
  if (!who.ok) return who
  const phase = inPhase(state, ['testing', 'planning', 'deciding'], 'leave hosts out')
  if (!phase.ok) return phase
  const known = new Set(state.hosts.map((h) => h.host))
  const foreign = command.hosts.filter((h) => !known.has(h))
  if (foreign.length > 0) return refuse('HOST_UNKNOWN', `Not hosts of change ${state.id}: ${foreign.join(', ')}.`)
  const hosts = [...new Set(command.hosts)]
  if (hosts.length === 0) return refuse('NOTHING_TO_DO', 'Please name the hosts that are left out.')
  if (blank(command.reason)) return refuse('REASON_NEEDED', 'Please say why these hosts are left out: they stay unpatched.')
  const until = exemptUntil(command.until, ctx)
  if (until === null) return refuse('UNTIL_PAST', 'Please give a day that is still to come, or none.')
  const { reason, control } = command
  return allow([{ kind: 'hosts left out', by: who.actor.id, hosts, reason, control, until, voidsPlan: state.phase === 'deciding' }])
}

/** When an exemption ends: as said, else as long as the policy lets it last. Null when that has passed. */
export function exemptUntil(said: Instant | undefined, { now, policy }: Context): Instant | null {
  const until = said ?? new Date(Date.parse(now) + policy.exemptionDays * 86_400_000).toISOString()
  return Date.parse(until) > Date.parse(now) ? until : null
}
