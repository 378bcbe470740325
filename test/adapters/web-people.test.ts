import { request as httpRequest } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RunningWeb, startWeb, webPlatform } from '../../adapters/web/index.ts'
import { readSession, SESSION_SECONDS, sessionValue } from '../../adapters/web/session.ts'
import { testHouse } from '../support/doors.ts'

/** Who somebody is to the page, and what they get to see for it. */

const TOKENS = {
  reports: 'reports-token',
  people: ['ana', 'dana', 'lena', 'gone'].map((person) => ({ person, token: `token-of-${person}` })),
}
const CLICK = { place: 'team', verb: 'classify', subject: 'change:12', inputs: { class: 'high' } }

let house = testHouse()
let web: RunningWeb
let port: string
let logged: unknown[]

async function start(sample: boolean): Promise<void> {
  house = testHouse()
  house.places.push({ id: 'vault', name: 'Security', audience: 'security', platform: 'web' })
  logged = []
  const log = { error: (entry: unknown) => void logged.push(entry) }
  web = await startWeb({ doors: house.doors, platform: webPlatform(), port: 0, sample, tokens: TOKENS, log })
  port = new URL(web.url).port
}
afterEach(() => web.close())

const call = (path: string, init: RequestInit = {}) => fetch(new URL(path, web.url), init)
const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(path, { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
const bearer = (person: string) => ({ authorization: `Bearer token-of-${person}` })
const own = () => ({ origin: `http://127.0.0.1:${port}` })

/** Signs in, and answers the cookie that a browser would send from then on. */
async function signIn(person: string): Promise<Record<string, string>> {
  const response = await send('POST', '/api/session', { token: `token-of-${person}` }, own())
  expect([response.status, await response.json()]).toEqual([200, { person }])
  return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' }
}

/** What fetch would not let us set: the headers of another page. */
const raw = (method: string, path: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (answer) => resolve(answer.resume().statusCode ?? 0))
    request.on('error', reject).end(method === 'GET' ? undefined : JSON.stringify(CLICK))
  })

describe('the overview', () => {
  beforeEach(() => start(true))

  test('is for one person, and never kept by anybody on the way', async () => {
    const response = await call('/api/overview?person=ana')
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(house.overview)))
  })

  test.each(['/api/overview', '/api/overview?person=mallory'])('%s is malformed, and names who there is', async (path) => {
    const response = await call(path)
    expect([response.status, await response.json()]).toMatchObject([400, { error: { code: 'MALFORMED' } }])
  })

  test('whoever does not act is told so', async () => {
    const response = await call('/api/overview?person=lena')
    expect([response.status, await response.json()]).toMatchObject([403, { error: { code: 'ROLE_MISSING' } }])
  })
})

describe('in sample mode', () => {
  beforeEach(() => start(true))

  test.each(['POST', 'DELETE'])('nobody signs in or out (%s)', async (method) => {
    expect((await send(method, '/api/session', { token: 'token-of-ana' }, own())).status).toBe(404)
  })

  test('everybody may look around in every place', async () => {
    const { places } = (await (await call('/api/places')).json()) as { places: { id: string }[] }
    expect(places.map(({ id }) => id)).toEqual(['team', 'people', 'vault'])
  })
})

describe('signing in', () => {
  beforeEach(() => start(false))

  test('turns the token into a session that no script, other site or other bot can use', async () => {
    const response = await send('POST', '/api/session', { token: ' token-of-ana\n' }, own())
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(new RegExp(`^patchcrier-${port}=v1\\.ana\\.\\d+\\.[\\w-]+; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200$`))
    expect(cookie).not.toContain('token-of-ana')
  })

  test('the session is the person', async () => {
    const cookie = await signIn('ana')
    expect(await (await call('/api/me', { headers: cookie })).json()).toMatchObject({ sample: false, person: { id: 'ana' } })
    expect((await call('/api/overview', { headers: cookie })).status).toBe(200)
    expect((await send('POST', '/api/intents', CLICK, { ...cookie, ...own() })).status).toBe(200)
    expect(house.intents[0]?.actor).toBe('ana')
  })

  test('signing out takes it out of the browser', async () => {
    const cookie = await signIn('ana')
    const response = await call('/api/session', { method: 'DELETE', headers: { ...cookie, ...own() } })
    expect(response.headers.get('set-cookie')).toMatch(/^patchcrier-\d+=; .*Max-Age=0$/)
  })

  test.each([
    ['an unknown token', { token: 'token-of-mallory' }, 401],
    ['the token of host reports', { token: 'reports-token' }, 401],
    ['blanks', { token: '   ' }, 401],
    ['no token', {}, 400],
    ['a token that is no text', { token: 5 }, 400],
    ['a token and something else', { token: 'token-of-ana', admin: true }, 400],
  ])('with %s is refused, and what came is not said back', async (_name, body, status) => {
    const response = await send('POST', '/api/session', body, own())
    expect([response.status, response.headers.get('set-cookie')]).toEqual([status, null])
    expect(await response.text()).not.toMatch(/mallory|token-of/)
    expect(logged).toEqual([])
  })

  test('a token in an address is no token', async () => {
    for (const name of ['token', 'access_token', 'authorization']) expect((await call(`/api/me?${name}=token-of-ana`)).status).toBe(401)
  })

  test('only this page signs in: another one of this machine, or a form, does not', async () => {
    expect((await send('POST', '/api/session', { token: 'token-of-ana' }, { 'content-type': 'text/plain', ...own() })).status).toBe(415)
    expect(await raw('POST', '/api/session', { origin: 'http://127.0.0.1:1', 'content-type': 'application/json' })).toBe(403)
  })

  test.each([
    ['our own page', {}, 200],
    ['another page of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['another page that hides its origin', { origin: 'null' }, 403],
    ['a request that does not say where from', { origin: undefined }, 403],
    ['a page of the same site, another port', { 'sec-fetch-site': 'same-site' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['our own page, as the browser says it', { 'sec-fetch-site': 'same-origin' }, 200],
  ])('a click with a session, from %s: %i', async (_name, given, status) => {
    const cookie = await signIn('ana')
    const wanted = { 'content-type': 'application/json', ...cookie, ...own(), ...given }
    const headers = Object.fromEntries(Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined))
    expect(await raw('POST', '/api/intents', headers)).toBe(status)
    expect(house.intents).toHaveLength(status === 200 ? 1 : 0)
  })

  test('another page of this machine does not read with our session either', async () => {
    const cookie = await signIn('ana')
    expect(await raw('GET', '/api/overview', { ...cookie, 'sec-fetch-site': 'same-site' })).toBe(403)
    expect(await raw('GET', '/api/overview', { ...cookie, 'sec-fetch-site': 'same-origin' })).toBe(200)
  })

  test('a session is no token of host reports, and a wrong token is not mended by a session', async () => {
    const cookie = await signIn('ana')
    expect((await send('POST', '/api/rollouts/12/reports', { reports: [] }, { ...cookie, ...own() })).status).toBe(401)
    expect((await call('/api/me', { headers: { ...cookie, authorization: 'Bearer wrong' } })).status).toBe(401)
  })

  test('whoever has left the policy is told so', async () => {
    const cookie = await signIn('gone')
    const response = await call('/api/me', { headers: cookie })
    expect([response.status, await response.json()]).toMatchObject([403, { error: { code: 'PERSON_UNKNOWN' } }])
  })
})

describe('a session', () => {
  const now = new Date('2026-11-23T09:00:00.000Z')
  const value = sessionValue('ana', 'token-of-ana', now)
  const inSeconds = (seconds: number) => new Date(now.getTime() + seconds * 1000)

  test.each<[string, string, Date, string | null]>([
    ['at once', value, now, 'ana'],
    ['until its last second', value, inSeconds(SESSION_SECONDS - 1), 'ana'],
    ['not at its end', value, inSeconds(SESSION_SECONDS), null],
    ['not with a later end written into it', value.replace(/\.\d+\./, '.99999999999.'), now, null],
    ['not with another name written into it', value.replace('.ana.', '.dana.'), now, null],
    ['not cut short', value.slice(0, -1), now, null],
    ['not from a token that is no more', sessionValue('ana', 'token-of-before', now), now, null],
    ['not of somebody without a token', sessionValue('mallory', 'token-of-ana', now), now, null],
    ['not with an empty key', sessionValue('mallory', '', now), now, null],
    ['not the token itself', 'token-of-ana', now, null],
    ['not empty', '', now, null],
    ['not of another version', value.replace('v1', 'v2'), now, null],
  ])('is valid %s', (_name, given, at, person) => {
    expect(readSession(given, TOKENS, at)).toBe(person)
  })
})

describe('places are for their audience', () => {
  beforeEach(() => start(false))

  test.each([
    ['lena', ['people']],
    ['ana', ['team', 'people']],
    ['dana', ['team', 'people', 'vault']],
  ])('%s reads %j', async (person, ids) => {
    const { places } = (await (await call('/api/places', { headers: bearer(person) })).json()) as { places: { id: string }[] }
    expect(places.map(({ id }) => id)).toEqual(ids)
    for (const id of ['team', 'people']) {
      const { status } = await call(`/api/places/${id}/posts`, { headers: bearer(person) })
      expect(status).toBe(ids.includes(id) ? 200 : 404)
    }
  })

  test('nothing is said in a place that one does not read', async () => {
    const response = await send('POST', '/api/intents', CLICK, bearer('lena'))
    expect([response.status, await response.json()]).toMatchObject([400, { error: { text: 'place: expected one of people; got "team"' } }])
    expect(house.intents).toEqual([])
  })
})
