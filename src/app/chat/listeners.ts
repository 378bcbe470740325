/** Who wants to know which places show something else. */
export interface Listeners {
  tell(places: readonly string[]): void
  /** Answers the way to end it. */
  listen(listener: (places: readonly string[]) => void): () => void
}

export function createListeners(): Listeners {
  const all = new Set<(places: readonly string[]) => void>()
  return {
    tell: (places) => {
      for (const listener of all) listener(places)
    },
    listen: (listener) => {
      all.add(listener)
      return () => all.delete(listener)
    },
  }
}
