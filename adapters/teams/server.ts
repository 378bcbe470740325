import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { parsedJson } from '../chat/json.ts'
import type { Log } from '../chat/log.ts'
import { type Loopback, listen } from '../chat/loopback.ts'
import type { Running } from '../chat/running.ts'
import { readCapped } from '../http/capped.ts'
import { type Activity, activitySchema, tenantsOf } from './activity.ts'
import type { Verify } from './botframework/verify.ts'
import type { Reply } from './turn.ts'

export const ENDPOINT = '/api/messages'
/** Teams' activities are far smaller. */
const MOST_BYTES = 512 * 1024
const READ_WITHIN_MS = 10_000

export interface Serving {
  readonly verify: Verify
  readonly tenantId: string
  /** Told the service address of a verified activity. */
  readonly learn: (serviceUrl: string) => void
  readonly receive: (activity: Activity) => Promise<Reply>
  readonly log: Log
  /** An end waits for what was being answered. */
  readonly work: Running
}

/** What the token is checked against. */
const envelope = z.object({ channelId: z.literal('msteams'), serviceUrl: z.string().min(1).max(1000) })

export const serve = (on: Serving, port: number): Promise<Loopback> =>
  listen(
    port,
    async (request, response) => {
      try {
        end(response, await on.work.add(answerOf(on, request)))
      } catch (error) {
        on.log.error({ err: error }, 'teams: a request failed')
        end(response, { status: 500 })
      }
    },
    { requestTimeout: READ_WITHIN_MS },
  )

function end(response: ServerResponse, { status, body }: Reply): void {
  if (status >= 400) response.setHeader('connection', 'close')
  response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}

/** Nothing is said about what is wrong with a request: only Microsoft sends good ones. */
async function answerOf(on: Serving, request: IncomingMessage): Promise<Reply> {
  if (request.url !== ENDPOINT) return { status: 404 }
  if (request.method !== 'POST') return { status: 405 }
  const token = request.headers.authorization ?? ''
  if (!token.startsWith('Bearer ')) return { status: 401 }
  const text = await readCapped(request, MOST_BYTES)
  if (text === null) return { status: 413 }
  const body = parsedJson(text.toString('utf8'))
  const sender = envelope.safeParse(body).data
  if (sender === undefined || !(await on.verify(token, sender.serviceUrl))) return { status: 401 }
  const activity = activitySchema.safeParse(body).data
  if (activity === undefined) return { status: 400 }
  const tenants = tenantsOf(activity)
  if (tenants.length === 0 || tenants.some((tenant) => tenant !== on.tenantId)) return { status: 403 }
  on.learn(sender.serviceUrl)
  return on.receive(activity)
}
