import type { Logger } from 'pino'
import type { SlackConfig as AdapterConfig } from '../../adapters/slack/config.ts'
import { startSlack } from '../../adapters/slack/index.ts'
import { inspectSlack } from '../../adapters/slack/inspect.ts'
import { refusedRequests } from '../app/doctor/refused.ts'
import type { House } from '../app/house.ts'
import type { SlackConfig } from '../config.ts'
import type { Finding } from '../core/doctor/facts.ts'
import { slackFindings } from '../core/doctor/slack.ts'
import { Fault } from '../core/fault.ts'
import type { PolicyPlace } from '../core/policy.ts'
import { ChatError } from '../ports.ts'
import { directoryOf, placesOn } from './chat.ts'
import type { Connect, Parts } from './setup.ts'

/**
 * Slack, where there are credentials and the policy has places there; null: neither. Throws Fault CONFIG_INVALID when the one is there and
 * the other is not: half of it would leave people without announcements.
 */
export function slackOf(house: House, config: SlackConfig | null, log: Logger, { slackApi, onSlack: told }: Parts): Connect | null {
  const ids = placesOn(house, 'slack')
  if (ids.length === 0 && config === null) return null
  if (config === null)
    throw new Fault(
      'CONFIG_INVALID',
      `the policy has places on Slack (${ids.join(', ')}). Missing: SLACK_BOT_TOKEN and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET.`,
    )
  if (ids.length === 0) throw new Fault('CONFIG_INVALID', 'SLACK_BOT_TOKEN is set. Missing: a place of the policy with platform "slack".')
  const { requests } = config
  const remembered = refusedRequests(house, 'slack')
  const said = badSignatures(log)
  return async (doors) => {
    try {
      const slack = await startSlack({
        config: slackSettings(config, slackApi),
        doors,
        directory: directoryOf(house, 'slack'),
        log,
        onBadSignature: () => {
          said()
          remembered.onRefused()
        },
        onProved: remembered.onProved,
      })
      if (slack.url !== null) told?.(slack.url)
      return slack
    } catch (error) {
      throw inOurWords(error, requests)
    }
  }
}

/** What the adapter is told. `slackApi`: address of an emulated Slack. */
const slackSettings = ({ botToken, requests }: SlackConfig, slackApi?: string): AdapterConfig => ({
  botToken,
  requests,
  ...(slackApi === undefined ? {} : { apiUrl: slackApi }),
})

/** What Slack itself shows to be wrong; asks it once. */
export const askSlack = async (slack: SlackConfig, places: readonly PolicyPlace[], slackApi?: string): Promise<readonly Finding[]> =>
  slackFindings(await inspectSlack(slackSettings(slack, slackApi), places))

const HOUR_MS = 3_600_000

/** A wrong secret shows only by requests that do not fit it: said at the first one, then once an hour. */
export function badSignatures(log: Pick<Logger, 'warn'>, now: () => number = Date.now): () => void {
  let count = 0
  let saidAt = Number.NEGATIVE_INFINITY
  return () => {
    count += 1
    if (now() - saidAt < HOUR_MS) return
    saidAt = now()
    log.warn(
      { count },
      'slack: requests came whose signature or time is wrong, and were refused. If people see no answers: compare SLACK_SIGNING_SECRET with "Signing Secret" under Basic Information of the app, and the clock of this machine.',
    )
    count = 0
  }
}

function inOurWords(error: unknown, requests: SlackConfig['requests']): unknown {
  if (error instanceof ChatError) return new Fault('CONFIG_INVALID', `Slack: the bot cannot sign in: ${error.message}`, { cause: error })
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && requests.by === 'http'
  return taken ? new Fault('PORT_TAKEN', `expected port ${requests.port} to be free, another program listens on it; set SLACK_PORT`) : error
}
