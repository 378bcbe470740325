import { ChatError } from '../../src/ports.ts'
import { isUnsent } from '../chat/unsent.ts'
import { retryAfterMs } from '../http/retry-after.ts'

const WAIT_MS = 5000

/**
 * An answer of Teams in our words. Teams cannot be searched, so only what really leaves a doubt is UNAVAILABLE; 412 is Teams' own "please try
 * again" (https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability, status codes).
 */
export function statusError(what: string, status: number, retryAfter: string | null, code: string | null): ChatError {
  const said = `${what}: Teams answered HTTP ${status}${code === null ? '' : ` ${code}`}`
  if (status === 412) return new ChatError('UNREACHED', said, retryAfterMs(retryAfter) ?? WAIT_MS)
  if (status === 429) return new ChatError('RATE_LIMITED', said, retryAfterMs(retryAfter) ?? WAIT_MS)
  if (status === 401 || status === 403) return new ChatError('FORBIDDEN', said)
  if (status === 404 || status === 410) return new ChatError('GONE', said)
  if (status >= 500 || status === 408) return new ChatError('UNAVAILABLE', said, retryAfterMs(retryAfter))
  return new ChatError('REJECTED', said)
}

/** No answer came. Where nothing was sent, it can be said again without a doubt. */
export function networkError(what: string, error: unknown): ChatError {
  const said = `${what}: ${noAnswer(error)}`
  return isUnsent(error) ? unsent(said) : new ChatError('UNAVAILABLE', said)
}

/** Nothing was sent, so that it is tried again without a doubt, after a rest. */
export const unsent = (said: string): ChatError => new ChatError('UNREACHED', `${said}; nothing was sent`, WAIT_MS)

/** Why there was no answer, by the name of the failure alone. */
export const noAnswer = (error: unknown): string => `no answer from Microsoft (${codeOf(error)})`

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure'
  const cause = error.cause ?? error
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : error.name
}
