import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { pollQueue, QUEUES } from '../../src/app/jobs.ts'
import { startBoss } from '../../src/db/boss.ts'
import { openDatabase } from '../../src/db/database.ts'
import { inTurn } from '../../src/db/turn.ts'
import { freshUrl } from '../support/database.ts'
import { dataFolder } from '../support/folder.ts'
import { addressOf, program } from '../support/process.ts'

const SAMPLE = new URL('../../manifests/sample/', import.meta.url)

let database: Awaited<ReturnType<typeof freshUrl>>
let folder: Awaited<ReturnType<typeof dataFolder>>
beforeAll(async () => {
  database = await freshUrl({ empty: true })
  folder = await dataFolder()
  // The sample's people as an organisation of their own, whose vendor publishes into a folder.
  const policy = JSON.parse(await readFile(new URL('policy.json', SAMPLE), 'utf8'))
  const sources = policy.sources.map((rule: object) => ({ ...rule, kind: 'csaf-folder', folder: 'published', keyFile: 'key.asc' }))
  await writeFile(join(folder.path, 'policy.json'), JSON.stringify({ ...policy, sources }))
  await cp(new URL('csaf/sample-key.asc', SAMPLE), join(folder.path, 'key.asc'))
  await cp(new URL('csaf/history/', SAMPLE), join(folder.path, 'published'), { recursive: true })
})
afterAll(async () => {
  await database.drop()
  await folder.remove()
})

const env = () => ({ PATCHCRIER_DATA: folder.path, DATABASE_URL: database.url, PATCHCRIER_POLICY: join(folder.path, 'policy.json') })

test('a worker wants data that a bot has made', async () => {
  const early = program('cli', ['worker'], env())
  expect(await early.ended).toBe(1)
  expect(early.err()).toMatch(/^DATABASE_UNAVAILABLE: the database lacks 0001_house, .*start a bot/)
  const sample = program('cli', ['worker'], { PATCHCRIER_DATA: folder.path, DATABASE_URL: database.url })
  expect(await sample.ended).toBe(1)
  expect(sample.err()).toMatch(/^CONFIG_INVALID: PATCHCRIER_POLICY: expected the policy of an organisation/)
})

test('the bot leaves its polls to the worker, which takes the bulletins in and stops in good order', async () => {
  const bot = program('main', [], { ...env(), PATCHCRIER_WORK: 'no' })
  await addressOf(bot)
  const db = await openDatabase(database.url, { poolSize: 2 })
  const jobs = () => db.$queryRaw<{ state: string }[]>`SELECT state::text FROM pgboss.job WHERE name = 'poll-source'`
  await vi.waitFor(async () => expect((await jobs()).length).toBeGreaterThan(0), 60_000)
  expect((await jobs()).every(({ state }) => state === 'created')).toBe(true)
  expect(await db.bulletin.count()).toBe(0)

  const worker = program('cli', ['worker'], env())
  await worker.line(/^Patchcrier works polls for /)
  await vi.waitFor(async () => expect((await jobs()).every(({ state }) => state === 'completed')).toBe(true), 60_000)
  expect(await db.bulletin.count()).toBe(5)
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(0)
  bot.child.kill('SIGTERM')
  expect(await bot.ended).toBe(0)
  await db.close()
})

test('a worker ends where a newer version works on its database, before it writes what that would not understand', async () => {
  const db = await openDatabase(database.url, { poolSize: 2 })
  const worker = program('cli', ['worker'], env())
  await worker.line(/^Patchcrier works polls for /)
  await db.$executeRaw`
    INSERT INTO "_prisma_migrations" (id, checksum, finished_at, migration_name, applied_steps_count)
    VALUES (gen_random_uuid()::text, 'x', now(), '9999_newer', 1)`
  const boss = await startBoss({ url: database.url, queues: QUEUES, log: () => undefined })
  await boss.send(db, pollQueue, { source: 'sample-csaf' })
  await boss.stop()
  expect(await worker.ended).toBe(1)
  expect(worker.err()).toContain('the database is of another version than this worker, which ends')
  const [job] = await db.$queryRaw<
    { state: string }[]
  >`SELECT state::text FROM pgboss.job WHERE name = 'poll-source' ORDER BY created_on DESC LIMIT 1`
  expect(job?.state, 'somebody else does it').not.toBe('completed')
  await db.$executeRaw`DELETE FROM "_prisma_migrations" WHERE migration_name = '9999_newer'`
  await db.close()
})

test('one at a time per source; another source waits for nobody; who is told to end waits no longer', async () => {
  const forever = new AbortController().signal
  const first = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const said: string[] = []
  const one = inTurn(database.url, 'a', forever, async () => {
    begun.resolve()
    await first.promise
    said.push('first')
  })
  await begun.promise
  const two = inTurn(database.url, 'a', forever, async () => void said.push('second'))
  await inTurn(database.url, 'b', forever, async () => void said.push('other'))
  const impatient = new AbortController()
  const three = inTurn(database.url, 'a', impatient.signal, async () => void said.push('third'))
  impatient.abort()
  await expect(three).rejects.toMatchObject({ name: 'AbortError' })
  expect(said).toEqual(['other'])
  first.resolve()
  await Promise.all([one, two])
  expect(said).toEqual(['other', 'first', 'second'])
})
