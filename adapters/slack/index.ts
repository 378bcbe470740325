import { App, type Receiver } from '@slack/bolt'
import { z } from 'zod'
import type { ChatPlatform, Directory, Home } from '../../src/ports.ts'
import { fileFetcher } from '../chat/files.ts'
import type { Log } from '../chat/log.ts'
import { type Installation, slackAccounts } from './accounts.ts'
import { type Client, call, isSlacks, slackClient } from './client.ts'
import { type SlackConfig, slackConfig } from './config.ts'
import { type Envelopes, watchEnvelopes } from './connect/envelopes.ts'
import { ENDPOINT, httpDoor } from './connect/http.ts'
import { socketDoor } from './connect/socket.ts'
import { slackGroups } from './groups.ts'
import { slackHome } from './home.ts'
import { boltLogger } from './log.ts'
import { accountsByAddress } from './mentions.ts'
import { slackPictures } from './pictures.ts'
import { slackPlatform } from './platform.ts'
import type { Receiving } from './receive/act.ts'
import { receive } from './receive/index.ts'

export interface SlackOptions {
  readonly config: SlackConfig
  readonly doors: Receiving['doors']
  readonly directory: Directory
  readonly log: Log
  /** Told of each HTTP request whose signature or time is wrong. */
  readonly onBadSignature?: () => void
  /** Told of each request that is proved to come from Slack. */
  readonly onProved?: () => void
}

export interface Slack {
  readonly platform: ChatPlatform
  /** The page of each account. */
  readonly home: Home
  /** Where Slack's requests go, on loopback; a proxy with TLS stands before it. Null: they come over a connection that we opened. */
  readonly url: string | null
  /** Everything that has come in so far is done and told: the work may go on after Slack was answered. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** Connects to Slack. Throws `ChatError` when Slack does not know a token or does not answer. */
export async function startSlack(options: SlackOptions): Promise<Slack> {
  const config = slackConfig.parse(options.config)
  const { log, directory } = options
  const logger = boltLogger(log)
  const client = slackClient(config.botToken, config.apiUrl, logger, config.timeoutMs)
  const installation = await whoAmI(client)
  const now = Date.now
  const groups = slackGroups(client, log, now)
  const accounts = accountsByAddress({ client, directory, groups, log, now })
  const on: Receiving = {
    doors: options.doors,
    client,
    installation,
    accountOf: slackAccounts({ client, installation, directory, groups, now }),
    directory,
    fetchFiles: fileFetcher({
      name: 'Slack',
      keeps: (url) => isSlacks(url, config.apiUrl),
      headers: { authorization: `Bearer ${config.botToken}` },
    }),
    mentionsOf: accounts.mentionsOf,
    log,
  }
  const pictures = slackPictures({ client, apiUrl: config.apiUrl, withinMs: config.timeoutMs / 2, log })
  const platform = slackPlatform({ client, botUser: installation.botUser, accounts, pictures })
  return { platform, home: slackHome(on), ...(await open(config, options, (receiver) => listenOn(receiver, config, on, options.onProved))) }
}

type Config = z.output<typeof slackConfig>

/** Opens the door that the configuration asks for; `listen` puts the app behind it first. */
async function open(
  { requests, apiUrl }: Config,
  { log, onBadSignature = () => {} }: SlackOptions,
  listen: (receiver: Receiver) => Promise<Envelopes>,
): Promise<Omit<Slack, 'platform' | 'home'>> {
  const logger = boltLogger(log)
  if (requests.by === 'http') {
    const door = httpDoor({ ...requests, logger, onBadSignature })
    const envelopes = await listen(door.receiver)
    const { origin, close } = await door.open()
    return { url: `${origin}${ENDPOINT}`, idle: envelopes.idle, close: () => close(envelopes.idle) }
  }
  const door = socketDoor({ appToken: requests.appToken, apiUrl, logger, log })
  const envelopes = await listen(door.receiver)
  await door.open()
  const close = async (): Promise<void> => {
    envelopes.refuse()
    await envelopes.idle()
    await door.close()
  }
  return { url: null, idle: envelopes.idle, close }
}

async function listenOn(
  receiver: Receiver,
  { botToken, timeoutMs }: Config,
  on: Receiving,
  onProved: SlackOptions['onProved'],
): Promise<Envelopes> {
  const authorize = async () => ({ botToken, botUserId: on.installation.botUser })
  // Answers to a command's own address have no time limit else, and the end would wait for them.
  const limited: typeof fetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) })
  const clientOptions = { fetch: limited }
  const app = new App({ receiver, authorize, logger: boltLogger(on.log), clientOptions, deferInitialization: true, convoStore: false })
  await app.init()
  receive(app, on)
  return watchEnvelopes(receiver, app, onProved)
}

const identity = z.object({ user_id: z.string(), team_id: z.string(), enterprise_id: z.string().nullish(), url: z.url() })

async function whoAmI(client: Client): Promise<Installation> {
  const me = identity.parse(await call('auth.test', () => client.auth.test()))
  return { botUser: me.user_id, team: me.team_id, enterprise: me.enterprise_id ?? undefined, url: me.url }
}
