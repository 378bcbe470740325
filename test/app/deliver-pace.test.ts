import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SLACK_BUDGETS } from '../../adapters/slack/budgets.ts'
import { TEAMS_BUDGETS } from '../../adapters/teams/budgets.ts'
import type { Deliverer, DelivererOptions } from '../../src/app/chat/deliver.ts'
import { CALLS_AT_ONCE } from '../../src/app/chat/pace.ts'
import { wantPost } from '../../src/app/chat/posts.ts'
import { touchSubject } from '../../src/app/chat/redraws.ts'
import { ChatError, type ChatPlatform } from '../../src/ports.ts'
import {
  type CountingPlatform,
  countingPlatform,
  type MovingTime,
  movingTime,
  SLACK_LIMITS,
  TEAMS_LIMITS,
} from '../support/counting-platform.ts'
import type { FreshDatabase } from '../support/database.ts'
import { NOW, openRoom, type Room, stateCard } from './deliver-support.ts'

let room: Room
beforeAll(async () => {
  room = await openRoom()
})
afterAll(() => room.close())

let time: MovingTime
let slack: CountingPlatform
let teams: CountingPlatform
beforeEach(() => {
  const leased = () => room.house.db.post.count({ where: { leaseUntil: { not: null } } })
  time = movingTime(async () => slack.open() + teams.open() === 0 && (await leased()) === 0)
  slack = countingPlatform('slack', SLACK_BUDGETS, SLACK_LIMITS, time)
  teams = countingPlatform('teams', TEAMS_BUDGETS, TEAMS_LIMITS, time)
})
afterEach(() => room.clear())

/** Places are named by their platform: `slack-1`. */
const deliverer = (options: Partial<DelivererOptions> = {}): Deliverer =>
  room.deliverer({
    platforms: new Map([slack, teams].map(({ platform }) => [platform.name, platform])),
    place: (id) => ({ id, platform: id.split('-')[0] ?? '', ref: id }),
    time,
    ...options,
  })

/** Each look for work takes its time. */
function slowLooks(lookMs: number): FreshDatabase['db'] {
  const { db } = room.house
  const prepared: typeof db.prepared = (name, text, values) => {
    if (name === 'post-lease' || name === 'post-waits') time.pass(lookMs)
    return db.prepared(name, text, values)
  }
  return new Proxy(db, { get: (of, name) => (name === 'prepared' ? prepared : Reflect.get(of, name)) })
}

const titles = (on: CountingPlatform, place?: string): string[] =>
  [...on.shown.values()].filter((one) => place === undefined || one.place === place).map((one) => one.card.title)

describe('a flood', () => {
  const SUBJECTS = [1, 2, 3, 4, 5].map((n) => `change:${n}`)
  const EVENTS = 10_000
  const BATCH = 20
  /** One batch in so many is told in the thread, as the end of a ring is. */
  const TOLD = 5
  const PLACES = ['slack-1', 'slack-2', 'teams-1', 'teams-2']

  test(`${EVENTS} host events into five rollouts: nothing is lost, no platform refuses anything, edits are few, alerts do not wait`, async () => {
    const { db } = room.house
    const one = deliverer()
    for (const subject of SUBJECTS) for (const place of PLACES) await room.want(subject, place)
    await one.drain()
    const before = slack.calls.filter((call) => call.kind === 'edit').length
    let notes = 0
    let alertAfter = 0
    let working = one.drain()
    for (let event = 0; event < EVENTS; event += BATCH) {
      const subject = SUBJECTS[(event / BATCH) % SUBJECTS.length] ?? ''
      await db.$transaction(async (tx) => {
        await tx.$executeRaw`INSERT INTO "Setting" (key, value) VALUES (${subject}, to_jsonb(${BATCH}::int))
          ON CONFLICT (key) DO UPDATE SET value = to_jsonb(("Setting".value #>> '{}')::int + ${BATCH}::int)`
        await touchSubject(tx, subject)
      })
      if ((event / BATCH) % TOLD === 0) {
        notes += 1
        for (const place of PLACES) await room.say(subject, `note:${notes}`, `note ${notes}`, place)
      }
      if (event === EVENTS / 2) {
        await room.want('change:99', 'slack-1')
        alertAfter = titles(slack, 'slack-1').length
      }
      time.pass(100)
      one.wake()
      working = one.drain()
    }
    await working
    await one.drain()

    expect([slack.refused(), teams.refused()]).toEqual([0, 0])
    const expected = [...SUBJECTS.map((subject) => `${subject} is ${EVENTS / SUBJECTS.length}`)]
    const replies = Array.from({ length: notes }, (_, n) => `note ${n + 1}`)
    for (const place of PLACES) {
      const seen = titles(place.startsWith('slack') ? slack : teams, place).filter((title) => !title.startsWith('change:99'))
      expect(seen.toSorted()).toEqual([...expected, ...replies].toSorted())
      expect(seen.filter((title) => title.startsWith('note'))).toEqual(replies)
    }
    // A message of its own goes before the replies that were waiting.
    expect(titles(slack, 'slack-1').indexOf('change:99 is 0')).toBeLessThanOrEqual(alertAfter + 2)
    const edits = slack.calls.filter((call) => call.kind === 'edit').length - before
    expect(edits).toBeGreaterThan(0)
    expect(edits).toBeLessThanOrEqual(8 * Math.ceil(time.now() / 10_000) + 8)
    const left = await db.$queryRaw<unknown[]>`SELECT id FROM "Post" WHERE wanted > shown`
    expect(left).toEqual([])
  })
})

describe('whoever waits for a budget delays nobody else', () => {
  test('places that wait take no place at work: the hundredth is served while ninety-nine wait', async () => {
    const one = deliverer()
    const places = Array.from({ length: 99 }, (_, n) => `slack-${n}`)
    for (const place of places) for (const subject of ['change:1', 'change:2']) await room.want(subject, place)
    const end = slack.stall('post')
    const working = one.drain()
    await room.want('change:1', 'slack-last')
    end()
    one.wake()
    await working
    expect(titles(slack)).toHaveLength(199)
    expect(slack.refused()).toBe(0)
    const [last] = slack.calls.filter((call) => call.place === 'slack-last')
    expect(last?.at).toBe(0)
    expect(time.now()).toBe(1_000)
  })

  test.each([
    { lookMs: 10, perMs: 35 },
    { lookMs: 10, perMs: 50 },
    { lookMs: 10, perMs: 90 },
    { lookMs: 20, perMs: 90 },
    { lookMs: 30, perMs: 90 },
  ])('a window that opens while one looks for work ends no drain: %o', async ({ lookMs, perMs }) => {
    const budget = { calls: 'all', per: 'platform', count: 1, perMs } as const
    const one = deliverer({ db: slowLooks(lookMs), budgets: { slack: [budget] } })
    for (let n = 0; n < 12; n++) await room.want('change:1', `slack-${n}`)
    await one.drain()
    expect(titles(slack)).toHaveLength(12)
  })

  const CASES = [3, 7, 13, 23].flatMap((callMs) => [3, 10, 20].map((lookMs) => ({ lookMs, callMs })))
  test.each(CASES)('a place whose window opens while one looks for work is served at once, not when the next window opens: %o', async ({
    lookMs,
    callMs,
  }) => {
    const post: ChatPlatform['post'] = async (...args) => {
      time.pass(callMs)
      return slack.platform.post(...args)
    }
    // As a timer of Node may be.
    const early = { ...time, pause: (ms: number, signal: AbortSignal) => time.pause(Math.max(1, ms - 1), signal) }
    const one = deliverer({ db: slowLooks(lookMs), time: early, platforms: new Map([['slack', { ...slack.platform, post }]]) })
    for (const subject of ['change:1', 'change:2', 'change:3', 'change:4'])
      for (let n = 0; n < 5; n++) await room.want(subject, `slack-${n}`)
    await one.drain()
    const said = Map.groupBy(slack.calls, ({ place }) => place)
    const gaps = [...said.values()].flatMap((all) => all.slice(1).map(({ at }, n) => at - (all[n]?.at ?? 0)))
    expect(gaps).toHaveLength(15)
    expect(Math.max(...gaps)).toBeLessThan(1_500)
  })

  test('a platform that does not answer holds up no other, however many places it has', async () => {
    const end = slack.stall('post')
    const one = deliverer()
    for (let n = 0; n < 30; n++) await room.want('change:1', `slack-${n}`)
    for (let n = 0; n < 3; n++) await room.want('change:1', `teams-${n}`)
    const working = one.drain()
    await shown(teams, 3)
    expect(slack.open()).toBeLessThanOrEqual(CALLS_AT_ONCE)
    end()
    await working
    expect(titles(slack)).toHaveLength(30)
  })

  test('posts wait where edits need not, and the other way round', async () => {
    const one = deliverer()
    await room.want('change:1', 'slack-1')
    await one.drain()
    // Another post would have to wait for a second, an edit has not.
    await room.want('change:2', 'slack-1')
    await room.change('change:1')
    await one.drain()
    expect(slack.calls.map(({ kind, at }) => [kind, at])).toEqual([
      ['post', 0],
      ['edit', 0],
      ['post', 1_000],
    ])
  })

  test('what changes while it waits goes out as one edit, which shows the last state', async () => {
    const one = deliverer({ budgets: { slack: [{ calls: 'edit', per: 'platform', count: 1, perMs: 60_000 }] } })
    await room.want('change:1', 'slack-1')
    await one.drain()
    for (let n = 0; n < 50; n++) {
      await room.change('change:1')
      if (n === 0) await one.drain()
    }
    await one.drain()
    expect(titles(slack)).toEqual(['change:1 is 50'])
    expect(slack.calls.map(({ kind, at }) => [kind, at])).toEqual([
      ['post', 0],
      ['edit', 0],
      ['edit', 60_000],
    ])
  })

  test('without budgets nothing waits, and the platform refuses', async () => {
    const one = deliverer({ budgets: {} })
    for (let n = 0; n < 3; n++) await room.want(`change:${n}`, 'slack-1')
    await one.drain()
    expect([titles(slack).length, slack.refused(), time.now()]).toEqual([1, 1, 0])
  })
})

describe('a platform that refuses one call too many is believed', () => {
  test('a post: its channel is left alone for as long as it says, the others are not', async () => {
    slack.refuse('post', 'slack-1', 30_000)
    const one = deliverer()
    await room.want('change:1', 'slack-1')
    await room.want('change:1', 'slack-2')
    await one.drain()
    await room.timePasses()
    await room.want('change:2', 'slack-1')
    await one.drain()
    const times = (place: string) => slack.calls.filter((call) => call.place === place).map(({ at }) => at)
    expect([times('slack-1'), times('slack-2')]).toEqual([[0, 30_000, 31_000], [0]])
  })

  test('an edit: Slack counts those of the workspace together, so all of them wait; posts go on', async () => {
    const one = deliverer()
    await room.want('change:1', 'slack-1')
    await room.want('change:2', 'slack-2')
    await one.drain()
    slack.refuse('edit', 'slack-1', 30_000)
    await room.change('change:1')
    await one.drain()
    // One that is under way when the refusal comes cannot be called back, so the others come after it.
    await room.change('change:2')
    await room.want('change:3', 'slack-2')
    await one.drain()
    await room.timePasses()
    await one.drain()
    const edits = slack.calls.filter((call) => call.kind === 'edit').map(({ at }) => at)
    expect(edits).toHaveLength(3)
    expect(Math.min(...edits.slice(1))).toBeGreaterThanOrEqual((edits[0] ?? 0) + 30_000)
    expect(slack.calls.filter((call) => call.kind === 'post').at(-1)?.at).toBe(1_000)
    expect(titles(slack, 'slack-1')).toEqual([stateCard('change:1', 1).title])
  })
})

test('while all edits of one platform wait, those of the other are made', async () => {
  const one = deliverer()
  for (const place of ['slack-1', 'slack-2', 'teams-1', 'teams-2']) await room.want('change:1', place)
  await one.drain()
  slack.refuse('edit', 'slack-1', 30_000)
  await room.change('change:1')
  await one.drain()
  await room.timePasses()
  await one.drain()
  const edited = (on: CountingPlatform, when: (at: number) => boolean) =>
    new Set(on.calls.filter(({ kind, at }) => kind === 'edit' && when(at)).map(({ place }) => place))
  expect(edited(teams, (at) => at < 30_000)).toEqual(new Set(['teams-1', 'teams-2']))
  expect(edited(slack, (at) => at >= 30_000)).toContain('slack-1')
  expect([...slack.shown.values(), ...teams.shown.values()].map((each) => each.card.title)).toEqual(
    Array.from({ length: 4 }, () => stateCard('change:1', 1).title),
  )
})

test('a call that was slow to fail may be on its way still: it is looked for only after as much time again', async () => {
  const slow = async (): Promise<never> => {
    time.pass(10_000)
    throw new ChatError('UNAVAILABLE', 'timed out')
  }
  const one = deliverer({ platforms: new Map([['slack', { ...slack.platform, post: slow }]]) })
  await room.want('change:1', 'slack-1')
  await one.drain()
  const [row] = await room.house.db.$queryRaw<{ waits: boolean }[]>`SELECT "notBefore" > now() + interval '5 seconds' AS waits FROM "Post"`
  expect(row).toEqual({ waits: true })
  expect(slack.calls).toEqual([])
})

/** Resolves once so many messages are there. */
async function shown(on: CountingPlatform, count: number): Promise<void> {
  while (on.shown.size < count) await new Promise(setImmediate)
}

test('two places that are one channel share its budget', async () => {
  const one = deliverer({ place: (id) => ({ id, platform: 'slack', ref: 'C1' }) })
  const { db } = room.house
  for (const placeId of ['slack-1', 'slack-2'])
    await db.$transaction((tx) => wantPost(tx, { subject: 'change:1', purpose: 'card', placeId, now: NOW }))
  await one.drain()
  expect(slack.calls.map(({ at }) => at)).toEqual([0, 1_000])
  expect(slack.refused()).toBe(0)
})
