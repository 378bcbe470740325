import { expect, test } from 'vitest'
import { createLog, withoutSecrets } from '../../src/boot/log.ts'

/** What is written, line by line. */
function logged(level = 'debug') {
  const lines: string[] = []
  return { lines, ...createLog(level, { write: (line) => void lines.push(line) }) }
}

const S = 's3cretValue'
/** Where a secret stands, and what must be left of the text. */
const SHAPES: readonly (readonly [string, string, string])[] = [
  ['Slack bot token', `token is xoxb-12345-${S}.`, 'token is'],
  ['Slack app token', `xapp-1-A0-${S}`, ''],
  ['Slack token behind a line break', `\nxoxp-9-${S}`, ''],
  ['web hook', `POST https://hooks.slack.com/services/T0/B0/${S}`, 'hooks.slack.com'],
  ['connection string', `no answer of postgresql://crier:${S}@db.example:5432/crier`, 'db.example:5432/crier'],
  ['connection string whose password holds an @', `postgres://crier:p@${S}@db.example/crier`, 'db.example/crier'],
  ['connection string without a user', `redis://:${S}@cache.example`, 'cache.example'],
  ['address with a password', `GET https://reader:${S}@vendor.example/feed`, 'vendor.example/feed'],
  ['bearer header', `Authorization: Bearer ${S}`, 'Bearer'],
  ['basic header', `authorization: Basic ${S}==`, 'Basic'],
  ['query of an address', `https://api.example/v1?access_token=${S}&page=2`, 'page=2'],
  ['form', `grant_type=client_credentials&client_secret=${S}`, 'client_credentials'],
  ['JSON in a text', `{"password":"${S}","user":"ana"}`, 'ana'],
  ['setting', `host=db password=${S} dbname=crier`, 'dbname=crier'],
  ['API key', `x-api-key: ${S}`, 'x-api-key'],
  ['web token', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.${S}`, ''],
  ['private key', `-----BEGIN PRIVATE KEY-----\n${S}\n-----END PRIVATE KEY-----`, 'END PRIVATE KEY'],
]

test.each(SHAPES)('%s: taken out wherever it stands; the rest stays', (_what, text, rest) => {
  const { log, lines } = logged()
  log.error(text)
  log.error({ err: new Error(text) }, 'failed')
  log.error(new Error(text))
  log.error({ err: new Error('outer', { cause: new AggregateError([new Error(text)], text) }) }, text)
  log.warn({ request: { tried: [{ where: text }], [text]: 1, map: new Map([['a', text]]) } }, 'asked %s', text)
  log.child({ text }).info('child')
  expect(lines).toHaveLength(6)
  for (const line of lines) {
    expect(line).not.toContain(S)
    expect(() => JSON.parse(line), line).not.toThrow()
  }
  expect(JSON.parse(lines[0] ?? '').msg).toContain(rest)
  expect(withoutSecrets(text)).not.toContain(S)
})

test.each([
  'password',
  'token',
  'botToken',
  'signingSecret',
  'authorization',
  'Cookie',
  'apiKey',
  'connectionString',
  'url',
  'databaseUrl',
])('a field named %s says nothing, however deep', (name) => {
  const { log, lines } = logged()
  log.error({ [name]: S, peer: { [name]: S } }, 'x')
  if (!/url/i.test(name)) log.error({ a: { b: [{ c: { [name]: { value: S } } }] } }, 'x')
  for (const line of lines) expect(line).not.toContain(S)
  expect(lines[0]).toContain('[secret]')
})

test.each(['plain-s3cret', 'with "quotes" and \\', 'p@ss/wörd', 'line\nbreak'])('a value known to be secret is taken out: %j', (secret) => {
  const { log, lines, hide, clean } = logged()
  hide([secret, '', 'ab'])
  log.error({ err: new Error(`got ${secret}`), other: [secret] }, `abc ${secret} ${encodeURIComponent(secret)}`)
  for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) expect(lines[0]).not.toContain(form)
  expect(JSON.parse(lines[0] ?? '').msg).toBe('abc [secret] [secret]')
  expect(clean(`x ${secret}`)).toBe('x [secret]')
})

test('what is no secret stays as it is: hashes, addresses, times, errors with their codes', () => {
  const { log, lines } = logged()
  const hash = 'a'.repeat(64)
  const text = `change:12 ${hash} https://vendor.example/a?page=2 at 2026-11-25T21:10:00Z`
  log.warn({ at: new Date(0), n: 1, none: null, host: 'web-01', err: Object.assign(new Error('gone'), { code: 'ECONNRESET' }) }, text)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    msg: text,
    at: '1970-01-01T00:00:00.000Z',
    n: 1,
    none: null,
    host: 'web-01',
    err: { type: 'Error', message: 'gone', code: 'ECONNRESET', stack: expect.stringContaining('log.test') },
  })
})
