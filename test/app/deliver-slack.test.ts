import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Slack, startSlack } from '../../adapters/slack/index.ts'
import { textOf } from '../support/block-kit.ts'
import { testHouse } from '../support/doors.ts'
import { type SlackPeer, startSlackPeer } from '../support/slack.ts'
import type { FaultMode } from '../support/slack-proxy.ts'
import { openRoom, type Room } from './deliver-support.ts'

const FAULTS: readonly FaultMode[] = [
  'silence',
  'silence after',
  'reset before',
  'reset after',
  'rate limited',
  'server error',
  'server error after',
  'garbage',
  'garbage after',
]
/** Every call that leaves the bot by itself; private answers do so only on a click, and nobody repeats them. */
const CALLS = ['post', 'reply', 'edit', 'find in a channel', 'find in a thread'] as const
type Call = (typeof CALLS)[number]
const METHODS: Readonly<Record<Call, string>> = {
  post: 'chat.postMessage',
  reply: 'chat.postMessage',
  edit: 'chat.update',
  'find in a channel': 'conversations.history',
  'find in a thread': 'conversations.replies',
}
const TABLE = CALLS.flatMap((call) => FAULTS.flatMap((fault) => [1, 2].map((times) => ({ call, fault, times }))))

let room: Room
let peer: SlackPeer
let slack: Slack
let used = 0
beforeAll(async () => {
  room = await openRoom()
  peer = await startSlackPeer({ people: [], channels: TABLE.map((_, n) => `case-${n}`) })
  const silent = () => undefined
  slack = await startSlack({
    config: peer.config,
    doors: testHouse().doors,
    directory: { emailByPerson: () => null, placeByRef: () => null, groups: () => [], groupByRole: () => null },
    log: { info: silent, warn: silent, error: silent },
  })
})
afterAll(async () => {
  await slack?.close()
  await peer?.close()
  await room?.close()
})
afterEach(async () => {
  peer.proxy.heal()
  await room.clear()
})

describe("Slack's real client, a workspace that keeps messages, and a line that fails: each message once, with the last state", () => {
  test.each(TABLE)('$call: $fault, $times times', async ({ call, fault, times }) => {
    const channel = peer.channel(`case-${used++}`)
    const deliverer = room.deliverer({
      platforms: new Map([['slack', slack.platform]]),
      place: (id) => ({ id, platform: 'slack', ref: channel }),
      budgets: {},
      callLimitMs: 250,
    })
    const failOn = (...now: readonly Call[]): void => {
      if (!now.includes(call)) return
      peer.proxy.fail(fault, times, METHODS[call])
      // A search happens only where a first message is in doubt.
      if (call.startsWith('find')) peer.proxy.fail('reset after', 1, 'chat.postMessage')
    }
    failOn('post', 'find in a channel')
    await room.want('change:1')
    await room.settle(deliverer)
    failOn('reply', 'find in a thread')
    await room.say('change:1', 'note:1', 'ring 1 started')
    await room.settle(deliverer)
    failOn('edit')
    await room.change('change:1')
    await room.settle(deliverer)

    const seen = await peer.messages(channel)
    expect(seen.map(({ blocks }) => textOf(blocks))).toEqual(['change:1 is 1', expect.stringContaining('ring 1 started')])
    expect(seen[1]?.thread_ts).toBe(seen[0]?.ts)
    const calls = peer.proxy.requests.filter(({ method, body }) => method === METHODS[call] && body.channel === channel)
    expect(calls.length).toBeGreaterThanOrEqual(times)
    for (const row of await room.rows()) expect(row).toMatchObject({ shown: row.wanted, failures: 0, lastError: null, status: 'open' })
  })
})
