import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SLACK_BUDGETS } from '../../adapters/slack/budgets.ts'
import { TEAMS_BUDGETS } from '../../adapters/teams/budgets.ts'
import { type Budget, type CallKind, counts, freeNow, type Log, NOTHING_MADE, nextFree, type Planned } from '../../src/core/budgets.ts'

interface Made extends Planned {
  readonly end: number
  /** When it reached the platform: somewhere between its start and its end. */
  readonly reached: number
}

const together = (budget: Budget, a: Planned, b: Planned): boolean =>
  counts(budget, a.kind) && counts(budget, b.kind) && (budget.per === 'platform' || a.channel === b.channel)

/** What the calls made so far are to a budget, at `now`. */
const historyOf =
  (made: readonly Made[], now: number) =>
  (budget: Budget, call: Planned): Log => {
    const mine = made.filter((one) => together(budget, one, call))
    const ended = mine.filter((one) => one.end <= now).map((one) => one.end)
    return { ...NOTHING_MADE, ended: ended.toSorted((a, b) => a - b), underWay: mine.length - ended.length }
  }

/** Whether some window of a budget would hold too many calls; each call counts at the worst moment between its start and its end. */
function breaks(budgets: readonly Budget[], made: readonly Made[], call: Planned, at: number): boolean {
  return budgets.some((budget) => {
    if (!counts(budget, call.kind)) return false
    const recent = made.filter((one) => together(budget, one, call) && (one.end > at || at - one.end < budget.perMs))
    return recent.length + 1 > budget.count
  })
}

/** As the platform counts: the most calls that reached it within one window. */
function busiest({ perMs }: Budget, made: readonly Made[]): number {
  const reached = made.map((one) => one.reached)
  return Math.max(...reached.map((from) => reached.filter((at) => at >= from && at < from + perMs).length))
}

const kind = fc.constantFrom<CallKind>('post', 'edit', 'find')
const budget: fc.Arbitrary<Budget> = fc.record({
  calls: fc.constantFrom('all' as const, 'post' as const, 'edit' as const, 'find' as const),
  per: fc.constantFrom('place' as const, 'platform' as const),
  count: fc.integer({ min: 1, max: 4 }),
  perMs: fc.integer({ min: 1, max: 50 }),
})
const budgets = fc.oneof(fc.array(budget, { minLength: 1, maxLength: 4 }), fc.constant(SLACK_BUDGETS), fc.constant(TEAMS_BUDGETS))
const wish = fc.record({
  kind,
  channel: fc.constantFrom('C1', 'C2', 'C3'),
  after: fc.integer({ min: 0, max: 40 }),
  takes: fc.integer({ min: 0, max: 30 }),
  late: fc.constantFrom(0, 0.5, 1),
})

test('no window of any budget ever holds too many calls, and no call waits a millisecond too long', () => {
  const property = fc.property(budgets, fc.array(wish, { minLength: 1, maxLength: 40 }), (all, wishes) => {
    const made: Made[] = []
    let now = 0
    for (const { kind, channel, after, takes, late } of wishes) {
      now += after
      const call = { kind, channel }
      // What is under way may end later than was thought, so one asks again.
      for (let free = nextFree(all, historyOf(made, now), call, now); free > now; free = nextFree(all, historyOf(made, now), call, now)) {
        if (!made.some((one) => one.end > now)) expect(breaks(all, made, call, free - 1)).toBe(true)
        now = Math.min(free, ...made.map((one) => one.end).filter((end) => end > now))
      }
      expect(breaks(all, made, call, now)).toBe(false)
      made.push({ ...call, end: now + takes, reached: now + takes * late })
    }
    for (const one of all)
      for (const call of made)
        expect(
          busiest(
            one,
            made.filter((other) => together(one, call, other)),
          ),
        ).toBeLessThanOrEqual(one.count)
  })
  fc.assert(property, { numRuns: 2_000 })
})

describe('one budget of two calls in ten milliseconds', () => {
  const two: readonly Budget[] = [{ calls: 'post', per: 'place', count: 2, perMs: 10 }]
  const post: Planned = { kind: 'post', channel: 'C1' }
  test.each<[string, Partial<Log>, Planned, number]>([
    ['nothing was made', {}, post, 100],
    ['one was made just now', { ended: [100] }, post, 100],
    ['two were made', { ended: [93, 98] }, post, 103],
    ['two were made, long ago', { ended: [80, 90] }, post, 100],
    ['one was made and one is under way', { ended: [95], underWay: 1 }, post, 105],
    ['two are under way', { underWay: 2 }, post, 110],
    ['of many only the last two count', { ended: [96, 97, 98, 99] }, post, 108],
    ['the platform asked for silence', { silentUntil: 150 }, post, 150],
    ['a call of another kind is not counted', { ended: [99, 99], silentUntil: 150 }, { kind: 'edit', channel: 'C1' }, 100],
  ])('%s', (_, log, call, expected) => {
    expect(nextFree(two, () => ({ ...NOTHING_MADE, ...log }), call, 100)).toBe(expected)
  })
})

describe('how many may begin at once, of two calls in ten milliseconds', () => {
  const two: Budget = { calls: 'post', per: 'platform', count: 2, perMs: 10 }
  test.each<[string, Partial<Log>, number]>([
    ['nothing was made', {}, 2],
    ['one was made just now', { ended: [100] }, 1],
    ['one of two is out of the window', { ended: [90, 91] }, 1],
    ['one was made and one is under way', { ended: [95], underWay: 1 }, 0],
    ['more than may be are under way', { underWay: 3 }, 0],
    ['the platform asked for silence', { silentUntil: 150 }, 0],
    ['the silence is over', { silentUntil: 100 }, 2],
  ])('%s', (_, log, expected) => {
    const known = { ...NOTHING_MADE, ...log }
    expect(freeNow(two, known, 100)).toBe(expected)
    expect(nextFree([two], () => known, { kind: 'post', channel: 'C1' }, 100) === 100).toBe(expected > 0)
  })
})

/** A window of the platform's, in calls and milliseconds. */
const asked = (budgets: readonly Budget[], kind: CallKind, per: Budget['per'], perMs: number): number =>
  Math.min(
    ...budgets
      .filter((one) => counts(one, kind) && one.per === per && one.perMs <= perMs)
      .map((one) => one.count * Math.ceil(perMs / one.perMs)),
  )

test.each([
  ['Slack: posts in a channel', SLACK_BUDGETS, 'post', 'place', 1_000, 1],
  ['Slack: posts in the workspace', SLACK_BUDGETS, 'post', 'platform', 60_000, 525],
  ['Slack: edits', SLACK_BUDGETS, 'edit', 'platform', 60_000, 50],
  ['Slack: searches', SLACK_BUDGETS, 'find', 'platform', 60_000, 50],
  ['Teams: a second of a conversation', TEAMS_BUDGETS, 'post', 'place', 1_000, 7],
  ['Teams: half a minute of a conversation', TEAMS_BUDGETS, 'edit', 'place', 30_000, 60],
  ['Teams: an hour of a conversation', TEAMS_BUDGETS, 'edit', 'place', 3_600_000, 1_800],
  ['Teams: a second of the tenant', TEAMS_BUDGETS, 'post', 'platform', 1_000, 50],
] as const)('%s: at most what the platform takes', (_, budgets, kind, per, perMs, most) => {
  expect(asked(budgets, kind, per, perMs)).toBeLessThanOrEqual(most)
})
