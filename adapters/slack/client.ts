import { type Logger, LogLevel, webApi } from '@slack/bolt'
import type { Log } from '../chat/log.ts'
import { chatError } from './errors.ts'

export type Client = webApi.WebClient

/**
 * Slack's client without any retry of its own, for reads and writes alike: a write whose answer was lost may have arrived, so a
 * retry would say it twice. The deliverer retries, after `find`. The name of the error tells it how long to wait.
 */
export const CLIENT_OPTIONS = { rejectRateLimitedCalls: true, retryConfig: { retries: 0 }, timeout: 10_000 } as const

export const slackClient = (token: string, apiUrl: string, logger: Logger, timeout: number = CLIENT_OPTIONS.timeout): Client =>
  new SlackClient(token, { slackApiUrl: apiUrl, logger, ...CLIENT_OPTIONS, timeout })

/** All of its methods go through this one: every failure becomes a `ChatError`. */
class SlackClient extends webApi.WebClient {
  override async apiCall(method: string, options?: Record<string, unknown>): Promise<webApi.WebAPICallResult> {
    try {
      return await super.apiCall(method, options)
    } catch (error) {
      throw chatError(method, error)
    }
  }
}

/** Whether an address that came in an answer or a message is one of Slack's hosts. */
export function isSlacks(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, origin } = new URL(url)
  return origin === new URL(apiUrl).origin || (protocol === 'https:' && (hostname === 'slack.com' || hostname.endsWith('.slack.com')))
}

/** Bolt's and the client's words in our log. Their debug lines hold request bodies, so those go nowhere. */
export function boltLogger(log: Log): Logger {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (...parts: unknown[]) =>
      log[level]({ from: 'bolt' }, parts.map(String).join(' '))
  const nothing = () => {}
  const levels = { getLevel: () => LogLevel.INFO, setLevel: nothing, setName: nothing }
  return { debug: nothing, info: write('info'), warn: write('warn'), error: write('error'), ...levels }
}
