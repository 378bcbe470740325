import { ChatError, type ChatErrorCode } from '../../src/ports.ts'
import { retryAfterMs } from '../http/retry-after.ts'
import { isUnsent, nameOf } from './unsent.ts'

/** Who waits for an answer waits no longer than this for it to be tried once more. */
const LONGEST_WAIT_MS = 5_000
/** Where the platform does not say how long. */
const REST_MS = 1_000

/** Failures after which nothing was done. Any other leaves a doubt: a second time could say it twice. */
const UNDONE: readonly ChatErrorCode[] = ['RATE_LIMITED', 'UNREACHED']

export interface OnceMore {
  /** Of those after which nothing was done. */
  readonly after: readonly ChatErrorCode[]
  readonly pause: (ms: number) => Promise<void>
}

export const ONCE_MORE: OnceMore = { after: UNDONE, pause: (ms) => new Promise((over) => setTimeout(over, ms)) }

/** Makes a call, and once more after a short wait where it is sure that the first did nothing. */
export async function onceMore<T>(call: () => Promise<T>, { after, pause }: OnceMore): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const waitMs = waitBefore(error, after)
    if (waitMs > LONGEST_WAIT_MS) throw error
    await pause(waitMs)
    return call()
  }
}

/** Infinity: never. Too many calls without a word about when the next may come count so, too. */
function waitBefore(error: unknown, after: OnceMore['after']): number {
  if (!(error instanceof ChatError) || !UNDONE.includes(error.code) || !after.includes(error.code)) return Infinity
  return error.retryAfterMs ?? (error.code === 'UNREACHED' ? REST_MS : Infinity)
}

/** Fetches within so many milliseconds. What leaves no doubt that nothing was done is a `ChatError`. */
export const fetchWithin =
  (ms: number): typeof fetch =>
  async (url, init) => {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(ms) }).catch((error) => {
      throw isUnsent(error) ? new ChatError('UNREACHED', `an answer: nothing was sent (${nameOf(error)})`) : error
    })
    if (answer.status !== 429) return answer
    throw new ChatError('RATE_LIMITED', 'an answer: too many of them', retryAfterMs(answer.headers.get('retry-after')))
  }
