/** What Slack says about people is asked for once a minute: who lost an account must lose the rights soon, a burst must not ask each time. */
const KEPT_MS = 60_000
const MOST_KEPT = 5000

/**
 * Keeps what `load` answers for a minute; those who ask meanwhile share one answer. A failure is kept for nobody.
 * @param now milliseconds; only measures age
 */
export function kept<T>(load: (key: string) => Promise<T>, now: () => number): (key: string) => Promise<T> {
  const all = new Map<string, { readonly answer: Promise<T>; readonly until: number }>()
  return (key) => {
    const known = all.get(key)
    if (known && known.until > now()) return known.answer
    const answer = load(key)
    if (all.size >= MOST_KEPT) all.clear()
    all.set(key, { answer, until: now() + KEPT_MS })
    answer.catch(() => {
      if (all.get(key)?.answer === answer) all.delete(key)
    })
    return answer
  }
}
