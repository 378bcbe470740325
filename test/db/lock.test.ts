import { once } from 'node:events'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type LockOptions, takeBotLock } from '../../src/db/lock.ts'
import { freshUrl } from '../support/database.ts'

let house: Awaited<ReturnType<typeof freshUrl>>
beforeAll(async () => {
  house = await freshUrl()
})
afterAll(() => house.drop())

const unexpected = (reason: string) => {
  throw new Error(`the lock was lost: ${reason}`)
}

async function held(url: string, holder: string, onLost: (reason: string) => void = unexpected, options?: LockOptions) {
  const lock = await takeBotLock(url, holder, onLost, options)
  if (!lock.held) throw new Error(`held by ${lock.by}`)
  return lock
}

test('the second bot is told who the first is, and gets the lock when that one lets go', async () => {
  const first = await held(house.url, 'bot 4711 on ops1 since 2026-11-23T14:05:00Z')
  expect(await takeBotLock(house.url, 'bot 2', unexpected)).toEqual({ held: false, by: 'bot 4711 on ops1 since 2026-11-23T14:05:00Z' })
  await first.release()
  const second = await held(house.url, 'bot 2')
  await second.release()
})

test('of ten at once, one gets it', async () => {
  const locks = await Promise.all(Array.from({ length: 10 }, (_, n) => takeBotLock(house.url, `bot ${n}`, unexpected)))
  expect(locks.filter((lock) => lock.held)).toHaveLength(1)
  await Promise.all(locks.map((lock) => lock.held && lock.release()))
})

test('bots of two databases do not know one another', async () => {
  const other = await freshUrl()
  const [here, there] = [await held(house.url, 'here'), await held(other.url, 'there')]
  await Promise.all([here.release(), there.release()])
  await other.drop()
})

test('a connection that the server ends is a lost lock, said once', async () => {
  const onLost = vi.fn()
  await held(house.url, 'bot to be ended', onLost)
  const client = new pg.Client({ connectionString: house.url })
  await client.connect()
  await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bot to be ended'`)
  await client.end()
  await vi.waitFor(() => expect(onLost).toHaveBeenCalled())
  await (await held(house.url, 'the next')).release()
  expect(onLost).toHaveBeenCalledTimes(1)
})

test('a connection that silently leads nowhere is a lost lock', async () => {
  const { url, freeze, close } = await freezable(house.url)
  const onLost = vi.fn()
  await held(url, 'bot behind a dead cable', onLost, { heartbeatMs: 1_000 })
  freeze()
  await vi.waitFor(() => expect(onLost).toHaveBeenCalledTimes(1), { timeout: 30_000 })
  close()
})

test('a bot that gives no sign of life loses the lock to the next one, if it is to yield; it is unsure before that', async () => {
  const { url, freeze, close } = await freezable(house.url)
  const onLost = vi.fn()
  // Its own heartbeat is longer than the patience of the server: as good as a process that was stopped.
  const silent = await held(url, 'bot that hangs', onLost, { heartbeatMs: 60_000, yieldAfterMs: 600 })
  expect(silent.sure()).toBe(true)
  freeze()
  const next = await vi.waitFor(() => held(house.url, 'the next'), { timeout: 30_000 })
  expect(silent.sure()).toBe(false)
  await next.release()
  close()
  await vi.waitFor(() => expect(onLost).toHaveBeenCalledTimes(1))
})

test('one that gives signs of life keeps it', async () => {
  const lively = await held(house.url, 'bot that beats', unexpected, { heartbeatMs: 100, yieldAfterMs: 1_000 })
  const client = new pg.Client({ connectionString: house.url })
  await client.connect()
  // Three times as long as the server would wait for one that says nothing.
  await client.query('SELECT pg_sleep(3)')
  await client.end()
  expect(lively.sure()).toBe(true)
  expect(await takeBotLock(house.url, 'another', unexpected)).toEqual({ held: false, by: 'bot that beats' })
  await lively.release()
})

/** A way to the server that can stop passing anything on without closing. */
async function freezable(to: string): Promise<{ url: string; freeze(): void; close(): void }> {
  const target = new URL(to)
  const sockets: Socket[] = []
  const proxy: Server = createServer((near) => {
    const far = createConnection(Number(target.port), target.hostname)
    for (const socket of [near, far]) socket.on('error', () => undefined)
    near.pipe(far).pipe(near)
    sockets.push(near, far)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  const url = new URL(to)
  url.port = String(typeof address === 'object' && address ? address.port : 0)
  return {
    url: url.href,
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause()
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      proxy.close()
    },
  }
}
