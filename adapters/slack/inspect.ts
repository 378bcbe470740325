import type { SlackFacts, SlackPlace, SlackTrouble } from '../../src/core/doctor/slack.ts'
import { ChatError } from '../../src/ports.ts'
import { tried } from '../chat/failures.ts'
import { boltLogger, type Client, slackClient } from './client.ts'
import { type SlackConfig, slackConfig } from './config.ts'

const SILENT = boltLogger({ info: () => {}, warn: () => {}, error: () => {} })

/** Asks Slack whether everything is granted, known and joined that the bot needs. Posts nothing. */
export async function inspectSlack(
  given: SlackConfig,
  places: readonly { readonly name: string; readonly ref: string }[],
): Promise<SlackFacts> {
  const { botToken, requests, apiUrl, timeoutMs } = slackConfig.parse(given)
  const clientOf = (token: string): Client => slackClient(token, apiUrl, SILENT, timeoutMs)
  // The address that this gives is not used.
  const opened = requests.by === 'socket' ? await tried(clientOf(requests.appToken).apps.connections.open()) : null
  const appToken = opened instanceof ChatError ? troubleOf(opened) : null
  const client = clientOf(botToken)
  // Slack says with every answer what the token may do.
  const me = await tried(client.auth.test())
  if (me instanceof ChatError) return { scopes: troubleOf(me), appToken, places: [] }
  const scopes = me.response_metadata?.scopes ?? []
  return { scopes, appToken, places: await Promise.all(places.map((place) => look(client, place))) }
}

async function look(client: Client, { name, ref }: { readonly name: string; readonly ref: string }): Promise<SlackPlace> {
  const seen = await tried(client.conversations.info({ channel: ref }))
  if (seen instanceof ChatError) return { name, ref, state: troubleOf(seen) }
  const { is_archived, is_member, is_im, name: channel = ref } = seen.channel ?? {}
  const is = is_archived ? 'archived' : is_member || is_im ? 'joined' : 'not joined'
  return { name, ref, state: { channel, is } }
}

const troubleOf = ({ message, code }: ChatError): SlackTrouble => ({
  said: `${message}.`,
  refused: code === 'FORBIDDEN' || code === 'REJECTED',
})
