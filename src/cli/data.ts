import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ORGANISATION_DATABASE } from '../app/organisation.ts'
import { SAMPLE_DATABASE } from '../app/sample.ts'
import { policyFileOf, readDatabaseUrl, readDataFolder } from '../config.ts'
import { Fault } from '../core/fault.ts'
import { openEmbedded } from '../db/embedded.ts'

/**
 * Works on the data that a bot started here would use: the database of `DATABASE_URL`, or one of the embedded server, which is joined
 * when it runs and runs for as long as it takes when not. Throws Fault DATABASE_UNAVAILABLE where nothing is there: unless `make` is set
 * no data are made, because empty ones would look good.
 */
export async function onData<T>(work: (url: string) => Promise<T>, { make = false } = {}): Promise<T> {
  const hosted = readDatabaseUrl()
  if (hosted !== null) return work(hosted)
  const folder = join(readDataFolder(), 'postgres')
  if (!make && !existsSync(folder))
    throw new Fault('DATABASE_UNAVAILABLE', `${folder} is not there: expected the data of a bot that was started`)
  const server = await openEmbedded({ folder, log: () => undefined })
  try {
    const name = policyFileOf() === null ? SAMPLE_DATABASE : ORGANISATION_DATABASE
    if (make) await server.ensureDatabase(name)
    return await work(server.url(name))
  } finally {
    await server.stop()
  }
}
