import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { Fault } from '../core/fault.ts'

// The audit chain has key 1 (prisma/migrations/0002_audit_chain).
const FAMILY = 7331
const BOT = 2

// We notice a dead connection after at most 10 s, the server after 25 s at the earliest: never two bots at once.
const HEARTBEAT_MS = 5_000
export const KEEPALIVE = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3'
// A stopped process keeps its connection alive. Nobody can take over from it unless the server ends the silence.
const YIELD_AFTER_MS = 30_000

/** The lock, held. It lives as long as its connection, so a killed bot holds nothing. */
export interface HeldLock {
  readonly held: true
  /** False when the last sign of life is so old that somebody else may be the active bot by now. */
  sure(): boolean
  release(): Promise<void>
}

/** `by` is what the holder called itself. */
export type BotLock = HeldLock | { readonly held: false; readonly by: string }

export interface LockOptions {
  /** Pause between two signs of life, and how long an answer may take. */
  readonly heartbeatMs?: number
  /** Silence after which the server lets go of us, so that a stand-by can take over from a process that hangs; null: never. */
  readonly yieldAfterMs?: number | null
}

/**
 * Tries to become the one active bot of this database. Throws Fault DATABASE_UNAVAILABLE when the database does not answer.
 * @param holder who we are, e.g. process, host and start; PostgreSQL keeps 63 bytes of ASCII of it
 * @param onLost called at most once, when the connection is gone without `release`: stop acting at once
 */
export async function takeBotLock(
  url: string,
  holder: string,
  onLost: (reason: string) => void,
  options: LockOptions = {},
): Promise<BotLock> {
  return withClient(url, holder, options, async (client) => {
    if (await tryLock(client)) return watch(client, onLost, options)
    const by = await holderOf(client)
    await client.end()
    return { held: false, by }
  })
}

async function withClient<T>(url: string, holder: string, options: LockOptions, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { heartbeatMs = HEARTBEAT_MS, yieldAfterMs = null } = options
  const client = new pg.Client({
    connectionString: url,
    application_name: holder,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: heartbeatMs,
    options: yieldAfterMs === null ? KEEPALIVE : `${KEEPALIVE} -c idle_session_timeout=${yieldAfterMs}`,
  })
  // Set before anything else: an error without a listener would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } catch (error) {
    await client.end().catch(() => undefined)
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('DATABASE_UNAVAILABLE', `the lock of the active bot cannot be asked for: ${reason}`, { cause: error })
  }
}

/** What an active bot that a stand-by may replace asks for. */
export const REPLACEABLE: LockOptions = { yieldAfterMs: YIELD_AFTER_MS }

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1::int, $2::int) AS taken', [FAMILY, BOT])
  return rows[0]?.taken === true
}

async function holderOf(client: pg.Client): Promise<string> {
  return (
    (await readHolder(async (sql, values) => (await client.query<{ by: string }>(sql, [...values])).rows)) ?? 'a bot that has just gone'
  )
}

/** What the active bot calls itself; null when there is none. */
export async function readHolder(
  ask: (sql: string, values: readonly number[]) => Promise<readonly { readonly by: string }[]>,
): Promise<string | null> {
  const rows = await ask(
    `SELECT a.application_name AS by FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::int::oid AND l.objid = $2::int::oid
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [FAMILY, BOT],
  )
  return rows[0]?.by ?? null
}

function watch(client: pg.Client, onLost: (reason: string) => void, options: LockOptions): HeldLock {
  const { heartbeatMs = HEARTBEAT_MS, yieldAfterMs = null } = options
  const over = new AbortController()
  let good = performance.now()
  const lose = (reason: string) => {
    if (over.signal.aborted) return
    over.abort()
    client.end().catch(() => undefined)
    onLost(reason)
  }
  client.on('error', (error) => lose(error.message))
  client.on('end', () => lose('the connection ended'))
  const alive = (): void => {
    good = performance.now()
  }
  void beat(client, heartbeatMs, over.signal, alive, lose)
  return {
    held: true,
    // A third is left for what is begun now to reach its end.
    sure: () => yieldAfterMs === null || performance.now() - good < (yieldAfterMs * 2) / 3,
    release: async () => {
      over.abort()
      await client.end().catch(() => undefined)
    },
  }
}

// A connection whose other side vanished says nothing by itself.
async function beat(
  client: pg.Client,
  everyMs: number,
  over: AbortSignal,
  alive: () => void,
  lose: (reason: string) => void,
): Promise<void> {
  try {
    while (!over.aborted) {
      await pause(everyMs, undefined, { signal: over, ref: false })
      const asked = performance.now()
      await client.query('SELECT 1')
      // An answer that took long says how things stood before.
      if (performance.now() - asked < everyMs) alive()
    }
  } catch (error) {
    lose(error instanceof Error ? error.message : String(error))
  }
}
