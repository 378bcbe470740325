import type { Finding } from '../../src/core/doctor/facts.ts'
import { ChatError } from '../../src/ports.ts'
import { type Client, call, slackClient } from './client.ts'
import { type SlackConfig, slackConfig } from './config.ts'
import { boltLogger } from './log.ts'
import { BOT_SCOPES } from './scopes.ts'

interface InspectedPlace {
  readonly name: string
  /** Channel id. */
  readonly ref: string
}

/** Asks Slack whether everything is granted, known and joined that the bot needs. Never throws for what Slack answers; posts nothing. */
export async function inspectSlack(given: SlackConfig, places: readonly InspectedPlace[]): Promise<readonly Finding[]> {
  const { botToken, requests, apiUrl, timeoutMs } = slackConfig.parse(given)
  const client = slackClient(botToken, apiUrl, SILENT, timeoutMs)
  const appToken = requests.by === 'socket' ? await appTokenFindings(slackClient(requests.appToken, apiUrl, SILENT, timeoutMs)) : []
  const scopes = await granted(client)
  if ('what' in scopes) return [scopes, ...appToken]
  const joined = await Promise.all(places.map((place) => placeFindings(client, place)))
  return [...scopeFindings(scopes), ...appToken, ...joined.flat()]
}

const SILENT = boltLogger({ info: () => {}, warn: () => {}, error: () => {} })

const README = 'adapters/slack/README.md'

/** Slack says with every answer what the token may do. */
async function granted(client: Client): Promise<readonly string[] | Finding> {
  try {
    const { response_metadata } = await call('auth.test', () => client.auth.test())
    return response_metadata?.scopes ?? []
  } catch (error) {
    return {
      area: 'configuration',
      what: `Slack: ${reasonOf(error)}`,
      why: 'Without it nothing is told in Slack, and nobody can decide there.',
      mend: isRefusal(error)
        ? `Set SLACK_BOT_TOKEN to the "Bot User OAuth Token" under OAuth & Permissions of the app (${README}).`
        : UNREACHED,
    }
  }
}

const UNREACHED = 'See that this machine reaches https://slack.com, then ask again.'

/** An app token without its scope, or of another app, cannot open a connection. The address that this gives is not used. */
async function appTokenFindings(client: Client): Promise<readonly Finding[]> {
  try {
    await call('apps.connections.open', () => client.apps.connections.open())
    return []
  } catch (error) {
    return [
      {
        area: 'configuration',
        what: `Slack: ${reasonOf(error)}`,
        why: 'Buttons, commands and messages come over the connection that this token opens.',
        mend: isRefusal(error)
          ? `Set SLACK_APP_TOKEN to an app-level token with the scope connections:write, under Basic Information of the same app, and see that Socket Mode is on (${README}).`
          : UNREACHED,
      },
    ]
  }
}

/** Nothing is said where Slack does not name the scopes, as some proxies of it do not. */
function scopeFindings(scopes: readonly string[]): readonly Finding[] {
  if (scopes.length === 0) return []
  return Object.entries(BOT_SCOPES)
    .filter(([scope]) => !scopes.includes(scope))
    .map(([scope, does]) => ({
      area: 'configuration',
      what: `Slack: the bot lacks the scope ${scope}.`,
      why: `With it the bot ${does}.`,
      mend: 'Add it under OAuth & Permissions of the app (or paste manifests/slack.yaml again), then install the app anew.',
    }))
}

async function placeFindings(client: Client, { name, ref }: InspectedPlace): Promise<readonly Finding[]> {
  const why = 'What is told there waits and reaches nobody.'
  try {
    const { channel } = await call('conversations.info', () => client.conversations.info({ channel: ref }))
    if (channel?.is_archived)
      return [{ area: 'places', what: `The channel of the place "${name}" (${ref}) is archived.`, why, mend: RENAME }]
    if (channel?.is_member === true || channel?.is_im === true) return []
    const what = `The bot is not in the channel #${channel?.name ?? ref} of the place "${name}".`
    return [{ area: 'places', what, why, mend: `Type there: /invite @Patchcrier` }]
  } catch (error) {
    if (!isRefusal(error))
      return [{ area: 'places', what: `The place "${name}" could not be asked about: ${reasonOf(error)}`, why, mend: UNREACHED }]
    const what = `Slack shows the bot no channel ${ref}, which is the place "${name}": ${reasonOf(error)}`
    return [{ area: 'places', what, why, mend: `If it is private, type there: /invite @Patchcrier. ${RENAME}` }]
  }
}

const RENAME = 'Else set the ref of the place in the policy to the channel id, which Slack shows at the end of the channel details.'

const reasonOf = (error: unknown): string => `${error instanceof Error ? error.message : String(error)}.`

const isRefusal = (error: unknown): boolean => error instanceof ChatError && (error.code === 'FORBIDDEN' || error.code === 'REJECTED')
