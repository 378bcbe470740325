import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BaseLogger } from 'pino'
import { Fault } from '../../src/core/fault.ts'
import { own } from '../../src/core/own.ts'
import type { Doors } from '../../src/ports.ts'
import { errorAnswer, RequestError, sendAnswer } from './answer.ts'
import { pageCard } from './card.ts'
import { eventHub } from './events.ts'
import { loadAssets, sendAsset } from './files.ts'
import { reader } from './people.ts'
import type { WebPlatform } from './platform.ts'
import { checkHostAndOrigin } from './request.ts'
import { ROUTES } from './routes.ts'
import type { WebTokens } from './secret.ts'
import type { Web } from './web.ts'

export interface WebOptions {
  readonly doors: Doors
  /** The same that the house posts through: its private words go to the open pages. */
  readonly platform: WebPlatform
  /** 0 takes a free one. */
  readonly port: number
  /** In sample mode everybody may be anybody and the clock can be moved. */
  readonly sample: boolean
  readonly tokens: WebTokens
  readonly log: Pick<BaseLogger, 'error'>
}

export interface RunningWeb {
  readonly url: string
  /** Ends open connections; answers under way are finished first. */
  close(): Promise<void>
}

type Assets = ReturnType<typeof loadAssets>

/** The web page and its JSON, on the loopback address only. Throws `Fault` PORT_TAKEN. */
export async function startWeb(options: WebOptions): Promise<RunningWeb> {
  const assets = loadAssets()
  const server = createServer()
  server.requestTimeout = 30_000
  const port = await listen(server, options.port)
  const events = eventHub()
  const web: Web = { doors: options.doors, sample: options.sample, tokens: options.tokens, events }
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void serve(web, assets, options.log, request, response))
  const endings = [
    options.doors.onPosts((places) => events.send('posts', { places })),
    options.platform.onWhisper(({ place, person, card }) => events.send('whisper', { place, card: pageCard(card) }, person)),
  ]
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      for (const end of endings) end()
      events.close()
      await closeServer(server)
    },
  }
}

async function serve(web: Web, assets: Assets, log: WebOptions['log'], request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    checkHostAndOrigin(request, request.socket.localPort ?? 0)
    await dispatch(web, assets, request, response)
  } catch (error) {
    if (!(error instanceof RequestError)) log.error({ err: error, path: request.url?.split('?')[0] }, 'web request failed')
    if (response.headersSent) response.destroy()
    else sendAnswer(response, errorAnswer(error instanceof RequestError ? error : ourFault(error)))
  }
}

async function dispatch(web: Web, assets: Assets, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'http://loopback')
  if (url === null) throw new RequestError(400, 'MALFORMED', 'Expected an address.')
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '')
  const asset = assets.get(url.pathname)
  if (asset) {
    checkMethod(method, ['GET'])
    return sendAsset(request, response, asset)
  }
  if (url.pathname === '/api/events') {
    checkMethod(method, ['GET'])
    return web.events.open(response, reader(web, request) ?? url.searchParams.get('person'))
  }
  for (const { path, methods } of ROUTES) {
    const match = path.exec(url.pathname)
    if (!match) continue
    checkMethod(method, Object.keys(methods))
    const answer = await own(methods, method)?.(web, request, decode(match[1] ?? ''))
    if (answer) return sendAnswer(response, answer)
  }
  throw new RequestError(404, 'NOT_FOUND', 'There is nothing at this address.')
}

function checkMethod(method: string, allowed: readonly string[]): void {
  if (allowed.includes(method)) return
  throw new RequestError(405, 'METHOD_NOT_ALLOWED', `Expected ${allowed.join(' or ')}, got ${method}.`, { allow: allowed.join(', ') })
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** What is wrong on our side is in the log, not in the answer. */
function ourFault(error: unknown): RequestError {
  return error instanceof Fault && error.code === 'DATABASE_UNAVAILABLE'
    ? new RequestError(503, error.code, 'The database does not answer at the moment. Nothing was changed; please try again.')
    : new RequestError(500, 'INTERNAL', 'Something went wrong on our side. It is in the log; please try again.')
}

export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Fault('PORT_TAKEN', `expected port ${port} to be free, another program listens on it; set PORT`)
          : error,
      ),
    )
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

/** Answers under way may take this long when the server closes; a request that never ends must not hold it up. */
const WITHIN_MS = 15_000
const LOOK_EVERY_MS = 50

/** Finishes the answers that are under way and takes nothing new, also not on connections that are kept alive. */
export async function closeServer(server: Server): Promise<void> {
  server.removeAllListeners('request')
  server.on('request', (_request: IncomingMessage, response: ServerResponse) => sendAnswer(response, errorAnswer(STOPPING)))
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // One that was busy a moment ago would be kept alive for whatever comes next.
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS)
  const late = setTimeout(() => server.closeAllConnections(), WITHIN_MS)
  await closed
  clearInterval(idle)
  clearTimeout(late)
}

const STOPPING = new RequestError(503, 'STOPPING', 'The bot is stopping. Please try again when it runs.', { connection: 'close' })
