import type { IncomingMessage, ServerResponse } from 'node:http'
import { HTTPModuleFunctions, HTTPReceiver, type Logger } from '@slack/bolt'
import { listen } from '../../chat/loopback.ts'
import type { Door, Opened } from './envelopes.ts'
import { signedWith } from './signature.ts'

const ENDPOINT = '/slack/events'
const MOST = '1mb'

export interface HttpOptions {
  /** Proves that a request comes from Slack. */
  readonly signingSecret: string
  readonly port: number
  readonly logger: Logger
  /** Told of each request whose signature or time is wrong. */
  readonly onBadSignature: () => void
}

/** Slack's requests on loopback. What is not signed by Slack does not reach bolt, whose own check lets pass what is dated in the future. */
export function httpDoor({ signingSecret, port, logger, onBadSignature }: HttpOptions): Door {
  const receiver = new HTTPReceiver({ signingSecret, signatureVerification: false, endpoints: ENDPOINT, logger })
  const isSigned = signedWith(signingSecret)
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const end = (status: number): void => void response.writeHead(status).end()
    if (request.method !== 'POST' || request.url !== ENDPOINT) return end(404)
    const came = await HTTPModuleFunctions.bufferIncomingMessage(request, MOST).catch(() => null)
    if (came === null) return end(413)
    if (isSigned(came.headers, came.rawBody, new Date())) return receiver.requestListener(came, response)
    // Slack tries the address so, now and then, without a signature.
    if (new URLSearchParams(came.rawBody.toString()).get('ssl_check') === '1') return end(200)
    onBadSignature()
    end(401)
  }
  const open = async (): Promise<Opened> => {
    const { origin, close } = await listen(port, (request, response) => void take(request, response).catch(() => response.destroy()))
    return { url: `${origin}${ENDPOINT}`, close: ({ idle }) => close(idle) }
  }
  return { receiver, open }
}
