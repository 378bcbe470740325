import { webApi } from '@slack/bolt'
import { ChatError, type ChatErrorCode } from '../../src/ports.ts'
import { isUnsent } from '../chat/unsent.ts'

/** Slack's own error names that mean something else than "this request is wrong". Anything that is not listed is REJECTED. */
const NAMES: Readonly<Partial<Record<ChatErrorCode, string>>> = {
  RATE_LIMITED: 'ratelimited rate_limited',
  FORBIDDEN:
    'channel_not_found not_in_channel user_not_in_channel missing_scope no_permission not_authed invalid_auth account_inactive token_revoked ' +
    'token_expired access_denied ekm_access_denied restricted_action cant_update_message edit_window_closed',
  GONE: 'message_not_found users_not_found thread_not_found is_archived',
  UNAVAILABLE: 'fatal_error internal_error service_unavailable request_timeout team_added_to_org',
}
const CODES = new Map(
  Object.entries(NAMES).flatMap(([code, names]) => names.split(' ').map((name) => [name, code as ChatErrorCode] as const)),
)

/** Any failure of Slack's client in our words. The message names the method and Slack's error, never the token or the text. */
export function chatError(method: string, error: unknown): ChatError {
  if (error instanceof webApi.WebAPIRateLimitedError) {
    return new ChatError('RATE_LIMITED', `${method}: Slack asks to wait ${error.retryAfter} s`, error.retryAfter * 1000)
  }
  if (error instanceof webApi.WebAPIPlatformError) return fromSlack(method, error.data.error)
  if (error instanceof webApi.WebAPIHTTPError) return fromStatus(method, error.statusCode)
  const said = `${method}: no answer from Slack (${error instanceof Error ? error.message : 'unknown failure'})`
  return new ChatError(isUnsent(error) ? 'UNREACHED' : 'UNAVAILABLE', said)
}

/** The client puts an answer that is no JSON into `error`: nobody knows then what happened. */
function fromSlack(method: string, name: string): ChatError {
  if (!/^[a-z][a-z0-9_]{0,79}$/.test(name)) return new ChatError('UNAVAILABLE', `${method}: Slack's answer was not JSON`)
  return new ChatError(CODES.get(name) ?? 'REJECTED', `${method}: Slack answered ${name}`)
}

function fromStatus(method: string, status: number): ChatError {
  const code = status === 401 || status === 403 ? 'FORBIDDEN' : status >= 400 && status < 500 ? 'REJECTED' : 'UNAVAILABLE'
  return new ChatError(code, `${method}: Slack answered HTTP ${status}`)
}
