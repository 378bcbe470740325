import { DateTime } from 'luxon'
import { Fault } from '../fault.ts'
import type { ClassRule } from '../policy.ts'
import type { Instant } from '../result.ts'

/** The two clocks. Null: the class has no such deadline (it awaits a rollup or service pack). */
export interface Clocks {
  /** When they began to run. Reclassifying never moves it. */
  readonly zero: Instant
  readonly startBy: Instant | null
  readonly completeBy: Instant | null
}

/**
 * Both deadlines of a class from clock zero. A month is a calendar month in the organisation's zone (Table 2.3 and
 * the preset `chapter`). Throws `Fault` ZONE_INVALID for an unknown zone.
 */
export function clocksFor(rule: ClassRule, zero: Instant, zone: string): Clocks {
  const start = DateTime.fromISO(zero, { zone })
  if (!start.isValid) throw new Fault('ZONE_INVALID', `expected an IANA zone and an instant, got ${zone} and ${zero}`)
  const iso = (at: DateTime): Instant => at.toUTC().toISO() as Instant
  const startBy =
    rule.startMonths !== undefined
      ? iso(start.plus({ months: rule.startMonths }))
      : rule.startHours !== null
        ? iso(start.plus({ hours: rule.startHours }))
        : null
  return { zero, startBy, completeBy: rule.completeHours === null ? null : iso(start.plus({ hours: rule.completeHours })) }
}

/** The deadlines of a class in words, for a card that is shown before the clocks run. */
export function clockWords(rule: ClassRule): string {
  const start =
    rule.startMonths !== undefined
      ? `start within ${rule.startMonths === 1 ? '1 month' : `${rule.startMonths} months`}`
      : rule.startHours !== null
        ? `start within ${durationWords(rule.startHours)}`
        : 'await a rollup or service pack'
  const complete = rule.completeHours === null ? 'no deadline to complete' : `complete within ${durationWords(rule.completeHours)}`
  return `${start}, ${complete}`
}

/** Hours in words: days where they are whole and more than three. */
export function durationWords(hours: number): string {
  if (hours >= 96 && hours % 168 === 0) return hours === 168 ? '1 week' : `${hours / 168} weeks`
  if (hours >= 96 && hours % 24 === 0) return `${hours / 24} days`
  return hours === 1 ? '1 hour' : `${hours} hours`
}
