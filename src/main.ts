import { schedule } from 'node-cron'
import { sweepPatchFiles } from '../adapters/patchfile/sweep.ts'
import { startWeb, webPlatform } from '../adapters/web/index.ts'
import { createPoller } from './app/bulletins/poll.ts'
import { checkPatchFile } from './app/change/patch-file.ts'
import { createListeners } from './app/chat/listeners.ts'
import { makeDoors } from './app/doors/doors.ts'
import type { House, PolicyInForce } from './app/house.ts'
import { mendImports } from './app/inventory/import-row.ts'
import { orderQueue, patchFileQueue, pollQueue } from './app/jobs.ts'
import { createMetrics } from './app/metrics.ts'
import { createGiver } from './app/rollout/giving.ts'
import { healthOf } from './app/time/health.ts'
import { createTicker, tickUntilNothingIsDue } from './app/time/tick.ts'
import { liveTokens, type Tokens } from './app/tokens.ts'
import { databaseUrl, holdBotLock } from './boot/database.ts'
import { delivererOf, furnish } from './boot/furnish.ts'
import { createLog } from './boot/log.ts'
import { organisationSetup } from './boot/organisation.ts'
import { sampleSetup } from './boot/sample.ts'
import { type Parts, type Setup, type Undo, unwind } from './boot/setup.ts'
import { endOnSignals, FOREVER, type Life } from './boot/signals.ts'
import { slackOf } from './boot/slack.ts'
import { teamsOf } from './boot/teams.ts'
import { pollInTurn } from './boot/worker.ts'
import { type Config, readConfig, secretsOf, startedByNpm } from './config.ts'
import { Fault } from './core/fault.ts'
import { namedPeople } from './core/policy/groups.ts'
import type { Policy } from './core/policy.ts'
import { migrate } from './db/migrate.ts'
import type { ChatPlatform, Doors, Home } from './ports.ts'

export type { Connect, Parts } from './boot/setup.ts'

export interface Running {
  readonly url: string
  readonly house: House
  readonly doors: Doors
  readonly tokens: Tokens
  /** Works until nothing is due: ticks, orders, posts. */
  settle(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the bot: an organisation's where there is a policy file, else the sample. A stand-by waits here until the active one is gone.
 * Throws Fault, or AbortError when `life` ends while it waits; leaves nothing behind when it does.
 */
export async function start(config: Config, parts: Parts = {}, life: Life = FOREVER): Promise<Running> {
  const undo: Undo = []
  try {
    return await assemble(config, parts, life, undo)
  } catch (error) {
    await unwind(undo)
    throw error
  }
}

const setUp = (config: Config, parts: Parts, undo: Undo): Promise<Setup> =>
  config.policyFile === null ? sampleSetup(config, parts.policy, undo) : organisationSetup(config.policyFile, parts, undo, config)

async function assemble(config: Config, parts: Parts, life: Life, undo: Undo): Promise<Running> {
  const log = parts.log ?? createLog(config.logLevel).log
  const planned = await setUp(config, parts, undo)
  const connect = async (): Promise<string> => parts.databaseUrl ?? databaseUrl(config, planned.database, log, undo)
  const active = await holdBotLock(connect, config, log, life, undo)
  const { url } = active
  // A stand-by may have waited for weeks: what was read before is old.
  const setup = active.waited ? await setUp(config, parts, undo) : planned
  await migrate(url)
  const hideTokens = (): void => parts.hide?.([tokens.reports, ...tokens.people.map(({ token }) => token)])
  const adopted = ({ policy }: PolicyInForce): Promise<void> => tokens.follow(peopleOf(policy)).then(hideTokens)
  const house = await furnish({ url, config, parts, log, setup, adopted }, undo)
  const tokens = await liveTokens(config.dataFolder, peopleOf(house.inForce.policy))
  hideTokens()
  await setup.begin(house)

  const over = new AbortController()
  const poll = pollInTurn(url, createPoller(house))
  const giver = createGiver(house)
  const ticker = createTicker(
    house,
    giver,
    setup.arrive(house, (source) => poll(source, over.signal)),
  )
  const shown = createListeners()
  const web = webPlatform()
  const platforms = new Map<string, ChatPlatform>([[web.name, active.guard(wrapped(parts, web))]])
  const homes = new Map<string, Home>()
  const deliverer = delivererOf(house, url, { platforms, homes }, shown.tell, parts)
  const settle = async (): Promise<void> => {
    await tickUntilNothingIsDue(house, ticker)
    await deliverer.drain()
  }
  const made = makeDoors({
    house,
    sample: setup.sample,
    moveClock: setup.moveClock(house, settle),
    health: () => healthOf(house, ticker),
    metrics: createMetrics(house, ticker),
    onPosts: shown.listen,
  })
  const doors = parts.doors?.(made) ?? made
  const slack = setup.sample ? null : slackOf(house, config.slack ?? null, log, parts)
  const teams = setup.sample ? null : teamsOf(house, config.teams ?? null, log, parts)
  for (const connect of [...(parts.connect ?? []), ...(slack ? [slack] : []), ...(teams ? [teams] : [])]) {
    const connected = await connect(doors)
    undo.push(() => connected.close())
    const { platform, home } = connected
    for (const one of [platform, ...(home ? [home.platform] : [])]) platforms.set(one.name, active.guard(wrapped(parts, one)))
    if (home) homes.set(home.platform.name, home)
  }
  if (config.work !== false)
    await house.boss.work(pollQueue, ({ source }, { signal }) => poll(source, AbortSignal.any([signal, over.signal])))
  await house.boss.work(patchFileQueue, (job, { signal }) => checkPatchFile(house, job, AbortSignal.any([signal, over.signal])))
  await house.boss.work(orderQueue, ({ change }) => giver.give(change))
  await deliverer.start()
  undo.push(() => deliverer.stop())
  await giver.catchUp()
  await mendImports(house)
  // By the machine's time, which the files have; the house's may be moved.
  await sweepPatchFiles(Date.now())
  await ticker.run()
  const cron = schedule('* * * * * *', () => ticker.nudge(), { name: 'tick' })
  undo.push(async () => {
    over.abort()
    await cron.stop()
    await ticker.run()
  })
  // Last, so that whoever finds the page finds a bot that works.
  const page = await startWeb({ doors, platform: web, port: config.port, sample: setup.sample, tokens, log })
  undo.push(() => page.close())
  return { url: page.url, house, doors, tokens, settle, stop: () => unwind(undo) }
}

/** A token belongs to somebody whom the policy names: members of its groups come by the platform that proved them. */
const peopleOf = ({ people }: Policy): readonly string[] => namedPeople(people).map(({ id }) => id)

const wrapped = (parts: Parts, platform: ChatPlatform): ChatPlatform => parts.platform?.(platform) ?? platform

const GREETING = {
  sample: 'Patchcrier is running in SAMPLE MODE: a made-up organisation, real bulletins, and no computer is touched.',
  organisation: (name: string) => `Patchcrier is running for ${name}. Sign in with your token: npm run -s patchcrier -- token`,
} as const

/** Starts what the environment asks for and says where it is; a signal stops it. Ends the process with 1 when it cannot start. */
export async function run(options: { readonly standBy?: boolean } = {}): Promise<void> {
  const { log, hide, clean } = createLog('warn')
  try {
    const config = readConfig(undefined, options)
    hide(secretsOf(config))
    log.level = config.logLevel
    const over = new AbortController()
    const starting = start(config, { log, hide }, { over: over.signal, say: (line) => process.stdout.write(`${line}\n`) })
    const stop = async (): Promise<void> => {
      over.abort()
      await (await starting.catch(() => null))?.stop()
    }
    endOnSignals({ stop, late: () => log.warn('stopping took too long; the next start goes on from here'), byNpm: startedByNpm() })
    const bot = await starting
    const greeting = config.policyFile === null ? GREETING.sample : GREETING.organisation(bot.house.inForce.policy.organisation)
    process.stdout.write(`${greeting}\nOpen ${bot.url}\n`)
  } catch (error) {
    // Asked to end while it was starting or standing by: that is no failure.
    if (error instanceof Error && error.name === 'AbortError') return
    process.stderr.write(
      clean(error instanceof Fault ? `${error.code}: ${error.message}\n` : `${error instanceof Error ? error.stack : error}\n`),
    )
    process.exit(1)
  }
}

if (import.meta.main) await run()
