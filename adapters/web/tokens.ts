import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { RequestError } from './answer.ts'

export interface WebTokens {
  /** Bearer token of those who report about hosts. */
  readonly reports: string
  /** Outside sample mode a token is a person. */
  readonly people: readonly { readonly person: string; readonly token: string }[]
}

/** The person that the request's token is; 401 without a known one. */
export function tokenPerson(request: IncomingMessage, tokens: WebTokens): string {
  const given = bearer(request)
  // Every token is compared, so that the time tells nothing about which one was near.
  const known = tokens.people.filter(({ token }) => same(given, token))
  const [person] = known
  if (person === undefined) throw unauthorised('Expected `Authorization: Bearer <your token>`.')
  return person.person
}

export const bearsReportsToken = (request: IncomingMessage, tokens: WebTokens): boolean => same(bearer(request), tokens.reports)

/** 401 unless the request bears the reports token. */
export function checkReportsToken(request: IncomingMessage, tokens: WebTokens): void {
  if (!bearsReportsToken(request, tokens)) throw unauthorised('Expected `Authorization: Bearer <reports token>`.')
}

function bearer(request: IncomingMessage): string {
  return /^Bearer ([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

/** In constant time, whatever the lengths; an empty token is nobody's. */
function same(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected)) && expected !== ''
}

function unauthorised(text: string): RequestError {
  return new RequestError(401, 'TOKEN_UNKNOWN', text, { 'www-authenticate': 'Bearer' })
}
