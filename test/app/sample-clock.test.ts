import fc from 'fast-check'
import { expect, test } from 'vitest'
import { farEnough, firstOffset } from '../../src/app/sample.ts'

const DAY_MS = 86_400_000
const beginning = (real: number): Date => new Date(real + firstOffset(real))

test.each([
  ['2026-11-26T00:00:00.000Z', '2026-11-26T14:00:00.000Z'],
  ['2026-11-26T13:59:59.999Z', '2026-11-26T14:00:00.000Z'],
  ['2026-11-26T14:00:00.000Z', '2026-11-26T14:00:00.000Z'],
  ['2026-11-26T14:00:00.001Z', '2026-12-03T14:00:00.000Z'],
  ['2026-11-27T09:00:00.000Z', '2026-12-03T14:00:00.000Z'],
  ['2026-12-02T23:59:59.000Z', '2026-12-03T14:00:00.000Z'],
])('the sample that is started at %s begins at %s', (real, begins) => {
  expect(beginning(Date.parse(real)).toISOString()).toBe(begins)
})

test('whenever it is started, it begins within a week on a Thursday at two: its course is the same on any day', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }), (real) => {
      const begins = beginning(real.getTime())
      expect([begins.getUTCDay(), begins.toISOString().slice(11)]).toEqual([4, '14:00:00.000Z'])
      expect(begins.getTime() - real.getTime()).toBeGreaterThanOrEqual(0)
      expect(begins.getTime() - real.getTime()).toBeLessThan(7 * DAY_MS)
    }),
  )
})

test.each([
  ['2026-09-01T00:00:00.000Z', '2026-12-23T23:00:00.000Z', '2027-01-02T23:00:00.000Z'],
  ['2026-10-24T23:00:00.000Z', '2026-12-23T23:00:00.000Z', '2027-01-02T23:00:00.000Z'],
  ['2026-10-24T23:00:00.001Z', '2027-12-23T23:00:00.000Z', '2028-01-02T23:00:00.000Z'],
  ['2026-12-28T00:00:00.000Z', '2027-12-23T23:00:00.000Z', '2028-01-02T23:00:00.000Z'],
  ['2030-03-01T00:00:00.000Z', '2030-12-23T23:00:00.000Z', '2031-01-02T23:00:00.000Z'],
])('the year-end freeze of a sample that is started at %s is from %s to %s: never in its first weeks', (now, from, to) => {
  const written = { name: 'Year-end', from: '2026-12-23T23:00:00.000Z', to: '2027-01-02T23:00:00.000Z', reason: 'x' }
  expect(farEnough(written, new Date(now))).toEqual({ ...written, from, to })
})
