import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { link, open, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { Fault } from '../../core/fault.ts'
import { readHistory } from '../migrate.ts'
import { inTransaction } from './connection.ts'
import { type BackupHeader, jsonLine } from './format.ts'
import { columnsOf, quoted, readSequences, readTables, refuseStrangers } from './tables.ts'

/** Key of the setting that says when the last backup was made, as `{"at": ISO time}`. */
export const LAST_BACKUP = 'backup:last'

/**
 * Writes all data as they are at one instant to a new file (mode 600), beside a running bot. Secrets that are kept in files (tokens, keys,
 * the policy file) are not in it. Throws Fault BACKUP_INVALID when the file is there already or cannot be written.
 */
export async function writeBackup(url: string, file: string, house: BackupHeader['house'], now: Date): Promise<BackupHeader> {
  const draft = `${file}.${randomBytes(4).toString('hex')}.part`
  try {
    const header = await inTransaction(url, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', async (client) => {
      const read = await readHeader(client, house, now)
      await pipeline(Readable.from(contents(client, read)), createGzip(), createWriteStream(draft, { flags: 'wx', mode: 0o600 }))
      return read
    })
    await publish(draft, file)
    await note(url, now)
    return header
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && 'path' in error)
      throw new Fault('BACKUP_INVALID', `${file}: expected a file that can be written; ${error.message}`, { cause: error })
    throw error
  } finally {
    await unlink(draft).catch(() => undefined)
  }
}

async function readHeader(client: pg.Client, house: BackupHeader['house'], now: Date): Promise<BackupHeader> {
  const migrations = await readHistory(client).catch((error: unknown) => {
    throw new Fault('DATABASE_UNAVAILABLE', 'expected the database of a bot that was started; it has no tables of ours', { cause: error })
  })
  await refuseStrangers(client)
  return {
    format: 'patchcrier-backup',
    version: 1,
    createdAt: now.toISOString(),
    house,
    migrations: migrations.map(({ name, checksum }) => ({ name, checksum })),
    tables: await readTables(client),
    sequences: await readSequences(client),
  }
}

async function* contents(client: pg.Client, header: BackupHeader): AsyncGenerator<Buffer> {
  const sum = createHash('sha256')
  const first = jsonLine(header)
  sum.update(first)
  yield first
  for (const table of header.tables) {
    const rows = client.query(copyTo(`COPY ${quoted(table.name)} (${columnsOf(table)}) TO STDOUT`))
    for await (const chunk of rows as AsyncIterable<Buffer>) {
      sum.update(chunk)
      yield chunk
    }
  }
  yield jsonLine({ sha256: sum.digest('hex') })
}

/** Safe on the disk before it has its name, and never in the place of another file. */
async function publish(draft: string, file: string): Promise<void> {
  await sync(draft)
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    throw new Fault('BACKUP_INVALID', `${file}: expected a name that is free; there is a file already`)
  })
  await sync(dirname(file)).catch(() => undefined)
}

async function sync(path: string): Promise<void> {
  const handle = await open(path)
  await handle.sync().finally(() => handle.close())
}

const note = (url: string, now: Date): Promise<unknown> =>
  inTransaction(url, 'BEGIN', (client) =>
    client.query(`INSERT INTO "Setting" VALUES ($1, $2) ON CONFLICT ("key") DO UPDATE SET "value" = excluded."value"`, [
      LAST_BACKUP,
      JSON.stringify({ at: now.toISOString() }),
    ]),
  )
