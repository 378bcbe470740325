/** What the work gives, or `late` after so many milliseconds; the work goes on. */
export function within<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, 'late')
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
