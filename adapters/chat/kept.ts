export interface KeptOptions {
  /** Milliseconds until an answer is too old; absent: never. */
  readonly forMs?: number
  /** As many are kept; what was asked for longest ago is forgotten first. */
  readonly most: number
  /** Milliseconds; only measures age. */
  readonly now: () => number
}

/** What a platform was asked, for a while; those who ask meanwhile share one answer. A failure is kept for nobody. */
export interface Kept<T> {
  get(key: string, ask: () => Promise<T>): Promise<T>
  forget(key: string): void
}

/** For what a platform says about people: who lost an account must lose the rights soon, a burst of clicks must not ask each time. */
export const ABOUT_PEOPLE = { forMs: 60_000, most: 5000 } as const

export function kept<T>({ forMs = Number.POSITIVE_INFINITY, most, now }: KeptOptions): Kept<T> {
  const all = new Map<string, { readonly answer: Promise<T>; readonly until: number }>()
  return {
    get(key, ask) {
      const known = all.get(key)
      if (known && known.until > now()) {
        // Moved to the end: whoever was asked for longest ago stands first.
        all.delete(key)
        all.set(key, known)
        return known.answer
      }
      const answer = ask()
      all.delete(key)
      all.set(key, { answer, until: now() + forMs })
      const [oldest] = all.keys()
      if (all.size > most && oldest !== undefined) all.delete(oldest)
      answer.catch(() => {
        if (all.get(key)?.answer === answer) all.delete(key)
      })
      return answer
    },
    forget: (key) => void all.delete(key),
  }
}
