import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { startStandBy, type Watched } from '../../adapters/web/index.ts'
import type { Config } from '../config.ts'
import { Fault } from '../core/fault.ts'
import { openEmbedded } from '../db/embedded.ts'
import { type BotLock, type HeldLock, REPLACEABLE, takeBotLock } from '../db/lock.ts'
import type { ChatPlatform } from '../ports.ts'
import { guarded } from './guard.ts'
import type { Undo } from './setup.ts'
import type { Life } from './signals.ts'

/** How often a stand-by tries to become the active bot. */
const TRY_EVERY_MS = 1_000

/** Connection string of the database: yours, or one on the embedded server of the data folder. */
export async function databaseUrl(config: Config, name: string, log: Logger, undo: Undo): Promise<string> {
  if (config.databaseUrl !== null) return config.databaseUrl
  const server = await openEmbedded({ folder: join(config.dataFolder, 'postgres'), log: (line) => log.warn(line) })
  undo.push(() => server.stop())
  await server.ensureDatabase(name)
  return server.url(name)
}

/** The one active bot of the database. */
export interface Active {
  /** Connection string of the database. */
  readonly url: string
  /** It was a stand-by before. */
  readonly waited: boolean
  /** A platform that a process which was stopped for long, and goes on, cannot use before it knows that it is still the active one. */
  guard(platform: ChatPlatform): ChatPlatform
}

/**
 * Makes this process the one active bot of the database. Where another one is, it waits as a stand-by until that is gone, if it is to be
 * one; else throws Fault DATABASE_HELD. Who may have a stand-by yields to it when it hangs.
 * @param connect asked again when the database has been gone: an embedded server has to be started, and may have another port then
 */
export async function holdBotLock(connect: () => Promise<string>, config: Config, log: Logger, life: Life, undo: Undo): Promise<Active> {
  let url = await connect()
  const me = `patchcrier pid ${process.pid} on ${hostname()}`.slice(0, 60)
  const lose = (reason: string): never => {
    // Somebody else may be the active bot from now on: acting on would say things twice.
    log.error({ reason }, 'the lock of the active bot is lost; stopping')
    process.exit(1)
  }
  const take = (): Promise<BotLock> => takeBotLock(url, me, lose, config.standBy ? REPLACEABLE : {})
  const again = async (): Promise<BotLock> => {
    url = await connect()
    return take()
  }
  const first = await take()
  if (!first.held && !config.standBy)
    throw new Fault('DATABASE_HELD', `Another bot holds this data: ${first.by}. Stop it first, or open its page.`)
  const lock = first.held ? first : await standBy(first.by, { take, again }, config.port, log, life)
  undo.push(() => lock.release())
  const check = (): void => void (lock.sure() || lose('no sign of life for too long'))
  return { url, waited: !first.held, guard: (platform) => guarded(platform, check) }
}

interface Tries {
  take(): Promise<BotLock>
  /** After the database was gone. */
  again(): Promise<BotLock>
}

async function standBy(holder: string, tries: Tries, port: number, log: Logger, life: Life): Promise<HeldLock> {
  let watched: Watched = { active: holder, database: true }
  const page = await startStandBy({ port, watched: () => watched })
  life.say(`Patchcrier is the stand-by of ${holder}: it takes over when that one is gone.\nStand-by at ${page.url}`)
  try {
    for (;;) {
      await pause(TRY_EVERY_MS, undefined, { signal: life.over })
      const lock = await (watched.database ? tries.take() : tries.again()).catch((error: unknown) => {
        // The database may be on its way up again: whoever waits goes on waiting.
        if (watched.database) log.warn({ err: error }, 'stand-by: the database does not answer; trying on')
        return null
      })
      if (lock?.held) {
        life.say(`${watched.active} is gone: this Patchcrier takes over.`)
        return lock
      }
      watched = { active: lock?.by ?? watched.active, database: lock !== null }
    }
  } finally {
    await page.close()
  }
}
