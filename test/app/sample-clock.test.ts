import { expect, test } from 'vitest'
import { firstOffset } from '../../src/app/sample.ts'

test.each([
  ['2026-11-25T00:00:00.000Z', '2026-11-25T14:00:00.000Z'],
  ['2026-11-25T13:59:59.999Z', '2026-11-25T14:00:00.000Z'],
  ['2026-11-25T14:00:00.000Z', '2026-11-25T14:00:00.000Z'],
  ['2026-11-25T14:00:00.001Z', '2026-11-26T14:00:00.000Z'],
  ['2026-11-25T23:59:59.000Z', '2026-11-26T14:00:00.000Z'],
])('the sample that is started at %s begins at %s: the same day at any hour', (real, begins) => {
  expect(new Date(Date.parse(real) + firstOffset(Date.parse(real))).toISOString()).toBe(begins)
})
