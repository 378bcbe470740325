import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * How a call to Slack may go wrong. `reset before`: the connection breaks and nothing was stored. `reset after`: it was stored, and the
 * answer is lost; so it is with all that end in `after`. `silence`: no answer ever comes. `garbage`: 200 with a web page.
 * `limited shortly`: may be repeated at once.
 */
export type FaultMode =
  | 'rate limited'
  | 'limited shortly'
  | 'server error'
  | 'server error after'
  | 'reset before'
  | 'reset after'
  | 'silence'
  | 'silence after'
  | 'garbage'
  | 'garbage after'

export interface ProxiedRequest {
  /** Web API method, e.g. `chat.postMessage`, or `response/U..` for the address a command is answered at. */
  readonly method: string
  readonly body: Readonly<Record<string, string>>
  /** What was answered, empty when the connection was broken. */
  readonly answer: string
  readonly token: string
}

/** What a test answers itself, where the emulator lacks a method, or for a file. */
export interface Served {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** Stands between the adapter and the emulator: records every call once it was answered, and fails when told to. */
export interface SlackProxy {
  readonly url: string
  readonly requests: ProxiedRequest[]
  /** The next `times` calls fail so (only those of `method`, where one is given). */
  fail(mode: FaultMode, times: number, method?: string): void
  /** Forgets the failures that are still to come. */
  heal(): void
  /** Calls of `method` wait, neither stored nor answered, until the returned function is called. */
  stall(method: string): () => void
  /** The next call of `method` has come, whether it is answered or not. */
  arrival(method: string): Promise<void>
  /** Changes the emulator's answers to `method`, e.g. to say what real Slack says beyond it. */
  rewrite(method: string, change: (answer: Record<string, unknown>) => Record<string, unknown>): void
  /** Answers calls of `method` (or of another address, e.g. `files/notice.eml`) instead of the emulator, unless it is undefined. */
  serve(method: string, answer: () => object | Served | undefined): void
  /** The first request from now on for which `wanted` holds, once it is answered. */
  next(wanted: (request: ProxiedRequest) => boolean): Promise<ProxiedRequest>
  close(): Promise<void>
}

/** The method of a file that is uploaded; its body is in `base64`. */
export const UPLOAD = 'upload'

/** Seconds that a `rate limited` answer asks to wait. */
export const RETRY_AFTER_S = 7

export async function startProxy(target: string): Promise<SlackProxy> {
  const requests: ProxiedRequest[] = []
  const waiting = new Set<(request: ProxiedRequest) => void>()
  const faults: { mode: FaultMode; left: number; method: string | undefined }[] = []
  const arriving: { readonly method: string; readonly tell: () => void }[] = []
  const stalled = new Map<string, Promise<void>>()
  const served = new Map<string, () => object | Served | undefined>()
  const rewrites = new Map<string, (answer: Record<string, unknown>) => Record<string, unknown>>([['users.info', confirmEmail]])

  const record = (request: ProxiedRequest) => {
    requests.push(request)
    for (const tell of [...waiting]) tell(request)
  }
  const faultFor = (method: string): FaultMode | undefined => {
    const fault = faults.find((one) => one.left > 0 && (one.method === undefined || one.method === method))
    if (fault) fault.left--
    return fault?.mode
  }
  const forward = async (request: IncomingMessage, method: string, raw: Buffer): Promise<string | Served> => {
    if (method.startsWith('response')) return 'ok'
    const own = served.get(method)?.()
    if (own !== undefined) return 'body' in own ? (own as Served) : JSON.stringify(own)
    const { authorization = '', 'content-type': type = '' } = request.headers
    const answer = await fetch(`${target}${method === UPLOAD ? request.url : `/api/${method}`}`, {
      method: 'POST',
      headers: { authorization, 'content-type': type },
      body: new Uint8Array(raw),
    })
    const text = await answer.text()
    const change = rewrites.get(method)
    return change ? JSON.stringify(change(JSON.parse(text))) : text
  }
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const raw = await bytesOf(request)
    const method = (request.url ?? '').replace(/^\/(api\/)?/, '').replace(/^upload\/.*/, UPLOAD)
    const body = method === UPLOAD ? { base64: raw.toString('base64') } : bodyOf(request, raw)
    for (const one of arriving.filter((waiting) => waiting.method === method)) {
      arriving.splice(arriving.indexOf(one), 1)
      one.tell()
    }
    await stalled.get(method)
    const fault = faultFor(method)
    const stored = fault === undefined || fault.endsWith(' after') ? await forward(request, method, raw) : ''
    const broken = fault === 'reset before' || fault === 'reset after'
    const [status, headers, answer] = answerTo(fault, stored)
    if (broken) request.socket.destroy()
    else if (fault?.startsWith('silence') !== true) response.writeHead(status, headers).end(answer)
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '')
    record({ method, body, answer: broken ? '' : `${answer}`, token })
  }

  const server = createServer((request, response) => void handle(request, response).catch(() => request.socket.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    fail: (mode, times, method) => void faults.push({ mode, left: times, method }),
    heal: () => void faults.splice(0),
    stall: (method) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      stalled.set(method, promise)
      return resolve
    },
    arrival: (method) => new Promise((tell) => arriving.push({ method, tell })),
    rewrite: (method, change) => void rewrites.set(method, change),
    serve: (method, answer) => void served.set(method, answer),
    next: (wanted) =>
      new Promise((resolve) => {
        const tell = (request: ProxiedRequest) => {
          if (!wanted(request)) return
          waiting.delete(tell)
          resolve(request)
        }
        waiting.add(tell)
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Real Slack says in `users.info` whether the address is confirmed; the emulator leaves it out. */
export function confirmEmail(answer: Record<string, unknown>): Record<string, unknown> {
  return typeof answer.user === 'object' ? { ...answer, user: { is_email_confirmed: true, ...answer.user } } : answer
}

function answerTo(fault: FaultMode | undefined, stored: string | Served): [number, Readonly<Record<string, string>>, string | Uint8Array] {
  if (fault === 'rate limited' || fault === 'limited shortly') {
    const seconds = fault === 'rate limited' ? RETRY_AFTER_S : 0
    return [429, { 'retry-after': String(seconds) }, '{"ok":false,"error":"ratelimited"}']
  }
  if (fault?.startsWith('server error')) return [500, {}, 'upstream failed']
  if (fault?.startsWith('garbage')) return [200, { 'content-type': 'text/html' }, '<!doctype html><title>Sorry</title>']
  if (typeof stored !== 'string') return [stored.status ?? 200, stored.headers ?? {}, stored.body]
  return [200, { 'content-type': 'application/json' }, stored]
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function bodyOf(request: IncomingMessage, raw: Buffer): Record<string, string> {
  const text = raw.toString('utf8')
  if (!request.headers['content-type']?.includes('json')) return Object.fromEntries(new URLSearchParams(text))
  const fields = Object.entries(JSON.parse(text) as Record<string, unknown>)
  return Object.fromEntries(fields.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]))
}
