import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Limit, strict } from './limits.ts'

/** Of one conversation, and of one app in one tenant; look-ups of members count for the app, too. */
const CONVERSATION: readonly Limit[] = [
  { of: 'channel', count: 7, perMs: 1_000 },
  { of: 'channel', count: 60, perMs: 30_000 },
]
const LIMITS = { message: CONVERSATION, '*': [{ of: 'workspace', count: 50, perMs: 1_000 }] } as const

/** A Teams for benchmarks, with Microsoft's sign-in: keeps no message, answers at once, and refuses whatever is one too many. */
export async function startTeamsServer() {
  const { taken, refused, take } = strict(LIMITS)
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const path = decodeURIComponent(request.url ?? '')
      const say = (status: number, body: unknown): void =>
        void response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1' }).end(JSON.stringify(body))
      if (path.startsWith('/login/')) return say(200, { token_type: 'Bearer', expires_in: 3600, access_token: 'a-token-of-the-bench' })
      const [, channel = ''] = /v3\/conversations\/([^;/]*)/.exec(path) ?? []
      if (path.includes('/pagedmembers')) return take('members', channel) ? say(200, { members: [] }) : say(429, {})
      // A thread that is begun names its channel in the body.
      const into = channel || JSON.parse(Buffer.concat(parts).toString('utf8')).channelData.channel.id
      if (!take('message', into)) return say(429, {})
      say(200, { id: channel === '' ? `${into};messageid=${taken.length}` : `${taken.length}`, activityId: `${taken.length}` })
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    refused,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
