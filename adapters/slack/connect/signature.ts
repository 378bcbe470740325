import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Slack allows so many seconds to a request that is signed in the past; one dated in the future would stay good for as long as it says. */
const CLOCK_TOLERANCE_S = 5 * 60

export type IsSigned = (headers: IncomingHttpHeaders, body: Uint8Array, now: Date) => boolean

/**
 * Whether a request comes from Slack, now: its signature is the HMAC-SHA-256 of its time and its bytes (docs.slack.dev, Verifying requests from Slack).
 */
export function signedWith(signingSecret: string): IsSigned {
  const key = createSecretKey(signingSecret, 'utf8')
  return ({ 'x-slack-request-timestamp': at, 'x-slack-signature': given }, body, now) => {
    const [, hex] = /^v0=([0-9a-f]{64})$/.exec(typeof given === 'string' ? given : '') ?? []
    if (hex === undefined || typeof at !== 'string' || !/^\d{1,12}$/.test(at)) return false
    if (Math.abs(Number(at) - now.getTime() / 1000) > CLOCK_TOLERANCE_S) return false
    return timingSafeEqual(Buffer.from(hex, 'hex'), createHmac('sha256', key).update(`v0:${at}:`).update(body).digest())
  }
}
