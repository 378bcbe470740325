import { createPoller, type Poll } from '../app/bulletins/poll.ts'
import type { House } from '../app/house.ts'
import { pollQueue } from '../app/jobs.ts'
import { type Config, readConfig, secretsOf, startedByNpm } from '../config.ts'
import { Fault } from '../core/fault.ts'
import { pendingMigrations } from '../db/migrate.ts'
import { inTurn } from '../db/turn.ts'
import { databaseUrl } from './database.ts'
import { furnish } from './furnish.ts'
import { createLog, type Log } from './log.ts'
import { organisationSetup } from './organisation.ts'
import { type Undo, unwind } from './setup.ts'
import { endOnSignals } from './signals.ts'

/** Polls of one source one at a time, in whatever process: what is published during the first, silent poll must not vanish in it. */
export const pollInTurn =
  (url: string, poll: Poll): Poll =>
  (source, signal) =>
    inTurn(url, source, signal, (mine) => poll(source, mine))

/** Works polls beside a bot until a signal ends it. Throws Fault; the bot need not run, but must have made its data. */
export async function runWorker(): Promise<void> {
  const { log, hide } = createLog('warn')
  const config = readConfig()
  hide(secretsOf(config))
  log.level = config.logLevel
  const undo: Undo = []
  const late = (): void => log.warn('stopping took too long; what was under way is done again')
  endOnSignals({ stop: () => unwind(undo), late, byNpm: startedByNpm() })
  try {
    const house = await beginWork(config, log, undo)
    process.stdout.write(`Patchcrier works polls for ${house.inForce.policy.organisation}.\n`)
  } catch (error) {
    await unwind(undo)
    throw error
  }
}

/** A bot of a newer version may have been started meanwhile: what that writes this one may not understand, and would save without it. Throws. */
function endWhereOlder(error: unknown, log: Log['log']): never {
  if (error instanceof Fault && error.code === 'MIGRATION_CHANGED') {
    log.fatal({ err: error }, 'the database is of another version than this worker, which ends')
    // Whoever watches over it starts the version that is installed now.
    process.exitCode = 1
    process.kill(process.pid, 'SIGTERM')
  }
  throw error
}

async function beginWork(config: Config, log: Log['log'], undo: Undo): Promise<House> {
  if (config.policyFile === null)
    throw new Fault('CONFIG_INVALID', 'PATCHCRIER_POLICY: expected the policy of an organisation; sample mode has no workers')
  const setup = await organisationSetup(config.policyFile, {}, undo, config)
  const url = await databaseUrl(config, setup.database, log, undo)
  const pending = await pendingMigrations(url)
  if (pending.length > 0)
    throw new Fault('DATABASE_UNAVAILABLE', `the database lacks ${pending.join(', ')}: start a bot of this version first, it migrates`)
  const house = await furnish({ url, config, parts: {}, log, setup, adopted: async () => undefined }, undo)
  const over = new AbortController()
  const poll = pollInTurn(url, createPoller(house))
  await house.boss.work(pollQueue, async ({ source }, { signal }) => {
    await pendingMigrations(url).catch((error: unknown) => endWhereOlder(error, log))
    // The bot may have brought another version of the policy into force.
    const inForce = await setup.inForce(house.db)
    if (inForce.hash !== house.inForce.hash) await house.adopt(inForce)
    await poll(source, AbortSignal.any([signal, over.signal]))
  })
  undo.push(async () => over.abort())
  return house
}
