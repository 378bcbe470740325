import { ChatError } from '../../src/ports.ts'

/** Somebody waits for the answer to a click: longer than this nobody waits for a place in the platform's window. */
const LONGEST_WAIT_MS = 1_500

type Heard = (what: 'begun' | 'ended') => void

/** Calls that are not the deliverer's: it hears of each, and makes room for it. */
export interface Aside {
  /** Makes the call. One that was one too many was not done, and is made once more when the platform says that it may be. */
  readonly count: <T>(call: () => Promise<T>) => Promise<T>
  readonly onAside: (heard: Heard) => void
}

export function aside(): Aside {
  const all: Heard[] = []
  const tell: Heard = (what) => {
    for (const heard of all) heard(what)
  }
  const counted = async <T>(call: () => Promise<T>): Promise<T> => {
    tell('begun')
    try {
      return await call()
    } finally {
      tell('ended')
    }
  }
  return {
    onAside: (heard) => void all.push(heard),
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
