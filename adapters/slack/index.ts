import { App, type Receiver } from '@slack/bolt'
import { z } from 'zod'
import type { Directory, Home } from '../../src/ports.ts'
import type { Connected } from '../chat/connected.ts'
import { fileFetcher } from '../chat/files.ts'
import type { Log } from '../chat/log.ts'
import { fetchWithin } from '../chat/once-more.ts'
import type { Installation } from './account.ts'
import { boltLogger, type Client, isSlacks, slackClient } from './client.ts'
import { type SlackConfig, slackConfig } from './config.ts'
import { watchEnvelopes } from './connect/envelopes.ts'
import { httpDoor } from './connect/http.ts'
import { socketDoor } from './connect/socket.ts'
import { slackHome } from './home.ts'
import { slackPeople } from './people.ts'
import { slackPictures } from './pictures.ts'
import { slackPlatform } from './platform.ts'
import { receive } from './receive/index.ts'
import type { Receiving } from './receive/turn.ts'

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

export interface Slack extends Connected<string | null> {
  /** The page of each account. */
  readonly home: Home
}

/** Connects to Slack. Throws `ChatError` when Slack does not know a token or does not answer. */
export async function startSlack({ config, doors, directory, log, onBadSignature = () => {}, onProved }: SlackOptions): Promise<Slack> {
  const { botToken, requests, apiUrl, timeoutMs } = slackConfig.parse(config)
  const logger = boltLogger(log)
  const client = slackClient(botToken, apiUrl, logger, timeoutMs)
  const installation = await whoAmI(client)
  const people = slackPeople({ client, installation, directory, log, now: Date.now })
  const headers = { authorization: `Bearer ${botToken}` }
  const fetchFiles = fileFetcher({ name: 'Slack', keeps: (url) => isSlacks(url, apiUrl), headers })
  const on: Receiving = { doors, client, installation, ...people, directory, fetchFiles, log }
  const pictures = slackPictures({ client, apiUrl, withinMs: timeoutMs / 2, log })
  const door =
    requests.by === 'http'
      ? httpDoor({ ...requests, logger, onBadSignature })
      : socketDoor({ appToken: requests.appToken, apiUrl, logger, log })
  const app = await appOn(door.receiver, botToken, installation.botUser, log, timeoutMs)
  receive(app, on)
  const envelopes = watchEnvelopes(door.receiver, app, onProved)
  const { url, close } = await door.open()
  return {
    platform: slackPlatform({ client, botUser: installation.botUser, people, pictures }),
    home: slackHome(on),
    url,
    idle: envelopes.idle,
    close: () => close(envelopes),
  }
}

async function appOn(receiver: Receiver, botToken: string, botUserId: string, log: Log, timeoutMs: number): Promise<App> {
  const authorize = async () => ({ botToken, botUserId })
  // Answers to a command's own address have no time limit else, and the end would wait for them.
  const clientOptions = { fetch: fetchWithin(timeoutMs) }
  const app = new App({ receiver, authorize, logger: boltLogger(log), clientOptions, deferInitialization: true, convoStore: false })
  await app.init()
  return app
}

const identity = z.object({ user_id: z.string(), team_id: z.string(), enterprise_id: z.string().nullish(), url: z.url() })

async function whoAmI(client: Client): Promise<Installation> {
  const me = identity.parse(await client.auth.test())
  return { botUser: me.user_id, team: me.team_id, enterprise: me.enterprise_id ?? undefined, url: me.url }
}
