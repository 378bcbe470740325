import { describe, expect, test } from 'vitest'
import { readDate } from '../../src/core/dates.ts'

const NOW = '2026-03-10T22:30:00.000Z'
const read = (text: string, zone = 'Europe/Berlin', side: 'past' | 'future' = 'past') => readDate(text.split(' '), zone, NOW, side)

describe('a date that somebody typed, in their zone', () => {
  test.each([
    ['2026-03-03', '2026-03-02T23:00:00.000Z', '2026-03-03T22:59:59.999Z', 1],
    ['3 March', '2026-03-02T23:00:00.000Z', '2026-03-03T22:59:59.999Z', 2],
    ['3 march', '2026-03-02T23:00:00.000Z', '2026-03-03T22:59:59.999Z', 2],
    ['3rd March', '2026-03-02T23:00:00.000Z', '2026-03-03T22:59:59.999Z', 2],
    ['March 3, 2026', '2026-03-02T23:00:00.000Z', '2026-03-03T22:59:59.999Z', 3],
    ['3 Mar 2026', '2026-03-02T23:00:00.000Z', '2026-03-03T22:59:59.999Z', 3],
    ['3.3.2026', '2026-03-02T23:00:00.000Z', '2026-03-03T22:59:59.999Z', 1],
    // In Berlin it is half past eleven in the evening of the tenth.
    ['yesterday', '2026-03-08T23:00:00.000Z', '2026-03-09T22:59:59.999Z', 1],
    ['today and more', '2026-03-09T23:00:00.000Z', '2026-03-10T22:59:59.999Z', 1],
    ['3 March 22:00 busy', '2026-03-03T21:00:00.000Z', '2026-03-03T21:00:00.000Z', 3],
    ['2026-03-03T21:00:00.000Z', '2026-03-03T21:00:00.000Z', '2026-03-03T22:59:59.999Z', 1],
    // The clocks go forward that day: it is 23 hours long.
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T21:59:59.999Z', 1],
    ['24 December', '2025-12-23T23:00:00.000Z', '2025-12-24T22:59:59.999Z', 2],
  ])('%s', (text, from, to, words) => expect(read(text)).toMatchObject({ from, to, words }))

  test('the same words are another day elsewhere', () => {
    expect(read('yesterday', 'Pacific/Auckland')).toMatchObject({ from: '2026-03-09T11:00:00.000Z' })
  })
  test('a day to come without a year is the next one', () => {
    expect(read('3 March', 'Europe/Berlin', 'future')).toMatchObject({ from: '2027-03-02T23:00:00.000Z' })
    expect(read('tomorrow 9:30', 'Europe/Berlin', 'future')).toMatchObject({ from: '2026-03-11T08:30:00.000Z', timed: true, words: 2 })
  })
  test.each([
    '',
    'soon',
    '31 February',
    '2026-13-01',
    '99',
    '__proto__',
    'constructor',
    "'; DROP TABLE",
    '\u202e3 March',
  ])('"%s" is none', (text) => expect(read(text)).toBeNull())
  test('a zone that does not exist has none', () => expect(read('yesterday', 'Mars/Base')).toBeNull())
})
