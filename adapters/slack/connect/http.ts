import type { IncomingMessage, ServerResponse } from 'node:http'
import { HTTPReceiver, type Logger } from '@slack/bolt'
import { listen } from '../../chat/loopback.ts'
import type { Door, Opened } from './envelopes.ts'

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
export function httpDoor({ signingSecret, port, logger, onBadSignature }: HttpOptions): Door {
  const receiver = new HTTPReceiver({ signingSecret, endpoints: ENDPOINT, logger, bodyLimit: '1mb' })
  const open = async (): Promise<Opened> => {
    const { origin, close } = await listen(port, (request, response) => serve(receiver, request, response, onBadSignature))
    return { url: `${origin}${ENDPOINT}`, close: ({ idle }) => close(idle) }
  }
  return { receiver, open }
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
