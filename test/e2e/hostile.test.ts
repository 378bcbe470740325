import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyAudit } from '../../src/db/audit.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'

let house: TestHouse
let change: number
beforeAll(async () => {
  house = await startTestHouse()
  while ((await house.house.db.change.count()) === 0) {
    await house.doors.moveClock?.('next')
    await house.settle()
  }
  change = (await house.house.db.change.findFirstOrThrow()).id
})
afterAll(() => house.end())

interface Answered {
  readonly status: number
  readonly text: string
}

/** A request as it goes over the wire: nothing mends it on the way. */
function raw(path: string, headers: Readonly<Record<string, string>>, body: string | Buffer, method = 'POST'): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(house.url)
    const sent = request({ hostname, port, path, method, headers: { host: `127.0.0.1:${port}`, ...headers } }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const JSON_TYPE = { 'content-type': 'application/json' }
const click = (own: object = {}): object => ({ person: 'ana', place: 'patch-team', verb: 'details', subject: `change:${change}`, ...own })
const intent = (body: unknown): Promise<Answered> => raw('/api/intents', JSON_TYPE, typeof body === 'string' ? body : JSON.stringify(body))

/** The state of everything that a request could have moved. */
const state = async (): Promise<unknown> => {
  const { db } = house.house
  return {
    changes: await db.change.findMany({ select: { id: true, phase: true, version: true }, orderBy: { id: 'asc' } }),
    audit: await db.auditRecord.count(),
    posts: await db.post.count(),
  }
}

const NESTED = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
const LONG = 'x'.repeat(300_000)

describe('what is hostile gets a clear answer, changes nothing, and the next click works', () => {
  test.each<[string, () => Promise<Answered>, number, RegExp]>([
    ['no body', () => intent(''), 400, /Expected JSON/],
    ['broken JSON', () => intent('{"person":"ana",'), 400, /Expected JSON/],
    ['a JSON string', () => intent('"hello"'), 400, /expected object/i],
    ['a JSON array', () => intent([]), 400, /expected object/i],
    ['null', () => intent('null'), 400, /expected object/i],
    ['100,000 brackets', () => intent(NESTED), 400, /expected object|Expected JSON/i],
    ['bytes that are no UTF-8', () => raw('/api/intents', JSON_TYPE, Buffer.from([0xff, 0xfe, 0x00, 0xd8])), 400, /Expected JSON/],
    [
      'another content type',
      () => raw('/api/intents', { 'content-type': 'text/plain' }, JSON.stringify(click())),
      415,
      /application\/json/,
    ],
    ['no content type', () => raw('/api/intents', {}, JSON.stringify(click())), 415, /application\/json/],
    ['a body of 300 kB', () => intent({ ...click(), inputs: { reason: LONG } }), 413, /at most 262144 bytes/],
    ['a method that is not served', () => raw('/api/intents', JSON_TYPE, '', 'DELETE'), 405, /POST/],
    ['an address with ..', () => raw('/api/../../etc/passwd', {}, '', 'GET'), 404, /nothing at this address/],
    ['an address with %00', () => raw('/page/%00.js', {}, '', 'GET'), 404, /nothing at this address/],
    [
      'another Host: a rebound name',
      () => raw('/api/intents', { ...JSON_TYPE, host: 'evil.example' }, JSON.stringify(click())),
      403,
      /HOST_FORBIDDEN/,
    ],
    [
      'another Origin',
      () => raw('/api/intents', { ...JSON_TYPE, origin: 'https://evil.example' }, JSON.stringify(click())),
      403,
      /ORIGIN_FORBIDDEN/,
    ],
    ['a null Origin', () => raw('/api/intents', { ...JSON_TYPE, origin: 'null' }, JSON.stringify(click())), 403, /ORIGIN_FORBIDDEN/],
    ['a person nobody knows', () => intent(click({ person: 'mallory' })), 400, /person: expected one of/],
    [
      'the person __proto__',
      () => intent(`{"person":"__proto__","place":"patch-team","verb":"details","subject":"change:1"}`),
      400,
      /person: expected one of/,
    ],
    ['a place nobody knows', () => intent(click({ place: 'everywhere' })), 400, /place: expected one of/],
    ['an unknown field', () => intent(click({ admin: true })), 400, /admin/],
    ['verb and command at once', () => intent(click({ command: 'help' })), 400, /either verb or command/],
    ['a verb of 61 letters', () => intent(click({ verb: 'v'.repeat(61) })), 400, /verb/],
    ['inputs that are no texts', () => intent(click({ inputs: { reason: 5 } })), 400, /inputs.reason/],
    ['an input of 20,000 characters', () => intent(click({ inputs: { reason: 'x'.repeat(20_000) } })), 400, /inputs.reason/],
    ['a delivery key of 101 characters', () => intent(click({ delivery: 'd'.repeat(101) })), 400, /delivery/],
    ['a verb that is not there', () => intent(click({ verb: 'format-disk' })), 200, /VERB_UNKNOWN/],
    ['the verb constructor', () => intent(click({ verb: 'constructor' })), 200, /VERB_UNKNOWN/],
    ['the verb __proto__', () => intent(click({ verb: '__proto__' })), 200, /VERB_UNKNOWN/],
    ['a subject of another kind', () => intent(click({ subject: 'delay:1' })), 200, /SUBJECT_UNKNOWN/],
    ['a subject with SQL', () => intent(click({ subject: "change:1' OR 1=1 --" })), 200, /SUBJECT_UNKNOWN/],
    ['a subject with a negative number', () => intent(click({ subject: 'change:-1' })), 200, /SUBJECT_UNKNOWN/],
    ['a change that is not there', () => intent(click({ subject: 'change:999999999' })), 200, /UNKNOWN/],
    ['a number beyond 32 bits', () => intent(click({ subject: 'change:99999999999999' })), 200, /SUBJECT_UNKNOWN/],
    [
      'a forged approval of a plan that is not there',
      () => intent(click({ person: 'dana', verb: 'approve', digest: 'f'.repeat(64) })),
      200,
      /STALE/,
    ],
    [
      'a forged approval by somebody without the role',
      () => intent(click({ person: 'kofi', verb: 'approve', digest: 'f'.repeat(64) })),
      200,
      /STALE|ROLE_MISSING/,
    ],
    [
      'an end user who classifies',
      () => intent(click({ person: 'kofi', verb: 'classify', inputs: { class: 'low', reason: 'I want to' } })),
      200,
      /ROLE_MISSING/,
    ],
    ['an end user who looks behind a card', () => intent(click({ person: 'kofi', verb: 'evidence' })), 200, /ROLE_MISSING/],
    ['a class that is not one', () => intent(click({ verb: 'classify', inputs: { class: '__proto__' } })), 200, /INPUT_INVALID/],
    ['a command that only the house gives', () => intent(click({ verb: 'start-ring', inputs: { ring: '1' } })), 200, /VERB_UNKNOWN/],
    ['STOP where nothing runs, by an end user', () => intent(click({ person: 'kofi', verb: 'stop' })), 200, /ROLE_MISSING/],
    [
      'a typed line of control characters',
      () => intent({ person: 'ana', place: 'patch-team', command: '\u0000\u001b[2J\u202e' }),
      200,
      /COMMAND_UNKNOWN/,
    ],
    ['a typed __proto__', () => intent({ person: 'ana', place: 'patch-team', command: '__proto__' }), 200, /COMMAND_UNKNOWN/],
    ['a host with SQL wildcards', () => intent({ person: 'ana', place: 'patch-team', command: 'why %' }), 200, /HOST_UNKNOWN/],
    ['a bulletin with SQL wildcards', () => intent({ person: 'ana', place: 'patch-team', command: 'show %_%' }), 200, /BULLETIN_UNKNOWN/],
    ['reports without a token', () => raw(`/api/rollouts/${change}/reports`, JSON_TYPE, '{"reports":[{}]}'), 401, /TOKEN_UNKNOWN/],
    [
      'reports with a forged token',
      () => raw(`/api/rollouts/${change}/reports`, { ...JSON_TYPE, authorization: 'Bearer x' }, '{"reports":[{}]}'),
      401,
      /TOKEN_UNKNOWN/,
    ],
    ['reports of a rollout that is not there', () => reports('999999', [report()]), 404, /no rollout/],
    [
      '2,001 reports at once',
      () =>
        reports(
          `${change}`,
          Array.from({ length: 2_001 }, () => report()),
        ),
      400,
      /reports/,
    ],
  ])('%s', async (_what, send, status, words) => {
    const before = await state()
    const answered = await send()
    expect(answered.status, answered.text).toBe(status)
    expect(answered.text).toMatch(words)
    expect(answered.text, 'no stack, no path of ours').not.toMatch(/node_modules|\.ts:\d|at \w+ \(/)
    expect(await state()).toEqual(before)
    expect((await intent(click())).status).toBe(200)
  })

  test('the audit chain has seen none of it', async () => {
    expect(await verifyAudit(house.house.db)).toMatchObject({ ok: true })
  })
})

const report = () => ({ host: 'web-01', step: 'installed', at: '2026-11-25T21:10:00Z' })
const reports = (id: string, all: readonly object[]): Promise<Answered> =>
  raw(`/api/rollouts/${id}/reports`, { ...JSON_TYPE, authorization: `Bearer ${house.tokens.reports}` }, JSON.stringify({ reports: all }))

describe('what comes twice, late or out of order', () => {
  const classify = (own: object = {}) =>
    intent(click({ verb: 'classify', inputs: { class: 'high', reason: 'it faces the internet' }, ...own }))

  test('the same delivery twice has one effect and one answer', async () => {
    const first = await classify({ delivery: 'one-click' })
    const before = await state()
    expect(await classify({ delivery: 'one-click' })).toEqual(first)
    expect(await state()).toEqual(before)
  })

  test("somebody else's delivery key swallows nothing", async () => {
    const answered = await intent(
      click({ person: 'ben', verb: 'record-test', inputs: { test: 'no-such-test', passed: 'yes' }, delivery: 'one-click' }),
    )
    expect(answered.text).toMatch(/TEST_UNKNOWN/)
  })

  test('the same click again, as a new one, is told that it is done', async () => {
    expect((await classify()).text).toMatch(/ALREADY_DONE/)
  })

  test('a digest that nobody was shown is refused, whoever sends it', async () => {
    for (const person of ['dana', 'emil', 'greta'])
      expect((await intent(click({ person, verb: 'approve', digest: '0'.repeat(64) }))).text).toMatch(/refusal/)
  })

  test('a stale button of a phase before is refused with the phase that it is in', async () => {
    expect((await intent(click({ verb: 'announce', inputs: { what: 'x', why: 'y' } }))).text).toMatch(/STALE.*being tested/)
  })
})
