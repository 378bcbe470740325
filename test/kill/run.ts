// npm run test:kill [SEED]: the main job, walked four times while the bot is killed 30 times in all, half of them with its database.
import type { Restart } from './bot.ts'
import { restartWords } from './figures.ts'
import { type RandomPlan, randomKills, seedOf } from './random.ts'
import { walk } from './walk.ts'

const WALKS = [
  { kills: 8, databases: 4 },
  { kills: 7, databases: 4 },
  { kills: 8, databases: 4 },
  { kills: 7, databases: 3 },
] as const
/** Walks at once: they mostly wait. */
const AT_ONCE = 2

const seed = seedOf(process.argv[2])
const restarts: Restart[] = []
let passed = 0
let failed = 0

async function one(number: number, deaths: RandomPlan): Promise<void> {
  const plan = randomKills(seed + number, deaths)
  try {
    const report = await walk(plan, { deaf: true })
    restarts.push(...report.restarts)
    passed += report.kills
    process.stdout.write(`walk ${number}: ${report.kills} kills passed in ${report.seconds.toFixed(1)} s, ${report.calls} calls\n`)
  } catch (error) {
    failed += deaths.kills
    process.stdout.write(`walk ${number}: FAILED with ${JSON.stringify(plan)}\n${error instanceof Error ? error.stack : error}\n`)
  }
}

process.stdout.write(`seed ${seed}\n`)
const left = [...WALKS.entries()]
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await one(next[0] + 1, next[1])
  }),
)
process.stdout.write(`${restartWords(restarts)}\nkill: ${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
