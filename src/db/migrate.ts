import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { sha256Hex } from '../core/canonical.ts'
import { Fault } from '../core/fault.ts'

// Prisma's own migration lock: `prisma migrate deploy` at the same time waits for us, and we for it.
const PRISMA_LOCK = 72707369

const FOLDER = new URL('../../prisma/migrations/', import.meta.url)

// As Prisma makes it, so that `prisma migrate deploy` works on the same database.
const HISTORY = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`

/** One file of prisma/migrations. */
interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/** A row of Prisma's history that was not rolled back. */
interface Applied {
  readonly name: string
  readonly checksum: string
  readonly finished: boolean
}

/**
 * Brings the database to the newest migration; answers the names of those it applied. Each is applied whole or not at all.
 * Throws Fault MIGRATION_CHANGED when an applied file was changed since, is gone, or was left unfinished by
 * other tools; DATABASE_UNAVAILABLE when the database does not answer or a migration fails.
 * @param folder of `<name>/migration.sql`, applied in the order of their names
 */
export async function migrate(url: string, folder: URL = FOLDER): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const client = await connect(url)
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PRISMA_LOCK])
    await client.query(HISTORY)
    const applied = await readHistory(client)
    refuseChanged(migrations, applied)
    const pending = migrations.slice(applied.length)
    for (const migration of pending) await apply(client, migration)
    return pending.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

/** Names of the migrations that a bot of this version would apply; changes nothing. Throws as `migrate` does. */
export async function pendingMigrations(url: string, folder: URL = FOLDER): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const client = await connect(url)
  try {
    const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS there`)
    const applied = rows[0]?.there ? await readHistory(client) : []
    refuseChanged(migrations, applied)
    return migrations.slice(applied.length).map(({ name }) => name)
  } finally {
    await client.end()
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'patchcrier-migrate', connectionTimeoutMillis: 10_000 })
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('DATABASE_UNAVAILABLE', `the database does not answer: ${reason}`, { cause: error })
  }
}

async function readMigrations(folder: URL): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(new URL(`${name}/migration.sql`, folder), 'utf8')
      return { name, sql, checksum: sha256Hex(sql) }
    }),
  )
}

async function readHistory(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    `SELECT "migration_name" AS name, "checksum", "finished_at" IS NOT NULL AS finished
     FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL`,
  )
  // Sorted here, as the files are: the database's order of text may be another.
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function refuseChanged(migrations: readonly Migration[], applied: readonly Applied[]): void {
  for (const [index, row] of applied.entries()) {
    const file = migrations[index]
    if (!row.finished)
      throw new Fault('MIGRATION_CHANGED', `migration ${row.name} was begun and never finished; look into "_prisma_migrations"`)
    if (file?.name !== row.name) {
      throw new Fault(
        'MIGRATION_CHANGED',
        `expected migration ${row.name}, which this database has, and found ${file?.name ?? 'none'}: is this program older than the database?`,
      )
    }
    if (file.checksum !== row.checksum) {
      throw new Fault(
        'MIGRATION_CHANGED',
        `the file of migration ${row.name} is not the one that was applied: expected SHA-256 ${row.checksum}, found ${file.checksum}`,
      )
    }
  }
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN')
    await client.query(sql)
    await client.query(
      `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "finished_at", "applied_steps_count") VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('DATABASE_UNAVAILABLE', `migration ${name} failed, nothing of it was kept: ${reason}`, { cause: error })
  }
}
