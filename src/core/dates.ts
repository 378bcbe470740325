import { DateTime } from 'luxon'
import type { Instant } from './result.ts'

/** A day that somebody typed, or a moment of it where a time of day stood behind it. */
export interface Typed {
  /** First instant of the day; the moment where a time was given. */
  readonly from: Instant
  /** Last millisecond of the day; the moment where a time was given. */
  readonly to: Instant
  readonly timed: boolean
  /** How many of the words were read. */
  readonly words: number
}

/** What can be typed, as people are told. */
export const DATE_EXAMPLES = '`2026-03-03`, `3 March`, `yesterday`, `2026-03-03 22:00`'

const DAYS = ['yyyy-M-d', 'd.M.yyyy', 'd MMMM yyyy', 'd MMM yyyy', 'MMMM d yyyy', 'MMM d yyyy']
/** Without a year. */
const SHORT_DAYS = ['d MMMM', 'd MMM', 'MMMM d', 'MMM d', 'd.M.']
const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/
const WORDS: ReadonlyMap<string, number> = new Map([
  ['yesterday', -1],
  ['today', 0],
  ['tomorrow', 1],
])
/** Longest date in words: `3 March 2026 22:00`. */
const MOST_WORDS = 4

/**
 * Reads a date at the beginning of what somebody typed, in their zone. A day without a year is the latest one that is past, or the next one
 * that is still to come, as `side` says. Null when there is none.
 */
export function readDate(words: readonly string[], zone: string, now: Instant, side: 'past' | 'future'): Typed | null {
  for (let count = Math.min(MOST_WORDS, words.length); count > 0; count -= 1) {
    const [last = ''] = words.slice(count - 1, count)
    const time = count > 1 ? TIME.exec(last) : null
    const day = readDay(words.slice(0, time ? count - 1 : count).join(' '), zone, now, side)
    if (day) return typed(day, time, count)
  }
  return null
}

function typed(day: DateTime, time: RegExpExecArray | null, words: number): Typed {
  const at = time ? day.set({ hour: Number(time[1]), minute: Number(time[2]) }) : day
  return { from: iso(at), to: iso(time ? at : at.endOf('day')), timed: time !== null || !day.equals(day.startOf('day')), words }
}

const iso = (at: DateTime): Instant => new Date(at.toMillis()).toISOString()

function readDay(text: string, zone: string, now: Instant, side: 'past' | 'future'): DateTime | null {
  const today = DateTime.fromISO(now, { zone }).startOf('day')
  const word = WORDS.get(text.toLowerCase())
  if (word !== undefined) return today.isValid ? today.plus({ days: word }) : null
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text)) return valid(DateTime.fromISO(text, { zone }))
  const clean = text.replace(/,/g, '').replace(/^(\d{1,2})(st|nd|rd|th)\b/i, '$1')
  const whole = firstOf(DAYS, clean, zone)
  return whole ?? withYear(firstOf(SHORT_DAYS, clean, zone, today.year), today, side)
}

/** Without a year it is read in this one: a day on the wrong side of today is that of the year before, or after. */
function withYear(day: DateTime | null, today: DateTime, side: 'past' | 'future'): DateTime | null {
  if (!day) return null
  if (side === 'past' && day > today) return day.minus({ years: 1 })
  return side === 'future' && day < today ? day.plus({ years: 1 }) : day
}

function firstOf(formats: readonly string[], text: string, zone: string, year?: number): DateTime | null {
  for (const format of formats) {
    const [given, shape] = year === undefined ? [text, format] : [`${text} ${year}`, `${format} yyyy`]
    const read = valid(DateTime.fromFormat(given, shape, { zone, locale: 'en-GB' }))
    if (read) return read
  }
  return null
}

const valid = (at: DateTime): DateTime | null => (at.isValid ? at : null)
