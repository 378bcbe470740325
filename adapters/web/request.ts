import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { readCapped } from '../http/capped.ts'
import { RequestError } from './answer.ts'

/** Largest request body, in bytes. */
const BODY_CAP = 256 * 1024

/**
 * Only our own page and programs on this machine may talk to us: another web site that makes a browser call a loopback address is
 * known by its Host (DNS rebinding) or by its Origin.
 */
export function checkHostAndOrigin(request: IncomingMessage, port: number): void {
  const names = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  const { host, origin } = request.headers
  if (host === undefined || !names.includes(host.toLowerCase()))
    throw new RequestError(403, 'HOST_FORBIDDEN', `Expected the host ${names.join(' or ')}, got ${quote(host)}.`)
  if (origin !== undefined && !names.some((name) => origin === `http://${name}`))
    throw new RequestError(403, 'ORIGIN_FORBIDDEN', `Expected the origin of this page or none, got ${quote(origin)}.`)
}

/** The JSON body. 415 for another type, 413 above `BODY_CAP`, 400 for what is not JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new RequestError(415, 'TYPE_UNSUPPORTED', `Expected content type application/json, got ${quote(type)}.`)
  const text = await readText(request)
  try {
    return JSON.parse(text)
  } catch {
    throw new RequestError(400, 'MALFORMED', `Expected JSON, got ${quote(text)}.`)
  }
}

/** Parsed by a schema; 400 says for every fault what was expected and what came. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new RequestError(400, 'MALFORMED', complaint(parsed.error))
}

/** One line of what was expected and what came. */
export function complaint(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}; got ${quote(issue.input)}`).join('. ')
}

async function readText(request: IncomingMessage): Promise<string> {
  const tooLarge = new RequestError(413, 'BODY_TOO_LARGE', `Expected at most ${BODY_CAP} bytes.`, { connection: 'close' })
  if (Number(request.headers['content-length'] ?? 0) > BODY_CAP) throw tooLarge
  const body = await readCapped(request, BODY_CAP)
  if (body === null) throw tooLarge
  return body.toString('utf8')
}

/** What is nested too deeply to be written down is named by its kind. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value
  } catch {
    return Array.isArray(value) ? 'a deeply nested list' : `a deeply nested ${typeof value}`
  }
}

function quote(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = textOf(value)
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}
