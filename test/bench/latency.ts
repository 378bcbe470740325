import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openEmbedded } from '../../src/db/embedded.ts'
import { type Running, start } from '../../src/main.ts'
import { type Bench, median, quantile, rounded, timed } from './bench.ts'

const CLICKS = 200

/** From an intent to the edited card, in the whole running bot, against a bare durable statement that notifies a listener. */
export async function bench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'patchcrier-bench-'))
  const server = await openEmbedded({ folder: join(folder, 'postgres'), log: () => undefined })
  await server.ensureDatabase('bench')
  const bot = await start({
    port: 0,
    dataFolder: folder,
    logLevel: 'silent',
    policyFile: null,
    databaseUrl: server.url('bench'),
  })
  try {
    const change = await inTesting(bot)
    const bare = await bareStatement(server.url('bench'))
    const cards: number[] = []
    const statements: number[] = []
    for (let i = 0; i < CLICKS; i += 1) {
      cards.push(await timed(() => click(bot, change, i)))
      statements.push(await timed(bare.once))
    }
    await bare.end()
    const ratio = median(cards) / median(statements)
    return {
      rows: [
        ['intent to edited card, median', `${median(cards).toFixed(1)} ms`],
        ['intent to edited card, p99', `${quantile(cards, 0.99).toFixed(1)} ms`],
        ['bare durable statement with a notice, median', `${median(statements).toFixed(1)} ms`],
        ['ratio of the medians', ratio.toFixed(1)],
      ],
      figures: {
        ratio: rounded(ratio),
        medianMs: rounded(median(cards)),
        p99Ms: rounded(quantile(cards, 0.99)),
        bareMs: rounded(median(statements)),
      },
    }
  } finally {
    await bot.stop()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The first change of the sample, classified: its number. */
async function inTesting(bot: Running): Promise<number> {
  for (;;) {
    await bot.settle()
    const row = await bot.house.db.change.findFirst({ orderBy: { id: 'asc' } })
    if (row) {
      const inputs = { class: 'high', reason: 'for the benchmark' }
      const outcome = await bot.doors.handleIntent({
        actor: 'ana',
        place: 'patch-team',
        verb: 'classify',
        subject: `change:${row.id}`,
        inputs,
      })
      if (!outcome.ok) throw new Error(outcome.refusal.text)
      await bot.settle()
      return row.id
    }
    await bot.doors.moveClock?.('next')
  }
}

/** Records a failed test with another note each time, and waits until the card in the team's place shows it. */
async function click(bot: Running, change: number, i: number): Promise<void> {
  const [test] = bot.house.inForce.policy.classes.high.tests
  const note = `attempt ${i} of the benchmark`
  const shown = new Promise<void>((resolve) => {
    const end = bot.doors.onPosts(() => {
      void bot.doors.posts('patch-team').then((posts) => {
        if (!JSON.stringify(posts).includes(note)) return
        end()
        resolve()
      })
    })
  })
  const inputs = { test: test?.id ?? '', passed: 'no', note }
  const outcome = await bot.doors.handleIntent({
    actor: 'ben',
    place: 'patch-team',
    verb: 'record-test',
    subject: `change:${change}`,
    inputs,
  })
  if (!outcome.ok) throw new Error(outcome.refusal.text)
  await shown
}

async function bareStatement(url: string): Promise<{ once(): Promise<void>; end(): Promise<void> }> {
  const [writer, listener] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })]
  await Promise.all([writer.connect(), listener.connect()])
  await listener.query('LISTEN bench')
  await writer.query('CREATE TABLE bench (id serial PRIMARY KEY, text text)')
  return {
    once: async () => {
      const heard = new Promise<void>((resolve) => listener.once('notification', () => resolve()))
      await writer.query(`WITH row AS (INSERT INTO bench (text) VALUES ('x') RETURNING id) SELECT pg_notify('bench', id::text) FROM row`)
      await heard
    },
    end: async () => {
      await Promise.all([writer.end(), listener.end()])
    },
  }
}
