import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { type Boss, type Queue, startBoss } from '../../src/db/boss.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

const Payload = z.strictObject({ postId: z.number().int() })
type Payload = z.infer<typeof Payload>
const deliver: Queue<Payload> = {
  name: 'deliver',
  schema: Payload,
  retryLimit: 2,
  retryDelay: 0,
  retryDelayMax: 1,
  longest: 60,
  concurrency: 4,
}

let house: FreshDatabase
let boss: Boss
const log: string[] = []
const start = () => startBoss({ url: house.url, queues: [deliver], log: (line) => log.push(line) })

beforeEach(async () => {
  log.length = 0
  house = await freshDatabase()
  boss = await start()
})
afterEach(async () => {
  await boss.stop()
  await house.drop()
})

/** Collects what arrives. */
async function collecting(): Promise<number[]> {
  const got: number[] = []
  await boss.work(deliver, async ({ postId }) => {
    got.push(postId)
  })
  return got
}

describe('sending', () => {
  test('the job comes into being with the transaction', async () => {
    const got = await collecting()
    await house.db.$transaction((tx) => boss.send(tx, deliver, { postId: 1 }))
    await vi.waitFor(() => expect(got).toEqual([1]), { timeout: 10_000 })
  })

  test('nothing of a transaction that fails', async () => {
    const got = await collecting()
    const failing = house.db.$transaction(async (tx) => {
      await boss.send(tx, deliver, { postId: 1 })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    await boss.send(house.db, deliver, { postId: 2 })
    await vi.waitFor(() => expect(got).toEqual([2]), { timeout: 10_000 })
  })

  test('a payload that breaks the schema is refused where it is sent', async () => {
    await expect(boss.send(house.db, deliver, { postId: 1.5 })).rejects.toThrow()
  })

  test('equal jobs are not collapsed: each is a wake-up', async () => {
    for (let n = 0; n < 3; n += 1) await boss.send(house.db, deliver, { postId: 7 })
    const got = await collecting()
    await vi.waitFor(() => expect(got).toEqual([7, 7, 7]), { timeout: 10_000 })
  })
})

describe('working', () => {
  test('a backlog of 100 is worked off without a poll between each', async () => {
    await house.db.$transaction(async (tx) => {
      for (let postId = 0; postId < 100; postId += 1) await boss.send(tx, deliver, { postId })
    })
    const got = await collecting()
    await vi.waitFor(() => expect(new Set(got).size).toBe(100), { timeout: 20_000 })
  })

  test('a handler that throws gets the job again, until the limit; its neighbours in the batch do not', async () => {
    const seen: string[] = []
    await house.db.$transaction(async (tx) => {
      await boss.send(tx, deliver, { postId: 1 })
      await boss.send(tx, deliver, { postId: 2 })
    })
    await boss.work(deliver, async ({ postId }, { attempt }) => {
      seen.push(`${postId}.${attempt}`)
      if (postId === 1) throw new Error('platform is down')
    })
    await vi.waitFor(() => expect(seen.toSorted()).toEqual(['1.0', '1.1', '1.2', '2.0']), { timeout: 30_000 })
    await vi.waitFor(async () => expect(await states()).toEqual(['completed', 'failed']), { timeout: 10_000 })
    expect(log.filter((line) => line.includes('platform is down'))).toHaveLength(3)
  })

  test('a stored payload that breaks the schema is given up at once, and said', async () => {
    await boss.send(house.db, { ...deliver, schema: z.object({ postId: z.any() }) }, { postId: 'x' })
    const got = await collecting()
    await vi.waitFor(async () => expect(await states()).toEqual(['failed']), { timeout: 10_000 })
    expect(got).toEqual([])
    expect(log.join('\n')).toContain('breaks its schema')
  })

  test('the job of a killed worker comes back when its lease is over', async () => {
    await boss.send(house.db, deliver, { postId: 1 })
    // As a worker leaves it that was killed a while ago: claimed, and no sign of life since.
    await sql(
      `UPDATE pgboss.job SET state = 'active', started_on = now() - interval '1 minute', heartbeat_on = now() - interval '1 minute' WHERE name = 'deliver'`,
    )
    const got = await collecting()
    await vi.waitFor(() => expect(got).toEqual([1]), { timeout: 40_000, interval: 100 })
  })
})

test("a queue's rules follow the program at the next start", async () => {
  await boss.stop()
  boss = await startBoss({ url: house.url, queues: [{ ...deliver, retryLimit: 9 }], log: () => undefined })
  expect(await sql(`SELECT retry_limit, heartbeat_seconds, notify FROM pgboss.queue WHERE name = 'deliver'`)).toEqual([
    { retry_limit: 9, heartbeat_seconds: 15, notify: true },
  ])
})

const states = async () =>
  (await sql<{ state: string }>(`SELECT state::text FROM pgboss.job WHERE name = 'deliver' ORDER BY 1`)).map(({ state }) => state)

async function sql<T extends pg.QueryResultRow>(text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: house.url })
  await client.connect()
  try {
    return (await client.query<T>(text)).rows
  } finally {
    await client.end()
  }
}
