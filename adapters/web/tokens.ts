import type { IncomingMessage } from 'node:http'
import { RequestError } from './answer.ts'
import { same, type WebTokens } from './secret.ts'
import { sessionPerson } from './session.ts'

/** The person that the request's token, or the session of the page, is; 401 without either. */
export function tokenPerson(request: IncomingMessage, tokens: WebTokens): string {
  const person = request.headers.authorization === undefined ? sessionPerson(request, tokens) : ownerOf(bearer(request), tokens)
  if (person === null) throw unauthorised('Expected `Authorization: Bearer <your token>`, or a session of the page.')
  return person
}

/** Whose token it is; null: nobody's. */
export function ownerOf(given: string, tokens: WebTokens): string | null {
  // Every token is compared, so that the time tells nothing about which one was near.
  const [known] = tokens.people.filter(({ token }) => same(given, token))
  return known?.person ?? null
}

export const bearsReportsToken = (request: IncomingMessage, tokens: WebTokens): boolean => same(bearer(request), tokens.reports)

/** 401 unless the request bears the reports token. */
export function checkReportsToken(request: IncomingMessage, tokens: WebTokens): void {
  if (!bearsReportsToken(request, tokens)) throw unauthorised('Expected `Authorization: Bearer <reports token>`.')
}

function bearer(request: IncomingMessage): string {
  return /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

export function unauthorised(text: string): RequestError {
  return new RequestError(401, 'TOKEN_UNKNOWN', text, { 'www-authenticate': 'Bearer' })
}
