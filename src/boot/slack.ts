import type { Logger } from 'pino'
import { startSlack } from '../../adapters/slack/index.ts'
import type { House } from '../app/house.ts'
import type { SlackConfig } from '../config.ts'
import { Fault } from '../core/fault.ts'
import type { Policy } from '../core/policy.ts'
import { ChatError } from '../ports.ts'
import type { Connect, Parts } from './setup.ts'

const onSlack = ({ places }: Policy) => places.filter(({ platform }) => platform === 'slack')

/**
 * Slack, where there are credentials and the policy has places there; null: neither. Throws Fault CONFIG_INVALID when the one is there and
 * the other is not: half of it would leave people without announcements.
 */
export function slackOf(house: House, config: SlackConfig | null, log: Logger, { slackApi, onSlack: told }: Parts): Connect | null {
  const ids = onSlack(house.inForce.policy).map(({ id }) => id)
  if (ids.length === 0 && config === null) return null
  if (config === null)
    throw new Fault('CONFIG_INVALID', `the policy has places on Slack (${ids.join(', ')}). Missing: SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET.`)
  if (ids.length === 0)
    throw new Fault(
      'CONFIG_INVALID',
      'SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET are set. Missing: a place of the policy with platform "slack".',
    )
  return async (doors) => {
    // Asked each time: another version of the policy may be in force by then.
    const policy = () => house.inForce.policy
    try {
      const slack = await startSlack({
        config: { botToken: config.botToken, signingSecret: config.signingSecret, ...(slackApi === undefined ? {} : { apiUrl: slackApi }) },
        doors,
        personByEmail: (email) => policy().people.find((person) => person.email.toLowerCase() === email)?.id ?? null,
        emailByPerson: (id) => policy().people.find((person) => person.id === id)?.email ?? null,
        placeByChannel: (channel) => onSlack(policy()).find(({ ref }) => ref === channel)?.id ?? null,
        listen: { port: config.port },
        log,
      })
      told?.(slack.url)
      return slack
    } catch (error) {
      throw inOurWords(error, config.port)
    }
  }
}

function inOurWords(error: unknown, port: number): unknown {
  if (error instanceof ChatError) return new Fault('CONFIG_INVALID', `Slack: the bot cannot sign in: ${error.message}`, { cause: error })
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  return taken ? new Fault('PORT_TAKEN', `expected port ${port} to be free, another program listens on it; set SLACK_PORT`) : error
}
