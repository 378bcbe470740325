// npm run test:kill [SEED]: the main job, walked six times while the bot is killed five times on each, half of them with its database.
import type { Restart } from './bot.ts'
import { restartWords } from './figures.ts'
import { randomKills, seedOf } from './random.ts'
import { walk } from './walk.ts'

const WALKS = 6
const KILLS = 5
/** Walks at once: they mostly wait. */
const AT_ONCE = 2

const seed = seedOf(process.argv[2])
const restarts: Restart[] = []
let passed = 0
let failed = 0

async function one(number: number): Promise<void> {
  // Three of one walk and two of the next: half of all.
  const plan = randomKills(seed + number, { kills: KILLS, databases: number % 2 === 0 ? 2 : 3 })
  try {
    const report = await walk(plan, { deaf: true })
    restarts.push(...report.restarts)
    passed += report.kills
    process.stdout.write(`walk ${number}: ${report.kills} kills passed in ${report.seconds.toFixed(1)} s, ${report.calls} calls\n`)
  } catch (error) {
    failed += KILLS
    process.stdout.write(`walk ${number}: FAILED with ${JSON.stringify(plan)}\n${error instanceof Error ? error.stack : error}\n`)
  }
}

process.stdout.write(`seed ${seed}\n`)
const numbers = Array.from({ length: WALKS }, (_, index) => index + 1)
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let next = numbers.shift(); next !== undefined; next = numbers.shift()) await one(next)
  }),
)
process.stdout.write(`${restartWords(restarts)}\nkill: ${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
