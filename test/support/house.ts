import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { type Parts, type Running, start } from '../../src/main.ts'
import { freshUrl } from './database.ts'
import { offlineMails } from './mails.ts'
import { offlinePatchFiles } from './patch-files.ts'

export interface TestHouse extends Running {
  readonly dataFolder: string
  readonly databaseUrl: string
  /** Stops the bot and starts it again on the same data. */
  restart(): Promise<TestHouse>
  end(): Promise<void>
}

/** The whole house on a database and data folder of its own. */
export async function startTestHouse(parts: Parts = {}): Promise<TestHouse> {
  const { url, drop } = await freshUrl({ empty: true })
  const dataFolder = await mkdtemp(join(tmpdir(), 'patchcrier-'))
  return begin(url, dataFolder, parts, async () => {
    await drop()
    await rm(dataFolder, { recursive: true, force: true })
  })
}

async function begin(databaseUrl: string, dataFolder: string, parts: Parts, cleanUp: () => Promise<void>): Promise<TestHouse> {
  const log = pino({ level: process.env.PATCHCRIER_LOG ?? 'silent' })
  const running = await start(
    { port: 0, dataFolder, logLevel: 'silent', policyFile: null, databaseUrl: null },
    { log, mails: offlineMails, patchFiles: offlinePatchFiles, ...parts, databaseUrl },
  )
  return {
    ...running,
    dataFolder,
    databaseUrl,
    restart: async () => {
      await running.stop()
      return begin(databaseUrl, dataFolder, parts, cleanUp)
    },
    end: async () => {
      await running.stop()
      await cleanUp()
    },
  }
}
