import { hostname } from 'node:os'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { Fault } from '../../core/fault.ts'
import { takeBotLock } from '../lock.ts'
import { buildSchema, type Migration, migrate, readMigrations } from '../migrate.ts'
import { inTransaction } from './connection.ts'
import { type BackupHeader, type BackupReader, openBackup } from './format.ts'
import { columnsOf, countRows, dropEverything, quoted, readTables, refuseStrangers } from './tables.ts'

export interface RestoreOptions {
  readonly house: BackupHeader['house']
  /** What is in the database is removed. Without it only an empty one is taken. */
  readonly replace: boolean
}

/**
 * Puts a backup into a database: all of it or nothing, in one transaction, and then brings it to the newest migration. Throws Fault
 * BACKUP_INVALID (damaged, cut off, of another house), MIGRATION_CHANGED (of a newer program), DATABASE_HELD (a bot works on it),
 * DATABASE_NOT_EMPTY.
 */
export async function restoreBackup(url: string, file: string, options: RestoreOptions): Promise<BackupHeader> {
  const header = await checkBackup(file)
  if (header.house !== options.house)
    throw new Fault('BACKUP_INVALID', `${file}: expected a backup of ${NAME[options.house]}, got one of ${NAME[header.house]}. ${HOW}`)
  const ours = await readMigrations()
  const migrations = levelOf(header, ours)
  const lock = await holdBotLock(url)
  try {
    await inTransaction(url, 'BEGIN', async (client) => {
      await refuseUnlessAlone(client)
      await refuseStrangers(client)
      if (!options.replace) await refuseUnlessEmpty(client)
      await dropEverything(client, ours)
      await buildSchema(client, migrations)
      await fill(client, file)
    })
    await migrate(url)
  } finally {
    await lock.release()
  }
  return header
}

const NAME = { sample: 'the sample', organisation: 'an organisation of your own' } as const
const HOW = 'Which one you mean is said by the policy file: PATCHCRIER_POLICY, or ./policy.yaml.'

/** Reads the whole file before anything is touched. */
export async function checkBackup(file: string): Promise<BackupHeader> {
  return reading(file, async (backup) => {
    for (const table of backup.header.tables) for await (const _row of backup.rows(table));
    await backup.finish()
    return backup.header
  })
}

async function reading<T>(file: string, work: (backup: BackupReader) => Promise<T>): Promise<T> {
  const backup = await openBackup(file)
  return work(backup).finally(() => backup.close())
}

/** The migrations that the backup's database had; later ones change data that are there, so they come after the rows. */
function levelOf({ migrations }: BackupHeader, ours: readonly Migration[]): readonly Migration[] {
  for (const [i, { name, checksum }] of migrations.entries())
    if (ours[i]?.name !== name || ours[i]?.checksum !== checksum)
      throw new Fault(
        'MIGRATION_CHANGED',
        `expected the migration ${name} that the backup was made with: is this program older than the backup?`,
      )
  return ours.slice(0, migrations.length)
}

async function holdBotLock(url: string) {
  const lost = (reason: string): never => {
    throw new Fault('DATABASE_UNAVAILABLE', `the database has gone: ${reason}`)
  }
  const lock = await takeBotLock(url, `patchcrier restore pid ${process.pid} on ${hostname()}`.slice(0, 60), lost)
  if (lock.held) return lock
  throw new Fault('DATABASE_HELD', `A bot works on this database: ${lock.by}. Stop it first, and its stand-by and workers.`)
}

/** A worker holds no lock, and would go on in tables that are new. A stand-by's own tries for the lock do no harm. */
async function refuseUnlessAlone(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT application_name AS name FROM pg_stat_activity
     WHERE datname = current_database() AND application_name IN ('patchcrier', 'patchcrier-jobs', 'patchcrier-listen')`,
  )
  if (rows.length > 0)
    throw new Fault('DATABASE_HELD', 'A worker or another command of Patchcrier is connected to this database. Stop it first.')
}

async function refuseUnlessEmpty(client: pg.Client): Promise<void> {
  const full = (await readTables(client)).filter(({ rows }) => rows > 0)
  if (full.length === 0) return
  const rows = full.reduce((sum, table) => sum + table.rows, 0)
  throw new Fault('DATABASE_NOT_EMPTY', `the database holds ${rows} rows already. --replace removes them; make a backup of them first.`)
}

async function fill(client: pg.Client, file: string): Promise<void> {
  const header = await reading(file, async (backup) => {
    for (const table of backup.header.tables) {
      const into = client.query(copyFrom(`COPY ${quoted(table.name)} (${columnsOf(table)}) FROM STDIN`))
      await pipeline(Readable.from(backup.rows(table)), into)
      const there = await countRows(client, table.name)
      if (there !== table.rows) throw new Fault('BACKUP_INVALID', `expected ${table.rows} rows of ${table.name}, got ${there}`)
    }
    await backup.finish()
    return backup.header
  })
  for (const { name, last } of header.sequences)
    if (last !== null) await client.query('SELECT setval($1::regclass, $2::bigint)', [quoted(name), last])
  // Whoever held them is not here. What was being sent at that moment is looked up before it is sent again.
  await client.query('UPDATE "Post" SET "leaseUntil" = NULL WHERE "leaseUntil" IS NOT NULL')
}
