import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { readRefused, refusedRequests } from '../../src/app/doctor/refused.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'

let house: TestHouse
beforeAll(async () => {
  house = await startTestHouse()
})
afterAll(() => house.end())
beforeEach(() => house.house.db.setting.deleteMany({ where: { key: { startsWith: 'refused requests:' } } }))

const HOUR_MS = 3_600_000
const START = Date.parse('2026-11-25T12:00:00.000Z')

/** A bot that was started anew, with a clock that the test moves. */
function bot() {
  let now = START
  const { db, log } = house.house
  const door = refusedRequests({ db, log, clock: { now: () => new Date(now) } }, 'slack')
  const pass = (ms: number): void => {
    now += ms
  }
  return { ...door, pass }
}

const remembered = () => readRefused(house.house.db, 'slack')
const comes = (count: number | null) => vi.waitFor(async () => expect((await remembered())?.count ?? null).toBe(count), 10_000)

describe('requests in the name of a platform that are refused', () => {
  test('a flood is counted whole, with its first and its last time', async () => {
    const { onRefused, pass } = bot()
    onRefused()
    await comes(1)
    pass(HOUR_MS)
    for (let n = 0; n < 500; n++) onRefused()
    await comes(501)
    expect(await remembered()).toEqual({ count: 501, since: '2026-11-25T12:00:00.000Z', lastAt: '2026-11-25T13:00:00.000Z' })
  })

  test('they are counted on after a restart, and forgotten with the first that proves itself', async () => {
    bot().onRefused()
    await comes(1)
    const { onRefused, onProved } = bot()
    onRefused()
    await comes(2)
    onProved()
    await comes(null)
  })

  test('a stranger at a door that has the right secret is not remembered; an hour without a proof is', async () => {
    const { onRefused, onProved, pass } = bot()
    onProved()
    onRefused()
    pass(HOUR_MS)
    onRefused()
    await comes(1)
  })

  test('each platform is remembered alone', async () => {
    bot().onRefused()
    await comes(1)
    expect(await readRefused(house.house.db, 'teams')).toBeNull()
  })
})
