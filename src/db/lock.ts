import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { Fault } from '../core/fault.ts'

// The audit chain has key 1 (prisma/migrations/0002_audit_chain).
const FAMILY = 7331
const BOT = 2

// We notice a dead connection after at most 10 s, the server after 25 s at the earliest: never two bots at once.
const HEARTBEAT_MS = 5_000
export const KEEPALIVE = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3'

export type BotLock =
  | { readonly held: true; release(): Promise<void> }
  /** `by` is what the holder called itself. */
  | { readonly held: false; readonly by: string }

/**
 * Tries to become the one active bot of this database. The lock lives as long as its connection, so a killed bot holds
 * nothing. Throws Fault DATABASE_UNAVAILABLE when the database does not answer.
 * @param holder who we are, e.g. process, host and start; PostgreSQL keeps 63 bytes of ASCII of it
 * @param onLost called at most once, when the connection is gone without `release`: stop acting at once
 * @param heartbeatMs pause between two signs of life, and how long an answer may take
 */
export async function takeBotLock(
  url: string,
  holder: string,
  onLost: (reason: string) => void,
  heartbeatMs = HEARTBEAT_MS,
): Promise<BotLock> {
  const client = new pg.Client({
    connectionString: url,
    application_name: holder,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: heartbeatMs,
    options: KEEPALIVE,
  })
  // Set before anything else: an error without a listener would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    if (await tryLock(client)) return watch(client, onLost, heartbeatMs)
    const by = await holderOf(client)
    await client.end()
    return { held: false, by }
  } catch (error) {
    await client.end().catch(() => undefined)
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('DATABASE_UNAVAILABLE', `the lock of the active bot cannot be asked for: ${reason}`, { cause: error })
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1::int, $2::int) AS taken', [FAMILY, BOT])
  return rows[0]?.taken === true
}

async function holderOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ by: string }>(
    `SELECT a.application_name AS by FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::int::oid AND l.objid = $2::int::oid
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [FAMILY, BOT],
  )
  return rows[0]?.by ?? 'a bot that has just gone'
}

function watch(client: pg.Client, onLost: (reason: string) => void, heartbeatMs: number): BotLock {
  const over = new AbortController()
  const lose = (reason: string) => {
    if (over.signal.aborted) return
    over.abort()
    client.end().catch(() => undefined)
    onLost(reason)
  }
  client.on('error', (error) => lose(error.message))
  client.on('end', () => lose('the connection ended'))
  void beat(client, heartbeatMs, over.signal, lose)
  return {
    held: true,
    release: async () => {
      over.abort()
      await client.end().catch(() => undefined)
    },
  }
}

// A connection whose other side vanished says nothing by itself.
async function beat(client: pg.Client, everyMs: number, over: AbortSignal, lose: (reason: string) => void): Promise<void> {
  try {
    while (!over.aborted) {
      await pause(everyMs, undefined, { signal: over, ref: false })
      await client.query('SELECT 1')
    }
  } catch (error) {
    lose(error instanceof Error ? error.message : String(error))
  }
}
