import type { House } from '../app/house.ts'
import type { Config } from '../config.ts'
import { Fault } from '../core/fault.ts'
import { pendingMigrations } from '../db/migrate.ts'
import { databaseUrl } from './database.ts'
import { furnish } from './furnish.ts'
import { createLog } from './log.ts'
import { organisationSetup } from './organisation.ts'
import { sampleSetup } from './sample.ts'
import { type Undo, unwind } from './setup.ts'

/**
 * Works with the house's data beside a running bot, or without one: nothing ticks, nothing is delivered, no source is asked. Throws Fault
 * DATABASE_UNAVAILABLE when no bot of this version has made the data yet.
 */
export async function besideBot<T>(config: Config, work: (house: House) => Promise<T>): Promise<T> {
  const undo: Undo = []
  try {
    const { log } = createLog('error')
    const setup =
      config.policyFile === null ? await sampleSetup(config, undefined, undo) : await organisationSetup(config.policyFile, {}, undo, config)
    const url = await databaseUrl(config, setup.database, log, undo)
    const pending = await pendingMigrations(url)
    if (pending.length > 0)
      throw new Fault('DATABASE_UNAVAILABLE', `the database lacks ${pending.join(', ')}: start a bot of this version first, it migrates`)
    return await work(await furnish({ url, config, parts: {}, log, setup, adopted: async () => undefined }, undo))
  } finally {
    await unwind(undo)
  }
}
