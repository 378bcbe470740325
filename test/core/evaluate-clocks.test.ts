import { describe, expect, test } from 'vitest'
import { clocksFor, clockWords, durationWords } from '../../src/core/evaluate/clocks.ts'
import type { ChangeClass, ClassRule } from '../../src/core/policy.ts'
import { policy } from '../support/change.ts'

const rule = (own: Partial<ClassRule>): ClassRule => ({ ...policy.classes.high, ...own })
const month = (own: Partial<ClassRule> = {}): ClassRule => rule({ startHours: null, startMonths: 1, completeHours: null, ...own })

describe('both deadlines run from clock zero', () => {
  test.each<[ChangeClass, string | null, string | null]>([
    ['critical', '2026-11-24T09:00:00.000Z', '2026-11-26T09:00:00.000Z'],
    ['high', '2026-11-30T09:00:00.000Z', '2026-12-07T09:00:00.000Z'],
    ['medium', '2026-12-23T09:00:00.000Z', '2027-01-07T09:00:00.000Z'],
    ['low', null, null],
  ])('%s', (name, startBy, completeBy) => {
    const zero = '2026-11-23T09:00:00.000Z'
    expect(clocksFor(policy.classes[name], zero, 'Europe/Berlin')).toEqual({ zero, startBy, completeBy })
  })
})

describe('a month is a calendar month in the zone of the organisation', () => {
  test.each([
    ['31 January: the last day of February', '2026-01-31T09:00:00.000Z', 'Europe/Berlin', '2026-02-28T09:00:00.000Z'],
    ['31 January of a leap year', '2028-01-31T09:00:00.000Z', 'Europe/Berlin', '2028-02-29T09:00:00.000Z'],
    ['30 April: 30 May', '2026-04-30T09:00:00.000Z', 'Europe/Berlin', '2026-05-30T09:00:00.000Z'],
    ['across the spring change: the same time of day', '2026-03-15T09:00:00.000Z', 'Europe/Berlin', '2026-04-15T08:00:00.000Z'],
    ['across the autumn change: the same time of day', '2026-10-15T08:00:00.000Z', 'Europe/Berlin', '2026-11-15T09:00:00.000Z'],
    ['already the 31st in Berlin, and April has 30 days', '2026-03-30T23:30:00.000Z', 'Europe/Berlin', '2026-04-29T23:30:00.000Z'],
    ['the same instant is the 30th in New York', '2026-03-30T23:30:00.000Z', 'America/New_York', '2026-04-30T23:30:00.000Z'],
    [
      '5 in the morning UTC on 1 March is 28 February in Honolulu',
      '2026-03-01T05:00:00.000Z',
      'Pacific/Honolulu',
      '2026-03-29T05:00:00.000Z',
    ],
  ])('%s', (_, zero, zone, startBy) => {
    expect(clocksFor(month(), zero, zone).startBy).toBe(startBy)
  })

  test('hours are elapsed time: 24 of them across the spring change end an hour later on the wall', () => {
    const clocks = clocksFor(rule({ startHours: 24, completeHours: 48 }), '2026-03-28T11:00:00.000Z', 'Europe/Berlin')
    expect(clocks).toMatchObject({ startBy: '2026-03-29T11:00:00.000Z', completeBy: '2026-03-30T11:00:00.000Z' })
  })
})

describe('what cannot be read is a fault, never a deadline', () => {
  test.each([
    ['an unknown zone', '2026-11-23T09:00:00.000Z', 'Europe/Norderhafen'],
    ['no instant', 'yesterday', 'Europe/Berlin'],
  ])('%s', (_, zero, zone) => {
    expect(() => clocksFor(policy.classes.high, zero, zone)).toThrow(expect.objectContaining({ code: 'ZONE_INVALID' }))
  })
})

describe('in words', () => {
  test.each<[ChangeClass, string]>([
    ['critical', 'start within 24 hours, complete within 72 hours'],
    ['high', 'start within 1 week, complete within 2 weeks'],
    ['medium', 'start within 1 month, complete within 45 days'],
    ['low', 'await a rollup or service pack, no deadline to complete'],
  ])('%s', (name, words) => {
    expect(clockWords(policy.classes[name])).toBe(words)
  })

  test('two months', () => {
    expect(clockWords(month({ startMonths: 2 }))).toBe('start within 2 months, no deadline to complete')
  })

  test.each([
    [1, '1 hour'],
    [24, '24 hours'],
    [72, '72 hours'],
    [96, '4 days'],
    [100, '100 hours'],
    [168, '1 week'],
    [336, '2 weeks'],
    [1080, '45 days'],
  ])('%i hours: %s', (hours, words) => {
    expect(durationWords(hours)).toBe(words)
  })
})
