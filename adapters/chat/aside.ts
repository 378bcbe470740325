import { ChatError } from '../../src/ports.ts'

/** Somebody waits for the answer to a click: longer than this nobody waits for a place in the platform's window. */
const LONGEST_WAIT_MS = 1_500

/** Hears that a call begins; what it answers, that it has ended: so nobody hears of an end alone. */
type Begun = () => () => void

/** Calls that are not the deliverer's: it hears of each, and makes room for it. */
export interface Aside {
  /** Makes the call. One that was one too many was not done, and is made once more when the platform says that it may be. */
  readonly count: <T>(call: () => Promise<T>) => Promise<T>
  readonly onAside: (begun: Begun) => void
}

export function aside(): Aside {
  const all: Begun[] = []
  const counted = async <T>(call: () => Promise<T>): Promise<T> => {
    const ended = all.map((begun) => begun())
    try {
      return await call()
    } finally {
      for (const over of ended) over()
    }
  }
  return {
    onAside: (begun) => void all.push(begun),
    count: async (call) => {
      try {
        return await counted(call)
      } catch (error) {
        const waitMs = error instanceof ChatError && error.code === 'RATE_LIMITED' ? (error.retryAfterMs ?? Infinity) : Infinity
        if (waitMs > LONGEST_WAIT_MS) throw error
        await new Promise((over) => setTimeout(over, waitMs))
        return counted(call)
      }
    },
  }
}
