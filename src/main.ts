import { hostname } from 'node:os'
import { join } from 'node:path'
import { schedule } from 'node-cron'
import { type Logger, pino } from 'pino'
import { manualRunner } from '../adapters/runners/manual/index.ts'
import { rehearsalRunner } from '../adapters/runners/rehearsal/index.ts'
import { createChecker, createFolderSource } from '../adapters/sources/csaf/index.ts'
import { startWeb, webPlatform } from '../adapters/web/index.ts'
import { createPoller } from './app/bulletins/ingest.ts'
import { createDeliverer, type Deliverer, type DelivererOptions } from './app/chat/deliver.ts'
import { createListeners } from './app/chat/listeners.ts'
import { renderPost } from './app/chat/render.ts'
import { uncertainPost } from './app/chat/uncertain.ts'
import { makeDoors } from './app/doors/doors.ts'
import { type House, joined, type PolicyInForce } from './app/house.ts'
import { orderQueue, pollQueue, QUEUES } from './app/jobs.ts'
import { createGiver } from './app/rollout/giving.ts'
import {
  arrivals,
  clockMover,
  openSample,
  SAMPLE_DATABASE,
  SAMPLE_FOLDER,
  type Sample,
  type SampleClock,
  sampleClock,
  samplePolicy,
  seedSample,
} from './app/sample.ts'
import { createTicker, healthOf, tickUntilNothingIsDue } from './app/tick.ts'
import { readTokens, type Tokens } from './app/tokens.ts'
import { type Config, readConfig, startedByNpm } from './config.ts'
import { Fault } from './core/fault.ts'
import { startBoss } from './db/boss.ts'
import { openDatabase } from './db/database.ts'
import { type Embedded, openEmbedded } from './db/embedded.ts'
import { takeBotLock } from './db/lock.ts'
import { migrate } from './db/migrate.ts'
import { createWriter } from './db/writer.ts'
import type { BulletinSource, ChatPlatform, Clock, Doors, Place, Runner } from './ports.ts'

/** Another chat platform beside the web page; gets the doors, gives what posts. */
export type Connect = (doors: Doors) => Promise<{ readonly platform: ChatPlatform; close(): Promise<void> }>

/** What a test starts differently; the product itself gives none of it. */
export interface Parts {
  /** Instead of the embedded server. */
  readonly databaseUrl?: string
  readonly policy?: PolicyInForce
  readonly connect?: readonly Connect[]
  readonly platform?: (platform: ChatPlatform) => ChatPlatform
  readonly runner?: (runner: Runner) => Runner
  readonly source?: (source: BulletinSource) => BulletinSource
  readonly doors?: (doors: Doors) => Doors
  /** Instead of a real platform's pace, which a walk through the whole job would have to wait for. */
  readonly pace?: Pick<DelivererOptions, 'minGapMs' | 'backoffMs'>
  readonly log?: Logger
}

/** What was opened, in order; ended from the last to the first. */
type Undo = (() => Promise<unknown>)[]

export interface Running {
  readonly url: string
  readonly house: House
  readonly doors: Doors
  readonly tokens: Tokens
  /** Works until nothing is due: ticks, orders, posts. */
  settle(): Promise<void>
  stop(): Promise<void>
}

/** Starts the bot in sample mode. Throws Fault; leaves nothing behind when it does. */
export async function start(config: Config, parts: Parts = {}): Promise<Running> {
  const undo: Undo = []
  try {
    return await assemble(config, parts, undo)
  } catch (error) {
    await unwind(undo)
    throw error
  }
}

async function unwind(undo: Undo): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step().catch(() => undefined)
}

async function assemble(config: Config, parts: Parts, undo: Undo): Promise<Running> {
  const log = parts.log ?? pino({ level: config.logLevel, redact: ['*.password', '*.token', '*.url'] }, pino.destination(2))
  const inForce = parts.policy ?? (await samplePolicy(SAMPLE_FOLDER))
  const people = inForce.policy.people.map((p) => p.id)
  const tokens = await readTokens(config.dataFolder, people)
  const url = parts.databaseUrl ?? (await openSampleDatabase(config, log, undo))
  await holdBotLock(url, log, undo)
  await migrate(url)
  const sample = await openSample(SAMPLE_FOLDER, join(config.dataFolder, 'published'))
  const { house, clock } = await furnish({ url, config, parts, log, inForce, sample }, undo)
  await seedSample(house, sample)

  const over = new AbortController()
  const poll = createPoller(house)
  const giver = createGiver(house)
  const ticker = createTicker(
    house,
    giver,
    arrivals(house, sample, (source) => poll(source, over.signal)),
  )
  const shown = createListeners()
  const web = webPlatform()
  const platforms = new Map<string, ChatPlatform>([[web.name, wrapped(parts, web)]])
  const deliverer = delivererOf(house, url, platforms, shown.tell, parts)
  const settle = async (): Promise<void> => {
    await tickUntilNothingIsDue(house, ticker)
    await deliverer.drain()
  }
  const made = makeDoors({
    house,
    sample: true,
    moveClock: clockMover(house, clock, settle),
    health: () => healthOf(house, ticker),
    onPosts: shown.listen,
  })
  const doors = parts.doors?.(made) ?? made
  for (const connect of parts.connect ?? []) {
    const connected = await connect(doors)
    undo.push(() => connected.close())
    platforms.set(connected.platform.name, wrapped(parts, connected.platform))
  }
  await house.boss.work(pollQueue, ({ source }, { signal }) => poll(source, AbortSignal.any([signal, over.signal])))
  await house.boss.work(orderQueue, ({ change }) => giver.give(change))
  await deliverer.start()
  undo.push(() => deliverer.stop())
  await giver.catchUp()
  await ticker.run()
  const cron = schedule('* * * * * *', () => ticker.nudge(), { name: 'tick' })
  undo.push(async () => {
    over.abort()
    await cron.stop()
    await ticker.run()
  })
  // Last, so that whoever finds the page finds a bot that works.
  const page = await startWeb({ doors, platform: web, port: config.port, sample: true, tokens, log })
  undo.push(() => page.close())
  return { url: page.url, house, doors, tokens, settle, stop: () => unwind(undo) }
}

interface Material {
  readonly url: string
  readonly config: Config
  readonly parts: Parts
  readonly log: Logger
  readonly inForce: PolicyInForce
  readonly sample: Sample
}

/** Database, jobs, clock, sources and runners: what the use cases work with. */
async function furnish({ url, config, parts, log, inForce, sample }: Material, undo: Undo): Promise<{ house: House; clock: SampleClock }> {
  const db = await openDatabase(url, { poolSize: 12 })
  undo.push(() => db.close())
  const boss = await startBoss({ url, queues: QUEUES, log: (line) => log.warn(line) })
  undo.push(() => boss.stop())
  const clock = await sampleClock(db, Date.now)
  const sources = sourcesOf(inForce, sample, undo).map((source) => parts.source?.(source) ?? source)
  const house: House = {
    db,
    write: createWriter(db, { atOnce: 8, waiting: 2_000 }),
    boss,
    clock,
    log,
    inForce,
    sources: new Map(sources.map((s) => [s.id, s])),
    runners: new Map(runnersOf(config, clock, parts).map((r) => [r.name, r])),
  }
  return { house, clock }
}

function sourcesOf(inForce: PolicyInForce, sample: Sample, undo: Undo): readonly BulletinSource[] {
  const checker = createChecker()
  undo.push(() => checker.close())
  return inForce.policy.sources
    .filter((rule) => rule.kind === 'csaf-folder')
    .map((rule) => ({
      ...createFolderSource({ id: rule.id, folder: sample.published }),
      check: (raw, now) => checker.checkDocument(raw, rule, sample.key, now),
    }))
}

function delivererOf(
  house: House,
  url: string,
  platforms: ReadonlyMap<string, ChatPlatform>,
  onShown: DelivererOptions['onShown'],
  parts: Parts,
): Deliverer {
  return createDeliverer({
    db: house.db,
    url,
    platforms,
    place: (id) => placeOf(house.inForce, id),
    render: (post) => renderPost(house, post),
    onShown,
    onUncertain: (post, tx) => joined(house, tx, (unit) => uncertainPost(unit, post)),
    log: house.log,
    now: () => house.clock.now(),
    takeOver: true,
    minGapMs: { slack: 1_000 },
    ...parts.pace,
  })
}

const wrapped = (parts: Parts, platform: ChatPlatform): ChatPlatform => parts.platform?.(platform) ?? platform

function runnersOf(config: Config, clock: Clock, parts: Parts): readonly Runner[] {
  const runners = [rehearsalRunner({ folder: join(config.dataFolder, 'rehearsal'), clock, seed: 'sample' }), manualRunner()]
  return runners.map((r) => parts.runner?.(r) ?? r)
}

function placeOf(inForce: PolicyInForce, id: string): Place | null {
  const place = inForce.policy.places.find((p) => p.id === id)
  return place ? { id: place.id, platform: place.platform, ref: place.ref } : null
}

async function openSampleDatabase(config: Config, log: Logger, undo: Undo): Promise<string> {
  const server: Embedded = await openEmbedded({ folder: join(config.dataFolder, 'postgres'), log: (line) => log.warn(line) })
  undo.push(() => server.stop())
  await server.ensureDatabase(SAMPLE_DATABASE)
  return server.url(SAMPLE_DATABASE)
}

async function holdBotLock(url: string, log: Logger, undo: Undo): Promise<void> {
  const me = `patchcrier pid ${process.pid} on ${hostname()}`.slice(0, 60)
  const lock = await takeBotLock(url, me, (reason) => {
    // Somebody else may be the active bot from now on: acting on would say things twice.
    log.error({ reason }, 'the lock of the active bot is lost; stopping')
    process.exit(1)
  })
  if (!lock.held) throw new Fault('DATABASE_HELD', `Another bot holds this data: ${lock.by}. Stop it first, or open its page.`)
  undo.push(() => lock.release())
}

/** Starts what the environment asks for and says where it is; a signal stops it. Ends the process with 1 when it cannot start. */
export async function run(): Promise<void> {
  // Asked first: it may be gone by the time the bot is up.
  const parent = process.ppid
  try {
    const bot = await start(readConfig())
    process.stdout.write(
      `Patchcrier is running in SAMPLE MODE: a made-up organisation, real bulletins, and no computer is touched.\nOpen ${bot.url}\n`,
    )
    const stop = (): void => void bot.stop().then(() => process.exit(0))
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    if (startedByNpm()) onOrphaned(parent, stop)
  } catch (error) {
    process.stderr.write(error instanceof Fault ? `${error.code}: ${error.message}\n` : `${error instanceof Error ? error.stack : error}\n`)
    process.exit(1)
  }
}

/** A signal to npm ends the shell between npm and us, and nobody tells us: who started the bot believes it has stopped. */
function onOrphaned(parent: number, stop: () => void): void {
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    stop()
  }, 250)
}

if (import.meta.main) await run()
