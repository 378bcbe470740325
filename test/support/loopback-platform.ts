import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Card } from '../../src/cards/card.ts'
import { ChatError, type ChatPlatform, type Found, type MessageRef } from '../../src/ports.ts'

export type CallKind = 'post' | 'reply' | 'edit' | 'find'

/** How a call may go wrong. After the first two the change is there, and the caller does not know. */
export type LoopbackFault =
  | 'done, answer lost'
  | 'done, no answer'
  | 'connection lost'
  | 'rate limited'
  | 'server error'
  | 'forbidden'
  | 'rejected'

export interface LoopbackMessage {
  readonly id: string
  readonly place: string
  readonly thread: string | undefined
  readonly key: string
  card: Card
}

export interface LoopbackCall {
  readonly kind: CallKind
  readonly place: string
  /** Of the message, where the call names one. */
  readonly id: string | undefined
}

/** Milliseconds that a `rate limited` answer asks to wait. */
export const RETRY_AFTER_MS = 60_000

/** A chat platform on loopback: a real server that keeps messages and fails when told to, and its client. */
export interface Loopback {
  readonly platform: ChatPlatform
  /** Where the server is; `loopbackClient` makes a platform of it in another process. */
  readonly url: string
  /** What people see, oldest first. */
  readonly messages: LoopbackMessage[]
  /** Every call that reached the server, failed ones included. */
  readonly calls: LoopbackCall[]
  /** Off: it has no search, as Teams has none. */
  searchable: boolean
  /** The next `times` calls fail so (only those of `kind` and in `place`, where given). */
  fail(fault: LoopbackFault, times: number, where?: { kind?: CallKind; place?: string }): void
  /** Forgets the failures that are still to come. */
  heal(): void
  /** Does the next call of this kind, but keeps the answer back until `release`. */
  hold(kind: CallKind): { readonly done: Promise<void>; release(): void }
  /** Waits until so many messages are there that `wanted` holds for. */
  until(wanted: (message: LoopbackMessage) => boolean, count?: number): Promise<void>
  /** Somebody deletes the message. */
  remove(id: string): void
  clear(): void
  close(): Promise<void>
}

interface Fault {
  readonly fault: LoopbackFault
  left: number
  readonly kind: CallKind | undefined
  readonly place: string | undefined
}

interface Hold {
  readonly kind: CallKind
  readonly done: () => void
  readonly released: Promise<void>
}

interface Body {
  readonly kind: CallKind
  readonly place: string
  readonly thread?: string
  readonly id?: string
  readonly key?: string
  readonly card?: Card
}

export async function startLoopback(): Promise<Loopback> {
  const messages: LoopbackMessage[] = []
  const calls: LoopbackCall[] = []
  const faults: Fault[] = []
  const holds: Hold[] = []
  const watchers = new Set<() => void>()
  let number = 0
  let searchable = true

  const perform = (body: Body): [number, object] => {
    const id = body.id ?? body.thread
    if (id !== undefined && !messages.some((one) => one.id === id && one.place === body.place)) return [404, {}]
    if (body.kind === 'find')
      return searchable ? [200, { id: messages.find((one) => one.key === body.key && one.place === body.place)?.id ?? null }] : [501, {}]
    if (body.card === undefined) return [422, {}]
    const known = messages.find((one) => one.id === body.id)
    if (known) known.card = body.card
    else messages.push({ id: `m${++number}`, place: body.place, thread: body.thread, key: body.key ?? '', card: body.card })
    for (const look of [...watchers]) look()
    return [200, { id: known?.id ?? `m${number}` }]
  }
  const faultFor = ({ kind, place }: Body): LoopbackFault | undefined => {
    const fault = faults.find((one) => one.left > 0 && (one.kind ?? kind) === kind && (one.place ?? place) === place)
    if (fault) fault.left--
    return fault?.fault
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.parse(await textOf(request)) as Body
    calls.push({ kind: body.kind, place: body.place, id: body.id })
    const fault = faultFor(body)
    if (fault === 'connection lost') return void request.socket.destroy()
    const refusal = fault && REFUSALS[fault]
    if (refusal) return void response.writeHead(refusal).end()
    const [status, answer] = perform(body)
    if (fault === 'done, answer lost') return void request.socket.destroy()
    if (fault === 'done, no answer') return
    const held = holds.findIndex((one) => one.kind === body.kind)
    if (held >= 0) await keepBack(holds.splice(held, 1)[0] as Hold)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }
  const server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  return {
    platform: loopbackClient(url),
    url,
    messages,
    calls,
    get searchable() {
      return searchable
    },
    set searchable(value) {
      searchable = value
    },
    fail: (fault, times, { kind, place } = {}) => void faults.push({ fault, left: times, kind, place }),
    heal: () => void faults.splice(0),
    hold(kind) {
      const done = Promise.withResolvers<void>()
      const released = Promise.withResolvers<void>()
      holds.push({ kind, done: done.resolve, released: released.promise })
      return { done: done.promise, release: released.resolve }
    },
    until: (wanted, count = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (messages.filter(wanted).length < count) return
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
      }),
    remove: (id) =>
      void messages.splice(
        messages.findIndex((one) => one.id === id),
        1,
      ),
    clear() {
      for (const list of [messages, calls, faults, holds]) list.splice(0)
      searchable = true
    },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const REFUSALS: Partial<Record<LoopbackFault, number>> = { 'rate limited': 429, 'server error': 500, forbidden: 403, rejected: 422 }

async function keepBack(hold: Hold): Promise<void> {
  hold.done()
  await hold.released
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** The platform as the bot sees it. */
export function loopbackClient(url: string): ChatPlatform {
  const call = async (body: Body): Promise<{ status: number; id: string | null }> => {
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) }).catch((error: unknown) => {
      throw new ChatError('UNAVAILABLE', String(error))
    })
    if (answer.status === 501) return { status: 501, id: null }
    if (answer.status === 429) throw new ChatError('RATE_LIMITED', 'slow down', RETRY_AFTER_MS)
    if (answer.status !== 200) throw new ChatError(CODES[answer.status] ?? 'UNAVAILABLE', `HTTP ${answer.status}`)
    return { status: 200, id: ((await answer.json()) as { id: string | null }).id }
  }
  const refTo = (place: string, message: string, thread: string | undefined): MessageRef =>
    thread === undefined ? { place, message } : { place, message, thread }
  return {
    name: 'loopback',
    budgets: [],
    async post(to, card, key) {
      return refTo(to.ref, (await call({ kind: 'post', place: to.ref, key, card })).id ?? '', undefined)
    },
    async reply(to, card, key) {
      const thread = to.thread ?? to.message
      return refTo(to.place, (await call({ kind: 'reply', place: to.place, thread, key, card })).id ?? '', thread)
    },
    async edit(ref, card) {
      await call({ kind: 'edit', place: ref.place, id: ref.message, card })
    },
    whisper: async () => undefined,
    async find(to, thread, key): Promise<Found> {
      const { status, id } = await call({ kind: 'find', place: to.ref, key })
      if (status === 501) return 'unsearchable'
      return id === null ? 'absent' : { found: refTo(to.ref, id, thread ? (thread.thread ?? thread.message) : undefined) }
    },
  }
}

const CODES: Readonly<Record<number, 'FORBIDDEN' | 'GONE' | 'REJECTED'>> = { 403: 'FORBIDDEN', 404: 'GONE', 422: 'REJECTED' }
