import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { webApi } from '@slack/bolt'
import { expect, test } from 'vitest'
import { call, slackClient } from '../../adapters/slack/client.ts'
import { chatError } from '../../adapters/slack/errors.ts'
import { boltLogger } from '../../adapters/slack/log.ts'

const system = (code: string, syscall: string): Error => Object.assign(new Error(`${syscall} ${code}`), { code, syscall })
/** As the client wraps what `fetch` throws. */
const wrapped = (cause: Error): Error => new webApi.WebAPIRequestError(new TypeError('fetch failed', { cause }))
const all = (...causes: Error[]): Error => new AggregateError(causes)

test.each<[string, Error, string]>([
  ['a refused connection', system('ECONNREFUSED', 'connect'), 'UNREACHED'],
  ['a name that is not known', system('ENOTFOUND', 'getaddrinfo'), 'UNREACHED'],
  ['names that cannot be looked up now', system('EAI_AGAIN', 'getaddrinfo'), 'UNREACHED'],
  ['a host without a way to it', system('EHOSTUNREACH', 'connect'), 'UNREACHED'],
  ['a network without a way to it', system('ENETUNREACH', 'connect'), 'UNREACHED'],
  ['each address in vain', all(system('ENETUNREACH', 'connect'), system('ECONNREFUSED', 'connect')), 'UNREACHED'],
  ['an address in vain, another in doubt', all(system('ECONNREFUSED', 'connect'), system('ECONNRESET', 'read')), 'UNAVAILABLE'],
  ['a reset', system('ECONNRESET', 'read'), 'UNAVAILABLE'],
  ['a connection that was open loses its way', system('EHOSTUNREACH', 'read'), 'UNAVAILABLE'],
  ['a broken pipe', system('EPIPE', 'write'), 'UNAVAILABLE'],
  ['a timeout', system('ETIMEDOUT', 'connect'), 'UNAVAILABLE'],
  ['an end by ourselves', new DOMException('aborted', 'TimeoutError'), 'UNAVAILABLE'],
])('%s', (_, cause, code) => {
  expect(chatError('chat.postMessage', wrapped(cause))).toMatchObject({ code })
})

test('nobody listens: the real client, too', async () => {
  const silent = boltLogger({ info: () => {}, warn: () => {}, error: () => {} })
  // A port that was free a moment ago.
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  const client = slackClient('xoxb-test', `http://127.0.0.1:${port}/api/`, silent)
  await expect(call('auth.test', () => client.auth.test())).rejects.toMatchObject({ code: 'UNREACHED' })
})
