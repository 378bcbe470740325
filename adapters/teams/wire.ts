import { z } from 'zod'
import { ChatError } from '../../src/ports.ts'
import { parsedJson } from '../chat/json.ts'
import { networkError, statusError } from './errors.ts'
import type { Token } from './token.ts'

/** The way to the Bot Connector. */
export interface Wire {
  readonly token: Token
  /** The service address, with a slash at its end. */
  readonly address: () => string
}

const ANSWER_WITHIN_MS = 10_000

const fault = z.object({ error: z.object({ code: z.string().regex(/^\w{1,60}$/) }) })

/** One call; `what` is its name in errors. Throws `ChatError`. Repeats nothing that Teams may have heard, and follows no redirect. */
export async function ask({ token, address }: Wire, what: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const content = body === undefined ? {} : { body: JSON.stringify(body) }
  const send = (bearer: string): Promise<Response> =>
    fetch(`${address()}${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...content,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
  try {
    const response = await withToken(token, send)
    const answer = parsedJson((await response.text().catch(() => '')) || '{}')
    if (response.ok) return answer
    throw statusError(what, response.status, response.headers.get('retry-after'), fault.safeParse(answer).data?.error.code ?? null)
  } catch (error) {
    throw error instanceof ChatError ? error : networkError(what, error)
  }
}

/** A token may be withdrawn before it ends. Who is answered 401 was not heard, so it is said once more, with a new one. */
async function withToken(token: Token, send: (bearer: string) => Promise<Response>): Promise<Response> {
  const first = await token()
  const response = await send(first)
  if (response.status !== 401) return response
  await response.body?.cancel()
  return send(await token(first))
}
