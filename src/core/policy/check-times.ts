import { Cron } from 'croner'
import { IANAZone } from 'luxon'
import { nextOpenings } from '../deploy/window.ts'
import type { Blackout, WindowRule } from '../policy.ts'
import type { LoosePolicy, PolicyProblem } from './loose.ts'

/** What is wrong with zones, schedules, windows and blackouts. */
export function timeProblems(policy: LoosePolicy): readonly PolicyProblem[] {
  return [...badZones(policy), ...badCrons(policy), ...badShares(policy), ...badBlackouts(policy), ...closedWindows(policy)]
}

function badZones({ zone, people = [], windows = [], reminders = {} }: LoosePolicy): readonly PolicyProblem[] {
  const zones = [
    { path: ['zone'], zone },
    ...people.map((person, i) => ({ path: ['people', i, 'zone'], zone: person.zone })),
    ...windows.map((window, i) => ({ path: ['windows', i, 'zone'], zone: window.zone })),
    ...Object.entries(reminders).map(([name, reminder]) => ({ path: ['reminders', name, 'zone'], zone: reminder.zone })),
  ]
  return zones
    .filter((one) => one.zone !== undefined && !IANAZone.isValidZone(one.zone))
    .map(({ path, zone: wrong }) => ({ path, message: `expected an IANA zone such as Europe/Berlin, got "${wrong}"` }))
}

/** Some day to look ahead from: whether an expression ever comes does not depend on it. */
const SOME_DAY = '2026-01-01T00:00:00'

function badCrons({ reminders = {} }: LoosePolicy): readonly PolicyProblem[] {
  return Object.entries(reminders).flatMap(([name, { cron }]) => {
    const flaw = cron === undefined ? null : cronFlaw(cron)
    return flaw === null
      ? []
      : [{ path: ['reminders', name, 'cron'], message: `expected a cron expression such as 0 9 * * 1-5, got "${cron}": ${flaw}` }]
  })
}

/** Why a schedule cannot be followed; null when it can. */
function cronFlaw(expression: string): string | null {
  try {
    return new Cron(expression, { paused: true, mode: '5-or-6-parts' }).nextRun(SOME_DAY) === null ? 'it never comes' : null
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
  }
}

function badShares({ reminders = {} }: LoosePolicy): readonly PolicyProblem[] {
  return Object.entries(reminders).flatMap(([name, { shares = [] }]) =>
    shares.flatMap((share, i) =>
      shares.indexOf(share) < i
        ? [{ path: ['reminders', name, 'shares', i], message: `expected each share once, got ${share} twice` }]
        : [],
    ),
  )
}

function badBlackouts({ blackouts = [] }: LoosePolicy): readonly PolicyProblem[] {
  return blackouts.flatMap(({ from, to }, i) =>
    from === undefined || to === undefined || !(Date.parse(from) >= Date.parse(to))
      ? []
      : [{ path: ['blackouts', i, 'to'], message: `expected an instant after ${from}, got ${to}` }],
  )
}

/** Far enough after the window's own days, and from the beginning of each blackout: two years without an opening are never. */
function closedWindows({ windows = [], blackouts = [] }: LoosePolicy): readonly PolicyProblem[] {
  const freezes = blackouts.flatMap(readBlackout)
  return windows.flatMap((window, i) => {
    const rule = readWindow(window)
    if (rule === null) return []
    const path = ['windows', i]
    if (nextOpenings(rule, [], `${SOME_DAY}Z`, 1).length === 0)
      return [{ path, message: `expected days that come, got a window that never opens` }]
    const closed = freezes.find(({ from }) => nextOpenings(rule, freezes, from, 1).length === 0)
    return closed
      ? [
          {
            path,
            message: `expected a window that opens within two years; blackout "${closed.name}" keeps it closed from ${closed.from} on`,
          },
        ]
      : []
  })
}

type Loose<K extends 'windows' | 'blackouts'> = NonNullable<LoosePolicy[K]>[number]

function readBlackout({ name, from, to }: Loose<'blackouts'>): readonly Blackout[] {
  if (from === undefined || to === undefined || !(Date.parse(from) < Date.parse(to))) return []
  return [{ name: name ?? '', from, to, reason: '' }]
}

/** Null where a part cannot be read: that is told where it stands. */
function readWindow({ id = '', name = '', zone, start, minutes, weekdays, nth }: Loose<'windows'>): WindowRule | null {
  if (zone === undefined || start === undefined || minutes === undefined || weekdays === undefined) return null
  if (!IANAZone.isValidZone(zone) || !/^([01]\d|2[0-3]):[0-5]\d$/.test(start) || !(minutes >= 15 && minutes <= 1440)) return null
  if (weekdays.length === 0 || !weekdays.every((day) => day >= 1 && day <= 7)) return null
  const places = nth?.filter((n): n is 1 | 2 | 3 | 4 | 5 | -1 => NTH.has(n))
  if (places?.length !== nth?.length) return null
  return { id, name, zone, start, minutes, weekdays, ...(places === undefined ? {} : { nth: places }) }
}

const NTH: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, -1])
