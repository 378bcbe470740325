import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Finding } from '../../src/core/doctor/facts.ts'
import { type Running, start } from '../../src/main.ts'
import { freshUrl } from '../support/database.ts'
import { dataFolder } from '../support/folder.ts'
import { program } from '../support/process.ts'

const SAMPLE = new URL('../../manifests/sample/', import.meta.url)

let folder: Awaited<ReturnType<typeof dataFolder>>
let database: Awaited<ReturnType<typeof freshUrl>>
let bot: Running
const file = (): string => join(folder.path, 'policy.yaml')

type Raw = Record<string, unknown>
const write = async (change: Raw): Promise<void> => {
  const sample = JSON.parse(await readFile(new URL('policy.json', SAMPLE), 'utf8')) as { sources: Raw[] }
  const sources = sample.sources.map((s) => ({ ...s, folder: 'csaf', keyFile: 'key.asc' }))
  await writeFile(file(), JSON.stringify({ ...sample, sources, ...change }))
}

/** A bot on a database of one's own that has read its source. */
beforeAll(async () => {
  folder = await dataFolder()
  database = await freshUrl({ empty: true })
  await mkdir(join(folder.path, 'csaf'))
  for (const end of ['', '.asc', '.sha512'])
    await copyFile(new URL(`csaf/history/rhsa-2024_0010.json${end}`, SAMPLE), join(folder.path, 'csaf', `rhsa-2024_0010.json${end}`))
  await writeFile(join(folder.path, 'key.asc'), await readFile(new URL('csaf/sample-key.asc', SAMPLE)))
  await write({})
  bot = await start(
    { port: 0, dataFolder: join(folder.path, 'data'), logLevel: 'silent', policyFile: file(), databaseUrl: database.url },
    { log: pino({ level: 'silent' }) },
  )
  const read = async () => expect((await bot.house.db.setting.findMany()).map(({ key }) => key)).toContain('source:sample-csaf')
  await vi.waitFor(read, { timeout: 60_000 })
  await bot.settle()
})
afterAll(async () => {
  await bot?.stop()
  await database?.drop()
  await folder?.remove()
})

interface Told {
  readonly code: number | null
  readonly findings: readonly Finding[]
  readonly notes: readonly string[]
}

async function doctor(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Told & { readonly areas: readonly string[] }> {
  const asked = program('cli', ['doctor', '--json', ...args], {
    PATCHCRIER_DATA: join(folder.path, 'data'),
    PATCHCRIER_POLICY: file(),
    DATABASE_URL: database.url,
    ...env,
  })
  const said = JSON.parse((await asked.line(/^\{.*\}$/))[0]) as Omit<Told, 'code'>
  return { ...said, code: await asked.ended, areas: said.findings.map(({ area }) => area) }
}

const sql = async (statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

test('a fresh organisation: the policy has to be approved and a backup made; everything else is well', async () => {
  const { code, findings, notes } = await doctor(['--online'])
  expect(findings.map(({ what }) => what)).toEqual(['The policy in force is not approved.', 'No backup was ever made.'])
  expect(notes.join(' ')).toMatch(/Active: patchcrier pid/)
  expect(code).toBe(1)
})

test('when both are done there is nothing to mend, and it says so', async () => {
  await sql(`UPDATE "PolicyVersion" SET "approvedAt" = now()`)
  const made = program('cli', ['backup', join(folder.path, 'first.backup')], { DATABASE_URL: database.url, PATCHCRIER_POLICY: file() })
  expect(await made.ended).toBe(0)
  const asked = program('cli', ['doctor'], {
    PATCHCRIER_DATA: join(folder.path, 'data'),
    PATCHCRIER_POLICY: file(),
    DATABASE_URL: database.url,
  })
  await asked.line(/^Nothing to mend\.$/)
  expect(await asked.ended).toBe(0)
})

test('what is broken in the data is found by the data', async () => {
  await sql(`UPDATE "AuditRecord" SET body = replace(body, '"', '""') WHERE seq = 1`)
  await sql(`UPDATE "Setting" SET value = jsonb_set(value, '{failingSince}', '"2026-11-20T00:00:00.000Z"') WHERE key LIKE 'source:%'`)
  await sql(`INSERT INTO "Due" (kind, subject, "dueAt") VALUES ('nobody handles it', 'x:1', '2020-01-01')`)
  await sql(`UPDATE "Post" SET status = 'uncertain' WHERE id = (SELECT min(id) FROM "Post")`)
  await write({ silentAfterMinutes: 61 })
  const { code, areas } = await doctor()
  expect({ code, areas: [...areas].sort() }).toEqual({ code: 1, areas: ['audit', 'places', 'policy', 'sources', 'work'] })
})

test('what keeps a bot from starting is said all at once, without a password', async () => {
  await writeFile(file(), '{ "organisation": 7 }')
  const url = new URL(database.url)
  url.pathname = '/nowhere/at/all'
  const { code, areas, findings } = await doctor([], { PORT: 'x', DATABASE_URL: url.href.replace(/:\d+\//, ':1/') })
  expect(code).toBe(1)
  expect(new Set(areas)).toEqual(new Set(['configuration', 'database', 'policy']))
  expect(JSON.stringify(findings)).not.toContain(url.password)
})
