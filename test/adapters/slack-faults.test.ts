import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Form } from '../../src/cards/card.ts'
import { ChatError, type MessageRef, type Place } from '../../src/ports.ts'
import { textOf } from '../support/block-kit.ts'
import { card } from '../support/cards.ts'
import { type SlackPeer, startSlackPeer } from '../support/slack.ts'
import { DANA, PEOPLE, type SlackBot, STRANGER, startBot } from '../support/slack-bot.ts'
import { type FaultMode, RETRY_AFTER_S } from '../support/slack-proxy.ts'

type Trouble = FaultMode | 'timeout'
const TROUBLES: readonly (readonly [Trouble, object])[] = [
  ['rate limited', { code: 'RATE_LIMITED', retryAfterMs: RETRY_AFTER_S * 1000 }],
  ['server error', { code: 'UNAVAILABLE' }],
  ['reset before', { code: 'UNAVAILABLE' }],
  ['reset after', { code: 'UNAVAILABLE' }],
  ['garbage', { code: 'UNAVAILABLE' }],
  ['timeout', { code: 'UNAVAILABLE' }],
]
const form: Form = { title: 'Reject', submit: 'Reject', fields: [] }
const decision = card({
  title: 'Go or no-go',
  actions: [
    { label: 'Approve', verb: 'approve', id: 'change:12', style: 'primary' },
    { label: 'Reject…', verb: 'reject', id: 'change:12', style: 'danger', form },
  ],
})

let peer: SlackPeer
let bot: SlackBot
let place: Place
let root: MessageRef
beforeAll(async () => {
  peer = await startSlackPeer({ people: PEOPLE, channels: ['patch-team'] })
  place = { id: 'patch-team', platform: 'slack', ref: peer.channel('patch-team') }
  bot = await startBot(peer, 'http', { timeoutMs: 1000 })
  root = await bot.slack.platform.post(place, decision, 'root')
  // So that only the call in question is made.
  await bot.slack.platform.whisper(place, 'dana', card())
  bot.form = form
})
afterAll(async () => {
  await bot.slack.close()
  await peer.close()
})

const calls = (method: string): number => peer.proxy.requests.filter((request) => request.method === method).length

/** Runs `work` while the next call of `method` fails so; the call that hangs is let go in the end, as a slow one would be. */
async function during(trouble: Trouble, method: string, work: () => Promise<void>): Promise<void> {
  if (trouble !== 'timeout') {
    peer.proxy.fail(trouble, 1, method)
    return work()
  }
  const before = calls(method)
  const late = peer.proxy.next((request) => request.method === method)
  const release = peer.proxy.stall(method)
  await work()
  release()
  await late
  expect(calls(method)).toBe(before + 1)
}

const thrown = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await work.then(
    () => null,
    (failed: unknown) => failed,
  )
  expect(error).toBeInstanceOf(ChatError)
  return error
}

describe.each([
  ['chat.postMessage', () => bot.slack.platform.post(place, decision, 'new')],
  ['chat.postMessage', () => bot.slack.platform.reply(root, card(), 'reply')],
  ['chat.update', () => bot.slack.platform.edit(root, decision)],
  ['chat.postEphemeral', () => bot.slack.platform.whisper(place, 'dana', card())],
  ['conversations.history', () => bot.slack.platform.find(place, null, 'root')],
  ['conversations.replies', () => bot.slack.platform.find(place, root, 'reply')],
] as const)('%s', (method, send) => {
  test.each(TROUBLES)('%s is told by its code, and nothing is sent again', async (trouble, expected) => {
    const before = calls(method)
    await during(trouble, method, async () => {
      expect(await thrown(send())).toMatchObject(expected)
    })
    expect(calls(method)).toBe(before + 1)
  })
})

type Asked = readonly [string, () => string, () => Promise<unknown>]
const ASKED: readonly Asked[] = [
  ['a click', () => 'chat.postEphemeral', () => peer.click(DANA, place.ref, root.message, 'Approve')],
  ['a command', () => `response/${peer.user(DANA)}`, () => peer.command(DANA, place.ref, 'status')],
]

describe.each(ASKED)('an answer to %s that was one too many', (_, method, act) => {
  test.each([
    ['is shown the second time', 1, 0],
    ['is not tried a third time', 2, 1],
  ])('%s', async (_, faults, logged) => {
    bot.intents.length = 0
    bot.logged.length = 0
    bot.answer = async () => ({ ok: true, cards: [card({ title: 'Noted' })] })
    const before = calls(method())
    peer.proxy.fail('limited shortly', faults, method())
    expect(await act()).toMatchObject({ status: 200 })
    await bot.slack.idle()
    expect([bot.intents.length, calls(method())]).toEqual([1, before + 2])
    expect(bot.logged.filter((line) => line.includes('an outcome could not be shown'))).toHaveLength(logged)
  })
})

describe.each(ASKED)('an answer to %s that cannot be shown', (_, method, act) => {
  test.each(TROUBLES)('%s: it is logged, and what was wanted has happened once', async (trouble) => {
    bot.intents.length = 0
    bot.logged.length = 0
    bot.answer = async () => ({ ok: true, cards: [card({ title: 'Noted' })] })
    const before = calls(method())
    await during(trouble, method(), async () => {
      expect(await act()).toMatchObject({ status: 200 })
      await bot.slack.idle()
    })
    expect(bot.intents).toHaveLength(1)
    expect(calls(method())).toBe(before + 1)
    // A command's address answers anything.
    const garbled = trouble === 'garbage' && method().startsWith('response')
    expect(bot.logged.filter((line) => line.includes('an outcome could not be shown'))).toHaveLength(garbled ? 0 : 1)
  })
})

describe('a form that cannot be opened', () => {
  test.each(TROUBLES)('%s: the person is told, and nothing has happened', async (trouble) => {
    bot.intents.length = 0
    const before = peer.whispers(DANA).length
    await during(trouble, 'views.open', async () => {
      expect(await peer.click(DANA, place.ref, root.message, 'Reject…')).toMatchObject({ status: 200 })
      await bot.slack.idle()
    })
    expect(textOf(peer.whispers(DANA)[before]?.blocks)).toContain('the fault is ours')
    expect(bot.intents).toEqual([])
  })
})

describe('a page that cannot be published', () => {
  test.each(TROUBLES)('%s: the deliverer is told what it is, and may publish it again', async (trouble, expected) => {
    const publish = () => bot.slack.home.platform.edit({ place: peer.user(DANA), message: 'home' }, decision)
    await during(trouble, 'views.publish', () => expect(publish()).rejects.toMatchObject(expected))
    const before = calls('views.publish')
    await publish()
    expect(calls('views.publish')).toBe(before + 1)
  })

  test.each(TROUBLES)('%s: who is nobody is not told, and is the next time', async (trouble) => {
    const open = async () => {
      expect(await peer.event({ type: 'app_home_opened', user: peer.user(STRANGER), tab: 'home' })).toMatchObject({ status: 200 })
      await bot.slack.idle()
    }
    await during(trouble, 'views.publish', open)
    expect(bot.logged.at(-1)).toContain('a home page could not be shown')
    const before = calls('views.publish')
    await open()
    expect(calls('views.publish')).toBe(before + 1)
  })
})
