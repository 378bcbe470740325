import { DateTime } from 'luxon'
import { personOf } from '../policy/groups.ts'
import type { Person, Role } from '../policy.ts'
import { type Instant, type Ruled, refuse } from '../result.ts'
import type { ChangeEvent, Context } from './command.ts'
import type { ChangeState, Phase } from './state.ts'

export type Decision = Ruled<readonly ChangeEvent[]>

export type Refused = Extract<Decision, { ok: false }>

/** A decision goes on, or a refusal ends it. */
type Guarded = { readonly ok: true; readonly actor: Person } | Refused

/** The asker is a person who holds one of the roles. */
export function withRole(ctx: Context, roles: readonly Role[], what: string): Guarded {
  if (ctx.actor === null) return refuse('PERSON_NEEDED', `Only a person can ${what}.`)
  if (ctx.actor.roles.some((role) => roles.includes(role))) return { ok: true, actor: ctx.actor }
  return refuse('ROLE_MISSING', `To ${what} you need the role ${roles.join(' or ')}. Ask somebody who holds it: ${holders(ctx, roles)}.`)
}

function holders({ policy }: Context, roles: readonly Role[]): string {
  const has = (one: { readonly roles: readonly Role[] }): boolean => one.roles.some((role) => roles.includes(role))
  const names = [...policy.people.filter(has).map((p) => p.name), ...policy.groups.filter(has).map((g) => `anybody of ${g.name}`)]
  return names.join(', ') || 'nobody holds it yet'
}

const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  alerted: 'waits for its classification',
  awaiting: 'awaits a rollup or service pack',
  testing: 'is being tested',
  planning: 'waits for a plan',
  deciding: 'waits for go or no-go',
  approved: 'is approved and waits for its announcement',
  announced: 'is announced and waits for its window',
  'rolling out': 'is being rolled out',
  reviewing: 'is in review',
  closed: 'is closed',
  'not relevant': 'was decided to be not relevant',
  'done elsewhere': 'was done outside Patchcrier and waits for the inventory to show it',
  merged: 'is part of another change now',
  superseded: 'was taken over by a later change',
}

export const phaseWords = (phase: Phase): string => PHASE_WORDS[phase]

export const OVER: readonly Phase[] = ['closed', 'not relevant', 'merged', 'superseded']

/** Nothing more happens to it. */
export const isOver = ({ phase }: Pick<ChangeState, 'phase'>): boolean => OVER.includes(phase)

/** The phase in which a command makes sense; otherwise the card that was clicked is stale. */
export function inPhase(state: ChangeState, phases: readonly Phase[], what: string): { readonly ok: true } | Refused {
  if (phases.includes(state.phase)) return { ok: true }
  return refuse('STALE', `You cannot ${what} now: change ${state.id} ${phaseWords(state.phase)}.`)
}

/** No reason at all, or white space in place of one. */
export const blank = (text: string): boolean => text.trim() === ''

export const nameOf = (ctx: Context, id: string): string => personOf(ctx.policy, id)?.name ?? id

/** A past moment in the asker's own zone: "at 14:20", with the date where it was another day. */
export function momentWords(ctx: Context, moment: Instant): string {
  const zone = ctx.actor?.zone ?? ctx.policy.zone
  const then = DateTime.fromISO(moment, { zone }).setLocale('en-GB')
  return then.hasSame(DateTime.fromISO(ctx.now, { zone }), 'day')
    ? `at ${then.toFormat('HH:mm')}`
    : `on ${then.toFormat("d LLL 'at' HH:mm")}`
}
