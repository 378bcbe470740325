import pg from 'pg'
import { Fault } from '../core/fault.ts'
import { KEEPALIVE } from './lock.ts'

// One key of two numbers for each source; family 7331 is taken by the audit chain, the bot and the documents of a source.
const FAMILY = 7332

/**
 * Runs `work` when it is this source's turn: one at a time, whatever the process. The turn is a lock of a connection of its own, so that it
 * ends with a killed process. `signal` of the work is aborted when the connection is lost. Throws Fault DATABASE_UNAVAILABLE when it cannot
 * be asked for a turn, AbortError when `signal` ends the waiting, and what `work` throws.
 */
export async function inTurn(
  url: string,
  source: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  signal.throwIfAborted()
  const client = new pg.Client({
    connectionString: url,
    application_name: 'patchcrier-turn',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    options: KEEPALIVE,
  })
  const lost = new AbortController()
  client.on('error', (error) => lost.abort(error))
  const leave = (): Promise<void> => client.end().catch(() => undefined)
  try {
    await Promise.race([take(client, source), aborted(signal)])
  } catch (error) {
    // Not waited for: a connection that is being made, or waits for a lock, takes its time to end.
    void leave()
    signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('DATABASE_UNAVAILABLE', `the turn of source ${source} cannot be asked for: ${reason}`, { cause: error })
  }
  try {
    await work(AbortSignal.any([signal, lost.signal]))
  } finally {
    await leave()
  }
}

async function take(client: pg.Client, source: string): Promise<void> {
  await client.connect()
  await client.query('SELECT pg_advisory_lock($1::int, hashtext($2))', [FAMILY, source])
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
