// The bot in a process of its own, on an embedded database of its own, that kills itself where it is told to. Started by bot.ts.
import { pino } from 'pino'
import { z } from 'zod'
import { renderPost } from '../../src/app/chat/render.ts'
import type { House } from '../../src/app/house.ts'
import { canonicalJson } from '../../src/core/canonical.ts'
import { start } from '../../src/main.ts'
import { loopbackClient } from '../support/loopback-platform.ts'
import { killingAt, pointSchema } from './points.ts'
import { killPolicy } from './policy.ts'

const orderSchema = z.strictObject({ folder: z.string(), loopback: z.url(), port: z.number(), point: pointSchema.nullable() })
export type BotOrder = z.infer<typeof orderSchema>

export type Question = 'settle' | 'drawn' | 'stop'
export interface Asked {
  readonly id: number
  readonly ask: Question
}
/** To `settle`: what is still on its way. To `drawn`: post id -> the card as it would be drawn now. */
export interface Told {
  readonly id: number
  readonly told: readonly string[] | Readonly<Record<string, string>>
}

const BORN = new Date()

/** What is due and has not happened, in words. */
async function pending({ db, clock }: House): Promise<readonly string[]> {
  const posts = await db.$queryRaw<{ what: string }[]>`
    SELECT 'redraw ' || subject AS what FROM "Redraw" UNION ALL
    SELECT concat_ws(' ', 'post', id, subject, purpose, "placeId", "lastError") AS what FROM "Post" WHERE wanted > shown AND status = 'open'`
  const due = await db.due.findMany({ where: { doneAt: null, dueAt: { lte: clock.now() } } })
  const orders = await db.runnerOrder.findMany({ where: { status: { in: ['stored', 'giving'] } } })
  // Jobs that a dead process held come back after their lease; whoever waits for those waits too long.
  const jobs = await db.$queryRaw<{ name: string; state: string }[]>`
    SELECT name, state::text FROM pgboss.job
    WHERE (state IN ('created', 'retry') AND start_after <= now()) OR (state = 'active' AND started_on >= ${BORN})`
  return [
    ...posts.map((p) => p.what),
    ...due.map((d) => `due ${d.kind} ${d.subject}`),
    ...orders.map((o) => `order ${o.id}`),
    ...jobs.map((j) => `job ${j.name} ${j.state}`),
  ]
}

async function drawn(house: House): Promise<Record<string, string>> {
  const posts = await house.db.post.findMany()
  const cards = await Promise.all(posts.map(async (post) => [`${post.id}`, canonicalJson(await renderPost(house, post))] as const))
  return Object.fromEntries(cards)
}

const { folder, loopback, port, point } = orderSchema.parse(JSON.parse(process.argv[2] ?? ''))
const log = pino({ level: 'warn' }, pino.destination({ dest: `${folder}/bot.log`, sync: true }))
const running = await start(
  { port, dataFolder: folder, logLevel: 'warn', policyFile: null, databaseUrl: null },
  {
    policy: await killPolicy(),
    connect: [async () => ({ platform: loopbackClient(loopback), close: async () => undefined })],
    log,
    ...killingAt(point, folder),
  },
)
process.on('message', async ({ id, ask }: Asked) => {
  try {
    if (ask === 'stop') await running.stop()
    else if (ask === 'settle') await running.settle()
    process.send?.({ id, told: ask === 'drawn' ? await drawn(running.house) : ask === 'settle' ? await pending(running.house) : [] })
    if (ask === 'stop') process.disconnect()
  } catch (error) {
    // The database is being killed under us: the question is asked again.
    log.warn({ err: error, ask }, 'test: a question had no answer')
    process.send?.({ id, told: [`no answer: ${error}`] })
  }
})
// The test has ended or was killed: leave no bot and no database behind.
process.on('disconnect', () => void running.stop().then(() => process.exit(0)))
process.send?.({ url: running.url })
