// A real https server on loopback under names of its own, and the way to it: resolver, authority and allowed network are arguments.
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createHttp, type Http, type HttpLimits, type HttpRequest } from '../../adapters/http.ts'

const tls = (name: string): string => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8')

export const TEST_AUTHORITY = tls('ca.pem')
export const LOOPBACK = ['127.0.0.0/8']

export type Handler = (request: IncomingMessage, response: ServerResponse) => void
/** A page: text or bytes with status 200, or whatever its handler does. */
export type Page = string | Uint8Array | Handler

export interface TestServer {
  /** `vendor.example:PORT`, for addresses. */
  readonly host: string
  readonly port: number
  /** Address of a path on vendor.example. */
  at(path: string): string
  /** Path -> page. A path that is not there is 404. Ends with `*`: every path that starts so. */
  readonly pages: Map<string, Page>
  /** Paths that were asked for, in order. */
  readonly asked: string[]
  close(): Promise<void>
}

export async function httpsServer(certificate: 'server' | 'self-signed' = 'server'): Promise<TestServer> {
  const pages = new Map<string, Page>()
  const asked: string[] = []
  const server = createServer({ key: tls(`${certificate}.key`), cert: tls(`${certificate}.pem`) }, (request, response) => {
    const path = request.url ?? '/'
    asked.push(path)
    const page = pages.get(path) ?? [...pages].find(([key]) => key.endsWith('*') && path.startsWith(key.slice(0, -1)))?.[1]
    if (page === undefined) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('not here')
    if (typeof page === 'function') return page(request, response)
    response.writeHead(200).end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const host = `vendor.example:${port}`
  return {
    host,
    port,
    at: (path) => `https://${host}${path}`,
    pages,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A client that finds every name on loopback and trusts the test authority. */
export const testHttp = (
  limits: Partial<HttpLimits> = {},
  resolve = async (_: string): Promise<readonly string[]> => ['127.0.0.1'],
): Http => createHttp({ ca: TEST_AUTHORITY, resolve, limits: { totalMs: 20_000, ...limits } })

export const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  signal: new AbortController().signal,
  allowNetworks: LOOPBACK,
  maxBytes: 1_000_000,
  ...more,
})
