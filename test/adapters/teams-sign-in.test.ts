import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tokenOf } from '../../adapters/teams/token.ts'

/** What the sign-in service is asked and answers. */
let asked: string[]
let answer: { status: number; body: unknown }
let server: Server
let origin: string
beforeEach(async () => {
  asked = []
  answer = { status: 200, body: { access_token: 'token', expires_in: 3600 } }
  server = createServer(async (request, response) => {
    let form = ''
    for await (const part of request) form += part
    asked.push(`${request.method} ${request.url} ${form}`)
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

const withSecret = () => tokenOf({ appId: 'app', tenantId: 'tenant', password: 's3cret', loginUrl: `${origin}/` })

test('a token is asked for once, by the secret, and kept', async () => {
  const token = withSecret()
  expect(await Promise.all([token(), token()])).toEqual(['token', 'token'])
  expect(await token()).toBe('token')
  expect(asked).toEqual([
    'POST /tenant/oauth2/v2.0/token grant_type=client_credentials&client_id=app&client_secret=s3cret&scope=https%3A%2F%2Fapi.botframework.com%2F.default',
  ])
})

test('one that ends within minutes is not used again', async () => {
  answer.body = { access_token: 'old', expires_in: 200 }
  const token = withSecret()
  expect(await token()).toBe('old')
  answer.body = { access_token: 'new', expires_in: 3600 }
  expect(await token()).toBe('new')
  expect(await token()).toBe('new')
  expect(asked).toHaveLength(2)
})

test.each([
  [
    'a secret that is refused',
    401,
    { error: 'invalid_client', error_codes: [7000215], error_description: 'AADSTS... s3cret' },
    'FORBIDDEN',
    /: the secret is wrong \(invalid_client AADSTS7000215\)/,
  ],
  [
    'an app that is not in the tenant',
    400,
    { error: 'unauthorized_client', error_codes: [700016] },
    'FORBIDDEN',
    /: the tenant does not have this app \(unauthorized_client AADSTS700016\)/,
  ],
  ['another tenant', 400, { error: 'invalid_request', error_codes: [90002] }, 'FORBIDDEN', /: there is no such tenant \(/],
  ['what nobody here knows', 400, { error: 'invalid_grant', error_codes: [1] }, 'FORBIDDEN', /bot \(invalid_grant AADSTS1\)/],
  ['a no in other words', 400, 'no', 'FORBIDDEN', /HTTP 400/],
  ['a service that is down', 503, {}, 'UNREACHED', /HTTP 503; nothing was sent/],
  ['a service that has too much to do', 429, {}, 'UNREACHED', /HTTP 429; nothing was sent/],
  ['a web page', 200, '<html>Sign in to the network</html>', 'UNREACHED', /answered without a token; nothing was sent/],
  ['an answer without a token', 200, { expires_in: 3600 }, 'UNREACHED', /answered without a token; nothing was sent/],
])('%s: the reason, without the secret; the next call asks again', async (_what, status, body, code, words) => {
  answer = { status, body }
  const token = withSecret()
  await expect(token()).rejects.toMatchObject({ code, message: expect.stringMatching(words) })
  await expect(token()).rejects.not.toThrow(/s3cret/)
  expect(asked).toHaveLength(2)
})

test('one that was refused is not used again, whoever says so first; others go on with the new one', async () => {
  const token = withSecret()
  const first = await token()
  answer.body = { access_token: 'new', expires_in: 3600 }
  expect(await Promise.all([token(first), token(first)])).toEqual(['new', 'new'])
  expect(await token(first)).toBe('new')
  expect(await token()).toBe('new')
  expect(asked).toHaveLength(2)
})

test('nobody answers: nothing was sent', async () => {
  const token = tokenOf({ appId: 'app', tenantId: 'tenant', password: 's3cret', loginUrl: 'http://127.0.0.1:9/' })
  await expect(token()).rejects.toMatchObject({ code: 'UNREACHED', message: expect.stringMatching(/nothing was sent/) })
})

test('a managed identity asks the machine, without any secret', async () => {
  vi.stubEnv('IDENTITY_ENDPOINT', `${origin}/msi/token`)
  vi.stubEnv('IDENTITY_HEADER', 'of-this-machine')
  answer.body = { access_token: 'by identity', expires_on: `${Math.floor(Date.now() / 1000) + 3600}`, resource: 'r', token_type: 'Bearer' }
  const token = tokenOf({ appId: '11111111-2222-3333-4444-555555555555', tenantId: 'tenant', password: null, loginUrl: `${origin}/` })
  expect(await token()).toBe('by identity')
  expect(asked).toEqual([expect.stringMatching(/^GET \/msi\/token\?.*resource=https%3A%2F%2Fapi\.botframework\.com.*client_id=11111111-/)])
})
