import { expect, test } from 'vitest'
import { longestSilence, type Track, tracked, trend, usualInterval } from '../../src/core/identify/health.ts'

const hour = (n: number): string => new Date(Date.UTC(2026, 0, 1, n)).toISOString()
const HOUR = 3_600_000
const EMPTY: Track = { news: [], listed: [] }

test.each([
  [[], null],
  [[0, 1, 2], null],
  [[0, 1, 2, 3], HOUR],
  [[0, 6, 12, 100, 106], 6 * HOUR],
])('news at hours %j come every %s ms', (hours, usual) => expect(usualInterval(hours.map(hour))).toBe(usual))

const DAYS = 24
test.each([
  ['nothing is known of its habits', [0, 1, 2], null, null],
  ['the policy says it', [0, 1, 2], 3, 3 * DAYS],
  ['the policy says it, whatever its habits', [0, 1, 2, 3], 400, 400 * DAYS],
  ['every hour: a week is short enough', [0, 1, 2, 3], null, 7 * DAYS],
  ['every day: twenty days', [0, 24, 48, 72], null, 20 * DAYS],
  [
    'many at once, twice a year: twice the longest silence',
    [0, 1, 2, 180 * DAYS, 180 * DAYS + 1, 180 * DAYS + 2],
    null,
    2 * (180 * DAYS - 2),
  ],
])('%s', (_, hours, silentDays, most) => expect(longestSilence(hours.map(hour), silentDays)).toBe(most === null ? null : most * HOUR))

test.each([
  [[], null],
  [[5], null],
  [[5, 9, 5], null],
  [[100, 120, 90], { from: 100, to: 90 }],
])('counts %j: %j', (listed, expected) => expect(trend(listed)).toEqual(expected))

test('a look without news and with the same list leaves the track as it is', () => {
  const before = tracked(EMPTY, hour(1), true, 10)
  expect(tracked(before, hour(2), false, 10)).toEqual(before)
  expect(tracked(before, hour(2), false, null)).toEqual(before)
})

test('a track does not grow without end', () => {
  const long = Array.from({ length: 100 }, (_, i) => i).reduce<Track>((track, i) => tracked(track, hour(i), true, i), EMPTY)
  expect([long.news.length, long.listed.length, long.listed.at(-1)]).toEqual([12, 12, 99])
})
