import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { HOME_BUDGETS, SLACK_BUDGETS } from '../../adapters/slack/budgets.ts'
import type { Deliverer } from '../../src/app/chat/deliver.ts'
import { HOME, homePlace, openHome, outdateHomes } from '../../src/app/chat/homes.ts'
import type { Budget } from '../../src/core/budgets.ts'
import { type CountingPlatform, countingPlatform, type MovingTime, movingTime, SLACK_LIMITS } from '../support/counting-platform.ts'
import { NOW, openRoom, type Room, stateCard } from './deliver-support.ts'

/** views.publish, tier 4: 100 a minute in the workspace. */
const PAGE_LIMITS: readonly Budget[] = [{ calls: 'all', per: 'platform', count: 100, perMs: 60_000 }]

let room: Room
let time: MovingTime
let slack: CountingPlatform
let pages: CountingPlatform
beforeAll(async () => {
  room = await openRoom()
})
afterAll(() => room.close())
beforeEach(() => {
  const leased = () => room.house.db.post.count({ where: { leaseUntil: { not: null } } })
  time = movingTime(async () => slack.open() + pages.open() === 0 && (await leased()) === 0)
  slack = countingPlatform('slack', SLACK_BUDGETS, SLACK_LIMITS, time)
  pages = countingPlatform('slack-home', HOME_BUDGETS, PAGE_LIMITS, time)
})
afterEach(() => room.clear())

/** Each page shows how the one change stands. `connected` false: the organisation has no Slack any more. */
function deliverer(connected = true): Deliverer {
  const { db } = room.house
  const platforms = new Map((connected ? [slack, pages] : [slack]).map(({ platform }) => [platform.name, platform]))
  const stateOf = async (): Promise<number> => Number((await db.setting.findUnique({ where: { key: 'change:1' } }))?.value ?? 0)
  return room.deliverer({
    platforms,
    place: (id) => homePlace(id) ?? { id, platform: 'slack', ref: id },
    render: async ({ subject }) => stateCard(subject === HOME ? 'page' : subject, await stateOf()),
    outdate: () => outdateHomes(db, platforms),
    time,
  })
}

const open = (account: string) =>
  openHome({ db: room.house.db, clock: { now: () => NOW } }, { platform: 'slack-home', account, person: 'ana' })
const shown = (): string[] => [...pages.shown.values()].map(({ card }) => card.title)

test('a page follows the state of what it is about; one that shows it already is not drawn again', async () => {
  const one = deliverer()
  await open('U1')
  await one.drain()
  expect(shown()).toEqual(['page is 0'])
  await room.want('change:1')
  await room.change('change:1')
  await one.drain()
  expect(shown()).toEqual(['page is 1'])
  const before = pages.calls.length
  await room.want('change:2')
  await one.drain()
  expect(pages.calls).toHaveLength(before)
  // Whose page it is concerns no reader of a place.
  expect(room.shown.filter((place) => place.startsWith('home'))).toEqual([])
})

test('a burst becomes few drawings of each page, the last state among them, and no platform refuses one', async () => {
  const one = deliverer()
  const accounts = Array.from({ length: 20 }, (_, n) => `U${n}`)
  for (const account of accounts) await open(account)
  await room.want('change:1')
  await one.drain()
  const since = time.now()
  for (let event = 0; event < 60; event++) {
    await room.change('change:1')
    time.pass(300)
    one.wake()
  }
  await one.drain()
  expect(shown()).toEqual(accounts.map(() => 'page is 60'))
  expect(pages.refused()).toBe(0)
  expect(pages.calls.length).toBeLessThanOrEqual(20 + 15 * Math.ceil((time.now() - since) / 10_000 + 1))
})

test('pages that wait to be drawn cost nothing at the next change: thousands of people have one', async () => {
  for (const account of ['U1', 'U2', 'U3']) await open(account)
  const { db } = room.house
  let statements = 0
  const counted = new Proxy(db, {
    get: (of, name) => {
      if (name === '$executeRaw') statements++
      return Reflect.get(of, name)
    },
  })
  const platforms = new Map([pages, slack].map(({ platform }) => [platform.name, platform]))
  await outdateHomes(counted, platforms)
  expect(statements).toBe(0)
  await deliverer().drain()
  await outdateHomes(counted, platforms)
  expect(statements).toBe(3)
  expect((await room.rows()).map(({ wanted, shown }) => wanted - shown)).toEqual([1, 1, 1])
})

test('who opens it again has it drawn, whatever it showed, also when it was given up before', async () => {
  const one = deliverer()
  await open('U1')
  await one.drain()
  await room.house.db.post.updateMany({ data: { status: 'gone' } })
  await room.change('change:1')
  await one.drain()
  expect(shown()).toEqual(['page is 0'])
  await open('U1')
  await one.drain()
  expect(shown()).toEqual(['page is 1'])
  expect(await room.house.db.post.count()).toBe(1)
})

test('pages of a platform that is not connected any more are left alone', async () => {
  await open('U1')
  await deliverer().drain()
  await room.change('change:1')
  await deliverer(false).drain()
  expect(await room.rows()).toMatchObject([{ wanted: 1, shown: 1, failures: 0 }])
})
