import { expect, test } from 'vitest'
import type { Kill } from './bot.ts'
import { restartWords } from './figures.ts'
import { randomKills, seedOf } from './random.ts'
import { walk } from './walk.ts'

const PATIENCE_MS = 300_000

/** In the order in which the job comes by. */
const NAMED: readonly Kill[] = [
  { point: { name: 'document', nth: 3 } },
  { point: { name: 'post', nth: 2 } },
  { point: { name: 'edit', nth: 2 } },
  { point: { name: 'commit', nth: 2 }, database: 'last' },
  { point: { name: 'unsaid', nth: 2 } },
  { point: { name: 'clock', nth: 3 } },
  { point: { name: 'start', nth: 1 }, database: 'last' },
  { point: { name: 'reply', nth: 2 } },
  { point: { name: 'stop', nth: 1 } },
]

test.concurrent(
  'kill -9 at every named point: nothing lost, nothing said twice, no host run twice, up again by itself',
  async () => {
    const report = await walk(NAMED, { deaf: false })
    expect(report.kills).toBe(NAMED.length)
    process.stdout.write(`kill, named points: ${restartWords(report.restarts)}\n`)
  },
  PATIENCE_MS,
)

test.concurrent(
  'the same at five random moments',
  async () => {
    const seed = seedOf(process.env.KILL_SEED)
    const plan = randomKills(seed, { kills: 5, databases: 2 })
    process.stdout.write(`kill, random moments: KILL_SEED=${seed}\n`)
    const report = await walk(plan, { deaf: true })
    expect(report.kills).toBe(5)
  },
  PATIENCE_MS,
)
