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
    if (request.method !== 'POST' || request.url?.split('?', 1)[0] !== ENDPOINT) return end(404)
    const came = await HTTPModuleFunctions.bufferIncomingMessage(request, MOST).catch((error: Error) => {
      logger.warn(`a request could not be read: ${error.message}`)
    })
    if (!came) return end(413)
    if (isSigned(came.headers, came.rawBody, new Date())) return receiver.requestListener(came, response)
    if (isCheckOfAddress(came.rawBody)) return end(200)
    onBadSignature()
    end(401)
  }
  const open = async (): Promise<Opened> => {
    const { origin, close } = await listen(port, (request, response) => void take(request, response).catch(() => response.destroy()))
    return { url: `${origin}${ENDPOINT}`, close: ({ idle }) => close(idle) }
  }
  return { receiver, open }
}

/** Slack tries the address so, now and then, without a signature. It is short: nobody else's megabyte is looked through. */
const isCheckOfAddress = (body: Buffer): boolean => body.length < 1_000 && new URLSearchParams(body.toString()).get('ssl_check') === '1'
