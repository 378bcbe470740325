import type { ServerResponse } from 'node:http'

/** What a route answers with. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  /** Content type of a body that is a text already; absent: it becomes JSON. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that cannot be served, with a code and what was expected; becomes `{error: {code, text}}`. */
export class RequestError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>
  constructor(status: number, code: string, text: string, headers: Readonly<Record<string, string>> = {}) {
    super(text)
    this.name = 'RequestError'
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** Nothing from elsewhere, nothing inline, nothing guessed, nothing framed. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

export function sendAnswer(response: ServerResponse, { status, body, type, headers }: Answer): void {
  const bytes = Buffer.from(type === undefined ? JSON.stringify(body) : String(body))
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'content-type': type ?? 'application/json; charset=utf-8',
    'content-length': bytes.length,
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(bytes)
}

export function errorAnswer(error: RequestError): Answer {
  return { status: error.status, body: { error: { code: error.code, text: error.message } }, headers: error.headers }
}
