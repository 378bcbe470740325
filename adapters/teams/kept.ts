export interface KeptOptions {
  /** Milliseconds until an answer is too old; absent: never. */
  readonly forMs?: number
  /** As many are kept; one more, and all are forgotten. */
  readonly most: number
  /** Milliseconds; only measures age. */
  readonly now: () => number
}

/** What Teams was asked, for a while; those who ask meanwhile share one answer. A failure is kept for nobody. */
export interface Kept<T> {
  get(key: string, ask: () => Promise<T>): Promise<T>
  forget(key: string): void
}

export function kept<T>({ forMs = Number.POSITIVE_INFINITY, most, now }: KeptOptions): Kept<T> {
  const all = new Map<string, { readonly answer: Promise<T>; readonly until: number }>()
  return {
    get(key, ask) {
      const known = all.get(key)
      if (known && known.until > now()) return known.answer
      const answer = ask()
      if (all.size >= most) all.clear()
      all.set(key, { answer, until: now() + forMs })
      answer.catch(() => {
        if (all.get(key)?.answer === answer) all.delete(key)
      })
      return answer
    },
    forget: (key) => void all.delete(key),
  }
}
