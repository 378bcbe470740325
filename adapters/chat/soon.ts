/** Slack gives up after 3 s, Teams after 5: whoever presses a button is answered within 2. */
const ANSWER_WITHIN_MS = 2000

/** What the work gives, or `late` when the platform has to be answered first; the work goes on. */
export type Soon = <T>(work: Promise<T>) => Promise<T | 'late'>

/** One deadline, from now on, for all that an answer waits for: a second work has what the first one left. */
export function deadline(): Soon {
  const end = performance.now() + ANSWER_WITHIN_MS
  return (work) => within(work, end - performance.now())
}

/** For an answer that waits for one work alone. */
export const inTime: Soon = (work) => deadline()(work)

/** What the work gives, or `late` after so many milliseconds; the work goes on. */
export function within<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, 'late')
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
