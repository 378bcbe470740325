import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { webApi } from '@slack/bolt'
import { expect, test } from 'vitest'
import { boltLogger, slackClient } from '../../adapters/slack/client.ts'
import { chatError } from '../../adapters/slack/errors.ts'

/** As the client wraps what `fetch` throws. */
const wrapped = (code: string, syscall: string): Error =>
  new webApi.WebAPIRequestError(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code, syscall }) }))

test('what was never sent is told apart from what may have arrived', () => {
  expect(chatError('chat.postMessage', wrapped('ECONNREFUSED', 'connect'))).toMatchObject({ code: 'UNREACHED' })
  expect(chatError('chat.postMessage', wrapped('ECONNRESET', 'read'))).toMatchObject({ code: 'UNAVAILABLE' })
})

test('nobody listens: the real client, too', async () => {
  const silent = boltLogger({ info: () => {}, warn: () => {}, error: () => {} })
  // A port that was free a moment ago.
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  const client = slackClient('xoxb-test', `http://127.0.0.1:${port}/api/`, silent)
  await expect(client.auth.test()).rejects.toMatchObject({ code: 'UNREACHED' })
})
