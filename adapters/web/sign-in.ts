import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { type Answer, RequestError } from './answer.ts'
import { readJson } from './request.ts'
import { sessionCookie, sessionValue } from './session.ts'
import { ownerOf, unauthorised } from './tokens.ts'
import type { Web } from './web.ts'

const signInBody = z.strictObject({ token: z.string().min(1).max(500) }, 'expected {"token": "..."}')

/** Turns a token into a session of the browser. What was wrong about a body with a token in it is not said back. */
export async function signIn(web: Web, request: IncomingMessage): Promise<Answer> {
  outsideSample(web)
  const read = signInBody.safeParse(await readJson(request))
  if (!read.success) throw new RequestError(400, 'MALFORMED', 'Expected {"token": "..."}, got something else.')
  const token = read.data.token.trim()
  const person = ownerOf(token, web.tokens)
  if (person === null) throw unauthorised('This token is not known.')
  return { status: 200, body: { person }, headers: { 'set-cookie': sessionCookie(request, sessionValue(person, token, new Date())) } }
}

/** Takes the session out of the browser. */
export async function signOut(web: Web, request: IncomingMessage): Promise<Answer> {
  outsideSample(web)
  return { status: 200, body: { ok: true }, headers: { 'set-cookie': sessionCookie(request, '') } }
}

function outsideSample(web: Web): void {
  if (web.sample) throw new RequestError(404, 'NOT_FOUND', 'In sample mode nobody signs in: everybody may be anybody.')
}
