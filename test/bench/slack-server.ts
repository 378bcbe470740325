import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Limit, strict } from './limits.ts'

/** What Slack takes, by method. */
const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  'chat.postMessage': [
    { of: 'channel', count: 1, perMs: 1_000 },
    { of: 'workspace', count: 525, perMs: 60_000 },
  ],
  'chat.update': [{ of: 'workspace', count: 50, perMs: 60_000 }],
  'conversations.history': [{ of: 'workspace', count: 50, perMs: 60_000 }],
  'conversations.replies': [{ of: 'workspace', count: 50, perMs: 60_000 }],
}

/** A Slack for benchmarks: keeps no message, answers at once, and refuses whatever is one too many. */
export interface SlackServer {
  readonly origin: string
  /** Calls that were taken. */
  readonly taken: ReturnType<typeof strict>['taken']
  readonly refused: () => number
  close(): Promise<void>
}

/** @param people e-mail address by user id */
export async function startSlackServer(people: Readonly<Record<string, string>> = {}): Promise<SlackServer> {
  const { taken, refused, take } = strict(LIMITS)
  const server = createServer(async (request, response) => {
    const method = (request.url ?? '').replace('/api/', '')
    const body = new URLSearchParams(await bodyOf(request))
    const channel = body.get('channel') ?? ''
    const id = body.get('user') ?? ''
    if (!take(method, channel)) {
      response.writeHead(429, { 'retry-after': '1' }).end('{"ok":false,"error":"ratelimited"}')
      return
    }
    const answer = {
      ok: true,
      channel,
      ts: `${taken.length}.000001`,
      user_id: 'UBOT',
      team_id: 'T1',
      url: 'https://bench.example.org/',
      messages: [],
      user: userOf(id, people[id]),
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    refused,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

const userOf = (id: string, email = ''): object => ({ id, team_id: 'T1', name: id, is_email_confirmed: true, profile: { email } })

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
