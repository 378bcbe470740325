import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import { checkWindow, checkZone, nextOpenings, openAt } from '../../src/core/deploy/window.ts'
import type { Blackout, WindowRule } from '../../src/core/policy.ts'

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
const rule = (zone: string, start: string, minutes: number, weekdays = EVERY_DAY): WindowRule => ({
  id: 'night',
  name: 'Night',
  zone,
  weekdays,
  start,
  minutes,
})
const freeze = (from: string, to: string): Blackout => ({ name: 'Year end', from, to, reason: 'closing of the books' })
const spans = (of: WindowRule, from: string, count = 1, blackouts: Blackout[] = []) =>
  nextOpenings(of, blackouts, from, count).map(({ start, end }) => `${start} ${end}`)

describe('openings at the edges of daylight saving', () => {
  const table: [what: string, zone: string, start: string, minutes: number, from: string, expected: string][] = [
    [
      'Berlin, an ordinary summer night',
      'Europe/Berlin',
      '22:00',
      90,
      '2026-07-01T12:00:00.000Z',
      '2026-07-01T20:00:00.000Z 2026-07-01T21:30:00.000Z',
    ],
    [
      'Berlin, spring: 02:30 is missing, so the first instant after the gap',
      'Europe/Berlin',
      '02:30',
      60,
      '2026-03-28T22:00:00.000Z',
      '2026-03-29T01:00:00.000Z 2026-03-29T02:00:00.000Z',
    ],
    [
      'Berlin, spring: 02:00 is missing too',
      'Europe/Berlin',
      '02:00',
      60,
      '2026-03-28T22:00:00.000Z',
      '2026-03-29T01:00:00.000Z 2026-03-29T02:00:00.000Z',
    ],
    [
      'Berlin, spring: 03:00 exists',
      'Europe/Berlin',
      '03:00',
      60,
      '2026-03-28T22:00:00.000Z',
      '2026-03-29T01:00:00.000Z 2026-03-29T02:00:00.000Z',
    ],
    [
      'Berlin, spring: 01:30 runs on for elapsed minutes over the gap',
      'Europe/Berlin',
      '01:30',
      120,
      '2026-03-28T22:00:00.000Z',
      '2026-03-29T00:30:00.000Z 2026-03-29T02:30:00.000Z',
    ],
    [
      'Berlin, autumn: 02:30 comes twice, the first counts',
      'Europe/Berlin',
      '02:30',
      60,
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T00:30:00.000Z 2026-10-25T01:30:00.000Z',
    ],
    [
      'Berlin, autumn: the second 02:30 opens nothing',
      'Europe/Berlin',
      '02:30',
      60,
      '2026-10-25T00:31:00.000Z',
      '2026-10-26T01:30:00.000Z 2026-10-26T02:30:00.000Z',
    ],
    [
      'Berlin, autumn: over midnight, elapsed minutes',
      'Europe/Berlin',
      '22:00',
      480,
      '2026-10-24T12:00:00.000Z',
      '2026-10-24T20:00:00.000Z 2026-10-25T04:00:00.000Z',
    ],
    ['New York, spring', 'America/New_York', '02:30', 45, '2026-03-08T05:00:00.000Z', '2026-03-08T07:00:00.000Z 2026-03-08T07:45:00.000Z'],
    ['New York, autumn', 'America/New_York', '01:30', 45, '2026-11-01T04:00:00.000Z', '2026-11-01T05:30:00.000Z 2026-11-01T06:15:00.000Z'],
    [
      'Lord Howe, spring: a gap of 30 minutes, 02:10 is missing',
      'Australia/Lord_Howe',
      '02:10',
      60,
      '2026-10-03T12:00:00.000Z',
      '2026-10-03T15:30:00.000Z 2026-10-03T16:30:00.000Z',
    ],
    [
      'Lord Howe, spring: 02:30 exists',
      'Australia/Lord_Howe',
      '02:30',
      60,
      '2026-10-03T12:00:00.000Z',
      '2026-10-03T15:30:00.000Z 2026-10-03T16:30:00.000Z',
    ],
    [
      'Lord Howe, autumn: 01:45 comes twice',
      'Australia/Lord_Howe',
      '01:45',
      60,
      '2026-04-04T12:00:00.000Z',
      '2026-04-04T14:45:00.000Z 2026-04-04T15:45:00.000Z',
    ],
    ['UTC has no edges', 'UTC', '02:30', 60, '2026-03-29T00:00:00.000Z', '2026-03-29T02:30:00.000Z 2026-03-29T03:30:00.000Z'],
    [
      'Apia: a calendar day that never was',
      'Pacific/Apia',
      '12:00',
      60,
      '2011-12-30T00:00:00.000Z',
      '2011-12-30T10:00:00.000Z 2011-12-30T11:00:00.000Z',
    ],
  ]
  test.each(table)('%s', (_what, zone, start, minutes, from, expected) => {
    expect(spans(rule(zone, start, minutes), from)).toEqual([expected])
  })

  test('the missing day counts from the first instant after it, too', () => {
    expect(spans(rule('Pacific/Apia', '12:00', 60, [5]), '2011-12-30T10:00:00.000Z')).toEqual([
      '2011-12-30T10:00:00.000Z 2011-12-30T11:00:00.000Z',
    ])
  })

  test('the length is elapsed time on both edges: the window that began at 22:00 ends at another wall time', () => {
    const night = rule('Europe/Berlin', '22:00', 480)
    const wallEnds = ['2026-03-28T12:00:00.000Z', '2026-10-24T12:00:00.000Z', '2026-07-01T12:00:00.000Z'].map((from) =>
      DateTime.fromISO(nextOpenings(night, [], from, 1)[0]?.end ?? '', { zone: 'Europe/Berlin' }).toFormat('HH:mm'),
    )
    expect(wallEnds).toEqual(['07:00', '05:00', '06:00'])
  })
})

describe('open or not', () => {
  const saturdays = rule('Europe/Berlin', '22:00', 240, [6])
  const table: [at: string, open: boolean][] = [
    ['2026-07-04T19:59:59.999Z', false],
    ['2026-07-04T20:00:00.000Z', true],
    ['2026-07-04T23:30:00.000Z', true],
    ['2026-07-04T23:59:59.999Z', true],
    ['2026-07-05T00:00:00.000Z', false],
    ['2026-07-05T21:00:00.000Z', false],
  ]
  test.each(table)('Saturday 22:00 to 02:00 in Berlin, at %s: %s', (at, open) => {
    expect(openAt(saturdays, [], at).open).toBe(open)
  })

  test('it says from when to when, and why not', () => {
    expect(openAt(saturdays, [], '2026-07-05T00:00:00.000Z')).toEqual({ open: false, why: 'Outside the window "Night".' })
    expect(openAt(saturdays, [], '2026-07-04T23:00:00.000Z')).toEqual({
      open: true,
      start: '2026-07-04T20:00:00.000Z',
      end: '2026-07-05T00:00:00.000Z',
    })
  })

  test('a window of 24 hours is open all week', () => {
    const always = rule('Europe/Berlin', '00:00', 1440)
    for (const at of ['2026-03-29T00:59:00.000Z', '2026-07-01T00:00:00.000Z', '2026-07-01T21:59:59.999Z'])
      expect(openAt(always, [], at).open).toBe(true)
  })
})

describe('blackouts', () => {
  const nightly = rule('UTC', '22:00', 120)
  const table: [what: string, from: string, to: string, opens: boolean][] = [
    ['ends as the window opens', '2026-12-19T00:00:00.000Z', '2026-12-20T22:00:00.000Z', true],
    ['ends a minute into it', '2026-12-19T00:00:00.000Z', '2026-12-20T22:01:00.000Z', false],
    ['begins as the window closes', '2026-12-21T00:00:00.000Z', '2026-12-21T05:00:00.000Z', true],
    ['begins a minute before that', '2026-12-20T23:59:00.000Z', '2026-12-21T05:00:00.000Z', false],
    ['lies inside it', '2026-12-20T22:30:00.000Z', '2026-12-20T22:40:00.000Z', false],
    ['covers it', '2026-12-01T00:00:00.000Z', '2027-01-02T00:00:00.000Z', false],
  ]
  test.each(table)('a blackout that %s', (_what, from, to, opens) => {
    const during = openAt(nightly, [freeze(from, to)], '2026-12-20T22:35:00.000Z')
    expect(during.open).toBe(opens)
    const starts = nextOpenings(nightly, [freeze(from, to)], '2026-12-20T00:00:00.000Z', 1).map(({ start }) => start)
    expect(starts.includes('2026-12-20T22:00:00.000Z')).toBe(opens)
  })

  test('the reason is told', () => {
    expect(openAt(nightly, [freeze('2026-12-20T00:00:00Z', '2027-01-02T00:00:00Z')], '2026-12-20T22:35:00.000Z')).toEqual({
      open: false,
      why: 'Closed by the blackout "Year end": closing of the books.',
    })
  })

  test('an endless one ends the search', () => {
    expect(nextOpenings(nightly, [freeze('2026-01-01T00:00:00Z', '2126-01-01T00:00:00Z')], '2026-06-01T00:00:00.000Z', 3)).toEqual([])
  })
})

describe('what is wrong never opens', () => {
  const good = rule('UTC', '00:00', 1440)
  const table: [what: string, rule: WindowRule, blackouts: Blackout[]][] = [
    ['a zone that does not exist', { ...good, zone: 'Europe/Atlantis' }, []],
    ['no zone', { ...good, zone: '' }, []],
    ['a time that is none', { ...good, start: '25:00' }, []],
    ['an empty time', { ...good, start: '' }, []],
    ['a length that is NaN', { ...good, minutes: Number.NaN }, []],
    ['no length', { ...good, minutes: 0 }, []],
    ['more than a day', { ...good, minutes: 2000 }, []],
    ['weekday 0', { ...good, weekdays: [0, ...EVERY_DAY] }, []],
    ['a blackout without a date', good, [freeze('soon', '2126-01-01T00:00:00Z')]],
    ['a blackout that ends before it begins', good, [freeze('2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z')]],
  ]
  test.each(table)('%s', (_what, wrong, blackouts) => {
    expect(checkWindow(wrong, blackouts).ok).toBe(false)
    expect(openAt(wrong, blackouts, '2026-06-01T12:00:00.000Z').open).toBe(false)
    expect(nextOpenings(wrong, blackouts, '2026-06-01T12:00:00.000Z', 5)).toEqual([])
  })

  test('the same schedule is open when nothing is wrong', () => {
    expect(checkWindow(good, []).ok).toBe(true)
    expect(openAt(good, [], '2026-06-01T12:00:00.000Z').open).toBe(true)
  })

  test('a time that is none', () => {
    expect(openAt(good, [], 'now')).toEqual({ open: false, why: '"now" is not a time.' })
    expect(nextOpenings(good, [], 'now', 1)).toEqual([])
  })

  test('a zone is checked by name', () => {
    expect(checkZone('Europe/Berlin')).toEqual({ ok: true, value: 'Europe/Berlin' })
    expect(checkZone('Berlin')).toMatchObject({ ok: false, refusal: { code: 'ZONE_INVALID' } })
  })
})

describe('properties', () => {
  const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC', 'Asia/Kolkata', 'America/St_Johns')
  const two = (n: number) => String(n).padStart(2, '0')
  const rules = fc.record({
    zone: zones,
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    start: fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([h, m]) => `${two(h)}:${two(m)}`),
    minutes: fc.integer({ min: 15, max: 1440 }),
  })
  const times = fc.date({ min: new Date('2026-01-01'), max: new Date('2028-01-01'), noInvalidDate: true }).map((d) => d.toISOString())
  const freezes = fc.array(
    fc
      .tuple(times, fc.integer({ min: 1, max: 20_000 }))
      .map(([from, minutes]) => freeze(from, new Date(Date.parse(from) + minutes * 60_000).toISOString())),
    { maxLength: 3 },
  )
  const made = (of: { zone: string; weekdays: number[]; start: string; minutes: number }) =>
    rule(of.zone, of.start, of.minutes, of.weekdays)

  test('openings are in order, start where the rule says, last exactly as long, touch no blackout, and are open by openAt too', () => {
    fc.assert(
      fc.property(rules, freezes, times, (of, blackouts, from) => {
        let before = from
        for (const { start, end } of nextOpenings(made(of), blackouts, from, 6)) {
          expect(start >= before).toBe(true)
          before = start
          expect(Date.parse(end) - Date.parse(start)).toBe(of.minutes * 60_000)
          for (const { from: a, to: b } of blackouts) expect(end <= a || start >= b).toBe(true)
          const wall = DateTime.fromISO(start, { zone: of.zone })
          const shifted = wall.toFormat('HH:mm') !== of.start
          // Only a gap may move the start: then a minute before, the clock showed an earlier offset.
          if (shifted) expect(wall.minus(1).offset).toBeLessThan(wall.offset)
          else expect(of.weekdays).toContain(wall.weekday)
          expect(openAt(made(of), blackouts, start).open).toBe(true)
          expect(openAt(made(of), blackouts, new Date(Date.parse(end) - 1).toISOString()).open).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('whatever is open lies inside an opening, and outside every blackout', () => {
    fc.assert(
      fc.property(rules, freezes, times, (of, blackouts, at) => {
        const now = openAt(made(of), blackouts, at)
        if (!now.open) return
        expect(now.start <= at && at < now.end).toBe(true)
        expect(nextOpenings(made(of), blackouts, now.start, 1)[0]?.start).toBe(now.start)
        for (const { from, to } of blackouts) expect(at >= to || at < from).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('a zone that is none is never open', () => {
    fc.assert(
      fc.property(fc.string(), times, (zone, at) => {
        fc.pre(!checkZone(zone).ok)
        expect(openAt(rule(zone, '00:00', 1440), [], at).open).toBe(false)
      }),
    )
  })
})
