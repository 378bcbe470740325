import type { ClassRule, Role } from '../policy.ts'
import { allow, type Instant, type Ruled, refuse } from '../result.ts'
import type { Opening } from './window.ts'

/** A planned host, as far as a delay depends on it. */
export interface DelayableHost {
  readonly host: string
  /** E-mail of its owner. */
  readonly owner: string
  /** An order was given already. */
  readonly started: boolean
}

export interface DelayAsk {
  readonly person: { readonly id: string; readonly email: string }
  /** Host names that the delay is asked for. */
  readonly hosts: readonly string[]
  readonly planned: readonly DelayableHost[]
  readonly until: Instant
  readonly reason: string
  readonly now: Instant
  /** Beginning of the window that the plan is scheduled into. */
  readonly plannedStart: Instant
  /** Openings to come, in order; the first one after the delay says when the hosts would be patched. */
  readonly openings: readonly Opening[]
  /** Delays that this person was granted on this change so far. */
  readonly granted: number
  readonly rule: Pick<ClassRule, 'delaysPerPerson' | 'delayRole'>
  /** Null: the class has no deadline. A delay never moves it. */
  readonly completeBy: Instant | null
}

export interface DelayAsked {
  readonly hosts: readonly string[]
  readonly until: Instant
  readonly reason: string
  /** Role that decides. */
  readonly role: Role
  /** When the hosts would be patched; null when no later window is known. */
  readonly startsAt: Instant | null
  readonly missesDeadline: boolean
  /** One sentence for the person who asks and for the one who decides. */
  readonly text: string
}

/** Checks a request. A deadline that would be missed is no reason to refuse it here: the decider sees it, and the clock is not reset. */
export function askDelay(ask: DelayAsk): Ruled<DelayAsked> {
  const reason = ask.reason.trim()
  if (reason === '') return refuse('DELAY_NEEDS_REASON', 'Please say why it should be later.')
  const until = checkUntil(ask)
  if (!until.ok) return until
  if (ask.rule.delaysPerPerson === 0) return refuse('DELAY_NOT_ALLOWED', 'The policy allows no delay for this class of change.')
  if (ask.granted >= ask.rule.delaysPerPerson) {
    return refuse(
      'DELAY_LIMIT',
      `You were granted ${ask.granted} of ${ask.rule.delaysPerPerson} delays for this change; no further one is possible.`,
    )
  }
  const hosts = checkHosts(ask)
  if (!hosts.ok) return hosts
  const startsAt = ask.openings.find(({ start }) => Date.parse(start) >= Date.parse(until.value))?.start ?? null
  const missesDeadline = ask.completeBy !== null && Date.parse(startsAt ?? until.value) > Date.parse(ask.completeBy)
  const role = ask.rule.delayRole
  return allow({
    hosts: hosts.value,
    until: until.value,
    reason,
    role,
    startsAt,
    missesDeadline,
    text: tell(role, startsAt, missesDeadline),
  })
}

export interface DelayDecision {
  readonly askedBy: string
  readonly until: Instant
  /** Name of who decided it already. */
  readonly decidedBy: string | null
  readonly decider: { readonly id: string; readonly roles: readonly Role[]; readonly delegateOf?: string | undefined }
  readonly role: Role
  readonly grant: boolean
  readonly now: Instant
  /** Some host of the request was given its order meanwhile. */
  readonly started: boolean
  readonly granted: number
  readonly limit: number
}

/** May this person decide this request now? Nobody decides their own, and a delegate counts as the delegating person. */
export function decideDelay(decision: DelayDecision): Ruled<'granted' | 'declined'> {
  const { decider, askedBy, decidedBy, role, grant } = decision
  if (decidedBy !== null) return refuse('DELAY_DECIDED', `${decidedBy} has already decided this request.`)
  if (decider.id === askedBy || decider.delegateOf === askedBy) {
    return refuse('DELAY_OWN', `You asked for this delay, so someone else of ${role} has to decide it.`)
  }
  if (!decider.roles.includes(role)) return refuse('DELAY_NOT_YOURS', `Delays of this class are decided by ${role}.`)
  if (!grant) return allow('declined')
  if (decision.started) return refuse('DELAY_TOO_LATE', 'The update of these computers has begun; a delay can no longer be granted.')
  if (!(Date.parse(decision.now) < Date.parse(decision.until)))
    return refuse('DELAY_EXPIRED', 'The time that was asked for is over; there is nothing left to delay.')
  if (decision.granted >= decision.limit)
    return refuse(
      'DELAY_LIMIT',
      `This person has had ${decision.granted} of ${decision.limit} delays for this change; no further one is possible.`,
    )
  return allow('granted')
}

function checkUntil({ until, now, plannedStart }: DelayAsk): Ruled<Instant> {
  const at = Date.parse(until)
  if (Number.isNaN(at)) return refuse('DELAY_UNTIL_INVALID', `"${until}" is not a date and time.`)
  if (!(at > Date.parse(now))) return refuse('DELAY_UNTIL_PAST', 'The time you ask for is over already; please choose a later one.')
  if (!(at > Date.parse(plannedStart)))
    return refuse('DELAY_NO_EFFECT', 'The update starts after the time you ask for anyway; no delay is needed.')
  return allow(new Date(at).toISOString())
}

function checkHosts({ hosts, planned, person }: DelayAsk): Ruled<readonly string[]> {
  if (hosts.length === 0) return refuse('DELAY_NO_HOST', 'Please name at least one of your computers.')
  for (const host of hosts) {
    const found = planned.find((one) => one.host === host)
    if (found === undefined) return refuse('DELAY_NOT_PLANNED', `${host} is not part of this change; it is not touched.`)
    if (found.owner.toLowerCase() !== person.email.toLowerCase())
      return refuse('DELAY_NOT_OWNER', `${host} is not yours; its owner has to ask.`)
    if (found.started) return refuse('DELAY_TOO_LATE', `The update of ${host} has begun; it can no longer be delayed.`)
  }
  return allow([...new Set(hosts)].sort())
}

function tell(role: Role, startsAt: Instant | null, missesDeadline: boolean): string {
  const when =
    startsAt === null
      ? 'No maintenance window after that time is known yet.'
      : 'The update follows in the next maintenance window after that time.'
  const deadline = missesDeadline ? ' The deadline of this change will be missed; it is not moved.' : ''
  return `Decided by ${role}. ${when}${deadline}`
}
