import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SAMPLE_FOLDER, samplePolicy } from '../../src/app/sample.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import { type Server, startServer } from './ack/child.ts'
import { fullSpeed, signedClick, steady } from './ack/load.ts'
import type { Disturbance } from './ack/order.ts'
import { type Bench, median, rounded } from './bench.ts'
import { startSlackServer } from './slack-server.ts'

const SECRET = 'a-signing-secret-for-benchmarks-only'
const CHANNEL = 'C1'
const ROUNDS = 3
const FAST_ROUNDS = 15
const FAST_CLICKS = 400
const WARM_UPS = 8
const PER_SECOND = 100
const STEADY_CLICKS = 400

/** At full speed. */
interface Fast {
  readonly perSecond: { readonly bare: number; readonly bot: number }
  /** Microseconds of processor time a click. */
  readonly cpu: { readonly bare: number; readonly bot: number }
}

/** The 99th percentile at a hundred a second, in milliseconds. */
interface Steady {
  readonly bare: number
  readonly idle: number
  readonly rollout: number
  readonly import: number
}

/**
 * The time to acknowledge a click: the whole bot, which saves it durably first, against a bolt app that does nothing else. Each is a
 * process of its own, the load is a third one, PostgreSQL a fourth, whose processor time is not counted. In turn, round by round. Teams' half is
 * `ack/teams.ts`.
 */
export async function bench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'patchcrier-bench-'))
  const database = await openEmbedded({ folder: join(folder, 'postgres'), log: () => undefined })
  await database.ensureDatabase('bench')
  const { policy } = await samplePolicy(SAMPLE_FOLDER)
  const approver = policy.people.find((one) => one.roles.includes('security'))
  const slack = await startSlackServer({ U1: approver?.email ?? '' })
  const bare = await startServer({ kind: 'bare', secret: SECRET })
  const bot = await startServer({
    kind: 'bot',
    secret: SECRET,
    folder,
    databaseUrl: database.url('bench'),
    apiUrl: `${slack.origin}/api/`,
    channel: CHANNEL,
  })
  try {
    // A program that has just started is still being compiled, in threads whose time counts.
    for (const server of [bare, bot])
      for (let n = 0; n < WARM_UPS; n += 1) await clicked(server, FAST_CLICKS, (clicks) => fullSpeed(server.url, clicks))
    await steadyRound(bare, bot)
    const slow: Steady[] = []
    for (let n = 0; n < ROUNDS; n += 1) slow.push(await steadyRound(bare, bot))
    const fast: Fast[] = []
    for (let n = 0; n < FAST_ROUNDS; n += 1) fast.push(await fastRound(bare, bot))
    return told(fast, slow)
  } finally {
    await Promise.all([bare.stop(), bot.stop()])
    await slack.close()
    await database.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function clicked(server: Server, count: number, press: (clicks: readonly ReturnType<typeof signedClick>[]) => Promise<number>) {
  const values = await server.values(count)
  const before = await server.saved()
  const measured = await press(values.map((value) => signedClick(SECRET, CHANNEL, 'U1', value)))
  const saved = (await server.saved()) - before
  if (saved !== 0 && saved !== count) throw new Error(`${saved} of ${count} clicks had their effect`)
  return measured
}

/** A short burst of each: a slow moment of the machine spoils a round, not the median of many. */
async function fastRound(bare: Server, bot: Server): Promise<Fast> {
  const burst = async (server: Server) => {
    let used = 0
    const perSecond = await clicked(server, FAST_CLICKS, async (clicks) => {
      const before = await server.cpu()
      const speed = await fullSpeed(server.url, clicks)
      used = (await server.cpu()) - before
      return speed
    })
    return { perSecond, cpu: used / FAST_CLICKS }
  }
  const [one, other] = [await burst(bare), await burst(bot)]
  return { perSecond: { bare: one.perSecond, bot: other.perSecond }, cpu: { bare: one.cpu, bot: other.cpu } }
}

async function steadyRound(bare: Server, bot: Server): Promise<Steady> {
  const calm = (server: Server) => clicked(server, STEADY_CLICKS, (clicks) => steady(server.url, clicks, PER_SECOND))
  const disturbed = (by: Disturbance) =>
    clicked(bot, STEADY_CLICKS, async (clicks) => {
      await bot.disturb(by)
      const p99 = await steady(bot.url, clicks, PER_SECOND)
      if ((await bot.calm()) === 0) throw new Error(`no ${by} went on meanwhile`)
      return p99
    })
  return { bare: await calm(bare), idle: await calm(bot), rollout: await disturbed('rollout'), import: await disturbed('import') }
}

function told(fast: readonly Fast[], slow: readonly Steady[]): Bench {
  const of = (figure: (one: Fast) => number): number => median(fast.map(figure))
  const p99 = (figure: (one: Steady) => number): number => median(slow.map(figure))
  const speed = of(({ perSecond }) => perSecond.bot / perSecond.bare)
  const cpu = of(({ cpu: used }) => used.bot / used.bare)
  const [bare, idle, rollout, during] = [p99((r) => r.bare), p99((r) => r.idle), p99((r) => r.rollout), p99((r) => r.import)]
  const ms = (value: number): string => `${value.toFixed(1)} ms`
  return {
    rows: [
      ['clicks a second at full speed', `${of((r) => r.perSecond.bot).toFixed(0)}, bare bolt ${of((r) => r.perSecond.bare).toFixed(0)}`],
      ['ratio (median of the rounds)', `${speed.toFixed(2)}, goal at least 0.5`],
      ['processor time a click', `${of((r) => r.cpu.bot).toFixed(0)} µs, bare bolt ${of((r) => r.cpu.bare).toFixed(0)} µs`],
      ['ratio (median of the rounds)', `${cpu.toFixed(2)}, goal at most 2`],
      [`p99 at ${PER_SECOND} a second`, `${ms(idle)}, bare bolt ${ms(bare)}, goal at most 15 ms above it`],
      ['p99 while a rollout reports', `${ms(rollout)}`],
      ['p99 during a bulk import', `${ms(during)}, goal at most ${ms(2 * idle + 10)}`],
    ],
    figures: {
      throughputRatio: rounded(speed),
      cpuRatio: rounded(cpu),
      botPerSecond: Math.round(of((r) => r.perSecond.bot)),
      barePerSecond: Math.round(of((r) => r.perSecond.bare)),
      botCpuMicros: Math.round(of((r) => r.cpu.bot)),
      bareCpuMicros: Math.round(of((r) => r.cpu.bare)),
      bareP99Ms: rounded(bare, 1),
      idleP99Ms: rounded(idle, 1),
      rolloutP99Ms: rounded(rollout, 1),
      importP99Ms: rounded(during, 1),
    },
  }
}
