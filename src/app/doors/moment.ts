import { DateTime } from 'luxon'
import { allow, type Instant, type Ruled, refuse } from '../../core/result.ts'

/**
 * A day, or a day with a time, as people type it: `2026-11-20` or `2026-11-20 21:30`, in the organisation's zone. A day alone is its
 * first or its last moment. Nothing typed is null.
 */
export function readMoment(text: string, zone: string, edge: 'start' | 'end'): Ruled<Instant | null> {
  const typed = text.trim().replace('T', ' ')
  if (typed === '') return allow(null)
  const day = DateTime.fromFormat(typed, 'yyyy-MM-dd', { zone })
  const moment = day.isValid ? (edge === 'start' ? day : day.endOf('day')) : DateTime.fromFormat(typed, 'yyyy-MM-dd HH:mm', { zone })
  const read = moment.isValid ? moment.toUTC().toISO() : null
  return read === null ? refuse('DATE_UNKNOWN', `Expected a day such as 2026-12-01, got "${typed.slice(0, 40)}".`) : allow(read)
}
