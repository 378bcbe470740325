/** Slack gives up after 3 s, Teams after 5: whoever presses a button is answered within 2. */
const ANSWER_WITHIN_MS = 2000

/** What the work gives, or `late` when the platform has to be answered first; the work goes on. */
export const inTime = <T>(work: Promise<T>): Promise<T | 'late'> => within(work, ANSWER_WITHIN_MS)

/** What the work gives, or `late` after so many milliseconds; the work goes on. */
export function within<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, 'late')
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
