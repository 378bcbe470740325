import type { Policy, ReminderKind } from '../policy.ts'
import type { Instant } from '../result.ts'
import { standings } from './reasons.ts'
import type { HouseView, Mark, Snooze, Standing, Wanted } from './reminder.ts'
import { cronOf, nextOccurrence, occurrencesBetween } from './schedule.ts'

/** A look at the house: everything that was due after `since` and is not later than `now` is decided in it, and never again. */
export interface Look {
  readonly since: Instant
  readonly now: Instant
  readonly snoozes: readonly Snooze[]
}

/** Minutes after which the house is looked at again, whatever is due: reasons come and go between two looks. */
const LOOK_AGAIN_MINUTES = 10

/**
 * The reminders that are wanted now. Of several occurrences of one reason that are due, only the latest; none of a reason that is gone.
 * A clock that was moved back wants nothing until it has passed the last look.
 */
export function dueReminders(house: HouseView, look: Look): readonly Wanted[] {
  if (!(Date.parse(look.since) < Date.parse(look.now))) return []
  const scheduled = new Map<ReminderKind, readonly Instant[]>()
  const due = (kind: ReminderKind): readonly Instant[] => {
    const known = scheduled.get(kind) ?? occurrencesOf(house.policy, kind, look)
    scheduled.set(kind, known)
    return known
  }
  return standings(house)
    .filter((standing) => !isPast(standing, look.now))
    .flatMap((standing) => wantedOf(standing, standing.marks ?? due(standing.kind).map(plainMark), look))
}

/** There is nothing any more that it could be for. */
export const isPast = ({ over }: Pick<Standing, 'over'>, now: Instant): boolean => over !== undefined && over <= now

const plainMark = (at: Instant): Mark => ({ at, key: at })

function occurrencesOf(policy: Policy, kind: ReminderKind, { since, now }: Look): readonly Instant[] {
  const rule = cronOf(policy, kind)
  return rule ? occurrencesBetween(rule, since, now) : []
}

function wantedOf(standing: Standing, marks: readonly Mark[], look: Look): readonly Wanted[] {
  const snoozes = look.snoozes.filter((s) => s.kind === standing.kind && s.subject === standing.subject)
  const latestMark = marks.findLast((m) => m.at <= look.now)
  const ends = snoozes.map((s): Mark => ({ ...latestMark, at: s.until, key: `again:${s.until}` }))
  const due = [...marks, ...ends]
    .filter(({ at }) => at > look.since && at <= look.now && at >= (standing.since ?? at))
    .filter(({ at, final, key }) => (final !== undefined && !key.startsWith('again:')) || !snoozes.some((s) => at < s.until))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const latest = due.at(-1)
  if (!latest) return []
  const { marks: _, ...reason } = standing
  return [
    {
      ...reason,
      line: latest.line ?? standing.line,
      occurrence: latest.key,
      at: latest.at,
      missed: due.length - 1,
      final: due.findLast((m) => m.final !== undefined)?.final ?? null,
    },
  ]
}

/** When to look at the house again: at the next instant at which something is due, and not later than in a few minutes. */
export function nextLook(house: HouseView, { now, snoozes }: Pick<Look, 'now' | 'snoozes'>): Instant {
  const kinds = Object.keys(house.policy.reminders) as ReminderKind[]
  const crons = kinds.flatMap((kind) => cronOf(house.policy, kind) ?? []).map((rule) => nextOccurrence(rule, now))
  const marks = standings(house).flatMap(({ marks = [] }) => marks.map(({ at }) => at))
  const soon = new Date(Date.parse(now) + LOOK_AGAIN_MINUTES * 60_000).toISOString()
  const all = [...crons, ...marks, ...snoozes.map(({ until }) => until), soon]
  return all.filter((at) => at !== null && at > now).sort()[0] ?? soon
}
