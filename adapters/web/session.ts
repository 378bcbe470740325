import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { RequestError } from './answer.ts'
import { same, type WebTokens } from './secret.ts'

/** How long a session of the page lasts, in seconds. */
export const SESSION_SECONDS = 12 * 60 * 60

/**
 * `v1.PERSON.EXPIRY.MAC`, the expiry in seconds, the code keyed by the person's token. Nothing is stored, so a restart signs nobody out;
 * a new token ends all sessions of the old one; and who sees a session (cookies know no ports) does not know the token.
 */
export function sessionValue(person: string, token: string, now: Date): string {
  return signed(person, Math.floor(now.getTime() / 1000) + SESSION_SECONDS, token)
}

/** Whose session it is at `now`; null: nobody's, or it is over. */
export function readSession(value: string, tokens: WebTokens, now: Date): string | null {
  const [, person = '', expiry = ''] = /^v1\.([^.]+)\.(\d{1,12})\.[\w-]+$/.exec(value) ?? []
  const known = tokens.people.filter((one) => one.person === person && same(value, signed(person, Number(expiry), one.token)))
  return known.length > 0 && now.getTime() < Number(expiry) * 1000 ? person : null
}

/**
 * The person of the request's session cookie. Other pages of this machine are of the same site, whatever their port, so the
 * browser sends them the cookie, too: a request that is not our own page's is 403.
 */
export function sessionPerson(request: IncomingMessage, tokens: WebTokens): string | null {
  const person = readSession(cookie(request), tokens, new Date())
  if (person === null) return null
  const { origin, 'sec-fetch-site': site } = request.headers
  const reads = request.method === 'GET' || request.method === 'HEAD'
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new RequestError(403, 'ORIGIN_FORBIDDEN', `Expected a request of this page, got one of another origin (${site}).`)
  // That a given origin is ours was checked at the door.
  if (!reads && origin === undefined)
    throw new RequestError(403, 'ORIGIN_FORBIDDEN', 'Expected the origin of this page with a session, got none. Programs use their token.')
  return person
}

/** The header that keeps a session in the browser, out of reach of any script; an empty value ends it. */
export function sessionCookie(request: IncomingMessage, value: string): string {
  const age = value === '' ? 0 : SESSION_SECONDS
  return `${cookieName(request)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}`
}

/** Two bots on one machine must not sign each other out. */
const cookieName = (request: IncomingMessage): string => `patchcrier-${request.socket.localPort ?? 0}`

function cookie(request: IncomingMessage): string {
  const name = `${cookieName(request)}=`
  const all = (request.headers.cookie ?? '').split(';').map((part) => part.trim())
  return all.find((part) => part.startsWith(name))?.slice(name.length) ?? ''
}

const signed = (person: string, expiry: number, token: string): string => {
  const body = `v1.${person}.${expiry}`
  return `${body}.${createHmac('sha256', token).update(`patchcrier session ${body}`).digest('base64url')}`
}
