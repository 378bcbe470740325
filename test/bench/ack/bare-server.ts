import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { App, HTTPReceiver } from '@slack/bolt'

const ENDPOINT = '/slack/events'

/** The least that a bolt app can be: its signature check, its parsing, one handler that acknowledges. */
export async function bareServer(signingSecret: string): Promise<string> {
  const receiver = new HTTPReceiver({ signingSecret, endpoints: ENDPOINT, bodyLimit: '1mb' })
  const app = new App({ receiver, authorize: async () => ({ botToken: 'xoxb-bench' }), deferInitialization: true, convoStore: false })
  await app.init()
  app.action(/.*/, async ({ ack }) => ack())
  const server = createServer((request, response) => receiver.requestListener(request, response))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${ENDPOINT}`
}
