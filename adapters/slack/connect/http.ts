import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HTTPReceiver, type Logger } from '@slack/bolt'

const ENDPOINT = '/slack/events'

export interface HttpOptions {
  /** Proves that a request comes from Slack. */
  readonly signingSecret: string
  readonly port: number
  readonly logger: Logger
  /** Told of each request whose signature or time is wrong. */
  readonly onBadSignature: () => void
}

/** Slack's requests on loopback, each checked by its signature. */
export interface HttpDoor {
  readonly receiver: HTTPReceiver
  /** Listens, and says where. */
  open(): Promise<string>
  /** Takes nothing new, lets what came in come to its end, then closes. */
  close(idle: () => Promise<void>): Promise<void>
}

export function httpDoor({ signingSecret, port, logger, onBadSignature }: HttpOptions): HttpDoor {
  const receiver = new HTTPReceiver({ signingSecret, endpoints: ENDPOINT, logger, bodyLimit: '1mb' })
  let open = true
  const server = createServer((request, response) => {
    // A connection that is kept alive may still bring one: Slack sends it again to whoever listens then.
    if (!open) response.writeHead(503, { connection: 'close' }).end()
    else serve(receiver, request, response, onBadSignature)
  })
  return {
    receiver,
    async open() {
      await listen(server, port)
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}${ENDPOINT}`
    },
    async close(idle) {
      open = false
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await idle()
      server.closeAllConnections()
      await closed
    },
  }
}

const CLOCK_TOLERANCE_S = 5 * 60

/** Bolt refuses requests that are signed more than five minutes ago; one dated in the future would stay good for as long as it says. */
function serve(receiver: HTTPReceiver, request: IncomingMessage, response: ServerResponse, onBadSignature: () => void): void {
  response.once('finish', () => {
    if (response.statusCode === 401) onBadSignature()
  })
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

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
