import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** Two keys: one that is published, and one that nobody knows. */
const published = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })

const PUBLIC_PEM = published.publicKey.export({ type: 'spki', format: 'pem' }).toString()

const jwk = (kid: string, endorsements?: readonly string[]) => ({
  ...published.publicKey.export({ format: 'jwk' }),
  kid,
  use: 'sig',
  alg: 'RS256',
  endorsements,
})

/** What an issuer publishes: a key endorsed for Teams, one for another channel, and two for none. */
export const KEYS = { keys: [jwk('teams', ['msteams']), jwk('webchat', ['webchat']), jwk('for none', []), jwk('without endorsements')] }

export interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
  readonly by?: 'stranger' | 'hmac' | 'nobody'
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token as the channel makes it, or one with something wrong in it. */
export function tokenFor(appId: string, serviceUrl: string, { header = {}, claims = {}, by }: Forgery = {}): string {
  const now = Math.floor(Date.now() / 1000)
  const head = part({ alg: 'RS256', typ: 'JWT', kid: 'teams', ...header })
  const body = part({ iss: 'https://api.botframework.com', aud: appId, serviceurl: serviceUrl, nbf: now - 60, exp: now + 3600, ...claims })
  return `${head}.${body}.${signature(`${head}.${body}`, by)}`
}

function signature(text: string, by: Forgery['by']): string {
  if (by === 'nobody') return ''
  if (by === 'hmac') return hmac(text)
  const key: KeyObject = by === 'stranger' ? stranger.privateKey : published.privateKey
  return sign('sha256', Buffer.from(text), key).toString('base64url')
}

/** The public key taken for a secret. */
const hmac = (text: string): string => createHmac('sha256', PUBLIC_PEM).update(text).digest('base64url')
