import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import { checkWindow, nextOpenings, openAt } from '../../src/core/deploy/window.ts'
import { notForWords, windowForWords, windowIsFor } from '../../src/core/deploy/window-hosts.ts'
import type { WindowRule } from '../../src/core/policy.ts'

const rule = (zone: string, start: string, weekdays: number[], nth: WindowRule['nth'], own: Partial<WindowRule> = {}): WindowRule => ({
  id: 'monthly',
  name: 'Monthly',
  zone,
  start,
  minutes: 120,
  weekdays,
  ...(nth === undefined ? {} : { nth }),
  ...own,
})
const starts = (of: WindowRule, from: string, count: number): readonly string[] =>
  nextOpenings(of, [], from, count).map(({ start }) => start)

describe('the Nth weekday of a month', () => {
  test.each<[string, WindowRule, string, string[]]>([
    [
      'second Tuesday',
      rule('Europe/Berlin', '22:00', [2], [2]),
      '2026-09-01T00:00:00.000Z',
      ['2026-09-08T20:00:00.000Z', '2026-10-13T20:00:00.000Z', '2026-11-10T21:00:00.000Z'],
    ],
    [
      'the month begins on that weekday',
      rule('Europe/Berlin', '22:00', [2], [1]),
      '2026-08-31T00:00:00.000Z',
      ['2026-09-01T20:00:00.000Z', '2026-10-06T20:00:00.000Z'],
    ],
    [
      'last Saturday, the fourth or the fifth',
      rule('Europe/Berlin', '20:00', [6], [-1]),
      '2026-10-01T00:00:00.000Z',
      ['2026-10-31T19:00:00.000Z', '2026-11-28T19:00:00.000Z', '2026-12-26T19:00:00.000Z', '2027-01-30T19:00:00.000Z'],
    ],
    [
      'fifth Saturday: not every month has one',
      rule('Europe/Berlin', '20:00', [6], [5]),
      '2026-10-01T00:00:00.000Z',
      ['2026-10-31T19:00:00.000Z', '2027-01-30T19:00:00.000Z'],
    ],
    [
      'the last one is told once where it is the fifth, too',
      rule('UTC', '20:00', [6], [5, -1]),
      '2026-10-01T00:00:00.000Z',
      ['2026-10-31T20:00:00.000Z', '2026-11-28T20:00:00.000Z'],
    ],
    [
      'first and third, on two weekdays',
      rule('UTC', '20:00', [1, 4], [1, 3]),
      '2026-10-01T00:00:00.000Z',
      [
        '2026-10-01T20:00:00.000Z',
        '2026-10-05T20:00:00.000Z',
        '2026-10-15T20:00:00.000Z',
        '2026-10-19T20:00:00.000Z',
        '2026-11-02T20:00:00.000Z',
      ],
    ],
    [
      'by the calendar of the zone: the first Tuesday of November in Auckland begins in October UTC',
      rule('Pacific/Auckland', '01:00', [7], [1]),
      '2026-10-30T00:00:00.000Z',
      ['2026-10-31T12:00:00.000Z'],
    ],
    [
      'last day of February, in a leap year and not',
      rule('UTC', '20:00', [1, 2, 3, 4, 5, 6, 7], [-1]),
      '2028-02-28T00:00:00.000Z',
      ['2028-02-28T20:00:00.000Z', '2028-02-29T20:00:00.000Z'],
    ],
    [
      'last Sunday of March, 02:30 is missing in Berlin: the first instant after the gap',
      rule('Europe/Berlin', '02:30', [7], [-1]),
      '2026-03-02T00:00:00.000Z',
      ['2026-03-29T01:00:00.000Z', '2026-04-26T00:30:00.000Z'],
    ],
    [
      'last Sunday of October, 02:30 is there twice: the first',
      rule('Europe/Berlin', '02:30', [7], [-1]),
      '2026-10-02T00:00:00.000Z',
      ['2026-10-25T00:30:00.000Z'],
    ],
    [
      'midnight is missing in Santiago on the first Sunday of September: the first instant after it is still that Sunday',
      rule('America/Santiago', '00:00', [7], [1]),
      '2026-09-01T00:00:00.000Z',
      ['2026-09-06T04:00:00.000Z', '2026-10-04T03:00:00.000Z'],
    ],
    [
      'every one, where nothing is given',
      rule('UTC', '20:00', [6], undefined),
      '2026-10-01T00:00:00.000Z',
      ['2026-10-03T20:00:00.000Z', '2026-10-10T20:00:00.000Z'],
    ],
  ])('%s', (_, of, from, expected) => {
    expect(starts(of, from, expected.length)).toEqual(expected)
  })

  test('a window over the end of the month belongs to the day on which it began', () => {
    const night = rule('UTC', '23:00', [6], [-1])
    expect(openAt(night, [], '2026-11-01T00:30:00.000Z').open).toBe(true)
    expect(openAt(night, [], '2026-11-07T23:30:00.000Z').open).toBe(false)
  })

  test.each<[string, WindowRule]>([
    ['the sixth', rule('UTC', '20:00', [6], [6 as never])],
    ['the second to last', rule('UTC', '20:00', [6], [-2 as never])],
    ['none', rule('UTC', '20:00', [6], [])],
  ])('%s never opens', (_, of) => {
    expect(checkWindow(of, [])).toMatchObject({ ok: false, refusal: { code: 'WINDOW_INVALID', text: expect.stringMatching(/nth/) } })
    expect(starts(of, '2026-10-01T00:00:00.000Z', 1)).toEqual([])
  })

  test('as luxon counts weekdays of a month', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Pacific/Auckland', 'Asia/Kathmandu', 'UTC')
    const nths = fc.uniqueArray(fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const, 5 as const, -1 as const), { minLength: 1 })
    fc.assert(
      fc.property(zones, nths, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 1500 }), (zone, nth, weekday, days) => {
        const from = new Date(Date.parse('2026-01-01T00:00:00.000Z') + days * 86_400_000).toISOString()
        // Noon is there once every day.
        for (const start of starts(rule(zone, '12:00', [weekday], nth), from, 4)) {
          const local = DateTime.fromISO(start, { zone })
          const isLast = local.plus({ weeks: 1 }).month !== local.month
          expect([local.weekday, local.hour]).toEqual([weekday, 12])
          expect(nth.some((n) => n === Math.ceil(local.day / 7)) || (isLast && nth.includes(-1))).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a window for some hosts', () => {
  const web = { assetClass: 'web servers', environment: 'production', site: 'Norderhafen', department: 'Digital' } as const
  const only = (hosts: NonNullable<WindowRule['hosts']>): WindowRule => rule('UTC', '20:00', [6], undefined, { hosts })

  test.each<[string, WindowRule['hosts'], boolean]>([
    ['for all', undefined, true],
    ['of its class', { assetClasses: ['db', 'web servers'] }, true],
    ['of its environment', { environments: ['production'] }, true],
    ['of its site', { sites: ['Norderhafen'] }, true],
    ['of its department', { departments: ['Digital'] }, true],
    ['of another class', { assetClasses: ['db'] }, false],
    ['of its class elsewhere: every list has to have it', { assetClasses: ['web servers'], sites: ['New York'] }, false],
  ])('%s', (_, hosts, expected) => {
    expect(windowIsFor(hosts === undefined ? {} : { hosts }, web)).toBe(expected)
  })

  test('who is left out reads which window is theirs', () => {
    const servers = { ...only({ assetClasses: ['web servers'] }), name: 'Servers' }
    const tests = { ...only({ environments: ['test'] }), name: 'Tests' }
    expect(notForWords(tests, web, [servers, tests])).toBe('the window "Tests" is not for it: its window is "Servers"')
    expect(notForWords(tests, web, [servers, tests, { ...servers, name: 'More' }])).toMatch(/its windows are "Servers", "More"$/)
    expect(notForWords(tests, web, [tests])).toMatch(/no window of the policy is for it$/)
    expect(windowForWords(only({ assetClasses: ['web servers', 'db'], environments: ['production'] }))).toBe('web servers, db; production')
    expect(windowForWords({})).toBe('')
  })
})
