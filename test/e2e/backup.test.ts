import { createHash, randomUUID } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { verifyAudit } from '../../src/db/audit.ts'
import { checkBackup, restoreBackup } from '../../src/db/backup/restore.ts'
import { LAST_BACKUP, writeBackup } from '../../src/db/backup/write.ts'
import { openDatabase } from '../../src/db/database.ts'
import { takeBotLock } from '../../src/db/lock.ts'
import { type Parts, type Running, start } from '../../src/main.ts'
import type { ChatPlatform } from '../../src/ports.ts'
import { freshUrl } from '../support/database.ts'
import { announced, eventually, quickPolicy, ROLLING, startWalk, TEAM, type Walk } from './paths-support.ts'
import { reachOf, webHands } from './web-hands.ts'

const NOW = new Date('2026-11-25T12:00:00Z')
const sample = { house: 'sample', replace: false } as const

/** Counts what is said anew on the chat platform. */
function listening(): { readonly said: string[]; readonly parts: Parts } {
  const said: string[] = []
  const platform = (inner: ChatPlatform): ChatPlatform => ({
    ...inner,
    post: (to, card, key) => {
      said.push(card.title)
      return inner.post(to, card, key)
    },
    reply: (to, card, key) => {
      said.push(card.title)
      return inner.reply(to, card, key)
    },
  })
  return { said, parts: { platform } }
}

let walk: Walk
let url: string
let file: string
beforeAll(async () => {
  walk = await startWalk()
  url = walk.house.databaseUrl
  await announced(walk)
  await eventually(walk, ROLLING)
  file = join(walk.house.dataFolder, 'one.backup')
  await writeBackup(url, file, 'sample', NOW)
})
afterAll(() => walk?.house.end())

async function emptyDatabase(): Promise<string> {
  const database = await freshUrl({ empty: true })
  onTestFinished(() => database.drop())
  return database.url
}

async function inDatabase<T>(at: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: at })
  await client.connect()
  return work(client).finally(() => client.end())
}

/** Every row of every table, as text; who may write and where time leaves traces is left out. */
const contents = (at: string): Promise<Record<string, readonly string[]>> =>
  inDatabase(at, async (client) => {
    const { tables } = await checkBackup(file)
    const all: Record<string, readonly string[]> = {}
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(
        `SELECT t::text AS row FROM "${name}" t WHERE t::text NOT LIKE '(${LAST_BACKUP},%'`,
      )
      all[name] = rows.map(({ row }) => row).sort()
    }
    return all
  })

/** Copies the file with its text changed, and its sum as it was. */
async function changed(change: (text: string) => string): Promise<string> {
  const other = join(walk.house.dataFolder, `${randomUUID()}.backup`)
  await writeFile(other, gzipSync(Buffer.from(change(gunzipSync(await readFile(file)).toString('latin1')), 'latin1')))
  return other
}

describe('a house in the middle of a rollout', () => {
  let other: Running
  afterAll(() => other?.stop())

  test('is written beside the running bot, for nobody else to read, and not over another file', async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const header = await checkBackup(file)
    expect(header).toMatchObject({ format: 'patchcrier-backup', version: 1, createdAt: NOW.toISOString(), house: 'sample' })
    expect(header.tables.find(({ name }) => name === 'Asset')?.rows).toBe(61)
    expect(header.tables.map(({ name }) => name)).not.toContain('job')
    await expect(writeBackup(url, file, 'sample', NOW)).rejects.toThrow(/BACKUP_INVALID|expected a name that is free/)
    const { value } = await walk.house.house.db.setting.findUniqueOrThrow({ where: { key: LAST_BACKUP } })
    expect(value).toEqual({ at: NOW.toISOString() })
  })

  test('comes back whole, its chain is good, and the bot goes on with it: nothing is said twice, nothing is forgotten', async () => {
    await walk.house.stop()
    const target = await emptyDatabase()
    const before = await contents(url)
    await restoreBackup(target, file, sample)
    expect(await contents(target)).toEqual(before)
    const db = await openDatabase(target, { poolSize: 1 })
    expect(await verifyAudit(db)).toMatchObject({ ok: true })
    await db.close()

    const { said, parts } = listening()
    other = await start(
      { port: 0, dataFolder: walk.house.dataFolder, logLevel: 'silent', policyFile: null, databaseUrl: null },
      { databaseUrl: target, policy: await quickPolicy(), log: walk.house.house.log, ...parts },
    )
    await other.settle()
    expect(said).toEqual([])
    const hands = webHands(reachOf(other))
    expect(await hands.count(TEAM, ROLLING)).toBe(1)
    // New rows take up the numbers where the old ones ended.
    const answer = await hands.press('ben', TEAM, ROLLING, 'STOP')
    expect(answer).toMatchObject({ refused: false })
    expect(await verifyAudit(other.house.db)).toMatchObject({ ok: true })
    await other.stop()
  })

  test('is not put where something is, unless it may be replaced; nor under a bot that works', async () => {
    const target = await emptyDatabase()
    await restoreBackup(target, file, sample)
    await expect(restoreBackup(target, file, sample)).rejects.toMatchObject({ code: 'DATABASE_NOT_EMPTY' })
    await inDatabase(target, (client) => client.query(`DELETE FROM "Delivery"; UPDATE "Asset" SET data = '{}'`))
    await restoreBackup(target, file, { ...sample, replace: true })
    expect(await contents(target)).toEqual(await contents(url))

    const bot = await takeBotLock(target, 'bot 4711', () => undefined)
    await expect(restoreBackup(target, file, { ...sample, replace: true })).rejects.toMatchObject({
      code: 'DATABASE_HELD',
      message: expect.stringContaining('bot 4711'),
    })
    if (bot.held) await bot.release()
    const worker = await openDatabase(target, { poolSize: 1 })
    await expect(restoreBackup(target, file, { ...sample, replace: true })).rejects.toMatchObject({
      code: 'DATABASE_HELD',
      message: expect.stringContaining('worker'),
    })
    await worker.close()
  })
})

describe('what is not taken, and leaves everything as it was', () => {
  test.each<[string, (text: string) => string, RegExp]>([
    ['cut off in the rows', (text) => text.slice(0, text.length / 2), /cut off|something else/],
    ['without its sum', (text) => text.slice(0, text.lastIndexOf('{"sha256"')), /cut off/],
    ['a word changed', (text) => text.replace('Norderhafen', 'Nordenhafem').replace('web-01', 'web-99'), /damaged or edited/],
    ['a row moved', (text) => swapLines(text), /damaged or edited/],
    ['more behind it', (text) => `${text}x\n`, /something follows/],
    ['a count changed', (text) => text.replace('"rows":61', '"rows":60'), /sum|something else/],
    ['another version', (text) => text.replace('"version":1', '"version":2'), /version/],
    ['no backup at all', () => 'hello\n', /something else/],
    ['nothing', () => '', /cut off/],
    ['a newer program', (text) => text, /older than the backup/],
  ])('%s', async (what, change, why) => {
    const target = await emptyDatabase()
    const bad = await changed(what === 'a newer program' ? newer : change)
    await expect(restoreBackup(target, bad, sample)).rejects.toThrow(why)
    await inDatabase(target, async (client) => {
      expect((await client.query(`SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace`)).rowCount).toBe(0)
    })
  })

  test('bytes that are cut or broken in the file itself, and a file that is not there', async () => {
    const bytes = await readFile(file)
    const cut = join(walk.house.dataFolder, 'cut.backup')
    await writeFile(cut, bytes.subarray(0, bytes.length - 100))
    await expect(checkBackup(cut)).rejects.toMatchObject({ code: 'BACKUP_INVALID' })
    const broken = Buffer.from(bytes)
    broken[Math.trunc(bytes.length / 2)] = (broken[Math.trunc(bytes.length / 2)] ?? 0) ^ 1
    await writeFile(cut, broken)
    await expect(checkBackup(cut)).rejects.toMatchObject({ code: 'BACKUP_INVALID' })
    await expect(checkBackup('/nowhere')).rejects.toMatchObject({ code: 'BACKUP_INVALID' })
  })

  test("a database with somebody else's tables keeps them, also when it may be replaced", async () => {
    const target = await emptyDatabase()
    await inDatabase(target, (client) => client.query('CREATE TABLE wages (n INT)'))
    await expect(restoreBackup(target, file, { ...sample, replace: true })).rejects.toMatchObject({
      code: 'DATABASE_NOT_EMPTY',
      message: expect.stringContaining('wages'),
    })
    await inDatabase(target, (client) => client.query('SELECT * FROM wages'))
  })

  test("the sample's in an organisation's place", async () => {
    await expect(restoreBackup(await emptyDatabase(), file, { house: 'organisation', replace: true })).rejects.toMatchObject({
      code: 'BACKUP_INVALID',
      message: expect.stringContaining('PATCHCRIER_POLICY'),
    })
  })
})

/** Two rows change places. */
function swapLines(text: string): string {
  const lines = text.split('\n')
  const [a = '', b = ''] = lines.slice(1, 3)
  lines.splice(1, 2, b, a)
  return lines.join('\n')
}

/** As a later program would write it, with its sum. */
function newer(text: string): string {
  const end = text.lastIndexOf('{"sha256"')
  const body = text.slice(0, end).replace('"migrations":[', '"migrations":[{"name":"0000_before","checksum":"x"},')
  return `${body}{"sha256":"${createHash('sha256').update(body, 'latin1').digest('hex')}"}\n`
}
