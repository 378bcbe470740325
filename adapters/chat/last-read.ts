import { ChatError, type ChatErrorCode } from '../../src/ports.ts'
import type { Log } from './log.ts'

/** The platform could not be asked right now. Any other failure is an answer of its, or a fault of ours. */
const UNASKED: readonly ChatErrorCode[] = ['RATE_LIMITED', 'UNAVAILABLE', 'UNREACHED']

/** Members of a group stay members so long while nobody can be asked: approvers are needed then, too. */
export const MEMBERS_LAST_MS = 10 * 60_000

export interface LastReadOptions {
  /** Milliseconds for which an answer may stand in for later ones, from when it was read. */
  readonly forMs: number
  /** Milliseconds; only measures age. */
  readonly now: () => number
  readonly log: Log
}

/** What a platform says, or what it said last while it cannot be asked. A no ends that: what was said before it is never given again. */
export function lastRead<T>({ forMs, now, log }: LastReadOptions): (key: string, ask: () => Promise<T>) => Promise<T> {
  const all = new Map<string, { readonly answer: T; readonly until: number }>()
  return async (key, ask) => {
    try {
      const answer = await ask()
      all.set(key, { answer, until: now() + forMs })
      return answer
    } catch (error) {
      const last = all.get(key)
      if (last && last.until > now() && error instanceof ChatError && UNASKED.includes(error.code)) {
        log.warn({ err: error, key }, 'chat: the platform could not be asked; what it said last counts')
        return last.answer
      }
      all.delete(key)
      throw error
    }
  }
}
