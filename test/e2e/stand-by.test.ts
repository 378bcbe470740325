import { once } from 'node:events'
import { connect } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { verifyAudit } from '../../src/db/audit.ts'
import { openDatabase } from '../../src/db/database.ts'
import { freshUrl } from '../support/database.ts'
import { dataFolder } from '../support/folder.ts'
import { addressOf, freePort, type Program, program } from '../support/process.ts'
import { webHands } from './web-hands.ts'

const PATIENT = { timeout: 60_000, interval: 50 }

let database: Awaited<ReturnType<typeof freshUrl>>
let folder: Awaited<ReturnType<typeof dataFolder>>
beforeAll(async () => {
  database = await freshUrl({ empty: true })
  folder = await dataFolder()
})
afterAll(async () => {
  await database.drop()
  await folder.remove()
})

const bot = (env: Readonly<Record<string, string>> = {}, args?: readonly string[]): Program =>
  program(args ? 'cli' : 'main', args ?? [], { PATCHCRIER_DATA: folder.path, DATABASE_URL: database.url, ...env })

const health = async (url: string): Promise<unknown> => {
  const response = await fetch(`${url}/healthz`)
  return { status: response.status, ...((await response.json()) as object) }
}

const until = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, PATIENT)

test('the stand-by waits and says of whom; when the active bot is killed it takes over, and all is there once', async () => {
  const active = bot()
  const url = await addressOf(active)
  expect(await health(url)).toMatchObject({ status: 200, ok: true, role: 'active' })

  const port = await freePort()
  const waiting = bot({ PORT: port })
  const name = `patchcrier pid ${active.child.pid} on `
  await waiting.line(new RegExp(`^Patchcrier is the stand-by of ${name}`))
  const there = `http://127.0.0.1:${port}`
  await waiting.line(new RegExp(`^Stand-by at ${there}/$`))
  expect(await health(there)).toMatchObject({ status: 200, ok: true, role: 'stand-by', detail: { active: expect.stringContaining(name) } })
  const page = await (await fetch(there)).text()
  expect(page).toContain(`This Patchcrier is the stand-by of ${name}`)
  const denied = await fetch(`${there}/api/intents`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
  expect({ status: denied.status, body: await denied.json() }).toMatchObject({ status: 503, body: { error: { code: 'STAND_BY' } } })
  expect((await fetch(there, { headers: { origin: 'https://elsewhere.example' } })).status).toBe(403)

  active.child.kill('SIGKILL')
  await active.ended
  const dead = performance.now()
  await until(async () => expect(await health(there)).toMatchObject({ status: 200, ok: true, role: 'active' }))
  process.stdout.write(`stand-by: active ${((performance.now() - dead) / 1_000).toFixed(1)} s after the kill\n`)
  await waiting.line(/is gone: this Patchcrier takes over\.$/)

  // It does not only say so: the sample's first alert arrives once.
  await until(async () => expect(await handsAt(there).count('patch-team', /^openssl/)).toBe(1))
  // A second signal ends it at once, whatever is under way: here a request that never comes to its end.
  const endless = connect(Number(port), '127.0.0.1').on('error', () => undefined)
  endless.write(`POST /api/intents HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`)
  await once(endless, 'ready')
  await health(there)
  waiting.child.kill('SIGTERM')
  await gone(there)
  waiting.child.kill('SIGTERM')
  expect(await waiting.ended).toBe(143)
  const db = await openDatabase(database.url, { poolSize: 1 })
  expect(await verifyAudit(db)).toMatchObject({ ok: true })
  await db.close()
})

test('who is told not to stand by says who is active and ends; a stand-by, and a bot with work in hand, end well', async () => {
  const active = bot()
  const url = await addressOf(active)
  const refused = bot({ PATCHCRIER_STANDBY: 'no' })
  expect(await refused.ended).toBe(1)
  expect(refused.err()).toMatch(new RegExp(`^DATABASE_HELD: .*pid ${active.child.pid} on `))

  const waiting = bot({ PATCHCRIER_STANDBY: 'no' }, ['start', '--standby'])
  await waiting.line(/^Stand-by at /)
  waiting.child.kill('SIGTERM')
  expect(await waiting.ended).toBe(0)

  // SIGTERM: what is under way is done and answered, nothing new is taken.
  const audit = await holdAudit()
  const asked = handsAt(url).press('ana', 'patch-team', /^openssl/, 'Classify', { class: 'high', reason: 'They face the internet.' })
  await until(async () => expect(await audit.waiting()).toBeGreaterThan(0))
  active.child.kill('SIGTERM')
  await gone(url)
  expect(active.child.exitCode).toBeNull()
  await audit.letGo()
  expect(await asked).toMatchObject({ refused: false })
  expect(await active.ended).toBe(0)
})

test('an active bot that was stopped in its tracks loses its place, and ends itself as soon as it goes on', async () => {
  const active = bot()
  await addressOf(active)
  const waiting = bot()
  await waiting.line(/^Stand-by at /)
  active.child.kill('SIGSTOP')
  // After 30 s of silence the server does so by itself (test/db/lock.test.ts); nobody shall wait for that here.
  await inDatabase((client) =>
    client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'patchcrier pid ${active.child.pid} on %'`,
    ),
  )
  const there = await addressOf(waiting)
  active.child.kill('SIGCONT')
  expect(await active.ended).toBe(1)
  expect(active.err()).toContain('the lock of the active bot is lost')
  expect(await health(there)).toMatchObject({ status: 200, ok: true, role: 'active' })
  waiting.child.kill('SIGTERM')
  expect(await waiting.ended).toBe(0)
})

async function inDatabase(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await work(client).finally(() => client.end())
}

/** Holds the audit chain, so that whoever decides something waits; `waiting`: so many intents do. */
async function holdAudit(): Promise<{ waiting(): Promise<number>; letGo(): Promise<void> }> {
  const client = new pg.Client({ connectionString: database.url })
  client.on('error', () => undefined)
  await client.connect()
  await client.query('SELECT pg_advisory_lock(7331, 1)')
  // Who has written down a delivery is an intent; others may wait for the chain, too.
  const sql = `SELECT count(*)::int AS n FROM pg_locks w WHERE locktype = 'advisory' AND classid = 7331 AND objid = 1 AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND EXISTS (SELECT FROM pg_locks d WHERE d.pid = w.pid AND d.relation = '"Delivery"'::regclass AND d.mode = 'RowExclusiveLock')`
  return {
    waiting: async () => (await client.query<{ n: number }>(sql)).rows[0]?.n ?? 0,
    letGo: () => client.end(),
  }
}

/** Presses a button of a card that is there already. */
const handsAt = (url: string) => webHands({ settle: async () => undefined, call: (path, init) => fetch(new URL(path, url), init) })

const gone = (url: string): Promise<void> =>
  until(async () =>
    expect(
      await fetch(`${url}/healthz`).then(
        () => 'taken',
        () => 'refused',
      ),
    ).toBe('refused'),
  )
