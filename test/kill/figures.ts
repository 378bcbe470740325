import type { Restart } from './bot.ts'

/** The middle of some milliseconds, in words. */
function median(all: readonly number[]): string {
  const sorted = all.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)]
  return middle === undefined ? 'none' : `${middle} ms (${all.length}, slowest ${sorted.at(-1)} ms)`
}

/** How long the bot was away after its deaths. */
export const restartWords = (restarts: readonly Restart[]): string =>
  `healthy again after: bot alone, median ${median(restarts.filter((r) => !r.database).map((r) => r.ms))}; with the database, median ${median(
    restarts.filter((r) => r.database).map((r) => r.ms),
  )}`
