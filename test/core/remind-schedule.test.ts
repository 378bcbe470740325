import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cronProblem, nextOccurrence, occurrencesBetween } from '../../src/core/remind/schedule.ts'

const berlin = (cron: string) => ({ cron, zone: 'Europe/Berlin' })

describe('occurrences of a schedule, in its zone', () => {
  test.each([
    [
      'workdays at nine, from Friday to Tuesday',
      berlin('0 9 * * 1-5'),
      '2026-11-20T09:00:00.000Z',
      '2026-11-24T08:00:00.000Z',
      ['2026-11-23T08:00:00.000Z', '2026-11-24T08:00:00.000Z'],
    ],
    [
      'the instant itself is in, the last look is not',
      berlin('0 9 * * *'),
      '2026-11-23T08:00:00.000Z',
      '2026-11-24T08:00:00.000Z',
      ['2026-11-24T08:00:00.000Z'],
    ],
    ['a millisecond too early', berlin('0 9 * * *'), '2026-11-23T08:00:00.000Z', '2026-11-24T07:59:59.999Z', []],
    [
      'another zone',
      { cron: '0 9 * * *', zone: 'America/New_York' },
      '2026-11-23T00:00:00.000Z',
      '2026-11-24T00:00:00.000Z',
      ['2026-11-23T14:00:00.000Z'],
    ],
    [
      'spring: the hour is skipped, it comes right after the gap',
      berlin('30 2 * * *'),
      '2026-03-28T12:00:00.000Z',
      '2026-03-30T12:00:00.000Z',
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    ],
    [
      'autumn: the hour is doubled, it comes once',
      berlin('30 2 * * *'),
      '2026-10-24T12:00:00.000Z',
      '2026-10-26T12:00:00.000Z',
      ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ],
    [
      'nine o’clock stays nine o’clock over both',
      berlin('0 9 * * 0'),
      '2026-03-22T00:00:00.000Z',
      '2026-03-29T23:00:00.000Z',
      ['2026-03-22T08:00:00.000Z', '2026-03-29T07:00:00.000Z'],
    ],
    ['six fields', berlin('15 0 9 * * *'), '2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z', ['2026-11-23T08:00:15.000Z']],
    [
      'the second Tuesday',
      berlin('0 9 * * 2#2'),
      '2026-11-01T00:00:00.000Z',
      '2026-12-31T00:00:00.000Z',
      ['2026-11-10T08:00:00.000Z', '2026-12-08T08:00:00.000Z'],
    ],
    ['a day that never comes', berlin('0 9 31 2 *'), '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z', []],
    ['a clock that was moved back', berlin('0 9 * * *'), '2026-11-24T08:00:00.000Z', '2026-11-23T08:00:00.000Z', []],
  ])('%s', (_, rule, since, now, expected) => {
    expect(occurrencesBetween(rule, since, now)).toEqual(expected)
  })

  test('after a year away only the newest are looked back for', () => {
    const found = occurrencesBetween(berlin('0 9 * * *'), '2025-01-01T00:00:00.000Z', '2026-01-01T12:00:00.000Z')
    expect(found).toHaveLength(60)
    expect(found.at(-1)).toBe('2026-01-01T08:00:00.000Z')
  })

  test.each([
    ['61 9 * * *', 'Europe/Berlin'],
    ['every morning at nine', 'Europe/Berlin'],
    ['0 9 * * *', 'Mars/Base'],
    ['0 9 * * * * *', 'Europe/Berlin'],
    ['0 25 * * *', 'Europe/Berlin'],
  ])('"%s" in %s cannot be read: it has no occurrence, and a problem that can be told', (cron, zone) => {
    expect(cronProblem({ cron, zone })).toEqual(expect.stringMatching(/./))
    expect(occurrencesBetween({ cron, zone }, '2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z')).toEqual([])
    expect(nextOccurrence({ cron, zone }, '2026-11-23T00:00:00.000Z')).toBeNull()
  })
  test('a good one has no problem', () => expect(cronProblem(berlin('0 9 * * 1-5'))).toBeNull())
})

test('wherever a period is cut, the parts have the same occurrences as the whole', () => {
  const minutes = (n: number): string => new Date(Date.parse('2026-10-20T00:00:00.000Z') + n * 60_000).toISOString()
  const crons = fc.constantFrom('30 2 * * *', '0 9 * * 1-5', '*/30 2 * * *', '0 */6 * * *', '15 3 * * 0')
  const cuts = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 2, maxLength: 8 })
  fc.assert(
    fc.property(crons, cuts, (cron, all) => {
      const times = all.sort((a, b) => a - b).map(minutes)
      const [first = '', last = ''] = [times[0], times.at(-1)]
      const parts = times.slice(1).flatMap((time, i) => occurrencesBetween(berlin(cron), times[i] ?? first, time))
      expect(parts).toEqual(occurrencesBetween(berlin(cron), first, last))
    }),
    { numRuns: 60 },
  )
})
