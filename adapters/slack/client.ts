import { webApi } from '@slack/bolt'
import { chatError } from './errors.ts'

export type Client = webApi.WebClient

/**
 * Slack's client without any retry of its own, for reads and writes alike: a write whose answer was lost may have arrived, so a
 * retry would say it twice. The deliverer retries, after `find`. The name of the error tells it how long to wait.
 */
export const CLIENT_OPTIONS = { rejectRateLimitedCalls: true, retryConfig: { retries: 0 }, timeout: 10_000 } as const

export const slackClient = (token: string, apiUrl: string, logger: webApi.Logger, timeout: number = CLIENT_OPTIONS.timeout): Client =>
  new webApi.WebClient(token, { slackApiUrl: apiUrl, logger, ...CLIENT_OPTIONS, timeout })

/** A call to Slack; every failure becomes a `ChatError`. */
export async function call<T>(method: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    throw chatError(method, error)
  }
}

/** Whether an address that came in an answer or a message is one of Slack's hosts. */
export function isSlacks(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, origin } = new URL(url)
  return origin === new URL(apiUrl).origin || (protocol === 'https:' && (hostname === 'slack.com' || hostname.endsWith('.slack.com')))
}
