import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigurationBotFrameworkAuthentication } from 'botbuilder'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest'
import { GoodTokens } from '../../adapters/chat/good-tokens.ts'
import { type Verify, verifier } from '../../adapters/teams/botframework/verify.ts'
import { type Forgery, KEYS, tokenFor } from '../support/teams-token.ts'

const SERVICE = 'https://smba.trafficmanager.net/teams/'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** An issuer whose keys change; the library keeps what it read for each address. */
let keys: object
let issuer: Server
let check: Verify
let checked: MockInstance
const verifierFor = (appId: string): Verify => {
  const origin = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
  return verifier({ appId, tenantId: 'tenant', password: 'x', keysUrl: `${origin}/openid` }, () => undefined)
}
beforeEach(async () => {
  keys = KEYS
  issuer = createServer((request, response) => {
    const about = { issuer: 'https://api.botframework.com', jwks_uri: `http://${request.headers.host}/keys` }
    response.end(JSON.stringify(request.url === '/keys' ? keys : about))
  }).listen(0, '127.0.0.1')
  await once(issuer, 'listening')
  check = verifierFor('app')
  checked = vi.spyOn(ConfigurationBotFrameworkAuthentication.prototype, 'authenticateRequest')
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(async () => {
  vi.useRealTimers()
  checked.mockRestore()
  issuer.closeAllConnections()
  issuer.close()
  await once(issuer, 'close')
})

const bearer = (forgery?: Forgery): string => `Bearer ${tokenFor('app', SERVICE, forgery)}`
const lastingDays = (days: number): string => bearer({ claims: { exp: Math.floor(Date.now() / 1000) + days * 24 * 3600 } })
const later = (ms: number): void => void vi.setSystemTime(Date.now() + ms)

test('a good token is verified once, and again after five minutes', async () => {
  const token = bearer()
  for (let n = 0; n < 3; n += 1) expect(await check(token, SERVICE)).toBe(true)
  expect(checked).toHaveBeenCalledTimes(1)
  later(5 * MINUTE)
  expect(await check(token, SERVICE)).toBe(true)
  expect(checked).toHaveBeenCalledTimes(2)
})

describe('after a good one was remembered', () => {
  test.each<[string, (good: string) => Promise<boolean>, number?]>([
    ['the same after its end', (good) => check(good, SERVICE), HOUR + 6 * MINUTE],
    ['the same for another service address', (good) => check(good, 'https://evil.example/')],
    ['the same for another bot', (good) => verifierFor('another-app')(good, SERVICE)],
    ['one for another bot', () => check(bearer({ claims: { aud: 'another-app' } }), SERVICE)],
    [
      'one with a letter changed in what it says',
      (good) =>
        check(
          good.replace(/\.(.{9})./, (_, kept) => `.${kept}_`),
          SERVICE,
        ),
    ],
    ['one with a letter changed in its signature', (good) => check(`${good.slice(0, -9)}AAAA${good.slice(-5)}`, SERVICE)],
    ['one with its signature cut', (good) => check(good.slice(0, -4), SERVICE)],
    ['one without its scheme', (good) => check(good.replace('Bearer ', 'bearer '), SERVICE)],
    ['one signed by somebody else', () => check(bearer({ by: 'stranger' }), SERVICE)],
  ])('%s is refused', async (_what, tried, afterMs = 0) => {
    const good = bearer()
    expect(await check(good, SERVICE)).toBe(true)
    later(afterMs)
    expect(await tried(good)).toBe(false)
  })

  test('a forged one is checked each time: it is never remembered', async () => {
    const forged = bearer({ by: 'stranger' })
    for (let n = 0; n < 3; n += 1) expect(await check(forged, SERVICE)).toBe(false)
    expect(checked).toHaveBeenCalledTimes(3)
  })
})

describe('a key', () => {
  test.each([
    ['withdrawn', { keys: [] }],
    ['endorsed for Teams no longer', { keys: KEYS.keys.map((key) => ({ ...key, endorsements: ['webchat'] })) }],
  ])('that is %s counts until the keys are read anew and five minutes more, for a remembered token too', async (_what, changed) => {
    const token = lastingDays(9)
    expect(await check(token, SERVICE)).toBe(true)
    later(24 * HOUR - MINUTE)
    expect(await check(token, SERVICE)).toBe(true)
    keys = changed
    // The library reads the keys anew after a day; what was remembered before that ends by itself.
    later(5 * MINUTE)
    expect(await check(token, SERVICE)).toBe(false)
  })

  test('that is new counts as soon as the library has read it', async () => {
    expect(await check(bearer(), SERVICE)).toBe(true)
    keys = { keys: KEYS.keys.map((key) => ({ ...key, kid: `${key.kid}-2` })) }
    later(HOUR + MINUTE)
    expect(await check(bearer({ header: { kid: 'teams-2' } }), SERVICE)).toBe(true)
  })
})

test('only what was put in is known, for its address, until its end and five minutes at most; the room is bounded', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(2 * 5 * MINUTE), fc.nat(2 * 5 * MINUTE), (header, other, life, age) => {
      const good = new GoodTokens()
      good.add(header, SERVICE, 1000 + life, 1000)
      expect(good.has(header, SERVICE, 1000 + age)).toBe(age < Math.min(life, 5 * MINUTE))
      expect(good.has(other, SERVICE, 1000)).toBe(other === header && life > 0)
      expect(good.has(header, `${SERVICE}x`, 1000)).toBe(false)
    }),
  )
  const full = new GoodTokens()
  for (let n = 0; n <= 1000; n += 1) full.add(`t${n}`, SERVICE, 10, 0)
  expect([full.has('t0', SERVICE, 1), full.has('t1000', SERVICE, 1)]).toEqual([false, true])
})
