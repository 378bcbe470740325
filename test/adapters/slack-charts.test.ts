import type { types } from '@slack/bolt'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { pngOf } from '../../adapters/picture.ts'
import type { Picture } from '../../src/cards/card.ts'
import type { MessageRef, Place } from '../../src/ports.ts'
import { textOf } from '../support/block-kit.ts'
import { card } from '../support/cards.ts'
import { type SlackPeer, startSlackPeer } from '../support/slack.ts'
import { PEOPLE, type SlackBot, startBot } from '../support/slack-bot.ts'
import { type FaultMode, type ProxiedRequest, UPLOAD } from '../support/slack-proxy.ts'

const ALT = '12 of 14 hosts were done after an hour.'
/** The figures differ, so that it is another picture each time. */
let figures = 0
function picture(): Picture {
  figures += 1
  const points = [
    { at: '2026-11-23T14:00:00.000Z', count: 0 },
    { at: '2026-11-23T15:00:00.000Z', count: 12 },
  ]
  return { kind: 'picture', alt: ALT, chart: { title: `Hosts over time, ${figures}`, of: 14, points, marks: [] } }
}
const review = (one: Picture) => card({ title: 'Review', blocks: [one] })

let peer: SlackPeer
let bot: SlackBot
let place: Place
beforeAll(async () => {
  peer = await startSlackPeer({ people: PEOPLE, channels: ['patch-team'] })
  place = { id: 'patch-team', platform: 'slack', ref: peer.channel('patch-team') }
  bot = await startBot(peer, 'http', { timeoutMs: 4000 })
})
afterAll(async () => {
  await bot.slack.close()
  await peer.close()
})

const keyOf = ({ chart }: Picture): string => `key of ${chart.title}`
const post = (one: Picture): Promise<MessageRef> => bot.slack.platform.post(place, review(one), keyOf(one))
const edit = (ref: MessageRef, one: Picture): Promise<void> => bot.slack.platform.edit(ref, review(one))
const shownIn = async ({ message }: MessageRef): Promise<readonly types.KnownBlock[]> =>
  (await peer.messages(place.ref)).find(({ ts }) => ts === message)?.blocks ?? []
const imageIn = async (ref: MessageRef): Promise<types.KnownBlock | undefined> => (await shownIn(ref)).find(({ type }) => type === 'image')
/** What was asked of Slack during `work`, by method. */
async function asked<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly calls: readonly ProxiedRequest[]; readonly methods: readonly string[] }> {
  const before = peer.proxy.requests.length
  const value = await work()
  const calls = peer.proxy.requests.slice(before)
  return { value, calls, methods: calls.map(({ method }) => method) }
}
const UPLOADING = ['files.getUploadURLExternal', UPLOAD, 'files.completeUploadExternal', 'files.info']

test('a picture is uploaded, shared with no channel, and shown with its words for those who cannot see it', async () => {
  const one = picture()
  const { value: ref, calls, methods } = await asked(() => post(one))
  expect(methods).toEqual([...UPLOADING, 'chat.postMessage'])
  expect(Buffer.from(calls[1]?.body.base64 ?? '', 'base64')).toEqual(Buffer.from(pngOf(one)))
  expect(calls[0]?.body).toMatchObject({ alt_txt: ALT })
  expect(calls[1]?.token).toBe('')
  expect(calls[2]?.body).not.toHaveProperty('channel_id')
  const id = JSON.parse(calls[0]?.answer ?? '').file_id
  expect(await imageIn(ref)).toEqual({
    type: 'image',
    slack_file: { id },
    alt_text: ALT,
    title: { type: 'plain_text', text: one.chart.title, emoji: false },
  })
})

test('the same picture is uploaded once, for every edit and every message; another one is another file', async () => {
  const one = picture()
  const ref = await post(one)
  const again = await asked(async () => {
    await edit(ref, one)
    await edit(ref, { ...one, alt: 'The same in other words.' })
    return post(one)
  })
  expect(again.methods).toEqual(['chat.update', 'chat.update', 'chat.postMessage'])
  expect(await imageIn(again.value)).toMatchObject({ slack_file: ((await imageIn(ref)) as { slack_file: object }).slack_file })
  expect((await asked(() => edit(ref, picture()))).methods).toEqual([...UPLOADING, 'chat.update'])
})

test('messages that are drawn at once share one upload', async () => {
  const one = picture()
  const { methods } = await asked(() => Promise.all([post(one), post(one)]))
  expect(methods.filter((method) => method === UPLOAD)).toHaveLength(1)
})

describe('a picture never stops a message: its words are shown, and the next edit tries again', () => {
  const FAULTS: readonly FaultMode[] = ['rate limited', 'server error', 'server error after', 'reset before', 'reset after']
  const expectWords = async (send: () => Promise<MessageRef>, one: Picture) => {
    bot.logged.length = 0
    const { value: ref, methods } = await asked(send)
    expect(methods.filter((method) => method === 'chat.postMessage')).toHaveLength(1)
    expect(await imageIn(ref)).toBeUndefined()
    expect(textOf(await shownIn(ref))).toContain(ALT)
    expect(bot.logged.filter((line) => line.startsWith('slack:'))).toEqual([expect.stringContaining('a picture could not be uploaded')])
    peer.proxy.heal()
    await edit(ref, one)
    expect(await imageIn(ref)).toMatchObject({ alt_text: ALT })
  }

  describe.each(UPLOADING.slice(0, 3))('%s', (method) => {
    test.each(FAULTS)('%s', async (fault) => {
      const one = picture()
      peer.proxy.fail(fault, 1, method)
      await expectWords(() => post(one), one)
    })
  })

  test('the scope is missing', async () => {
    const one = picture()
    let answers = 1
    peer.proxy.serve('files.getUploadURLExternal', () => (answers-- > 0 ? { ok: false, error: 'missing_scope' } : undefined))
    await expectWords(() => post(one), one)
  })

  test.each([
    ['of another host', () => peer.proxy.url.replace('127.0.0.1', 'localhost')],
    ['of a host that is called alike', () => 'https://slack.com.example.org'],
    ['without encryption', () => 'http://files.slack.com'],
    ['no address', () => 'nonsense'],
  ])('the address for the upload is %s: nothing is sent there', async (_, host) => {
    const one = picture()
    let answers = 1
    const foreign = () => ({ ok: true, upload_url: `${host()}/upload/v1/F012345678`, file_id: 'F012345678' })
    peer.proxy.serve('files.getUploadURLExternal', () => (answers-- > 0 ? foreign() : undefined))
    const before = peer.proxy.requests.length
    await expectWords(() => post(one), one)
    // The one of the edit.
    expect(peer.proxy.requests.slice(before).filter(({ method }) => method === UPLOAD)).toHaveLength(1)
  })

  test('Slack does not say whether the file is ready: it is tried', async () => {
    peer.proxy.fail('server error', 1, 'files.info')
    expect(await imageIn(await post(picture()))).toMatchObject({ alt_text: ALT })
  })

  describe('the upload takes too long', () => {
    const WITHIN_MS = 2000
    /** No clock: the time of the upload's own request is over when the test says so. */
    let over: AbortController
    beforeEach(() => {
      over = new AbortController()
      const real = AbortSignal.timeout.bind(AbortSignal)
      vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => (ms === WITHIN_MS ? over.signal : real(ms)))
    })
    afterEach(() => {
      vi.useRealTimers()
      vi.restoreAllMocks()
    })
    const saidOnce = async (ref: MessageRef, one: Picture): Promise<void> => {
      expect(await imageIn(ref)).toBeUndefined()
      expect(textOf(await shownIn(ref))).toContain(ALT)
      const titled = (await peer.messages(place.ref)).filter(({ metadata }) => metadata?.event_payload.key === keyOf(one))
      expect(titled.map(({ ts }) => ts)).toEqual([ref.message])
    }

    test('for a message: it goes out once with the words, and the upload that goes on is there for the next edit', async () => {
      const one = picture()
      const [arrived, release] = [peer.proxy.arrival(UPLOAD), peer.proxy.stall(UPLOAD)]
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      const posted = post(one)
      await arrived
      vi.advanceTimersByTime(WITHIN_MS)
      const ref = await posted
      vi.useRealTimers()
      await saidOnce(ref, one)
      release()
      const { methods } = await asked(() => edit(ref, one))
      expect(methods).toEqual([...UPLOADING.slice(1), 'chat.update'])
      expect(await imageIn(ref)).toMatchObject({ alt_text: ALT })
    })

    test('to come to an end at all: it is given up, the message goes out once with the words, and the next edit uploads anew', async () => {
      const one = picture()
      bot.logged.length = 0
      const [arrived, release] = [peer.proxy.arrival(UPLOAD), peer.proxy.stall(UPLOAD)]
      const posted = post(one)
      await arrived
      over.abort(new DOMException('too long', 'TimeoutError'))
      const ref = await posted
      await saidOnce(ref, one)
      expect(bot.logged.filter((line) => line.startsWith('slack:'))).toEqual([expect.stringContaining('a picture could not be uploaded')])
      release()
      over = new AbortController()
      const { methods } = await asked(() => edit(ref, one))
      expect(methods.filter((method) => method.startsWith('chat.'))).toEqual(['chat.update'])
      expect(methods).toContain('files.completeUploadExternal')
      expect(await imageIn(ref)).toMatchObject({ alt_text: ALT })
    })
  })
})

test('a file that Slack is still looking at is waited for', async () => {
  const types = ['', '']
  peer.proxy.rewrite('files.info', (answer) => ({
    ...answer,
    file: { ...(answer.file as object), mimetype: types.pop() ?? 'image/png' },
  }))
  const { value: ref, methods } = await asked(() => post(picture()))
  peer.proxy.rewrite('files.info', (answer) => answer)
  expect(methods.filter((method) => method === 'files.info')).toHaveLength(3)
  expect(await imageIn(ref)).toMatchObject({ alt_text: ALT })
})

describe('blocks that Slack refuses', () => {
  const refuseOnce = (method: string, error: string) => {
    let answers = 1
    peer.proxy.serve(method, () => (answers-- > 0 ? { ok: false, error } : undefined))
  }

  test('a new message goes out once with the words, and the picture is kept for its next edit', async () => {
    const one = picture()
    refuseOnce('chat.postMessage', 'invalid_blocks')
    const { value: ref, methods } = await asked(() => post(one))
    expect(methods).toEqual([...UPLOADING, 'chat.postMessage', 'chat.postMessage'])
    expect(textOf(await shownIn(ref))).toContain(ALT)
    expect((await peer.messages(place.ref)).filter(({ metadata }) => metadata?.event_payload.key === keyOf(one))).toHaveLength(1)
    expect((await asked(() => edit(ref, one))).methods).toEqual(['chat.update'])
    expect(await imageIn(ref)).toMatchObject({ alt_text: ALT })
  })

  test('an edit is made with the words', async () => {
    const one = picture()
    const ref = await post(one)
    refuseOnce('chat.update', 'invalid_blocks')
    await edit(ref, one)
    expect(textOf(await shownIn(ref))).toContain(ALT)
  })

  test('without a picture, or refused for another reason, it is not said again', async () => {
    refuseOnce('chat.postMessage', 'invalid_blocks')
    const plain = await asked(() => bot.slack.platform.post(place, card(), 'plain').catch(({ code }) => code))
    expect([plain.value, plain.methods]).toEqual(['REJECTED', ['chat.postMessage']])
    refuseOnce('chat.postMessage', 'is_archived')
    const gone = await asked(() => post(picture()).catch(({ code }) => code))
    expect([gone.value, gone.methods]).toEqual(['GONE', [...UPLOADING, 'chat.postMessage']])
  })

  test.each<FaultMode>(['reset after', 'garbage after', 'server error'])('%s leaves a doubt, so it is not said again', async (fault) => {
    peer.proxy.fail(fault, 1, 'chat.postMessage')
    const sent = await asked(() => post(picture()).catch(({ code }) => code))
    expect([sent.value, sent.methods]).toEqual(['UNAVAILABLE', [...UPLOADING, 'chat.postMessage']])
  })
})
