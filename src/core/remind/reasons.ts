import type { Policy, ReminderKind } from '../policy.ts'
import { awaitingOf, clocksOf, delayOf, pendingOf, reviewOf } from './change-reasons.ts'
import { exceptionOf, weakRoleStandings } from './people-reasons.ts'
import type { HouseView, Standing } from './reminder.ts'
import { windowSoonOf, windowTomorrowOf } from './window-reasons.ts'

/** Every reason to remind somebody of something, as the house is now. Kinds that the policy has switched off have none. */
export function standings(house: HouseView): readonly Standing[] {
  const { policy, changes, delays, exceptions } = house
  const all: readonly Standing[] = [
    ...changes.flatMap((state) => changeStandings(state, policy)),
    ...delays.map((request) => delayOf(request, changes, policy)),
    ...exceptions.map((exception) => exceptionOf(exception, policy)),
    ...weakRoleStandings(policy),
    regular('auditHead', 'audit:0'),
    regular('dailySummary', 'day:0'),
  ]
  return all.filter(({ kind }) => policy.reminders[kind] !== null)
}

/** Those that one change gives. */
export const changeStandings = (state: HouseView['changes'][number], policy: Policy): readonly Standing[] =>
  [pendingOf, clocksOf, windowTomorrowOf, windowSoonOf, reviewOf, awaitingOf].flatMap((reason) => reason(state, policy) ?? [])

/** What is said every day, whatever happens. */
const regular = (kind: ReminderKind, subject: string): Standing => ({
  kind,
  subject,
  line: '',
  since: null,
  until: null,
  audience: 'admin',
  roles: [],
})
