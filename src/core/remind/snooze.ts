import { DateTime } from 'luxon'
import type { Person } from '../policy.ts'
import { allow, type Instant, type Ruled, refuse } from '../result.ts'
import type { Said } from './reminder.ts'

const DAY_MS = 86_400_000
const MORNING = 9

export const SNOOZES = ['day', 'morning'] as const

/**
 * May this person put the reminder off, and until when? Whom it concerns by role may. A deadline that was missed can be put off for a day
 * in all, whatever was chosen. Morning is the person's own.
 */
export function snoozeUntil(
  said: Pick<Said, 'roles' | 'final'>,
  actor: Person,
  choice: (typeof SNOOZES)[number],
  now: Instant,
): Ruled<Instant> {
  if (!actor.roles.some((role) => said.roles.includes(role)))
    return refuse('NOT_YOURS', `This reminder is for ${said.roles.join(', ')}; only they can snooze it.`)
  const here = DateTime.fromISO(now, { zone: actor.zone })
  const morning = here.plus({ days: 1 }).set({ hour: MORNING, minute: 0, second: 0, millisecond: 0 })
  const wanted = choice === 'day' || !morning.isValid ? Date.parse(now) + DAY_MS : morning.toMillis()
  const limit = said.final === null ? Number.POSITIVE_INFINITY : Date.parse(said.final) + DAY_MS
  if (limit <= Date.parse(now)) return refuse('SNOOZE_TOO_LONG', 'A missed deadline can be snoozed for one day in all, and that is over.')
  return allow(new Date(Math.min(wanted, limit)).toISOString())
}
