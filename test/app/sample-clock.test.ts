import { expect, test } from 'vitest'
import { firstOffset } from '../../src/app/sample.ts'

test.each([
  ['2026-11-25T06:00:00.000Z', '2026-11-25T06:00:00.000Z'],
  ['2026-11-25T17:59:59.999Z', '2026-11-25T17:59:59.999Z'],
  ['2026-11-25T18:00:00.000Z', '2026-11-26T08:00:00.000Z'],
  ['2026-11-25T23:59:59.000Z', '2026-11-26T08:00:00.000Z'],
  ['2026-11-25T00:00:00.000Z', '2026-11-25T08:00:00.000Z'],
  ['2026-11-25T05:59:00.000Z', '2026-11-25T08:00:00.000Z'],
])('the sample that is started at %s begins at %s: people can be told before the evening window', (real, begins) => {
  expect(new Date(Date.parse(real) + firstOffset(Date.parse(real))).toISOString()).toBe(begins)
})
