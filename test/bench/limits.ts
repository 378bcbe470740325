/** At most so many calls in any window, of one channel or of all together. */
export interface Limit {
  readonly of: 'channel' | 'workspace'
  readonly count: number
  readonly perMs: number
}

interface Call {
  readonly method: string
  readonly channel: string
  readonly at: number
}

/** Counts strictly, as a platform may; the real ones let short bursts pass. `method` of a limit that counts all: `*`. */
export function strict(limits: Readonly<Record<string, readonly Limit[]>>) {
  const taken: Call[] = []
  let refused = 0
  const full = (call: Call, counted: string, { of, count, perMs }: Limit): boolean =>
    taken.filter(
      (one) =>
        (counted === '*' || one.method === counted) && one.at > call.at - perMs && (of === 'workspace' || one.channel === call.channel),
    ).length >= count
  return {
    taken,
    refused: () => refused,
    /** False: one too many. */
    take(method: string, channel: string): boolean {
      const call = { method, channel, at: performance.now() }
      const tooMany = [method, '*'].some((counted) => (limits[counted] ?? []).some((limit) => full(call, counted, limit)))
      if (tooMany) refused += 1
      else taken.push(call)
      return !tooMany
    },
  }
}
