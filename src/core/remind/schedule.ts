import { Cron } from 'croner'
import type { Policy, ReminderKind } from '../policy.ts'
import type { Instant } from '../result.ts'

/** When, in the words of cron, and in which zone. */
export interface CronRule {
  readonly cron: string
  /** IANA zone. */
  readonly zone: string
}

/** Most occurrences that are looked back for: whoever was away longer hears no more about it than that. */
const MOST = 60
const SECOND = 1000

/** The schedule of a kind, in the organisation's zone where it names none; null for one that is switched off, or has no schedule. */
export function cronOf(policy: Pick<Policy, 'reminders' | 'zone'>, kind: ReminderKind): CronRule | null {
  const rule = policy.reminders[kind]
  return rule && 'cron' in rule ? { cron: rule.cron, zone: rule.zone ?? policy.zone } : null
}

/** Why the expression cannot be read; null where it can. */
export function cronProblem(rule: CronRule): string | null {
  const read = reader(rule)
  return typeof read === 'string' ? read : null
}

/**
 * The occurrences after `since` and not after `now`, oldest first, the newest `MOST` of them. A fixed time of day that a clock change
 * skips comes at the first instant after the gap, one that it doubles comes once. An expression or zone that cannot be read has none.
 */
export function occurrencesBetween(rule: CronRule, since: Instant, now: Instant): readonly Instant[] {
  const read = reader(rule)
  const [from, to] = [Date.parse(since), Date.parse(now)]
  if (typeof read === 'string' || !(from < to)) return []
  // croner looks before a whole second: the one that has just begun counts.
  return read
    .previousRuns(MOST, new Date(to + SECOND))
    .map((run) => run.getTime())
    .filter((run) => run > from && run <= to)
    .sort((a, b) => a - b)
    .map(iso)
}

/** The first occurrence after `now`; null where there is none any more. */
export function nextOccurrence(rule: CronRule, now: Instant): Instant | null {
  const read = reader(rule)
  if (typeof read === 'string') return null
  const next = read.nextRun(new Date(now))
  return next ? iso(next.getTime()) : null
}

const iso = (ms: number): Instant => new Date(ms).toISOString()

/** Without a function to call it computes, and nothing is ever started. */
function reader({ cron, zone }: CronRule): Cron | string {
  try {
    const read = new Cron(cron, { timezone: zone, mode: '5-or-6-parts' })
    // The zone is looked at when a time is computed.
    read.nextRun(new Date(0))
    return read
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
