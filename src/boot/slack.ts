import type { Logger } from 'pino'
import { startSlack } from '../../adapters/slack/index.ts'
import type { House } from '../app/house.ts'
import type { SlackConfig } from '../config.ts'
import { Fault } from '../core/fault.ts'
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
  if (requests.by === 'socket') throw new Fault('CONFIG_INVALID', 'Socket Mode is not there yet')
  return async (doors) => {
    const directory = directoryOf(house, 'slack')
    try {
      const slack = await startSlack({
        config: {
          botToken: config.botToken,
          signingSecret: requests.signingSecret,
          ...(slackApi === undefined ? {} : { apiUrl: slackApi }),
        },
        doors,
        personByEmail: (email) => house.inForce.policy.people.find((person) => person.email.toLowerCase() === email)?.id ?? null,
        emailByPerson: directory.emailByPerson,
        placeByChannel: directory.placeByRef,
        listen: { port: requests.port },
        log,
      })
      told?.(slack.url)
      return slack
    } catch (error) {
      throw inOurWords(error, requests.port)
    }
  }
}

function inOurWords(error: unknown, port: number): unknown {
  if (error instanceof ChatError) return new Fault('CONFIG_INVALID', `Slack: the bot cannot sign in: ${error.message}`, { cause: error })
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  return taken ? new Fault('PORT_TAKEN', `expected port ${port} to be free, another program listens on it; set SLACK_PORT`) : error
}
