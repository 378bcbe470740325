import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

const RECONNECT_MS = 1_000

export interface ListenOptions {
  readonly url: string
  /** A PostgreSQL channel; an identifier of ours. */
  readonly channel: string
  /** Called with what every notice says, and with nothing after every (re)connection, because some may have been missed. */
  readonly onNotice: (what: string) => void
  /** Called once per loss of the connection, however often it then fails to come back. */
  readonly onLost: (reason: string) => void
}

/**
 * Listens on a connection of its own, which comes back by itself. Resolves after the first try to connect, successful or not. A dead
 * connection may go unnoticed for minutes, so whoever listens also looks by itself from time to time.
 */
export async function listen({ url, channel, onNotice, onLost }: ListenOptions): Promise<{ close(): Promise<void> }> {
  const over = new AbortController()
  let lost = false
  const lose = (reason: string): void => {
    if (!lost && !over.signal.aborted) onLost(reason)
    lost = true
  }
  const connect = async (): Promise<pg.Client | null> => {
    const client = new pg.Client({ connectionString: url, application_name: 'patchcrier-listen', ...LIVELY })
    // Set before anything else: an error without a listener would end the process.
    client.on('error', (error) => lose(error.message))
    client.on('notification', ({ payload = '' }) => onNotice(payload))
    try {
      await client.connect()
      await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
      lost = false
      onNotice('')
      return client
    } catch (error) {
      lose(error instanceof Error ? error.message : String(error))
      await client.end().catch(() => undefined)
      return null
    }
  }
  let client = await connect()
  const keep = async (): Promise<void> => {
    while (!over.signal.aborted) {
      if (client) await ended(client, over.signal)
      else await pause(RECONNECT_MS, undefined, { signal: over.signal, ref: false }).catch(() => undefined)
      if (!over.signal.aborted) client = await connect()
    }
    await client?.end().catch(() => undefined)
  }
  const keeping = keep()
  return {
    async close() {
      over.abort()
      await keeping
    },
  }
}

const LIVELY = { keepAlive: true, connectionTimeoutMillis: 10_000 }

const ended = (client: pg.Client, over: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    client.once('end', () => resolve())
    over.addEventListener('abort', () => resolve(), { once: true })
  })
