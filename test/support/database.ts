import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from '../../src/db/database.ts'

export interface FreshDatabase {
  readonly db: Database
  readonly url: string
  /** Closes `db` and removes the database, with whatever is still connected to it. */
  drop(): Promise<void>
}

/** A migrated, empty database of its own, made from the run's template in some 50 ms. */
export async function freshDatabase(poolSize = 8): Promise<FreshDatabase> {
  const { url, drop } = await freshUrl()
  const db = await openDatabase(url, { poolSize })
  return {
    db,
    url,
    drop: async () => {
      await db.close()
      await drop()
    },
  }
}

/** As `freshDatabase`, without a client; `empty` leaves the migrations out, too. */
export async function freshUrl({ empty = false } = {}): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const template = new URL(inject('templateUrl'))
  const name = `test_${randomBytes(6).toString('hex')}`
  const url = new URL(template)
  url.pathname = `/${name}`
  await administer(template, `CREATE DATABASE ${name} TEMPLATE ${empty ? 'template0' : template.pathname.slice(1)}`)
  return { url: url.href, drop: () => administer(template, `DROP DATABASE ${name} WITH (FORCE)`) }
}

async function administer(template: URL, sql: string): Promise<void> {
  const url = new URL(template)
  url.pathname = '/postgres'
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
