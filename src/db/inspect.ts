import pg from 'pg'
import { readHolder } from './lock.ts'
import { readHistory, readMigrations } from './migrate.ts'

/** What a database is like from outside, before anything is asked of it by its tables. */
export type Inspected =
  /** `skewMs`: the database's clock minus ours. `holder`: what the active bot calls itself. */
  | { readonly state: 'ok'; readonly holder: string | null; readonly skewMs: number }
  /** No migration was ever applied. */
  | { readonly state: 'new' }
  | { readonly state: 'behind'; readonly missing: readonly string[] }
  | { readonly state: 'broken'; readonly reason: string }

/** Looks at a database and changes nothing. Never throws. */
export async function inspect(url: string, now: () => number = Date.now): Promise<Inspected> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'patchcrier-doctor',
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await unlike(client)) ?? { state: 'ok', holder: await holderOf(client), skewMs: await skew(client, now) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    // A database that the server does not have yet is made by the first start.
    return error instanceof pg.DatabaseError && error.code === '3D000'
      ? { state: 'new' }
      : { state: 'broken', reason: `the database does not answer: ${reason}` }
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** How it differs from what this program works with; null: not at all. */
async function unlike(client: pg.Client): Promise<Inspected | null> {
  const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('public."_prisma_migrations"') IS NOT NULL AS there`)
  if (rows[0]?.there !== true) return { state: 'new' }
  const applied = await readHistory(client)
  const ours = await readMigrations()
  const strange = applied.find(({ name, checksum, finished }, i) => !finished || ours[i]?.name !== name || ours[i]?.checksum !== checksum)
  if (strange)
    return { state: 'broken', reason: `migration ${strange.name} is not the one of this program: is it older than the database?` }
  const missing = ours.slice(applied.length).map(({ name }) => name)
  return missing.length > 0 ? { state: 'behind', missing } : null
}

const holderOf = (client: pg.Client): Promise<string | null> =>
  readHolder(async (sql, values) => (await client.query<{ by: string }>(sql, [...values])).rows)

/** The middle of the round trip is taken for the moment of the answer. */
async function skew(client: pg.Client, now: () => number): Promise<number> {
  const before = now()
  const { rows } = await client.query<{ at: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS at')
  return Number(rows[0]?.at) - (before + now()) / 2
}
