import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { own } from '../../src/core/own.ts'
import { type Answer, errorAnswer, RequestError, SECURITY_HEADERS, sendAnswer } from './answer.ts'
import { checkHostAndOrigin } from './request.ts'
import { closeServer, listen, type RunningWeb } from './server.ts'

/** What a stand-by knows of the active bot. */
export interface Watched {
  /** What the active one calls itself. */
  readonly active: string
  /** False: the database does not answer at the moment. */
  readonly database: boolean
}

export interface StandByOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly watched: () => Watched
}

/** What a bot shows while it waits: `GET /healthz` and one page, on the loopback address only. Throws `Fault` PORT_TAKEN. */
export async function startStandBy({ port, watched }: StandByOptions): Promise<RunningWeb> {
  const server = createServer()
  server.requestTimeout = 30_000
  const taken = await listen(server, port)
  server.on('request', (request: IncomingMessage, response: ServerResponse) => answer(request, response, watched()))
  return { url: `http://127.0.0.1:${taken}/`, close: () => closeServer(server) }
}

function answer(request: IncomingMessage, response: ServerResponse, watched: Watched): void {
  try {
    checkHostAndOrigin(request, request.socket.localPort ?? 0)
    const path = URL.parse(request.url ?? '/', 'http://loopback')?.pathname
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (reads && path === '/healthz') sendAnswer(response, health(watched))
    else if (reads && path === '/') sendPage(response, watched)
    else throw new RequestError(503, 'STAND_BY', `This is the stand-by of ${watched.active}. Nothing was changed; ask the active one.`)
  } catch (error) {
    sendAnswer(response, errorAnswer(error instanceof RequestError ? error : new RequestError(500, 'INTERNAL', 'Something went wrong.')))
  }
}

const health = ({ active, database }: Watched): Answer => ({
  status: database ? 200 : 503,
  body: { ok: database, role: 'stand-by', detail: { active, database: database ? 'ok' : 'unreachable' } },
})

/** The page asks again by itself: when this one has taken over it finds the bot. */
function sendPage(response: ServerResponse, { active, database }: Watched): void {
  const words = database
    ? `It does nothing while that one lives, and takes over within seconds when it is gone.`
    : `The database does not answer at the moment: nobody can tell whether that one lives. It keeps trying.`
  const bytes = Buffer.from(`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="refresh" content="3" />
    <title>Stand-by · Patchcrier</title>
  </head>
  <body>
    <h1>Stand-by of ${escaped(active)}</h1>
    <p>This Patchcrier is the stand-by of ${escaped(active)}. ${words}</p>
  </body>
</html>
`)
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-length': bytes.length, 'cache-control': 'no-store' }
  response.writeHead(200, { ...SECURITY_HEADERS, ...headers })
  response.end(bytes)
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => own(ENTITIES, char) ?? '')
