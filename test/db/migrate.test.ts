import { readdirSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrate } from '../../src/db/migrate.ts'
import { freshUrl } from '../support/database.ts'
import { schemaSql } from '../support/schema-sql.ts'

const MIGRATIONS = new URL('../../prisma/migrations/', import.meta.url)
const NAMES = readdirSync(MIGRATIONS)
  .filter((name) => /^\d{4}_/.test(name))
  .sort()

let empty: Awaited<ReturnType<typeof freshUrl>>
beforeEach(async () => {
  empty = await freshUrl({ empty: true })
})
afterEach(() => empty.drop())

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

/** A copy of the migrations that a test may change. */
async function withCopy(work: (folder: string, url: URL) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  try {
    await cp(MIGRATIONS, folder, { recursive: true })
    await work(folder, pathToFileURL(`${folder}/`))
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('migrating', () => {
  test('an empty database gets all, a second time nothing', async () => {
    expect(await migrate(empty.url)).toEqual(NAMES)
    expect(await migrate(empty.url)).toEqual([])
  })

  test("the history is Prisma's: name, SHA-256 of the file, finished", async () => {
    await migrate(empty.url)
    const rows = await query(
      empty.url,
      `SELECT migration_name, length(checksum) AS digits, finished_at >= started_at AS finished, rolled_back_at, applied_steps_count FROM "_prisma_migrations" ORDER BY 1`,
    )
    expect(rows).toEqual(
      NAMES.map((migration_name) => ({ migration_name, digits: 64, finished: true, rolled_back_at: null, applied_steps_count: 1 })),
    )
  })

  test('four processes at once apply each migration once', async () => {
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(empty.url)))
    expect(applied.flat().sort()).toEqual(NAMES)
  })

  test('a migration that was applied and then changed is a fault that names it', async () => {
    await withCopy(async (folder, url) => {
      await migrate(empty.url, url)
      const file = join(folder, '0001_house', 'migration.sql')
      await writeFile(file, `${await readFile(file, 'utf8')}\n-- later thought`)
      await expect(migrate(empty.url, url)).rejects.toMatchObject({
        code: 'MIGRATION_CHANGED',
        message: expect.stringContaining('0001_house'),
      })
    })
  })

  test('a database newer than the program is a fault', async () => {
    await migrate(empty.url)
    await withCopy(async (folder, url) => {
      await rm(join(folder, '0002_audit_chain'), { recursive: true })
      await expect(migrate(empty.url, url)).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' })
    })
  })

  test('a migration that fails half-way leaves nothing, and goes on when it is mended', async () => {
    await withCopy(async (folder, url) => {
      const file = join(folder, '0002_audit_chain', 'migration.sql')
      const good = await readFile(file, 'utf8')
      await writeFile(file, 'CREATE TABLE "half" (); SELECT 1 / 0;')
      await expect(migrate(empty.url, url)).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        message: expect.stringContaining('division by zero'),
      })
      expect(await query(empty.url, `SELECT to_regclass('half') AS half`)).toEqual([{ half: null }])
      await writeFile(file, good)
      expect(await migrate(empty.url, url)).toEqual(NAMES.slice(1))
    })
  })

  test('what was kept without proof is carried over into the table of what was dropped', async () => {
    await withCopy(async (folder, url) => {
      for (const name of NAMES.filter((one) => one >= '0029')) await rm(join(folder, name), { recursive: true })
      await migrate(empty.url, url)
      await query(
        empty.url,
        `INSERT INTO "Doubted" ("source", "digest", "name", "reason", "raw", "seenAt") VALUES
          ('box', 'd1', 'a@b.example: x', 'HELD', 'mail', '2026-11-01T00:00:00Z'), ('box', 'd2', 'mail 2', 'too large', '', '2026-11-02T00:00:00Z')`,
      )
      expect((await migrate(empty.url))[0]).toBe('0029_kept')
      expect(
        await query(
          empty.url,
          `SELECT "kind", "fileName", "digest", "size", convert_from("head", 'UTF8') AS head FROM "DroppedItem" ORDER BY "id"`,
        ),
      ).toEqual([
        { kind: 'not proved', fileName: 'a@b.example: x', digest: 'd1', size: 4, head: 'mail' },
        { kind: 'not proved', fileName: 'mail 2', digest: 'd2', size: 0, head: '' },
      ])
    })
  })

  test('one that another tool left unfinished is a fault', async () => {
    await migrate(empty.url)
    await query(empty.url, `UPDATE "_prisma_migrations" SET finished_at = NULL WHERE migration_name = '0002_audit_chain'`)
    await expect(migrate(empty.url)).rejects.toMatchObject({
      code: 'MIGRATION_CHANGED',
      message: expect.stringContaining('never finished'),
    })
  })

  test('a database that is not there is a fault', async () => {
    const nowhere = new URL(empty.url)
    nowhere.pathname = '/nowhere'
    await expect(migrate(nowhere.href)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  })
})

describe('0031_lookups', () => {
  test('imports of before count as matched, but for one whose hosts are still marked and one that runs', async () => {
    await withCopy(async (folder, url) => {
      for (const name of NAMES.filter((one) => one >= '0031')) await rm(join(folder, name), { recursive: true })
      await migrate(empty.url, url)
      await query(
        empty.url,
        `INSERT INTO "InventoryImport" ("fileName", "kind", "by", "startedAt", "skipped", "figures", "status") VALUES
           ('matched', 'csv', 'ana', now(), '{}', '{}', 'done'), ('marked', 'csv', 'ana', now(), '{}', '{}', 'failed'),
           ('runs', 'csv', 'ana', now(), '{}', '{}', 'running');
         INSERT INTO "Asset" ("host", "lastSeen", "data", "touched") SELECT 'web-01', now(), '{}', "id" FROM "InventoryImport" WHERE "fileName" = 'marked'`,
      )
    })
    await migrate(empty.url)
    const rows = await query<{ fileName: string }>(empty.url, `SELECT "fileName" FROM "InventoryImport" WHERE "matched"`)
    expect(rows.map(({ fileName }) => fileName)).toEqual(['matched'])
  })
})

describe('drift', () => {
  // What both ways of making the database lead to, as PostgreSQL itself describes it.
  const CATALOGUE = `
    SELECT 'column' AS kind, table_name AS "table", column_name AS name,
      concat_ws(' ', data_type, udt_name, character_maximum_length, datetime_precision, is_nullable, column_default) AS definition
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    ORDER BY 1, 2, 3`
  /** What Prisma's schema has no words for stands in a migration alone. One that is not there any more fails the test. */
  const BY_HAND: readonly string[] = ['Asset_aliases_idx', 'Post_outdated_idx', 'Post_resting_idx', 'Post_unsaid_idx']
  type Described = { kind: string; table: string; name: string }
  const described = async (url: string) =>
    (await query<Described>(url, CATALOGUE)).filter(({ table }) => !table.includes('_prisma_migrations'))

  test('the migrations make exactly what prisma/schema.prisma says', async () => {
    const bySchema = await freshUrl({ empty: true })
    try {
      await query(bySchema.url, await schemaSql(bySchema.url))
      await migrate(empty.url)
      const expected = await described(bySchema.url)
      expect(new Set(expected.map(({ kind }) => kind)).size).toBe(3)
      const made = await described(empty.url)
      expect(
        made.filter(({ name }) => !BY_HAND.includes(name)),
        'run `npm run migration`, or add a migration',
      ).toEqual(expected)
      expect(made.flatMap(({ name }) => (BY_HAND.includes(name) ? [name] : []))).toEqual(BY_HAND)
    } finally {
      await bySchema.drop()
    }
  })
})
