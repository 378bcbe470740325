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
  // Ending the connection is the only way out of waiting for a lock.
  const leave = (): void => void client.end().catch(() => undefined)
  signal.addEventListener('abort', leave, { once: true })
  try {
    await take(client, source, signal)
    signal.removeEventListener('abort', leave)
    await work(AbortSignal.any([signal, lost.signal]))
  } finally {
    signal.removeEventListener('abort', leave)
    await client.end().catch(() => undefined)
  }
}

async function take(client: pg.Client, source: string, signal: AbortSignal): Promise<void> {
  try {
    await client.connect()
    await client.query('SELECT pg_advisory_lock($1::int, hashtext($2))', [FAMILY, source])
  } catch (error) {
    signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('DATABASE_UNAVAILABLE', `the turn of source ${source} cannot be asked for: ${reason}`, { cause: error })
  }
}
