import { hostname } from 'node:os'
import { join } from 'node:path'
import { schedule } from 'node-cron'
import { type Logger, pino } from 'pino'
import { manualRunner } from '../adapters/runners/manual/index.ts'
import { rehearsalRunner } from '../adapters/runners/rehearsal/index.ts'
import { createChecker, createFolderSource } from '../adapters/sources/csaf/index.ts'
import { startWeb, webPlatform } from '../adapters/web/index.ts'
import { createDeliverer, type DelivererOptions } from './app/deliver.ts'
import { clockView, makeDoors, nextEvent } from './app/doors.ts'
import { createGiver } from './app/giving.ts'
import { type House, joined, type PolicyInForce } from './app/house.ts'
import { createPoller } from './app/ingest.ts'
import { orderQueue, pollQueue, QUEUES } from './app/jobs.ts'
import { renderPost } from './app/render.ts'
import { arrive, openSample, SAMPLE_DATABASE, SAMPLE_FOLDER, sampleClock, samplePolicy, seedSample } from './app/sample.ts'
import { createTicker } from './app/tick.ts'
import { readTokens, type Tokens } from './app/tokens.ts'
import { uncertainPost } from './app/uncertain.ts'
import { type Config, readConfig } from './config.ts'
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
  const undo: (() => Promise<unknown>)[] = []
  try {
    return await assemble(config, parts, undo)
  } catch (error) {
    await unwind(undo)
    throw error
  }
}

async function unwind(undo: (() => Promise<unknown>)[]): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step().catch(() => undefined)
}

async function assemble(config: Config, parts: Parts, undo: (() => Promise<unknown>)[]): Promise<Running> {
  const log = parts.log ?? pino({ level: config.logLevel, redact: ['*.password', '*.token', '*.url'] }, pino.destination(2))
  const inForce = parts.policy ?? (await samplePolicy(SAMPLE_FOLDER))
  const tokens = await readTokens(
    config.dataFolder,
    inForce.policy.people.map((p) => p.id),
  )
  const url = parts.databaseUrl ?? (await openSampleDatabase(config, log, undo))
  await migrate(url)
  await holdBotLock(url, log, undo)
  const db = await openDatabase(url, { poolSize: 12 })
  undo.push(() => db.close())
  const boss = await startBoss({ url, queues: QUEUES, log: (line) => log.warn(line) })
  undo.push(() => boss.stop())

  const sample = await openSample(SAMPLE_FOLDER, join(config.dataFolder, 'published'))
  const clock = await sampleClock(db, Date.now)
  const checker = createChecker()
  undo.push(() => checker.close())
  const sources = inForce.policy.sources
    .map(
      (rule): BulletinSource => ({
        ...createFolderSource({ id: rule.id, folder: sample.published }),
        check: (raw, now) => checker.checkDocument(raw, rule, sample.key, now),
      }),
    )
    .map((source) => parts.source?.(source) ?? source)
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
  await seedSample(house, sample)

  const over = new AbortController()
  const poll = createPoller(house)
  const pollAll = async (): Promise<void> => {
    for (const source of house.sources.keys()) await poll(source, over.signal)
  }
  const arrival = async (id: string): Promise<void> => {
    // What was there before is history; an arrival must not be taken for it.
    await pollAll()
    await arrive(sample, id)
    await pollAll()
  }
  const giver = createGiver(house)
  const ticker = createTicker(house, giver, arrival)
  const listeners = new Set<(places: readonly string[]) => void>()
  const web = webPlatform()
  const platforms = new Map<string, ChatPlatform>([[web.name, wrapped(parts, web)]])
  const deliverer = createDeliverer({
    db,
    url,
    platforms,
    place: (id) => placeOf(inForce, id),
    render: (post) => renderPost(house, post),
    onShown: (places) => {
      for (const tell of listeners) tell(places)
    },
    onUncertain: (post, tx) => joined(house, tx, (unit) => uncertainPost(unit, post)),
    log,
    now: () => clock.now(),
    takeOver: true,
    minGapMs: { slack: 1_000 },
    ...parts.pace,
  })

  const settle = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      await ticker.run()
      if ((await db.due.count({ where: { doneAt: null, dueAt: { lte: clock.now() } } })) === 0) break
    }
    await deliverer.drain()
  }
  const made = makeDoors({
    house,
    sample: true,
    moveClock: async (to) => {
      const target = to === 'next' ? (await nextEvent(house))?.dueAt : to
      if (!target) return { code: 'NOTHING_DUE', text: 'Nothing is due: the next thing that happens is up to a person.' }
      // Event by event, as if the time had passed: what is due in between happens in between.
      for (let first = to !== 'next'; ; first = false) {
        const next = await nextEvent(house)
        const step: Date = next && next.dueAt < target ? next.dueAt : target
        const moved = await clock.moveTo(step)
        // While things happened, real time may have passed the next step by itself.
        if (!moved.ok && ((first && step === target) || moved.refusal.code !== 'CLOCK_FORWARD_ONLY')) return moved.refusal
        await settle()
        if (step.getTime() >= target.getTime()) return clockView(house, true)
      }
    },
    health: async () => {
      const database = await db.$queryRaw`SELECT 1`.then(
        () => 'ok',
        () => 'unreachable',
      )
      const ticks = ticker.lastGood() > 0 && performance.now() - ticker.lastGood() < 15_000 ? 'ok' : 'not ticking'
      return { ok: database === 'ok' && ticks === 'ok', detail: { database, jobs: ticks } }
    },
    onPosts: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
  const doors = parts.doors?.(made) ?? made
  for (const connect of parts.connect ?? []) {
    const connected = await connect(doors)
    undo.push(() => connected.close())
    platforms.set(connected.platform.name, wrapped(parts, connected.platform))
  }
  await boss.work(pollQueue, ({ source }, { signal }) => poll(source, AbortSignal.any([signal, over.signal])))
  await boss.work(orderQueue, ({ change }) => giver.give(change))
  await deliverer.start()
  undo.push(() => deliverer.stop())
  await ticker.run()
  const cron = schedule('* * * * * *', () => ticker.nudge(), { name: 'tick' })
  undo.push(async () => {
    over.abort()
    await cron.stop()
    await ticker.run()
  })
  const page = await startWeb({ doors, platform: web, port: config.port, sample: true, tokens, log })
  undo.push(() => page.close())
  return { url: page.url, house, doors, tokens, settle, stop: () => unwind(undo) }
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

async function openSampleDatabase(config: Config, log: Logger, undo: (() => Promise<unknown>)[]): Promise<string> {
  const server: Embedded = await openEmbedded({ folder: join(config.dataFolder, 'postgres'), log: (line) => log.warn(line) })
  undo.push(() => server.stop())
  await server.ensureDatabase(SAMPLE_DATABASE)
  return server.url(SAMPLE_DATABASE)
}

async function holdBotLock(url: string, log: Logger, undo: (() => Promise<unknown>)[]): Promise<void> {
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
  try {
    const bot = await start(readConfig())
    process.stdout.write(
      `Patchcrier is running in SAMPLE MODE: a made-up organisation, real bulletins, and no computer is touched.\nOpen ${bot.url}\n`,
    )
    const stop = (): void => void bot.stop().then(() => process.exit(0))
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
  } catch (error) {
    process.stderr.write(error instanceof Fault ? `${error.code}: ${error.message}\n` : `${error instanceof Error ? error.stack : error}\n`)
    process.exit(1)
  }
}

if (import.meta.main) await run()
