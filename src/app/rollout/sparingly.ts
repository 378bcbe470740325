/** It rests so many times as long as it took: what else the process does has three quarters of the time. */
const RESTS = 3
/** By then the tick has done it (app/time/tick.ts). */
const LONGEST_REST_MS = 1_000

/**
 * Does the work, unless that of the same id is under way, or was a moment ago: then nothing is done, and whoever asks must have seen to it
 * that somebody does it soon. Throws what the work throws.
 * @param now milliseconds of a clock that never goes back
 */
export function sparingly(work: (id: number) => Promise<void>, now: () => number = () => performance.now()): (id: number) => Promise<void> {
  const restsUntil = new Map<number, number>()
  return async (id) => {
    const since = now()
    if (since < (restsUntil.get(id) ?? 0)) return
    restsUntil.set(id, Number.POSITIVE_INFINITY)
    try {
      await work(id)
    } finally {
      restsUntil.set(id, now() + Math.min((now() - since) * RESTS, LONGEST_REST_MS))
    }
  }
}
