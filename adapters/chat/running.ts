/** Work under way, so that an end can wait for it. */
export interface Running {
  add<T>(work: Promise<T>): Promise<T>
  /** All of it is done, and what came meanwhile; a failure is told to whoever added it. */
  idle(): Promise<void>
}

export function running(): Running {
  const all = new Set<Promise<unknown>>()
  return {
    add(work) {
      all.add(work)
      const gone = () => void all.delete(work)
      work.then(gone, gone)
      return work
    },
    async idle() {
      while (all.size > 0) await Promise.allSettled(all)
    },
  }
}
