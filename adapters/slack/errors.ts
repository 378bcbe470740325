import { webApi } from '@slack/bolt'
import { own } from '../../src/core/own.ts'
import { ChatError, type ChatErrorCode } from '../../src/ports.ts'
import { isUnsent } from '../chat/unsent.ts'

/** Slack's own error names that mean something else than "this request is wrong". Anything that is not listed is REJECTED. */
const CODES: Readonly<Record<string, ChatErrorCode>> = {
  ratelimited: 'RATE_LIMITED',
  rate_limited: 'RATE_LIMITED',
  channel_not_found: 'FORBIDDEN',
  not_in_channel: 'FORBIDDEN',
  user_not_in_channel: 'FORBIDDEN',
  missing_scope: 'FORBIDDEN',
  no_permission: 'FORBIDDEN',
  not_authed: 'FORBIDDEN',
  invalid_auth: 'FORBIDDEN',
  account_inactive: 'FORBIDDEN',
  token_revoked: 'FORBIDDEN',
  token_expired: 'FORBIDDEN',
  access_denied: 'FORBIDDEN',
  ekm_access_denied: 'FORBIDDEN',
  restricted_action: 'FORBIDDEN',
  cant_update_message: 'FORBIDDEN',
  edit_window_closed: 'FORBIDDEN',
  message_not_found: 'GONE',
  users_not_found: 'GONE',
  thread_not_found: 'GONE',
  is_archived: 'GONE',
  fatal_error: 'UNAVAILABLE',
  internal_error: 'UNAVAILABLE',
  service_unavailable: 'UNAVAILABLE',
  request_timeout: 'UNAVAILABLE',
  team_added_to_org: 'UNAVAILABLE',
}

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
  return new ChatError(own(CODES, name) ?? 'REJECTED', `${method}: Slack answered ${name}`)
}

function fromStatus(method: string, status: number): ChatError {
  const code = status === 401 || status === 403 ? 'FORBIDDEN' : status >= 400 && status < 500 ? 'REJECTED' : 'UNAVAILABLE'
  return new ChatError(code, `${method}: Slack answered HTTP ${status}`)
}
