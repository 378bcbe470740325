import { setImmediate } from 'node:timers/promises'

/**
 * The longest stretch, in milliseconds, for which the main thread itself computed without letting anything else have its turn. Time of its
 * processor, not of the clock: what a busy machine gives to others is nobody's task.
 */
export async function longestTask(work: () => Promise<unknown>): Promise<number> {
  const watched = { on: true, longest: 0 }
  const watching = watch(watched)
  try {
    await work()
    // What it left behind counts, too.
    await setImmediate()
  } finally {
    watched.on = false
  }
  await watching
  return watched.longest / 1_000
}

async function watch(watched: { on: boolean; longest: number }): Promise<void> {
  let last = process.threadCpuUsage()
  while (watched.on) {
    await setImmediate()
    const { user, system } = process.threadCpuUsage(last)
    watched.longest = Math.max(watched.longest, user + system)
    last = process.threadCpuUsage()
  }
}
