import { ChatError, type SharedWindow } from '../../src/ports.ts'

/** Somebody waits for the answer to a click: longer than this nobody waits for a place in the platform's window. */
const LONGEST_WAIT_MS = 1_500

const pause = (ms: number): Promise<void> => new Promise((over) => setTimeout(over, ms))

/** Calls that are not the deliverer's, which makes room for them. */
export interface Aside {
  /**
   * Makes the call as soon as there is room for it. One that was one too many all the same was not done, and is made once more when the
   * platform says that it may be.
   */
  readonly count: <T>(call: () => Promise<T>) => Promise<T>
  readonly onAside: (window: SharedWindow) => void
}

export function aside(): Aside {
  const windows: SharedWindow[] = []
  const opensInMs = (): number => Math.ceil(Math.max(0, ...windows.map((one) => one.opensInMs())))
  const counted = async <T>(call: () => Promise<T>): Promise<T> => {
    let leftMs = LONGEST_WAIT_MS
    // Whoever finds room takes it before anybody else can look.
    for (let waitMs = opensInMs(); waitMs > 0 && waitMs <= leftMs; waitMs = opensInMs()) {
      leftMs -= waitMs
      await pause(waitMs)
    }
    const ends = windows.map((one) => one.begin())
    try {
      return await call()
    } finally {
      for (const end of ends) end()
    }
  }
  return {
    onAside: (window) => void windows.push(window),
    count: async (call) => {
      try {
        return await counted(call)
      } catch (error) {
        const waitMs = error instanceof ChatError && error.code === 'RATE_LIMITED' ? (error.retryAfterMs ?? Infinity) : Infinity
        if (waitMs > LONGEST_WAIT_MS) throw error
        await pause(waitMs)
        return counted(call)
      }
    },
  }
}
