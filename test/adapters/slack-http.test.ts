import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Receiver, ReceiverEvent } from '@slack/bolt'
import { expect, test } from 'vitest'
import { boltLogger } from '../../adapters/slack/client.ts'
import { httpDoor } from '../../adapters/slack/connect/http.ts'

const SECRET = 'a-signing-secret-for-tests-only'
const BODY = JSON.stringify({ type: 'event_callback', event: {} })

function signed(host: string, path: string): string {
  const at = Math.floor(Date.now() / 1000)
  const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${at}:${BODY}`).digest('hex')}`
  const head = [`POST ${path} HTTP/1.1`, `Host: ${host}`, 'Content-Type: application/json', `Content-Length: ${BODY.length}`]
  return [...head, `X-Slack-Request-Timestamp: ${at}`, `X-Slack-Signature: ${signature}`, '', BODY].join('\r\n')
}

test('while the end waits for what came in, a connection that is still open brings nothing new', async () => {
  const logger = boltLogger({ info: () => {}, warn: () => {}, error: () => {} })
  const door = httpDoor({ signingSecret: SECRET, port: 0, logger, onBadSignature: () => {} })
  const [came, work, idle] = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let taken = 0
  const processEvent = async (event: ReceiverEvent) => {
    taken += 1
    came.resolve()
    await work.promise
    await event.ack()
  }
  door.receiver.init({ processEvent } as Parameters<Receiver['init']>[0])
  const opened = await door.open()
  const { hostname, port, host, pathname } = new URL(opened.url ?? '')
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')

  socket.write(signed(host, pathname))
  await came.promise
  const closed = opened.close({ idle: () => idle.promise, refuse: () => {} })
  socket.write(signed(host, pathname))
  work.resolve()
  // The server ends the connection after its last answer.
  const answers = await text(socket)

  expect(answers.match(/^HTTP\/1\.1 \d+|^connection: \S+/gim)).toEqual([
    'HTTP/1.1 200',
    'Connection: keep-alive',
    'HTTP/1.1 503',
    'connection: close',
  ])
  expect(taken).toBe(1)
  idle.resolve()
  await closed
})
