import { hostsWords, type Occasion, type OpeningsView, scheduleCard, type WindowView, windowsCard } from '../../../cards/calendar.ts'
import { shortened } from '../../../cards/words.ts'
import type { ChangeState } from '../../../core/change/state.ts'
import { nextOpenings, openAt } from '../../../core/deploy/window.ts'
import type { Policy, WindowRule } from '../../../core/policy.ts'
import { calledAs } from '../../../core/remind/change-reasons.ts'
import type { Instant } from '../../../core/result.ts'
import type { Outcome } from '../../../ports.ts'
import { type Commands, show, TEAM, type Typed } from './rule.ts'

const WEEKS = 4
/** Most openings of one window that are counted. */
const MOST = 60
const NEXT = 3

/** Commands about when something may happen. */
export const CALENDAR: Commands = {
  schedule: { usage: 'schedule', what: `what is planned into the next ${WEEKS} weeks`, roles: TEAM, run: schedule },
  windows: { usage: 'windows', what: 'each maintenance window, and is it open', roles: TEAM, run: windows },
}

async function windows({ house }: Typed): Promise<Outcome> {
  const { policy } = house.inForce
  const now = house.clock.now().toISOString()
  return show(windowsCard(policy.windows.map((rule) => windowView(rule, policy, now))))
}

function windowView(rule: WindowRule, { blackouts }: Policy, now: Instant): WindowView {
  const open = openAt(rule, blackouts, now)
  const { assetClasses, environments, sites, departments } = rule.hosts ?? {}
  return {
    name: rule.name,
    hosts: hostsWords([assetClasses, environments, sites, departments]),
    openUntil: open.open ? open.end : null,
    why: open.open ? '' : open.why,
    next: nextOpenings(rule, blackouts, now, NEXT).map(({ start }) => start),
  }
}

async function schedule({ house }: Typed): Promise<Outcome> {
  const { policy } = house.inForce
  const now = house.clock.now()
  const until = new Date(now.getTime() + WEEKS * 7 * 86_400_000).toISOString()
  const rows = await house.db.change.findMany({ where: { phase: { in: PLANNED } }, orderBy: { id: 'asc' } })
  const changes = rows.map((row) => row.state as unknown as ChangeState)
  const from = now.toISOString()
  return show(
    scheduleCard(
      WEEKS,
      occasions(policy, changes, from, until),
      policy.windows.map((rule) => openingsOf(rule, policy, from, until)),
    ),
  )
}

const PLANNED = ['deciding', 'approved', 'announced', 'rolling out']

/** What is planned, and when nothing may change, in its order. Windows into which nothing is planned are counted, not listed. */
function occasions(policy: Policy, changes: readonly ChangeState[], now: Instant, until: Instant): readonly Occasion[] {
  const planned = changes.flatMap((state) => (state.submission ? [{ state, window: state.submission.plan.window }] : []))
  const ahead = planned.filter(({ window }) => window.end > now && window.start <= until)
  return [
    ...[...Map.groupBy(ahead, ({ window }) => `${window.id} ${window.start}`).values()].flatMap(([first, ...more]): readonly Occasion[] =>
      first
        ? [
            {
              at: first.window.start,
              until: first.window.end,
              what: [{ strong: first.window.name }, ': ', plannedWords([first, ...more].map(({ state }) => state))],
            },
          ]
        : [],
    ),
    ...policy.blackouts
      .filter(({ from, to }) => Date.parse(to) > Date.parse(now) && Date.parse(from) <= Date.parse(until))
      .map(({ name, from, to, reason }): Occasion => ({ at: from, until: to, what: [{ strong: `NO CHANGES: ${name}` }, `, ${reason}`] })),
  ].sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
}

const openingsOf = (rule: WindowRule, { blackouts }: Policy, now: Instant, until: Instant): OpeningsView => {
  const starts = nextOpenings(rule, blackouts, now, MOST).map(({ start }) => start)
  return { name: rule.name, count: starts.filter((start) => start <= until).length, next: starts[0] ?? null }
}

const plannedWords = (changes: readonly ChangeState[]): string =>
  shortened(
    changes.map((c) => `${calledAs(c)}${c.phase === 'deciding' ? ', not decided yet' : ''}`),
    6,
  )
