import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type RunningWeb, startWeb, type WebPlatform, webPlatform } from '../../adapters/web/index.ts'
import { Fault } from '../../src/core/fault.ts'
import type { Outcome, PostView } from '../../src/ports.ts'
import { card } from '../support/cards.ts'
import { ALERT, testHouse } from '../support/doors.ts'

const TOKENS = { reports: 'reports-token', people: [{ person: 'ana', token: 'token-of-ana' }] }
const CLICK = { person: 'ana', place: 'team', verb: 'classify', subject: 'change:12', digest: '9f3a', inputs: { class: 'high' } }

let house = testHouse()
let platform: WebPlatform
let web: RunningWeb
let logged: unknown[]

async function start(sample: boolean): Promise<void> {
  house = testHouse()
  platform = webPlatform()
  logged = []
  web = await startWeb({
    doors: house.doors,
    platform,
    port: 0,
    sample,
    tokens: TOKENS,
    log: { error: (entry: unknown) => void logged.push(entry) },
  })
}

beforeEach(() => start(true))
afterEach(() => web.close())

const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, web.url), { headers })
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(new URL(path, web.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('reading', () => {
  test('places', async () => {
    expect(await (await get('/api/places')).json()).toEqual({
      places: [
        { id: 'team', name: 'Patch team', audience: 'patch team' },
        { id: 'people', name: 'Announcements', audience: 'end users' },
      ],
    })
  })

  test('people of the sample, with the zone they read times in', async () => {
    const { people } = (await (await get('/api/people')).json()) as { people: unknown[] }
    expect(people[1]).toEqual({ id: 'dana', name: 'Dana Okafor', roles: ['security'], zone: 'America/New_York' })
  })

  test('posts of a place, newest last, as Adaptive Cards', async () => {
    house.say('1', ALERT)
    house.say('2', card({ title: 'Revised' }), '1')
    const { posts } = (await (await get('/api/places/team/posts')).json()) as { posts: { card: unknown }[] }
    expect(posts).toMatchObject([
      { id: '1', threadOf: null, card: { type: 'AdaptiveCard', version: '1.5', speak: ALERT.summary } },
      { id: '2', threadOf: '1', updatedAt: '2023-03-29T20:10:00.000Z' },
    ])
  })

  test('where a post stands on another platform is not told', async () => {
    house.say('1', ALERT)
    house.posts[0] = { ...(house.posts[0] as PostView), ref: { place: 'C012345678', message: '1700000000.000100' } }
    const answer = await (await get('/api/places/team/posts')).text()
    expect(Object.keys(JSON.parse(answer).posts[0]).toSorted()).toEqual(['card', 'id', 'threadOf', 'updatedAt'])
    expect(answer).not.toContain('C012345678')
  })

  test.each([
    '/api/places/nowhere/posts',
    '/api/places/%E0%A4%A/posts',
    '/api/unknown',
    '/../package.json',
    '/jsconfig.json',
    '/globals.d.ts',
  ])('%s is not there', async (path) => {
    const response = await get(path)
    expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }])
  })

  test.each([
    [true, 200],
    [false, 503],
  ])('healthz when healthy is %s: %i', async (healthy, status) => {
    house.healthy = healthy
    expect((await get('/healthz')).status).toBe(status)
  })

  test.each([
    '/',
    '/app.js',
    '/theme.css',
    '/overview.css',
    '/icon.svg',
    '/adaptivecards.min.js',
  ])('the page: %s, which may load nothing from elsewhere', async (path) => {
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    const again = await get(path, { 'if-none-match': response.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
  })

  test('the page names no other host and holds no script of its own', async () => {
    const html = await (await get('/')).text()
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\/|<script(?! src)|\son\w+=|style="/)
  })
})

describe('wishes', () => {
  test('a click becomes an intent of the person, with its subject, digest and inputs', async () => {
    expect(await (await post('/api/intents', CLICK)).json()).toEqual({ ok: true, cards: [] })
    expect(house.intents).toEqual([
      { actor: 'ana', place: 'team', verb: 'classify', subject: 'change:12', digest: '9f3a', inputs: { class: 'high' } },
    ])
  })

  test('inputs may come under the ids they have in the card', async () => {
    await post('/api/intents', { ...CLICK, inputs: { 'class~0': 'high', 'reason~0': 'x' } })
    expect(house.intents[0]?.inputs).toEqual({ class: 'high', reason: 'x' })
  })

  test('a command becomes the verb command with its text', async () => {
    await post('/api/intents', { person: 'ana', place: 'team', command: 'show 12' })
    expect(house.intents).toEqual([{ actor: 'ana', place: 'team', verb: 'command', subject: '', inputs: { text: 'show 12' } }])
  })

  test('a delivery key is of one person only', async () => {
    await post('/api/intents', { ...CLICK, delivery: 'k1' })
    await post('/api/intents', { ...CLICK, person: 'dana', delivery: 'k1' })
    expect(house.intents.map((intent) => intent.delivery)).toEqual(['web:ana:k1', 'web:dana:k1'])
  })

  test('answer cards are Adaptive Cards', async () => {
    house.answer = () => ({ ok: true, cards: [card({ title: 'Details' })] })
    expect(await (await post('/api/intents', CLICK)).json()).toMatchObject({ ok: true, cards: [{ type: 'AdaptiveCard' }] })
  })

  test('a refusal is an answer, with the field it is about', async () => {
    house.answer = () => ({ ok: false, refusal: { code: 'REASON_MISSING', text: 'Say why.' }, field: 'reason' })
    const response = await post('/api/intents', CLICK)
    expect([response.status, await response.json()]).toEqual([
      200,
      { refusal: { code: 'REASON_MISSING', text: 'Say why.' }, field: 'reason' },
    ])
  })

  test.each([
    ['no person', { ...CLICK, person: undefined }, 'person: expected one of ana, dana, lena, nora; got nothing'],
    ['an unknown person', { ...CLICK, person: 'mallory' }, 'person: expected one of ana, dana, lena, nora; got "mallory"'],
    ['an unknown place', { ...CLICK, place: 'attic' }, 'place: expected one of team, people; got "attic"'],
    ['neither verb nor command', { ...CLICK, verb: undefined }, 'expected either verb or command'],
    ['both verb and command', { ...CLICK, command: 'help' }, 'expected either verb or command'],
    [
      'an input that is no text',
      { ...CLICK, inputs: { class: 5 } },
      'inputs.class: Invalid input: expected string, received number; got 5',
    ],
    ['a key that is not known', { ...CLICK, admin: true }, 'Unrecognized key: "admin"'],
    ['no object', [1], 'expected object, received array; got [1]'],
    ['no JSON', '{"person":', 'Expected JSON, got "{\\"person\\":".'],
  ])('%s is malformed, and the answer says what was expected and what came', async (_name, body, text) => {
    const response = await post('/api/intents', body)
    const { error } = (await response.json()) as { error: { code: string; text: string } }
    expect([response.status, error.code]).toEqual([400, 'MALFORMED'])
    expect(error.text).toContain(text)
    expect(house.intents).toEqual([])
  })
})

describe('outside sample mode', () => {
  beforeEach(async () => {
    await web.close()
    await start(false)
  })

  test.each(['/api/me', '/api/places', '/api/places/team/posts', '/api/events'])('%s needs a token', async (path) => {
    const response = await get(path)
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect((await get(path, bearer('reports-token'))).status).toBe(401)
  })

  test('a token is a person', async () => {
    expect(await (await get('/api/me', bearer('token-of-ana'))).json()).toMatchObject({ sample: false, person: { id: 'ana' } })
    const { person: _person, ...body } = CLICK
    expect((await post('/api/intents', body)).status).toBe(401)
    expect((await post('/api/intents', body, bearer('token-of-ana'))).status).toBe(200)
    expect(house.intents[0]?.actor).toBe('ana')
  })

  test('a person in the body is refused, even the right one', async () => {
    expect((await post('/api/intents', CLICK, bearer('token-of-ana'))).status).toBe(400)
    expect(house.intents).toEqual([])
  })

  test('there are no people to choose from and no clock', async () => {
    const answers = [await get('/api/people', bearer('token-of-ana')), await get('/api/clock'), await post('/api/clock', { to: 'next' })]
    expect(answers.map((one) => one.status)).toEqual([404, 404, 404])
  })
})

describe('the clock of the sample', () => {
  test('is shown, and moves to the next event or a time', async () => {
    expect(await (await get('/api/clock')).json()).toMatchObject({ now: '2023-03-29T20:10:00.000Z', next: { what: 'ring 3 starts' } })
    expect(await (await post('/api/clock', { to: 'next' })).json()).toMatchObject({ ok: true, now: '2023-03-29T21:00:00.000Z' })
    expect(await (await post('/api/clock', { to: '2023-03-30T00:00:00+02:00' })).json()).toMatchObject({ now: '2023-03-29T22:00:00.000Z' })
  })

  test('a move backward is refused by the house', async () => {
    expect(await (await post('/api/clock', { to: '2020-01-01T00:00:00Z' })).json()).toMatchObject({ refusal: { code: 'CLOCK_BACKWARD' } })
  })

  test.each([{}, { to: 'tomorrow' }, { to: '2023-03-30' }])('%j is malformed', async (body) => {
    expect((await post('/api/clock', body)).status).toBe(400)
  })
})

describe('inventory files', () => {
  const upload = (query: string, body: string, headers: Record<string, string> = bearer('reports-token')) =>
    fetch(new URL(`/api/inventory?${query}`, web.url), { method: 'POST', body, headers })

  test('are taken as they come, by whoever bears the token of reports', async () => {
    const response = await upload('kind=csv&name=fleet.csv&place=team', 'host\nweb-01\n')
    expect([response.status, await response.json()]).toMatchObject([200, { ok: true, import: { taken: 1, status: 'done' } }])
    expect(house.uploads).toEqual([{ kind: 'csv', fileName: 'fleet.csv', by: null, place: 'team', text: 'host\nweb-01\n' }])
  })

  test('a refusal is an answer', async () => {
    const response = await upload('kind=xlsx&name=fleet.xlsx', 'x')
    expect([response.status, await response.json()]).toEqual([
      200,
      { refusal: { code: 'FORMAT_UNKNOWN', text: 'Expected csv as the kind, got "xlsx".' } },
    ])
  })

  test.each<[string, Record<string, string>, number, string]>([
    ['name=fleet.csv', {}, 400, 'MALFORMED'],
    ['kind=csv', {}, 400, 'MALFORMED'],
    ['kind=csv&name=f&unknown=1', {}, 400, 'MALFORMED'],
    ['kind=csv&name=f', { authorization: 'Bearer nobody' }, 401, 'TOKEN_UNKNOWN'],
    ['kind=csv&name=f', { origin: 'https://evil.example' }, 403, 'ORIGIN_FORBIDDEN'],
  ])('%s with %j is %i', async (query, headers, status, code) => {
    const response = await upload(query, 'host\n', { ...bearer('reports-token'), ...headers })
    expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }])
    expect(house.uploads).toEqual([])
  })

  test('one that says to be too large is refused before it is read', async () => {
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const asked = httpRequest(
        new URL('/api/inventory?kind=csv&name=f', web.url),
        { method: 'POST', headers: { ...bearer('reports-token'), 'content-length': `${600 * 1024 * 1024}` } },
        (answer) => {
          let body = ''
          answer.on('data', (chunk) => {
            body += chunk
          })
          answer.on('end', () => {
            asked.destroy()
            resolve({ status: answer.statusCode ?? 0, text: body })
          })
        },
      )
      asked.on('error', reject)
      asked.flushHeaders()
    })
    expect([status, JSON.parse(text)]).toEqual([
      413,
      { error: { code: 'BODY_TOO_LARGE', text: 'Expected a file of at most 512 MB; split it, by site for example.' } },
    ])
  })
})

describe('host reports', () => {
  const good = { host: 'web-01', step: 'installed', at: '2023-03-29T22:11:00+02:00', version: '1:3.0.1-47.el9_1' }

  test('are taken with the reports token, with times in UTC', async () => {
    const response = await post('/api/rollouts/12/reports', { reports: [good] }, bearer('reports-token'))
    expect([response.status, await response.json()]).toEqual([202, { accepted: 1, refused: [] }])
    expect(house.reports).toEqual([{ changeId: 12, reports: [{ ...good, at: '2023-03-29T20:11:00.000Z' }] }])
  })

  test('a bad one is refused by its own index, whoever found it bad; the others count', async () => {
    const reports = [{ ...good, step: 'done' }, good, { ...good, host: 'stranger' }, 'x']
    const response = await post('/api/rollouts/12/reports', { reports }, bearer('reports-token'))
    const answer = (await response.json()) as { accepted: number; refused: { index: number; reason: string }[] }
    expect([response.status, answer.accepted, answer.refused.map((one) => one.index)]).toEqual([202, 1, [0, 2, 3]])
    expect(answer.refused[0]?.reason).toContain('got "done"')
  })

  test.each([undefined, 'wrong', 'token-of-ana', ''])('with the token %j: 401', async (token) => {
    const headers = token === undefined ? {} : bearer(token)
    expect((await post('/api/rollouts/12/reports', { reports: [good] }, headers)).status).toBe(401)
    expect(house.reports).toEqual([])
  })

  test.each(['13', 'x', '1e1', '99999999999'])('of the unknown rollout %s: 404', async (id) => {
    expect((await post(`/api/rollouts/${id}/reports`, { reports: [good] }, bearer('reports-token'))).status).toBe(404)
  })

  test.each([{}, { reports: [] }, { reports: 'x' }])('%j is malformed', async (body) => {
    expect((await post('/api/rollouts/12/reports', body, bearer('reports-token'))).status).toBe(400)
  })
})

describe('the edge', () => {
  const port = () => new URL(web.url).port

  test.each([
    ['another host', () => ({ host: 'evil.example' })],
    ['our address under another port', () => ({ host: '127.0.0.1:1' })],
    ['the origin of another site', () => ({ host: `127.0.0.1:${port()}`, origin: 'https://evil.example' })],
    ['an origin that is null', () => ({ host: `127.0.0.1:${port()}`, origin: 'null' })],
  ])('%s: 403', async (_name, headers) => {
    expect((await raw(headers())).statusCode).toBe(403)
  })

  test.each([
    ['127.0.0.1', () => ({ host: `127.0.0.1:${port()}`, origin: `http://127.0.0.1:${port()}` })],
    ['localhost', () => ({ host: `localhost:${port()}`, origin: `http://localhost:${port()}` })],
    ['[::1]', () => ({ host: `[::1]:${port()}` })],
  ])('this machine as %s: 200', async (_name, headers) => {
    expect((await raw(headers())).statusCode).toBe(200)
  })

  test('only JSON', async () => {
    expect((await post('/api/intents', CLICK, { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('at most 256 kB, whether announced or not', async () => {
    const big = JSON.stringify({ ...CLICK, inputs: { reason: 'x'.repeat(256 * 1024) } })
    expect((await post('/api/intents', big)).status).toBe(413)
    const stream = new Blob([big]).stream()
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: stream, duplex: 'half' }
    // The server may hang up while the rest is still being sent.
    const answer = await fetch(new URL('/api/intents', web.url), init as RequestInit).then(
      (response) => response.status,
      () => 'hung up',
    )
    expect([413, 'hung up']).toContain(answer)
    expect(house.intents).toEqual([])
  })

  test.each([
    ['/api/intents', 'GET', 'POST'],
    ['/api/places', 'DELETE', 'GET'],
    ['/api/clock', 'PUT', 'GET, POST'],
    ['/', 'POST', 'GET'],
    ['/api/events', 'POST', 'GET'],
  ])('%s by %s: 405, allowed is %s', async (path, method, allowed) => {
    const response = await fetch(new URL(path, web.url), { method })
    expect([response.status, response.headers.get('allow')]).toEqual([405, allowed])
  })

  test('our own fault is in the log and not in the answer', async () => {
    house.answer = () => {
      throw new Error('secret detail')
    }
    const response = await post('/api/intents', CLICK)
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).not.toMatch(/secret|\.ts|at /)
    expect(logged).toMatchObject([{ path: '/api/intents', err: { message: 'secret detail' } }])
  })

  test('a database that does not answer: 503, so that the page sends again', async () => {
    house.answer = () => {
      throw new Fault('DATABASE_UNAVAILABLE', 'down')
    }
    expect((await post('/api/intents', CLICK)).status).toBe(503)
  })

  test('a port that is taken is said so', async () => {
    const options = { doors: house.doors, platform, port: Number(port()), sample: true, tokens: TOKENS, log: { error: () => {} } }
    await expect(startWeb(options)).rejects.toMatchObject({ code: 'PORT_TAKEN' })
    expect(house.listeners()).toBe(1)
  })

  function raw(headers: Record<string, string>): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port: port(), path: '/api/places', headers }, (response) => resolve(response.resume()))
        .on('error', reject)
        .end()
    })
  }
})

describe('events', () => {
  test('say which places have new posts, and where the clock is', async () => {
    const events = await listen('ana')
    house.say('1', ALERT)
    expect(await events.next('posts')).toEqual({ places: ['team'] })
    await post('/api/clock', { to: 'next' })
    expect(await events.next('clock')).toMatchObject({ now: '2023-03-29T21:00:00.000Z' })
  })

  test('private words reach the pages of that person only', async () => {
    const ana = await listen('ana')
    const dana = await listen('dana')
    await platform.whisper({ id: 'team', platform: 'web', ref: 'team' }, 'ana', card({ title: 'For Ana' }))
    house.say('1', ALERT)
    expect(await ana.next('whisper')).toMatchObject({ place: 'team', card: { type: 'AdaptiveCard' } })
    await dana.next('posts')
    expect(dana.seen()).toEqual(['hello', 'posts'])
  })

  test('end when the server is closed, and nobody listens to the house any more', async () => {
    const events = await listen('ana')
    await web.close()
    await events.ended
    expect(house.listeners()).toBe(0)
    await start(true)
  })

  async function listen(person: string) {
    const response = await get(`/api/events?person=${person}`)
    const seen: { name: string; data: unknown }[] = []
    const waiting = new Set<() => void>()
    const ended = read(response, (frame) => {
      const name = /^event: (.*)$/m.exec(frame)?.[1]
      if (name === undefined) return
      seen.push({ name, data: JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? 'null') })
      for (const wake of waiting) wake()
    })
    const next = async (name: string): Promise<unknown> => {
      for (;;) {
        const found = seen.find((one) => one.name === name)
        if (found) return found.data
        await new Promise<void>((resolve) => waiting.add(resolve))
      }
    }
    await next('hello')
    return { next, ended, seen: () => seen.map((one) => one.name) }
  }

  async function read(response: Response, onFrame: (frame: string) => void): Promise<void> {
    let rest = ''
    for await (const chunk of (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
      const frames = (rest + chunk).split('\n\n')
      rest = frames.pop() ?? ''
      frames.forEach(onFrame)
    }
  }
})

describe('the platform', () => {
  const place = { id: 'team', platform: 'web', ref: 'team' }

  test('names a message by its key: the same key twice is one message, and it is always found', async () => {
    const root = await platform.post(place, ALERT, 'alert')
    expect(await platform.post(place, ALERT, 'alert')).toEqual(root)
    expect(await platform.find(place, null, 'alert')).toEqual({ found: root })
    const reply = await platform.reply(root, ALERT, 'revised')
    expect(reply).toEqual({ place: 'team', message: 'revised', thread: 'alert' })
    expect(await platform.find(place, root, 'revised')).toEqual({ found: reply })
    await expect(platform.edit(reply, ALERT)).resolves.toBeUndefined()
  })
})

describe('stopping', () => {
  test('an answer under way is finished; the next request on the same connection is not taken', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const held = Promise.withResolvers<Outcome>()
    house.answer = () => held.promise
    const body = JSON.stringify(CLICK)
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const first = ended(httpRequest(new URL('/api/intents', web.url), { agent, method: 'POST', headers }).end(body))
    await vi.waitFor(() => expect(house.intents).toHaveLength(1))
    const closed = web.close()
    // Waits in the agent until the connection is free.
    const second = ended(httpRequest(new URL('/api/places', web.url), { agent }).end())
    held.resolve({ ok: true, cards: [] })
    expect(await first).toMatchObject({ status: 200, text: expect.stringContaining('"ok":true') })
    expect((await second).status).not.toBe(200)
    await closed
    expect(house.intents).toHaveLength(1)
    agent.destroy()
  })
})

/** What came, or the code of what went wrong with the connection. */
const ended = (request: ClientRequest): Promise<{ readonly status: number | string; readonly text: string }> =>
  new Promise((resolve) => {
    request.on('error', (error: NodeJS.ErrnoException) => resolve({ status: error.code ?? 'error', text: '' }))
    request.on('response', (response) => text(response).then((words) => resolve({ status: response.statusCode ?? 0, text: words })))
  })
