import { setTimeout as pause } from 'node:timers/promises'

/** So many times as long as one took it rests before the next: what else the process does has three quarters of the time. */
const RESTS = 3
const LONGEST_REST_MS = 250

export interface Time {
  /** Milliseconds; never goes back. */
  now(): number
  pause(ms: number): Promise<void>
}

const machine: Time = { now: () => performance.now(), pause: (ms) => pause(ms, undefined, { ref: false }) }

interface Line {
  /** The last one that was asked for, and the rest after it. Never rejects. */
  last: Promise<void>
  /** The one that has not begun yet. */
  next: Promise<void> | null
}

/**
 * The same work for many who ask for it at once: it is done one at a time for each id, and whoever asks while it is under way shares the one
 * that begins after. Resolves when one that began after the call has ended, and rejects as that did.
 */
export function together(work: (id: number) => Promise<void>, time: Time = machine): (id: number) => Promise<void> {
  const lines = new Map<number, Line>()
  return (id) => {
    const line = lines.get(id) ?? { last: Promise.resolve(), next: null }
    if (line.next) return line.next
    lines.set(id, line)
    let took = 0
    const next = line.last.then(async () => {
      line.next = null
      const since = time.now()
      await work(id).finally(() => {
        took = time.now() - since
      })
    })
    const rest = async (): Promise<void> => {
      await time.pause(Math.min(took * RESTS, LONGEST_REST_MS))
      if (!line.next) lines.delete(id)
    }
    line.next = next
    line.last = next.then(rest, rest)
    return next
  }
}
