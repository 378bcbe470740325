import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { App, HTTPReceiver } from '@slack/bolt'
import { z } from 'zod'
import type { ChatPlatform, Doors } from '../../src/ports.ts'
import { boltLogger, type Log } from './log.ts'
import { type Installation, slackPeople } from './people.ts'
import { type Client, call, slackClient, slackPlatform } from './platform.ts'
import { receive } from './receive.ts'

const slackConfig = z.strictObject({
  /** Bot token of the installed app. */
  botToken: z.string().startsWith('xoxb-'),
  /** Proves that a request comes from Slack. */
  signingSecret: z.string().min(1),
  apiUrl: z.url().default('https://slack.com/api/'),
})

export interface SlackOptions {
  readonly config: z.input<typeof slackConfig>
  readonly doors: Pick<Doors, 'handleIntent' | 'formFor'>
  /** Lower-case e-mail address to the id of a person of the policy. */
  readonly personByEmail: (email: string) => string | null
  readonly emailByPerson: (person: string) => string | null
  /** Channel id to the id of a place of the policy. */
  readonly placeByChannel: (channel: string) => string | null
  readonly listen: { readonly port: number }
  readonly log: Log
}

export interface Slack {
  readonly platform: ChatPlatform
  /** Where Slack's requests go: buttons, forms and the command. On loopback; a proxy with TLS stands before it. */
  readonly url: string
  /** Everything that has come in so far is done and told: the work may go on after Slack was answered. */
  idle(): Promise<void>
  close(): Promise<void>
}

const ENDPOINT = '/slack/events'

/** Connects to Slack and listens on loopback. Throws `ChatError` when Slack does not know the token or does not answer. */
export async function startSlack(options: SlackOptions): Promise<Slack> {
  const config = slackConfig.parse(options.config)
  const logger = boltLogger(options.log)
  const client = slackClient(config.botToken, config.apiUrl, logger)
  const installation = await whoAmI(client)
  const receiver = new HTTPReceiver({ signingSecret: config.signingSecret, endpoints: ENDPOINT, logger, bodyLimit: '1mb' })
  const authorize = async () => ({ botToken: config.botToken, botUserId: installation.botUser })
  const app = new App({ receiver, authorize, logger, deferInitialization: true, convoStore: false })
  await app.init()
  const personOf = slackPeople({ client, installation, personByEmail: options.personByEmail, now: Date.now })
  const idle = receive(app, { ...options, client, personOf })
  const server = await listen(options.listen.port, (request, response) => serve(receiver, request, response))
  const { port } = server.address() as AddressInfo
  return {
    platform: slackPlatform({ client, botUser: installation.botUser, emailByPerson: options.emailByPerson }),
    url: `http://127.0.0.1:${port}${ENDPOINT}`,
    idle,
    close: () => close(server, idle),
  }
}

const identity = z.object({ user_id: z.string(), team_id: z.string(), enterprise_id: z.string().nullish() })

async function whoAmI(client: Client): Promise<Installation> {
  const me = identity.parse(await call('auth.test', () => client.auth.test()))
  return { botUser: me.user_id, team: me.team_id, enterprise: me.enterprise_id ?? undefined }
}

const CLOCK_TOLERANCE_S = 5 * 60

/** Bolt refuses requests that are signed more than five minutes ago; one dated in the future would stay good for as long as it says. */
function serve(receiver: HTTPReceiver, request: IncomingMessage, response: ServerResponse): void {
  const signedAt = Number(request.headers['x-slack-request-timestamp'] ?? 0)
  if (signedAt > Date.now() / 1000 + CLOCK_TOLERANCE_S) {
    response.writeHead(401).end()
    return
  }
  try {
    receiver.requestListener(request, response)
  } catch {
    // Bolt throws for every address but its own.
    response.writeHead(404).end()
  }
}

function listen(port: number, handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(handler)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

/** Takes nothing new, lets what was acknowledged come to its end, then closes. */
async function close(server: Server, idle: () => Promise<void>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  await idle()
  server.closeAllConnections()
  await closed
}
