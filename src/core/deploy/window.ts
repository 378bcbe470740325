import { IANAZone } from 'luxon'
import type { Blackout, WindowRule } from '../policy.ts'
import { allow, type Instant, type Ruled, refuse } from '../result.ts'

/** One occurrence of a window. Half open: `start` is inside, `end` is not. */
export interface Opening {
  readonly windowId: string
  readonly start: Instant
  readonly end: Instant
}

export type OpenAt =
  | { readonly open: true; readonly start: Instant; readonly end: Instant }
  | { readonly open: false; readonly why: string }

const MINUTE = 60_000
const DAY = 1440 * MINUTE
/** How far ahead `nextOpenings` looks, so that an endless blackout ends the search. */
const HORIZON_DAYS = 732

interface Span {
  readonly start: number
  readonly end: number
}
interface Freeze extends Span {
  readonly text: string
}
interface Schedule {
  readonly zone: IANAZone
  readonly weekdays: ReadonlySet<number>
  /** Which of these weekdays of a month; null: every one. */
  readonly nth: ReadonlySet<number> | null
  readonly startMs: number
  readonly lengthMs: number
  readonly freezes: readonly Freeze[]
}

const zones = new Map<string, boolean>()

/** Asked anew it takes a tenth of a millisecond; a policy has few zones, and what anybody else sends is not kept. */
function isZone(zone: string): boolean {
  const known = zones.get(zone)
  if (known !== undefined) return known
  const valid = IANAZone.isValidZone(zone)
  if (valid) zones.set(zone, valid)
  return valid
}

/** Is it an IANA zone such as `Europe/Berlin`? A wrong one would turn every time into NaN, and NaN compares as "not over yet". */
export function checkZone(zone: string): Ruled<string> {
  if (isZone(zone)) return allow(zone)
  return refuse('ZONE_INVALID', `"${zone}" is not a time zone; expected an IANA name such as Europe/Berlin.`)
}

/**
 * Can the window and the blackouts be read at all? Refuses with the first thing that is wrong.
 * A blackout that cannot be read closes every window: nobody knows which days it meant to protect.
 */
export function checkWindow(rule: WindowRule, blackouts: readonly Blackout[]): Ruled<WindowRule> {
  const schedule = readSchedule(rule, blackouts)
  return schedule.ok ? allow(rule) : schedule
}

/**
 * The next `count` openings that start at or after `from`, in order; one that is open at `from` already is `openAt`'s to tell.
 * An occurrence that overlaps a blackout, even by a minute, does not open at all: work planned for the whole window would be cut
 * short. Fewer come back when two years hold no more; none when the zone or the schedule is wrong.
 */
export function nextOpenings(rule: WindowRule, blackouts: readonly Blackout[], from: Instant, count: number): readonly Opening[] {
  const schedule = readSchedule(rule, blackouts)
  const begin = Date.parse(from)
  if (!schedule.ok || Number.isNaN(begin)) return []
  const openings: Opening[] = []
  // The day before too: a start that falls into a gap may move past midnight.
  const firstDay = localDay(schedule.value.zone, begin) - DAY
  for (let i = 0; i < HORIZON_DAYS && openings.length < count; i++) {
    const span = occurrence(schedule.value, firstDay + i * DAY)
    if (span === null || span.start < begin || freezeOver(schedule.value, span)) continue
    openings.push({ windowId: rule.id, start: iso(span.start), end: iso(span.end) })
  }
  return openings
}

/** Is the window open at an instant? Never when anything about the schedule is wrong; `why` then says what. */
export function openAt(rule: WindowRule, blackouts: readonly Blackout[], at: Instant): OpenAt {
  const schedule = readSchedule(rule, blackouts)
  if (!schedule.ok) return { open: false, why: schedule.refusal.text }
  const now = Date.parse(at)
  if (Number.isNaN(now)) return { open: false, why: `"${at}" is not a time.` }
  const today = localDay(schedule.value.zone, now)
  let why = `Outside the window "${rule.name}".`
  for (const back of [2, 1, 0]) {
    const span = occurrence(schedule.value, today - back * DAY)
    if (span === null || now < span.start || now >= span.end) continue
    const freeze = freezeOver(schedule.value, span)
    if (freeze === undefined) return { open: true, start: iso(span.start), end: iso(span.end) }
    why = `Closed by the blackout ${freeze.text}.`
  }
  return { open: false, why }
}

const iso = (ms: number): Instant => new Date(ms).toISOString()

/** Midnight of the local calendar day, written as if the zone were UTC. */
function localDay(zone: IANAZone, at: number): number {
  const wall = at + zone.offset(at) * MINUTE
  return wall - (((wall % DAY) + DAY) % DAY)
}

/** The first (1) to fifth (5) or the last (-1) of its weekday in its month, by the local calendar. */
function isOneOf(nth: ReadonlySet<number> | null, day: number): boolean {
  if (nth === null) return true
  const date = new Date(day)
  const isLast = new Date(day + 7 * DAY).getUTCMonth() !== date.getUTCMonth()
  return nth.has(Math.ceil(date.getUTCDate() / 7)) || (isLast && nth.has(-1))
}

const isoWeekday = (day: number): number => new Date(day).getUTCDay() || 7

function occurrence(schedule: Schedule, day: number): Span | null {
  if (!schedule.weekdays.has(isoWeekday(day)) || !isOneOf(schedule.nth, day)) return null
  const start = firstInstant(schedule.zone, day + schedule.startMs)
  return { start, end: start + schedule.lengthMs }
}

/**
 * The instant of a wall time. A doubled one (autumn) is the first of the two; a missing one (spring) is the first instant after
 * the gap. Done here because luxon moves a missing time on by the length of the gap and promises nothing about a doubled one.
 */
function firstInstant(zone: IANAZone, wall: number): number {
  const offsets = [zone.offset(wall - DAY), zone.offset(wall + DAY)]
  const candidates = offsets.map((offset) => ({ offset, at: wall - offset * MINUTE })).sort((a, b) => a.at - b.at)
  const real = candidates.find(({ offset, at }) => zone.offset(at) === offset)
  if (real !== undefined) return real.at
  return firstAfterGap(zone, wall - Math.max(...offsets) * MINUTE, wall - Math.min(...offsets) * MINUTE)
}

/** Bisects to the millisecond: `before` lies before the change of offset, `after` behind it. */
function firstAfterGap(zone: IANAZone, before: number, after: number): number {
  const old = zone.offset(before)
  let low = before
  let high = after
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (zone.offset(middle) === old) low = middle
    else high = middle
  }
  return high
}

const freezeOver = (schedule: Schedule, span: Span): Freeze | undefined =>
  schedule.freezes.find((freeze) => freeze.start < span.end && span.start < freeze.end)

function readSchedule(rule: WindowRule, blackouts: readonly Blackout[]): Ruled<Schedule> {
  const zone = checkZone(rule.zone)
  if (!zone.ok) return zone
  const clock = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(rule.start)
  if (clock === null) return invalid(rule, `start "${rule.start}" is not a time of day such as 22:00`)
  if (!(rule.minutes > 0 && rule.minutes <= 1440)) return invalid(rule, `length ${rule.minutes} is not 1 to 1440 minutes`)
  if (!rule.weekdays.every((day) => day >= 1 && day <= 7)) return invalid(rule, 'weekdays are the numbers 1 (Monday) to 7')
  if (!(rule.nth ?? []).every((n) => n === -1 || (Number.isInteger(n) && n >= 1 && n <= 5)))
    return invalid(rule, 'nth is 1 (the first such weekday of a month) to 5, or -1 for the last')
  if (rule.nth?.length === 0) return invalid(rule, 'nth names no day')
  const freezes = blackouts.map(({ name, reason, from, to }) => ({
    start: Date.parse(from),
    end: Date.parse(to),
    text: `"${name}": ${reason}`,
  }))
  const unread = freezes.find(({ start, end }) => !(start < end))
  if (unread !== undefined) return invalid(rule, `the blackout ${unread.text} has no readable beginning before its end`)
  return allow({
    zone: IANAZone.create(zone.value),
    weekdays: new Set(rule.weekdays),
    nth: rule.nth === undefined ? null : new Set(rule.nth),
    startMs: (Number(clock[1]) * 60 + Number(clock[2])) * MINUTE,
    lengthMs: rule.minutes * MINUTE,
    freezes,
  })
}

const invalid = (rule: WindowRule, what: string) => refuse('WINDOW_INVALID', `The window "${rule.name}" never opens: ${what}.`)
