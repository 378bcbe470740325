import { own } from '../../../src/core/own.ts'

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Zones that people write by name, in hours from UTC. */
const ZONES: Readonly<Record<string, number>> = {
  z: 0,
  ut: 0,
  utc: 0,
  gmt: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  cet: 1,
  cest: 2,
  bst: 1,
  jst: 9,
}

const ISO = /^(\d{4})(?:-?(\d{2})(?:-?(\d{2})(?:[T\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(.*)?)?)?)?$/i
const DAY_FIRST =
  /^(?:[a-z]{2,9}\.?,?\s*)?(\d{1,2})[\s-]([a-z]{3,9})\.?,?[\s-](\d{2,4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(.*)?)?$/i
const MONTH_FIRST = /^(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(.*)?)?$/i

const HALF = /^([ap])\.?m\.?\b/i

/** Hour of the day: some write the half of the day behind the time, before the zone. */
const hourOf = (hour: number, zone: string): number => {
  const half = HALF.exec(zone.trim())?.[1]?.toLowerCase()
  if (half === undefined || hour < 1 || hour > 12) return hour
  return (hour % 12) + (half === 'p' ? 12 : 0)
}

/** Minutes from UTC; a zone that nobody knows is UTC. */
const offsetOf = (zone: string): number => {
  const text = zone.trim().replace(HALF, '').trim().toLowerCase()
  const numeric = /^(?:gmt|utc)?\s*([+-])(\d{1,2}):?(\d{2})?/.exec(text)
  if (numeric === null) return (own(ZONES, text.replace(/[^a-z]/g, '')) ?? 0) * 60
  return (numeric[1] === '-' ? -1 : 1) * (Number(numeric[2]) * 60 + Number(numeric[3] ?? 0))
}

const yearOf = (text: string): number => (text.length > 2 ? Number(text) : Number(text) + (Number(text) < 70 ? 2000 : 1900))

interface Parts {
  readonly year: number
  /** 1 to 12; 0 is none. */
  readonly month: number
  readonly day: number
  readonly time: readonly (string | undefined)[]
  readonly zone: string
}

/** The day before the first of the next month. */
const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

const instantOf = ({ year, month, day, time, zone }: Parts): string | null => {
  const [clock = 0, minute = 0, second = 0] = time.map((part) => Number(part ?? 0))
  const hour = hourOf(clock, zone)
  if (
    year < 1980 ||
    year > 9998 ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysIn(year, month) ||
    hour > 24 ||
    minute > 59 ||
    second > 60
  )
    return null
  const offset = offsetOf(zone)
  if (Math.abs(offset) > 15 * 60) return null
  return new Date(Date.UTC(year, month - 1, day, hour, minute - offset, second)).toISOString()
}

const monthOf = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1

/**
 * A date as feeds write it (ISO 8601, RFC 822 and what people make of it, e.g. Oracle's `Tue, 21 July 2026  12:30:54`) -> instant. No
 * zone is UTC, wherever the bot runs. Null for what is no date, or before 1980.
 */
export const feedDate = (text: string): string | null => {
  const clean = text.slice(0, 80).replace(/\s+/g, ' ').trim()
  const iso = ISO.exec(clean)
  if (iso !== null)
    return instantOf({
      year: Number(iso[1]),
      month: Number(iso[2] ?? 1),
      day: Number(iso[3] ?? 1),
      time: [iso[4], iso[5], iso[6]],
      zone: iso[7] ?? '',
    })
  const european = DAY_FIRST.exec(clean)
  if (european !== null)
    return instantOf({
      year: yearOf(european[3] ?? ''),
      month: monthOf(european[2] ?? ''),
      day: Number(european[1]),
      time: [european[4], european[5], european[6]],
      zone: european[7] ?? '',
    })
  const american = MONTH_FIRST.exec(clean)
  if (american === null) return null
  return instantOf({
    year: yearOf(american[3] ?? ''),
    month: monthOf(american[1] ?? ''),
    day: Number(american[2]),
    time: [american[4], american[5], american[6]],
    zone: american[7] ?? '',
  })
}
