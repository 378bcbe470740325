import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { Fault } from '../core/fault.ts'
import { openEmbedded } from '../db/embedded.ts'
import { takeBotLock } from '../db/lock.ts'
import type { Undo } from './setup.ts'

/** Connection string of the database: yours, or one on the embedded server of the data folder. */
export async function databaseUrl(config: Config, name: string, log: Logger, undo: Undo): Promise<string> {
  if (config.databaseUrl !== null) return config.databaseUrl
  const server = await openEmbedded({ folder: join(config.dataFolder, 'postgres'), log: (line) => log.warn(line) })
  undo.push(() => server.stop())
  await server.ensureDatabase(name)
  return server.url(name)
}

/** Makes this process the one active bot of the database. Throws Fault DATABASE_HELD. */
export async function holdBotLock(url: string, log: Logger, undo: Undo): Promise<void> {
  const me = `patchcrier pid ${process.pid} on ${hostname()}`.slice(0, 60)
  const lock = await takeBotLock(url, me, (reason) => {
    // Somebody else may be the active bot from now on: acting on would say things twice.
    log.error({ reason }, 'the lock of the active bot is lost; stopping')
    process.exit(1)
  })
  if (!lock.held) throw new Fault('DATABASE_HELD', `Another bot holds this data: ${lock.by}. Stop it first, or open its page.`)
  undo.push(() => lock.release())
}
