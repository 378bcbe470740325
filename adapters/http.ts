import type { Dispatcher } from 'undici'
import { Fault } from '../src/core/fault.ts'
import { checkUrl, networksOf, shown } from './http/address.ts'
import { ACCEPTED, type Into, readBody } from './http/body.ts'
import { checkBehindProxy, dispatcherOf, type Resolve, systemResolve, type Way } from './http/connect.ts'
import { httpFault } from './http/faults.ts'

export { checkAddresses, networksOf, shown } from './http/address.ts'
export { bodyOf, isWebPage } from './http/answer.ts'
export { type Resolve, systemResolve } from './http/connect.ts'
export { httpFault } from './http/faults.ts'

/** How the one client of the process reaches the world. Nothing of it comes from the environment. */
export interface HttpOptions {
  /** Addresses of a name; the system's resolver when there is none. */
  readonly resolve?: Resolve
  /** PEM of authorities that are trusted instead of the public ones. */
  readonly ca?: string
  /** Address of a proxy that everything goes through. */
  readonly proxy?: string
  readonly userAgent?: string
  readonly limits?: Partial<HttpLimits>
}

export interface HttpLimits {
  /** For one answer with all its redirects. */
  readonly totalMs: number
  /** Without a single byte. */
  readonly idleMs: number
  readonly connectMs: number
  readonly redirects: number
}

/** What one request may do. */
export interface HttpRequest {
  readonly signal: AbortSignal
  /** Networks (CIDR) that are reached although they are not public. */
  readonly allowNetworks?: readonly string[]
  /** Largest answer, as it travels and unpacked. */
  readonly maxBytes: number
  /** What the last answer said of itself: the server may say that nothing changed. */
  readonly known?: Validators
  readonly accept?: string
  /** Takes the body of a 200 piece by piece, unpacked, e.g. onto a disk; `bytes` is empty then. */
  readonly into?: Into
}

/** What an answer says of itself, for the next time. Kept by the caller. */
export interface Validators {
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
}

export interface HttpAnswer {
  /** 200 with `bytes`, 304 not modified, or 4xx and 5xx; never a redirect. */
  readonly status: number
  /** Where it came from in the end. */
  readonly url: string
  /** Unpacked; empty unless the status is 200. */
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly validators: Validators
}

export type Form = Readonly<Record<string, string>>

export interface Http {
  /**
   * One https GET, guarded: https only, no user and password, no address that is not public (each redirect and each resolved address is
   * checked, and the connection goes to the very address that was checked), capped in size, time and redirects.
   * Throws Fault HTTP_REFUSED, HTTP_FAILED, HTTP_TOO_LARGE, HTTP_TOO_SLOW; when `signal` is aborted, its reason.
   */
  get(url: string, request: HttpRequest): Promise<HttpAnswer>
  /** The same for a form that is sent. What it holds goes to nobody else: a redirect is refused. */
  post(url: string, form: Form, request: HttpRequest): Promise<HttpAnswer>
  close(): Promise<void>
}

const LIMITS: HttpLimits = { totalMs: 120_000, idleMs: 20_000, connectMs: 15_000, redirects: 5 }
// Some publishers (CISA) turn away what does not look like a browser.
const USER_AGENT = 'Mozilla/5.0 (compatible; Patchcrier/1; patch management)'
const MOVED = [301, 302, 303, 307, 308]

/** The one hardened client for everything that the bot fetches. */
export const createHttp = (options: HttpOptions = {}): Http => {
  const limits = { ...LIMITS, ...options.limits }
  const open = new Map<string, { readonly way: Way; readonly dispatcher: Dispatcher }>()

  /** Connections that were checked against one set of networks are not for requests with another. */
  const routeFor = (allowed: readonly string[]) => {
    const key = [...allowed].sort().join(' ')
    const known = open.get(key)
    if (known !== undefined) return known
    const { ca, proxy, resolve = systemResolve } = options
    const way: Way = {
      resolve,
      networks: networksOf(allowed),
      ...(ca === undefined ? {} : { ca }),
      ...(proxy === undefined ? {} : { proxy }),
      connectMs: limits.connectMs,
      idleMs: limits.idleMs,
    }
    const route = { way, dispatcher: dispatcherOf(way) }
    open.set(key, route)
    return route
  }

  const headers = { 'user-agent': options.userAgent ?? USER_AGENT, 'accept-encoding': ACCEPTED }

  const ask = async (url: URL, request: HttpRequest, signal: AbortSignal, form: Form | null): Promise<HttpAnswer | URL> => {
    const { way, dispatcher } = routeFor(request.allowNetworks ?? [])
    await checkBehindProxy(url, way)
    const response = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, accept: request.accept ?? '*/*', ...(form === null ? conditions(request.known) : FORM) },
      ...(form === null ? { method: 'GET' } : { method: 'POST', body: new URLSearchParams(form).toString() }),
      signal,
    })
    const header = (name: string): string => [response.headers[name] ?? ''].flat().join(', ')
    if (response.statusCode !== 200) await discard(response.body)
    if (MOVED.includes(response.statusCode) && form !== null) throw new Fault('HTTP_REFUSED', `${shown(url)} sends on what was sent to it.`)
    if (MOVED.includes(response.statusCode)) return checkUrl(header('location'), way.networks, url)
    if (Number(header('content-length')) > request.maxBytes && response.statusCode === 200) {
      await discard(response.body)
      throw new Fault('HTTP_TOO_LARGE', `${shown(url)} announces ${header('content-length').slice(0, 20)} bytes, more than are taken.`)
    }
    const bytes =
      response.statusCode === 200
        ? await readBody(response.body, header('content-encoding'), request.maxBytes, shown(url), request.into)
        : new Uint8Array()
    return {
      status: response.statusCode,
      url: url.href,
      bytes,
      contentType: header('content-type').slice(0, 200),
      validators: validatorsOf(header('etag'), header('last-modified')),
    }
  }

  const follow = async (text: string, request: HttpRequest, signal: AbortSignal, form: Form | null): Promise<HttpAnswer> => {
    let url = checkUrl(text, networksOf(request.allowNetworks ?? []))
    for (let hops = 0; hops <= limits.redirects; hops += 1) {
      const answer = await ask(url, request, signal, form).catch((error: unknown) => {
        throw signal.aborted ? error : httpFault(error, shown(url))
      })
      if (!(answer instanceof URL)) return answer
      url = answer
    }
    throw new Fault('HTTP_REFUSED', `${shown(text)} leads from one address to the next, more than ${limits.redirects} times.`)
  }

  const inTime = async (text: string, request: HttpRequest, form: Form | null): Promise<HttpAnswer> => {
    request.signal.throwIfAborted()
    const overdue = AbortSignal.timeout(limits.totalMs)
    try {
      return await follow(text, request, AbortSignal.any([request.signal, overdue]), form)
    } catch (error) {
      request.signal.throwIfAborted()
      if (!overdue.aborted || error instanceof Fault) throw error
      throw new Fault('HTTP_TOO_SLOW', `${shown(text)} was not read within ${limits.totalMs / 1000} s.`)
    }
  }

  return {
    get: (text, request) => inTime(text, request, null),
    post: (text, form, request) => inTime(text, request, form),
    close: async () => {
      await Promise.all([...open.values()].map(({ dispatcher }) => dispatcher.destroy()))
    },
  }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

const conditions = ({ etag, lastModified }: Validators = {}): Readonly<Record<string, string>> => ({
  ...(etag === undefined ? {} : { 'if-none-match': etag }),
  ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
})

/** A validator goes back into a header: only what a header can hold, and not endless. */
const SAFE = /^[\x20-\x7e]{1,300}$/

const validatorsOf = (etag: string, lastModified: string): Validators => ({
  ...(SAFE.test(etag) ? { etag } : {}),
  ...(SAFE.test(lastModified) ? { lastModified } : {}),
})

/** What else the server sends is not waited for. */
const discard = async (body: Dispatcher.ResponseData['body']): Promise<void> => {
  body.on('error', () => undefined)
  body.destroy()
}
