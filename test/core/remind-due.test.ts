import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChangeState } from '../../src/core/change/state.ts'
import type { Policy } from '../../src/core/policy.ts'
import { dueReminders, type Look, nextLook } from '../../src/core/remind/due.ts'
import { standings } from '../../src/core/remind/reasons.ts'
import type { HouseView, Snooze, Wanted } from '../../src/core/remind/reminder.ts'
import { occurrencesBetween } from '../../src/core/remind/schedule.ts'
import { snoozeUntil } from '../../src/core/remind/snooze.ts'
import { evolved, given, later, opened, person, policy, T0, UNTIL } from '../support/change.ts'

const DAY = 1440
/** T0 is a Monday, 10:00 in Berlin: the next workday's nine o'clock is 23 hours away. */
const TUESDAY_NINE = later(23 * 60)
const at = (point: keyof typeof UNTIL) => given(UNTIL[point]).state

const view = (changes: readonly ChangeState[], rules: Policy = policy): HouseView => ({
  policy: rules,
  changes,
  delays: [],
  exceptions: [],
})
const look = (since: string, now: string, snoozes: readonly Snooze[] = []): Look => ({ since, now, snoozes })
const of = (kind: Wanted['kind'], all: readonly Wanted[]): readonly Wanted[] => all.filter((w) => w.kind === kind)
const brief = (all: readonly Wanted[]) => all.map(({ subject, at: due, missed }) => ({ subject, at: due, missed }))

describe('what is due since the last look', () => {
  test.each([
    ['not before its time', T0, later(23 * 60 - 1), []],
    ['at its time', T0, TUESDAY_NINE, [{ at: TUESDAY_NINE, missed: 0 }]],
    ['once', TUESDAY_NINE, later(24 * 60), []],
    ['a look that comes late', T0, later(30 * 60), [{ at: TUESDAY_NINE, missed: 0 }]],
    ['of four workdays that were missed only the last', T0, later(4 * DAY), [{ at: later(3 * DAY + 23 * 60), missed: 3 }]],
    ['not at the weekend', later(4 * DAY), later(6 * DAY), []],
    ['not by a clock that was moved back', later(DAY), later(60), []],
  ])('%s', (_, since, now, expected) => {
    const wanted = of('decisionPending', dueReminders(view([at('deciding')]), look(since, now)))
    expect(brief(wanted)).toEqual(expected.map((e) => ({ subject: 'change:12/deciding', ...e })))
  })

  test('what began to wait after the time is not due by it', () => {
    const young = { ...at('alerted'), openedAt: later(23 * 60 + 1) }
    expect(of('decisionPending', dueReminders(view([young]), look(T0, later(DAY))))).toEqual([])
  })

  test('a share of a clock is due to the millisecond', () => {
    const half = '2026-11-26T21:00:00.000Z'
    const just = (now: string) => of('clocks', dueReminders(view([at('deciding')]), look(T0, now)))
    expect(just('2026-11-26T20:59:59.999Z')).toEqual([])
    expect(just(half)).toMatchObject([{ at: half, line: '50 % of the time to start openssl (change 12) is over', final: null }])
  })

  test('of both clocks and all shares that were missed only the last of each', () => {
    const missed = of('clocks', dueReminders(view([at('deciding')]), look(T0, later(15 * DAY))))
    expect(missed.map(({ line, missed: n }) => `${n} ${line}`)).toEqual([
      '2 MISSED: openssl (change 12) has not been started by its deadline',
      '2 MISSED: openssl (change 12) is not complete by its deadline',
    ])
  })

  test('the next look is at the next instant at which something is due, and never far away', () => {
    expect(nextLook(view([]), look(T0, T0))).toBe(later(10))
    expect(nextLook(view([]), look(T0, later(23 * 60 - 1)))).toBe(TUESDAY_NINE)
    expect(nextLook(view([at('deciding')]), look(T0, '2026-11-26T20:59:00.000Z'))).toBe('2026-11-26T21:00:00.000Z')
  })
})

describe('put off', () => {
  const snoozed = (kind: Snooze['kind'], subject: string, until: string): Snooze => ({ kind, subject, until })

  test('nothing until then, once then, and the schedule after it', () => {
    const state = view([at('deciding')])
    const off = [snoozed('decisionPending', 'change:12/deciding', later(50 * 60))]
    expect(of('decisionPending', dueReminders(state, look(T0, later(49 * 60), off)))).toEqual([])
    expect(brief(of('decisionPending', dueReminders(state, look(later(49 * 60), later(51 * 60), off))))).toEqual([
      { subject: 'change:12/deciding', at: later(50 * 60), missed: 0 },
    ])
    expect(of('decisionPending', dueReminders(state, look(later(51 * 60), later(71 * 60), off)))).toHaveLength(1)
  })

  test('the step after it has not been put off', () => {
    const off = [snoozed('decisionPending', 'change:12/planning', later(10 * DAY))]
    expect(of('decisionPending', dueReminders(view([at('deciding')]), look(T0, TUESDAY_NINE, off)))).toHaveLength(1)
  })

  test('a missed deadline is said all the same', () => {
    const off = [snoozed('clocks', 'change:12/start', later(9 * DAY))]
    const [wanted] = of('clocks', dueReminders(view([at('deciding')]), look(T0, later(7 * DAY), off)))
    expect(wanted).toMatchObject({ line: expect.stringMatching(/^MISSED/), final: '2026-11-30T09:00:00.000Z' })
  })

  test('what is done by then is not said', () => {
    const off = [snoozed('decisionPending', 'change:12/deciding', later(DAY))]
    expect(of('decisionPending', dueReminders(view([at('closed')]), look(T0, later(2 * DAY), off)))).toEqual([])
  })

  const reminder = { roles: ['security'] as const, final: null }
  test.each([
    ['a day', reminder, 'dana', 'day', later(DAY)],
    ['nine in the morning, where Dana is', reminder, 'dana', 'morning', '2026-11-24T08:00:00.000Z'],
    ['nine in the morning, where Farah is', reminder, 'farah', 'morning', '2026-11-24T09:00:00.000Z'],
    ['a deadline missed 20 hours ago: until a day after it', { ...reminder, final: later(-20 * 60) }, 'dana', 'day', later(4 * 60)],
  ] as const)('%s', (_, said, who, choice, until) => {
    expect(snoozeUntil(said, person(who), choice, T0)).toEqual({ ok: true, value: until })
  })
  test.each([
    ['whom it does not concern', reminder, 'ana', 'NOT_YOURS'],
    ['a deadline that was missed a day ago', { ...reminder, final: later(-DAY) }, 'dana', 'SNOOZE_TOO_LONG'],
  ] as const)('not for %s', (_, said, who, code) => {
    expect(snoozeUntil(said, person(who), 'day', T0)).toMatchObject({ ok: false, refusal: { code } })
  })
})

describe('whatever the ticks, restarts, gaps and clocks', () => {
  /** A change that waits from one minute to another. */
  interface Life {
    readonly from: number
    readonly to: number
  }
  const life = fc.record({ from: fc.integer({ min: 0, max: 20_000 }), to: fc.integer({ min: 0, max: 30_000 }) })
  const lives = fc.array(life, { minLength: 1, maxLength: 4 })
  const ticks = fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 25 })

  const waiting = ({ from }: Life, index: number): ChangeState => ({
    ...evolved(opened(), UNTIL.deciding, later(from)),
    id: index + 1,
    openedAt: later(from),
  })
  const alive = (all: readonly Life[], minute: number) =>
    all.map((one, i) => ({ one, i })).filter(({ one }) => one.from <= minute && minute < one.to)

  /** Looks at the house at each tick, as the bot does: the last look is kept, whatever the clock says. */
  function run(all: readonly Life[], minutes: readonly number[]): { sent: { minute: number; wanted: Wanted }[] } {
    const states = all.map(waiting)
    const sent: { minute: number; wanted: Wanted }[] = []
    let since = T0
    for (const minute of minutes) {
      const now = later(minute)
      const house = view(alive(all, minute).flatMap(({ i }) => states[i] ?? []))
      const standing = new Set(standings(house).map((s) => `${s.kind} ${s.subject}`))
      for (const wanted of dueReminders(house, look(since, now))) {
        expect(standing, 'there is a reason').toContain(`${wanted.kind} ${wanted.subject}`)
        expect(wanted.at <= now && wanted.at > since, 'due since the last look').toBe(true)
        sent.push({ minute, wanted })
      }
      if (now > since) since = now
    }
    return { sent }
  }

  test('each occurrence at most once, and at most one of a kind and subject in one look', () => {
    fc.assert(
      fc.property(lives, ticks, (all, minutes) => {
        const { sent } = run(all, minutes)
        const occurrences = sent.map(({ wanted: w }) => `${w.kind} ${w.subject} ${w.occurrence}`)
        expect(new Set(occurrences).size).toBe(occurrences.length)
        const oneLook = sent.map(({ minute, wanted: w }) => `${minute} ${w.kind} ${w.subject}`)
        expect(new Set(oneLook).size).toBe(oneLook.length)
      }),
      { numRuns: 40 },
    )
  })

  test('every occurrence of what still waits is sent by the first tick after it, itself or within a later one', () => {
    const rule = { cron: policy.reminders.decisionPending?.cron ?? '', zone: policy.zone }
    fc.assert(
      fc.property(lives, ticks, (all, unsorted) => {
        const minutes = unsorted.toSorted((a, b) => a - b)
        const { sent } = run(all, minutes)
        for (const [i, one] of all.entries()) {
          for (const occurrence of occurrencesBetween(rule, later(one.from - 1), later(one.to))) {
            const tick = minutes.find((m) => later(m) >= occurrence)
            if (tick === undefined || tick >= one.to || occurrence < later(one.from)) continue
            const subject = `change:${i + 1}/deciding`
            const found = sent.find((s) => s.minute === tick && s.wanted.kind === 'decisionPending' && s.wanted.subject === subject)
            expect(found?.wanted.at, `${subject} ${occurrence} at minute ${tick}`).toEqual(expect.any(String))
            expect((found?.wanted.at ?? '') >= occurrence).toBe(true)
          }
        }
      }),
      { numRuns: 40 },
    )
  })
})
