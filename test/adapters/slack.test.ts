import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Slack, startSlack } from '../../adapters/slack/index.ts'
import { clickPayload, submitPayload } from '../../adapters/slack/receive/payload.ts'
import type { Form } from '../../src/cards/card.ts'
import type { ButtonValue, Intent } from '../../src/core/intent.ts'
import { allow, refuse } from '../../src/core/result.ts'
import type { Outcome } from '../../src/ports.ts'
import { ChatError, type Place } from '../../src/ports.ts'
import { textOf } from '../support/block-kit.ts'
import { card } from '../support/cards.ts'
import { testHouse } from '../support/doors.ts'
import { APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, type SlackPeer, startSlackPeer } from '../support/slack.ts'
import { confirmEmail, type FaultMode, RETRY_AFTER_S } from '../support/slack-proxy.ts'

const DANA = 'dana@example.org'
const STRANGER = 'stranger@example.org'

const form: Form = {
  title: 'Reject the plan',
  submit: 'Reject',
  fields: [
    { kind: 'text', id: 'reason', label: 'Why?', multiline: true, required: true, maxLength: 300 },
    { kind: 'choice', id: 'next', label: 'Then', required: true, options: [{ value: 'plan', label: 'Plan again' }] },
  ],
}
const decision = card({
  title: 'Go or no-go',
  summary: 'Go or no-go for change 12',
  actions: [
    { label: 'Approve', verb: 'approve', id: 'change:12', digest: '9f3a', style: 'primary' },
    { label: 'Reject…', verb: 'reject', id: 'change:12', style: 'danger', form },
  ],
})

let peer: SlackPeer
let slack: Slack
let place: Place
let posted = 0
const intents: Intent[] = []
const asked: ButtonValue[] = []
const logged: string[] = []

/** The house behind the door, as each test wants it. */
let house: (intent: Intent) => Promise<Outcome>
let formNow: Form | null
const agree = async (): Promise<Outcome> => ({ ok: true, cards: [] })
const say = (text: string) => async (): Promise<Outcome> => ({ ok: true, cards: [card({ look: 'whisper', title: text, summary: text })] })
const refuseWith = (text: string, field?: string) => async (): Promise<Outcome> => ({
  ok: false,
  refusal: { code: 'NO', text },
  ...(field === undefined ? {} : { field }),
})

beforeAll(async () => {
  const people = [DANA, STRANGER].map((email) => ({ name: email.split('@')[0] ?? email, email }))
  peer = await startSlackPeer({ people, channels: ['patch-team', 'elsewhere'] })
  place = { id: 'patch-team', platform: 'slack', ref: peer.channel('patch-team') }
  slack = await start()
  peer.connect(slack.url)
})

function start(config = peer.config): Promise<Slack> {
  const keep = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`)
  const nobody = testHouse().doors
  return startSlack({
    config,
    doors: {
      ...nobody,
      handleIntent: (intent) => {
        intents.push(intent)
        return house(intent)
      },
      formFor: async (button) => {
        asked.push(button)
        return formNow
      },
      recognise: async ({ email }) =>
        email === DANA ? allow('dana') : refuse('PERSON_UNKNOWN', 'You are not in the policy of Patchcrier yet.'),
    },
    directory: {
      emailByPerson: (person) => (person === 'dana' ? DANA : null),
      placeByRef: (channel) => (channel === place.ref ? place.id : null),
      groups: () => [],
      groupByRole: () => null,
    },
    log: { info: keep, warn: keep, error: keep },
  })
}

const address = (): string => slack.url ?? ''

afterAll(async () => {
  await slack.close()
  await peer.close()
})

afterEach(() => {
  intents.length = 0
  asked.length = 0
  house = agree
  formNow = form
})
house = agree
formNow = form

const newKey = () => `post-${++posted}`
const bodies = (method: string) => peer.proxy.requests.filter((request) => request.method === method).map((request) => request.body)
const stored = async (key: string) => (await peer.messages(place.ref)).filter((message) => message.metadata?.event_payload.key === key)
const failure = async (work: Promise<unknown>): Promise<ChatError> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ChatError)) throw new Error(`expected a ChatError, got ${String(error)}`)
  return error
}

describe('messages', () => {
  test('a post, a reply under it and an edit are what people see', async () => {
    const root = await slack.platform.post(place, decision, newKey())
    const reply = await slack.platform.reply(root, card({ title: 'Approved' }), newKey())
    await slack.platform.edit(root, card({ title: 'Decided' }))
    const seen = await peer.messages(place.ref)
    expect(root).toEqual({ place: place.ref, message: expect.any(String) })
    expect(reply).toEqual({ place: place.ref, message: expect.any(String), thread: root.message })
    expect(textOf(seen.find((message) => message.ts === root.message)?.blocks)).toBe('Decided')
    expect(seen.find((message) => message.ts === reply.message)).toMatchObject({ thread_ts: root.message })
  })

  test('a reply to a reply stays in the same thread', async () => {
    const root = await slack.platform.post(place, decision, newKey())
    const first = await slack.platform.reply(root, card(), newKey())
    expect((await slack.platform.reply(first, card(), newKey())).thread).toBe(root.message)
  })

  test('a whisper reaches one person', async () => {
    const next = peer.nextWhisper(DANA)
    await slack.platform.whisper(place, 'dana', card({ title: 'For you alone' }))
    expect(textOf((await next).blocks)).toBe('For you alone')
    expect(await failure(slack.platform.whisper(place, 'nobody', card()))).toMatchObject({ code: 'REJECTED' })
  })

  test('Slack is told to look for nothing in the text and to unfold nothing', async () => {
    const ref = await slack.platform.post(place, card({ summary: '<!channel> a & b' }), newKey())
    await slack.platform.edit(ref, card({ summary: '<@U1>' }))
    const off = { parse: 'none', link_names: 'false' }
    expect(bodies('chat.postMessage').at(-1)).toMatchObject({
      ...off,
      text: '&lt;!channel&gt; a &amp; b',
      mrkdwn: 'false',
      unfurl_links: 'false',
      unfurl_media: 'false',
    })
    expect(bodies('chat.update').at(-1)).toMatchObject({ ...off, text: '&lt;@U1&gt;' })
  })
})

describe('finding a message again', () => {
  test('in the place and in a thread; the key of another message is absent', async () => {
    const key = newKey()
    const root = await slack.platform.post(place, decision, key)
    const replyKey = newKey()
    const reply = await slack.platform.reply(root, card(), replyKey)
    expect(await slack.platform.find(place, null, key)).toEqual({ found: root })
    expect(await slack.platform.find(place, root, replyKey)).toEqual({ found: reply })
    expect(await slack.platform.find(place, root, newKey())).toBe('absent')
    expect(await slack.platform.find(place, null, newKey())).toBe('absent')
  })

  test('asks for the metadata, which Slack leaves out otherwise, and no further back than needed', async () => {
    const root = await slack.platform.post(place, decision, newKey())
    await slack.platform.find(place, null, 'none', new Date('2026-11-23T14:05:00Z'))
    await slack.platform.find(place, root, 'none')
    const fiveMinutesBefore = String(Date.parse('2026-11-23T14:00:00Z') / 1000)
    expect(bodies('conversations.history').at(-1)).toMatchObject({ include_all_metadata: 'true', oldest: fiveMinutesBefore })
    expect(bodies('conversations.replies').at(-1)).toMatchObject({ include_all_metadata: 'true', ts: root.message })
  })

  test('reads page after page', async () => {
    const key = newKey()
    const ref = await slack.platform.post(place, decision, key)
    const cursors: (string | undefined)[] = []
    peer.proxy.rewrite('conversations.history', (answer) => {
      cursors.push(bodies('conversations.history').at(-1)?.cursor)
      return cursors.length < 3 ? { ...answer, messages: [], response_metadata: { next_cursor: `page-${cursors.length}` } } : answer
    })
    expect(await slack.platform.find(place, null, key)).toEqual({ found: ref })
    expect(cursors).toHaveLength(3)
    expect(bodies('conversations.history').at(-1)).toMatchObject({ cursor: 'page-2', include_all_metadata: 'true' })
  })

  test.each([
    ['there is more without a way to it', { has_more: true }],
    ['there is no end to it', { response_metadata: { next_cursor: 'more' } }],
  ])('is unsearchable, not absent, when %s', async (_, more) => {
    peer.proxy.rewrite('conversations.history', (answer) => ({ ...answer, messages: [], ...more }))
    expect(await slack.platform.find(place, null, newKey())).toBe('unsearchable')
  })

  test('a message of somebody else with our key is not ours', async () => {
    const key = newKey()
    await slack.platform.post(place, decision, key)
    const forge = (one: unknown) => ({ ...(one as object), user: 'UEVIL' })
    peer.proxy.rewrite('conversations.history', (answer) => ({ ...answer, messages: (answer.messages as unknown[]).map(forge) }))
    expect(await slack.platform.find(place, null, key)).toBe('absent')
  })

  test('says so when it may not read', async () => {
    peer.proxy.rewrite('conversations.history', () => ({ ok: false, error: 'missing_scope' }))
    expect(await failure(slack.platform.find(place, null, newKey()))).toMatchObject({ code: 'FORBIDDEN' })
  })

  afterEach(() => peer.proxy.rewrite('conversations.history', (answer) => answer))
})

describe('failures', () => {
  const modes: [FaultMode, number, object][] = [
    ['rate limited', 0, { code: 'RATE_LIMITED', retryAfterMs: RETRY_AFTER_S * 1000 }],
    ['server error', 0, { code: 'UNAVAILABLE' }],
    ['reset before', 0, { code: 'UNAVAILABLE' }],
    ['reset after', 1, { code: 'UNAVAILABLE' }],
    ['garbage', 0, { code: 'UNAVAILABLE' }],
  ]
  test.each(modes)('%s: one call, no retry, %i stored', async (mode, count, expected) => {
    const key = newKey()
    const before = bodies('chat.postMessage').length
    peer.proxy.fail(mode, 1, 'chat.postMessage')
    expect(await failure(slack.platform.post(place, decision, key))).toMatchObject(expected)
    expect(bodies('chat.postMessage')).toHaveLength(before + 1)
    expect(await stored(key)).toHaveLength(count)
    expect(await slack.platform.find(place, null, key)).toEqual(
      count === 1 ? { found: expect.objectContaining({ place: place.ref }) } : 'absent',
    )
  })

  test.each([
    ['channel_not_found', 'FORBIDDEN'],
    ['not_in_channel', 'FORBIDDEN'],
    ['missing_scope', 'FORBIDDEN'],
    ['invalid_auth', 'FORBIDDEN'],
    ['message_not_found', 'GONE'],
    ['is_archived', 'GONE'],
    ['ratelimited', 'RATE_LIMITED'],
    ['invalid_blocks', 'REJECTED'],
    ['msg_too_long', 'REJECTED'],
    ['something_new', 'REJECTED'],
    ['internal_error', 'UNAVAILABLE'],
    ['fatal_error', 'UNAVAILABLE'],
  ])('Slack’s %s is %s', async (error, code) => {
    peer.proxy.rewrite('chat.update', () => ({ ok: false, error }))
    const thrown = await failure(slack.platform.edit({ place: place.ref, message: '1.2' }, card()))
    expect(thrown).toMatchObject({ code, message: `chat.update: Slack answered ${error}` })
    peer.proxy.rewrite('chat.update', (answer) => answer)
  })

  test('what the emulator itself refuses is told apart', async () => {
    expect(await failure(slack.platform.edit({ place: place.ref, message: '1.2' }, card()))).toMatchObject({ code: 'GONE' })
    expect(await failure(slack.platform.post({ ...place, ref: 'CNONE' }, card(), newKey()))).toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('a click', () => {
  test('reaches the door once, with who, where, what and on which plan', async () => {
    const ref = await slack.platform.post(place, decision, newKey())
    expect(await peer.click(DANA, place.ref, ref.message, 'Approve')).toEqual({ status: 200, body: '' })
    expect(intents).toEqual([
      {
        actor: 'dana',
        place: 'patch-team',
        verb: 'approve',
        subject: 'change:12',
        digest: '9f3a',
        inputs: {},
        delivery: expect.stringMatching(/^slack:/),
      },
    ])
  })

  test('replayed exactly has the same delivery key; pressed again it has another', async () => {
    const ref = await slack.platform.post(place, decision, newKey())
    await peer.click(DANA, place.ref, ref.message, 'Approve')
    await peer.send(peer.lastSent())
    await peer.click(DANA, place.ref, ref.message, 'Approve')
    const [first, replayed, again] = intents.map((intent) => intent.delivery)
    expect(replayed).toBe(first)
    expect(again).not.toBe(first)
  })

  test('its outcome is shown to the one who pressed, in the thread where it was', async () => {
    const root = await slack.platform.post(place, card(), newKey())
    const ref = await slack.platform.reply(root, decision, newKey())
    house = say('Noted')
    const next = peer.nextWhisper(DANA)
    await peer.click(DANA, place.ref, ref.message, 'Approve')
    expect(await next).toMatchObject({ channel: place.ref, thread: root.message, text: 'Noted' })
  })

  test('a button in a private answer works like any other', async () => {
    const ref = await slack.platform.post(place, decision, newKey())
    house = async () => ({ ok: true, cards: [decision] })
    const next = peer.nextWhisper(DANA)
    await peer.click(DANA, place.ref, ref.message, 'Approve')
    await peer.click(DANA, place.ref, await next, 'Approve')
    expect(intents.map((intent) => intent.verb)).toEqual(['approve', 'approve'])
  })

  test('a refusal is one private sentence', async () => {
    const ref = await slack.platform.post(place, decision, newKey())
    house = refuseWith('You asked for this plan, so someone else has to approve it.')
    const next = peer.nextWhisper(DANA)
    await peer.click(DANA, place.ref, ref.message, 'Approve')
    expect(textOf((await next).blocks)).toContain('someone else has to approve it')
  })

  test('is acknowledged before Slack gives up, though the work goes on; the outcome follows', async () => {
    const ref = await slack.platform.post(place, decision, newKey())
    let finish = () => {}
    house = () => new Promise((resolve) => (finish = () => resolve({ ok: true, cards: [card({ title: 'At last', summary: 'At last' })] })))
    const next = peer.nextWhisper(DANA)
    expect((await peer.click(DANA, place.ref, ref.message, 'Approve')).status).toBe(200)
    finish()
    expect((await next).text).toBe('At last')
  })

  test('a fault is told to the person and to the log, not its details to the person', async () => {
    const ref = await slack.platform.post(place, decision, newKey())
    house = () => Promise.reject(new Error('connection to 10.0.0.5 lost'))
    const next = peer.nextWhisper(DANA)
    expect((await peer.click(DANA, place.ref, ref.message, 'Approve')).status).toBe(200)
    const shown = await next
    expect(textOf(shown.blocks)).toContain('the fault is ours')
    expect(JSON.stringify(shown)).not.toContain('10.0.0.5')
    expect(logged.at(-1)).toContain('an interaction failed')
  })
})

describe('who it is', () => {
  test.each<[string, object, string]>([
    ['an address that Slack has not confirmed', { is_email_confirmed: false }, 'not confirmed'],
    ['a deactivated account', { deleted: true }, 'active Slack account'],
    ['a bot', { is_bot: true }, 'active Slack account'],
    ['a guest', { is_restricted: true }, 'Guests'],
    ['somebody of another organisation', { team_id: 'TOTHER' }, 'other organisations'],
  ])('%s is told why, politely, and nothing happens, though the address is in the policy', async (_, account, text) => {
    peer.proxy.rewrite('users.info', (answer) => ({
      ...answer,
      user: { is_email_confirmed: true, ...(answer.user as object), ...account },
    }))
    // An adapter of its own each time: what Slack said about an account is kept for a minute.
    const own = await start()
    peer.connect(own.url)
    const ref = await own.platform.post(place, decision, newKey())
    const next = peer.nextWhisper(DANA)
    await peer.click(DANA, place.ref, ref.message, 'Approve')
    expect(textOf((await next).blocks)).toContain(text)
    expect(intents).toEqual([])
    await own.close()
    peer.connect(slack.url)
    peer.proxy.rewrite('users.info', confirmEmail)
  })

  test('somebody who is not in the policy is told so, and nothing happens', async () => {
    const ref = await slack.platform.post(place, decision, newKey())
    const next = peer.nextWhisper(STRANGER)
    await peer.click(STRANGER, place.ref, ref.message, 'Approve')
    expect(textOf((await next).blocks)).toContain('not in the policy')
    expect(intents).toEqual([])
  })

  test('Slack is asked once for a burst of clicks', async () => {
    const ref = await slack.platform.post(place, decision, newKey())
    await peer.click(DANA, place.ref, ref.message, 'Approve')
    const before = bodies('users.info').length
    await Promise.all([1, 2, 3].map(() => peer.click(DANA, place.ref, ref.message, 'Approve')))
    expect(bodies('users.info')).toHaveLength(before)
    expect(intents).toHaveLength(4)
  })
})

describe('the edge', () => {
  const now = () => Math.floor(Date.now() / 1000)
  const press = async (edge: { secret?: string; atSeconds?: number }) => {
    const ref = await slack.platform.post(place, decision, newKey())
    await peer.click(DANA, place.ref, ref.message, 'Approve')
    intents.length = 0
    return peer.send(peer.lastSent(), edge)
  }

  test.each([
    ['a wrong signature', () => ({ secret: 'guessed' })],
    ['a request six minutes old', () => ({ atSeconds: now() - 360 })],
    ['a request dated six minutes ahead', () => ({ atSeconds: now() + 360 })],
    ['a request dated a year ahead', () => ({ atSeconds: now() + 365 * 86_400 })],
  ])('%s is 401 and reaches nothing', async (_, edge) => {
    expect((await press(edge())).status).toBe(401)
    expect(intents).toEqual([])
  })

  test.each([
    ['four minutes old', -240],
    ['four minutes ahead', 240],
  ])('clocks may differ: %s is accepted', async (_, seconds) => {
    expect((await press({ atSeconds: now() + seconds })).status).toBe(200)
    expect(intents).toHaveLength(1)
  })

  test('unsigned is 401, and so is a date that is none', async () => {
    expect((await fetch(address(), { method: 'POST', body: 'payload={}' })).status).toBe(401)
    const headers = { 'x-slack-request-timestamp': 'tomorrow', 'x-slack-signature': 'v0=00' }
    expect((await fetch(address(), { method: 'POST', body: 'payload={}', headers })).status).toBe(401)
  })

  /** Without a signature, as a form. */
  const unsigned = async (body: string): Promise<number> => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return (await fetch(address(), { method: 'POST', headers, body })).status
  }

  test('Slack may try the address without a signature; a click beside that reaches nothing', async () => {
    expect((await press({})).status).toBe(200)
    expect(intents).toHaveLength(1)
    intents.length = 0
    const click = new URLSearchParams(peer.lastSent()).toString()
    expect(await unsigned('ssl_check=1&token=none')).toBe(200)
    expect(await unsigned(`ssl_check=1&payload=${encodeURIComponent('{"type":"block_actions"}')}`)).toBe(200)
    for (const both of [`ssl_check=1&${click}`, `${click}&ssl_check=1`]) expect(await unsigned(both)).toBe(401)
    expect(intents).toEqual([])
  })

  test('a megabyte that nobody signed is not looked through: half a million fields would hold up everything', async () => {
    expect(await unsigned(`${'a&'.repeat(500_000)}ssl_check=1`)).toBe(401)
  })

  test('what follows a question mark is no other address', async () => {
    expect((await fetch(`${address()}?from=proxy`, { method: 'POST' })).status).toBe(401)
  })

  test('more than a megabyte is not read', async () => {
    expect((await fetch(address(), { method: 'POST', body: 'x'.repeat(1_100_000) })).status).toBe(413)
  })

  test('any other address is 404', async () => {
    expect((await fetch(new URL('/', address()), { method: 'POST' })).status).toBe(404)
    expect((await fetch(address())).status).toBe(404)
  })

  test.each([
    ['is not JSON', 'click_me_123'],
    ['lacks its subject', '{"v":1,"verb":"approve"}'],
    ['is of another version', '{"v":2,"verb":"approve","id":"change:12"}'],
    ['holds more than it should', '{"v":1,"verb":"approve","id":"change:12","actor":"mallory"}'],
  ])('a button whose value %s is refused privately', async (_, value) => {
    const ref = await slack.platform.post(place, decision, newKey())
    await peer.click(DANA, place.ref, ref.message, 'Approve')
    intents.length = 0
    const payload = JSON.parse(peer.lastSent().payload ?? '')
    const next = peer.nextWhisper(DANA)
    await peer.send({ payload: JSON.stringify({ ...payload, actions: [{ ...payload.actions[0], value }] }) })
    expect(textOf((await next).blocks)).toContain('not one of mine')
    expect(intents).toEqual([])
  })

  test('what Slack really sent once is understood', () => {
    const recorded = JSON.parse(readFileSync(new URL('../fixtures/slack/recorded.json', import.meta.url), 'utf8'))
    expect(clickPayload.parse(recorded.block_actions)).toMatchObject({
      container: { thread_ts: '1771116676.529969' },
      actions: [{ value: 'bug' }],
    })
    expect(submitPayload.parse(recorded.view_submission).view.state.values.severity).toMatchObject({
      severity: { selected_option: { value: 'high' } },
    })
  })
})

describe('a form', () => {
  const open = async () => {
    const ref = await slack.platform.post(place, decision, newKey())
    return peer.openForm(DANA, place.ref, ref.message, 'Reject…')
  }
  const filled = { reason: 'Not on a Friday', next: 'plan' }

  test('opens as it is now, and pressing its button changes nothing', async () => {
    formNow = { ...form, title: 'Reject it' }
    const { view } = await open()
    expect(view).toMatchObject({ title: { text: 'Reject it' } })
    expect(asked).toEqual([{ v: 1, verb: 'reject', id: 'change:12' }])
    expect(intents).toEqual([])
  })

  test('its inputs reach the door, with the button’s subject; then it closes', async () => {
    const opened = await open()
    expect(await peer.submit(DANA, opened, filled)).toEqual({ status: 200, errors: null })
    expect(intents).toEqual([
      {
        actor: 'dana',
        place: 'patch-team',
        verb: 'reject',
        subject: 'change:12',
        inputs: filled,
        delivery: expect.stringMatching(/^slack:/),
      },
    ])
  })

  test('a refusal is shown at its field, and what was typed stays', async () => {
    house = refuseWith('Please say it in one sentence.', 'reason')
    expect(await peer.submit(DANA, await open(), filled)).toEqual({ status: 200, errors: { reason: 'Please say it in one sentence.' } })
  })

  test('a refusal of the whole is shown at the first field', async () => {
    house = refuseWith('This plan changed at 14:02.', 'no-such-field')
    expect((await peer.submit(DANA, await open(), filled)).errors).toEqual({ reason: 'This plan changed at 14:02.' })
  })

  test('sent again after a refusal it is another delivery; replayed exactly it is the same', async () => {
    const opened = await open()
    house = refuseWith('Too short.', 'reason')
    await peer.submit(DANA, opened, filled)
    house = agree
    await peer.submit(DANA, opened, { ...filled, reason: 'Not on a Friday, please' })
    await peer.send(peer.lastSent())
    const [first, second, replayed] = intents.map((intent) => intent.delivery)
    expect(second).not.toBe(first)
    expect(replayed).toBe(second)
  })

  test('its outcome is shown privately', async () => {
    house = say('Rejected')
    const opened = await open()
    const next = peer.nextWhisper(DANA)
    await peer.submit(DANA, opened, filled)
    expect(await next).toMatchObject({ channel: place.ref, text: 'Rejected' })
  })

  test('is not opened for a button that is no longer offered', async () => {
    formNow = null
    await expect(open()).rejects.toThrow('This is no longer open')
  })

  test('is not opened for somebody unknown', async () => {
    const ref = await slack.platform.post(place, decision, newKey())
    await expect(peer.openForm(STRANGER, place.ref, ref.message, 'Reject…')).rejects.toThrow('not in the policy')
    expect(asked).toEqual([])
  })
})

describe('the command', () => {
  test('reaches the door as it was typed, and its answer the one who typed it', async () => {
    house = say('Six bulletins')
    const next = peer.nextWhisper(DANA)
    expect((await peer.command(DANA, place.ref, 'bulletins & <all>')).status).toBe(200)
    expect((await next).text).toBe('Six bulletins')
    expect(intents).toEqual([
      {
        actor: 'dana',
        place: 'patch-team',
        verb: 'command',
        subject: '',
        inputs: { text: 'bulletins & <all>' },
        delivery: expect.stringMatching(/^slack:/),
      },
    ])
  })

  test('in a channel that is no place of ours it is refused', async () => {
    const next = peer.nextWhisper(DANA)
    await peer.command(DANA, peer.channel('elsewhere'), 'status')
    expect(textOf((await next).blocks)).toContain('not one of the places')
    expect(intents).toEqual([])
  })
})

describe('start and end', () => {
  test.each([
    ['does not know the token', { ok: false, error: 'invalid_auth' }, { code: 'FORBIDDEN' }],
    ['has trouble', { ok: false, error: 'internal_error' }, { code: 'UNAVAILABLE' }],
  ])('says so when Slack %s', async (_, answer, expected) => {
    peer.proxy.rewrite('auth.test', () => answer)
    expect(await failure(start())).toMatchObject(expected)
    peer.proxy.rewrite('auth.test', (real) => real)
  })

  test('a token that is none of a bot is refused before Slack is asked', async () => {
    const before = bodies('auth.test').length
    await expect(start({ ...peer.config, botToken: 'xoxp-1' })).rejects.toThrow('xoxb-')
    expect(bodies('auth.test')).toHaveLength(before)
  })

  test('the end waits for work that was acknowledged already', async () => {
    const own = await start()
    peer.connect(own.url)
    const ref = await own.platform.post(place, decision, newKey())
    const events: string[] = []
    let finish = () => {}
    house = () =>
      new Promise((resolve) => {
        finish = () => {
          events.push('finished')
          resolve({ ok: true, cards: [] })
        }
      })
    await peer.click(DANA, place.ref, ref.message, 'Approve')
    const closed = own.close().then(() => events.push('closed'))
    await fetch(own.url ?? '').catch(() => events.push('takes nothing new'))
    finish()
    await closed
    expect(events).toEqual(['takes nothing new', 'finished', 'closed'])
    peer.connect(slack.url)
  })
})

test('no secret and no message text is in the log', () => {
  expect(logged.join('\n')).not.toMatch(new RegExp(`${BOT_TOKEN}|${APP_TOKEN}|${SIGNING_SECRET}|Go or no-go`))
})
