import type { SlackFacts, SlackPlace, SlackTrouble } from '../../src/core/doctor/slack.ts'
import { ChatError } from '../../src/ports.ts'
import { type Client, call, slackClient } from './client.ts'
import { type SlackConfig, slackConfig } from './config.ts'
import { boltLogger } from './log.ts'

const SILENT = boltLogger({ info: () => {}, warn: () => {}, error: () => {} })

/** Asks Slack whether everything is granted, known and joined that the bot needs. Posts nothing. */
export async function inspectSlack(
  given: SlackConfig,
  places: readonly { readonly name: string; readonly ref: string }[],
): Promise<SlackFacts> {
  const { botToken, requests, apiUrl, timeoutMs } = slackConfig.parse(given)
  const client = slackClient(botToken, apiUrl, SILENT, timeoutMs)
  const appToken = requests.by === 'socket' ? await appTokenTrouble(slackClient(requests.appToken, apiUrl, SILENT, timeoutMs)) : null
  // Slack says with every answer what the token may do.
  const me = await troubleOf(call('auth.test', () => client.auth.test()))
  if ('said' in me) return { scopes: me, appToken, places: [] }
  const scopes = me.answer.response_metadata?.scopes ?? []
  return { scopes, appToken, places: await Promise.all(places.map((place) => look(client, place))) }
}

/** The address that this gives is not used. */
async function appTokenTrouble(client: Client): Promise<SlackTrouble | null> {
  const opened = await troubleOf(call('apps.connections.open', () => client.apps.connections.open()))
  return 'said' in opened ? opened : null
}

async function look(client: Client, { name, ref }: { readonly name: string; readonly ref: string }): Promise<SlackPlace> {
  const seen = await troubleOf(call('conversations.info', () => client.conversations.info({ channel: ref })))
  if ('said' in seen) return { name, ref, state: seen }
  const { is_archived, is_member, is_im, name: channel = ref } = seen.answer.channel ?? {}
  const is = is_archived ? 'archived' : is_member || is_im ? 'joined' : 'not joined'
  return { name, ref, state: { channel, is } }
}

async function troubleOf<T>(work: Promise<T>): Promise<{ readonly answer: T } | SlackTrouble> {
  try {
    return { answer: await work }
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    return { said: `${error.message}.`, refused: error.code === 'FORBIDDEN' || error.code === 'REJECTED' }
  }
}
