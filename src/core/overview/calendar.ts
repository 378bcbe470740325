import { nextOpenings, type Opening } from '../deploy/window.ts'
import type { Policy, WindowRule } from '../policy.ts'
import type { Instant } from '../result.ts'
import type { Calendar, CalendarOpening, PlannedChange } from './view.ts'

const DAY = 86_400_000
const DAYS = 28
/** More than any window has in the time shown: one a day, and the day before. */
const MOST = DAYS + 2

/** A change and the opening that its hosts are to start in. */
export interface Planned {
  readonly window: { readonly id: string; readonly name: string; readonly start: Instant; readonly end: Instant }
  readonly change: PlannedChange
  /** Does it open, by the policy that the rollout goes by? */
  readonly opens: boolean
}

/** The openings and blackouts of the next four weeks, with what is planned into them. */
export function calendarOf(policy: Policy, planned: readonly Planned[], now: Instant): Calendar {
  const to = iso(Date.parse(now) + DAYS * DAY)
  const openings = policy.windows.flatMap((rule) =>
    openingsOf(rule, policy, now, to).map((opening) => ({
      window: rule.id,
      name: rule.name,
      start: opening.start,
      end: opening.end,
      hosts: hostWords(rule),
      opens: true,
      changes: planned
        .filter(({ window }) => window.id === rule.id && sameInstant(window.start, opening.start))
        .map(({ change }) => change),
    })),
  )
  const all = [...openings, ...withoutOpening(planned, openings, now, to)]
  return {
    from: now,
    to,
    openings: all.sort((a, b) => Date.parse(a.start) - Date.parse(b.start) || (a.window < b.window ? -1 : 1)),
    blackouts: policy.blackouts
      .filter((blackout) => Date.parse(blackout.to) > Date.parse(now) && Date.parse(blackout.from) < Date.parse(to))
      .map(({ name, reason, from, to: until }) => ({ name, reason, from, to: until })),
  }
}

/** A day earlier too: one that has begun is still open. */
function openingsOf(rule: WindowRule, { blackouts }: Policy, now: Instant, to: Instant): readonly Opening[] {
  return nextOpenings(rule, blackouts, iso(Date.parse(now) - DAY), MOST).filter(
    ({ start, end }) => Date.parse(end) > Date.parse(now) && Date.parse(start) < Date.parse(to),
  )
}

/**
 * Planned into an opening that the policy in force does not have. It opens all the same where the rollout goes by an older version; where
 * a freeze came in between it does not, and nothing would start.
 */
function withoutOpening(planned: readonly Planned[], openings: readonly CalendarOpening[], now: Instant, to: Instant): CalendarOpening[] {
  const lost = planned.filter(
    ({ window }) =>
      Date.parse(window.end) > Date.parse(now) &&
      Date.parse(window.start) < Date.parse(to) &&
      !openings.some((opening) => opening.window === window.id && sameInstant(opening.start, window.start)),
  )
  return lost.map(({ window, change, opens }) => ({
    window: window.id,
    name: window.name,
    start: window.start,
    end: window.end,
    hosts: '',
    opens,
    changes: [change],
  }))
}

function hostWords({ hosts = {} }: WindowRule): string {
  const { assetClasses = [], environments = [], sites = [], departments = [] } = hosts
  return [assetClasses, environments, sites, departments]
    .filter((list) => list.length > 0)
    .map((list) => list.join(', '))
    .join(' · ')
}

const sameInstant = (a: Instant, b: Instant): boolean => Date.parse(a) === Date.parse(b)
const iso = (ms: number): Instant => new Date(ms).toISOString()
