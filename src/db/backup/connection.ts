import pg from 'pg'
import { Fault } from '../../core/fault.ts'

/** Runs `work` in one transaction on a connection of its own; nothing of it stays when it throws. */
export async function inTransaction<T>(url: string, begin: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'patchcrier-backup', connectionTimeoutMillis: 10_000 })
  // Set before anything else: an error without a listener would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Fault('DATABASE_UNAVAILABLE', `the database does not answer: ${reason}`, { cause: error })
    })
    await client.query("SET client_encoding = 'UTF8'; SET datestyle = 'ISO'")
    await client.query(begin)
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } finally {
    await client.end().catch(() => undefined)
  }
}
