import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { slackUser } from '../../adapters/slack/account.ts'
import { inspectSlack } from '../../adapters/slack/inspect.ts'
import {
  clickPayload,
  commandPayload,
  eventPayload,
  mentionEvent,
  messageEvent,
  shortcutPayload,
  submitPayload,
} from '../../adapters/slack/receive/payload.ts'
import { type SlackPeer, startSlackPeer } from '../support/slack.ts'
import { DANA, MODES, PEOPLE, type SlackBot, startBot } from '../support/slack-bot.ts'

/** Recordings of real traffic are not part of this project: they may lie in a folder `shared` beside it, or one above. */
const ROOT = ['../../../shared', '../../../../shared']
  .map((beside) => new URL(`${beside}/data/11-chat/`, import.meta.url).pathname)
  .find((folder) => existsSync(folder))
const FOLDERS = ROOT === undefined ? [] : ['slack/bolt-python-payloads', 'replay-recordings-vercel-chat'].map((name) => join(ROOT, name))
const there = ROOT !== undefined

type Payload = Readonly<Record<string, unknown>>

const files = (): string[] =>
  FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json') && (folder.includes('bolt') || name.includes('slack')))
      .map((name) => join(folder, name)),
  )

/** Each request of Slack's in a file: it may be the file itself or one of its parts. */
function payloadsIn(value: unknown): Payload[] {
  if (typeof value !== 'object' || value === null) return []
  const node = value as Payload
  const isRequest = (typeof node.type === 'string' && ('team_id' in node || 'user' in node || 'event' in node)) || 'command' in node
  return isRequest ? [node] : Object.values(node).flatMap(payloadsIn)
}

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'))

/** The recordings that are part of this project, and those beside it, where there are any. */
const RECORDED = [new URL('../fixtures/slack/recorded.json', import.meta.url).pathname, ...(there ? files() : [])].flatMap((file) =>
  payloadsIn(json(file)).map((payload, index) => [`${basename(file)} ${index}`, payload as Recording] as const),
)

/** What is read of a recording here without our schemas, to compare. */
// biome-ignore lint/suspicious/noExplicitAny: of any shape, that is the point
type Recording = any
type Named = readonly [string, Recording]

const ofType = (type: string): Named[] => RECORDED.filter(([, payload]) => payload.type === type)
const eventsOf = (type: string): Named[] => ofType('event_callback').filter(([, { event }]) => event.type === type)

/** Absent and `undefined` are the same here. */
const given = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('our schemas read what Slack really sent once', () => {
  /** Our own buttons carry a value. Some recordings were shortened, and say not where the button was. */
  const isLikeOurs = ({ actions, container }: Recording): boolean => container !== undefined && actions[0].value !== undefined

  test.each(ofType('block_actions').filter(([, payload]) => isLikeOurs(payload)))('a click: %s', (_, payload) => {
    const { user, trigger_id, channel, container, actions } = payload
    const { action_id, action_ts, value } = actions[0]
    expect(given(clickPayload.parse(payload))).toEqual(
      given({
        type: 'block_actions',
        user: { id: user.id },
        trigger_id,
        channel: { id: channel.id },
        container: { message_ts: container.message_ts, thread_ts: container.thread_ts },
        actions: [{ action_id, action_ts, value }],
      }),
    )
  })

  test.runIf(there).each(ofType('block_actions').filter(([, payload]) => !isLikeOurs(payload)))('no click of ours: %s', (_, payload) => {
    expect(clickPayload.safeParse(payload).success).toBe(false)
  })

  test.each(ofType('view_submission'))('a modal that was sent: %s', (_, payload) => {
    const { user, trigger_id, view } = payload
    const read = submitPayload.parse(payload)
    expect(read).toMatchObject({ user: { id: user.id }, trigger_id, view: { id: view.id, private_metadata: view.private_metadata } })
    expect(read.view.blocks.map(({ block_id, label }) => [block_id, label?.text])).toEqual(
      view.blocks.map((block: Recording) => [block.block_id, block.label?.text]),
    )
    const typed = (values: object) =>
      Object.entries(values).map(([id, elements]) => [
        id,
        Object.entries<Recording>(elements).map(([action, one]) => [action, one.value ?? one.selected_option?.value]),
      ])
    expect(typed(read.view.state.values)).toEqual(typed(view.state.values))
  })

  test.runIf(there).each(RECORDED.filter(([, payload]) => 'command' in payload))('a command: %s', (_, payload) => {
    const { user_id, channel_id, trigger_id, text } = payload
    expect(commandPayload.parse(payload)).toEqual({ user_id, channel_id, trigger_id, text })
  })

  test.runIf(there).each(ofType('message_action'))('a shortcut at a message: %s', (_, payload) => {
    const { user, channel, message } = payload
    expect(shortcutPayload.parse(payload)).toEqual({
      type: 'message_action',
      user: { id: user.id },
      channel: { id: channel.id },
      message: { text: message.text, files: [], attachments: [] },
    })
  })

  /** An event's id was taken out of some recordings. */
  const asSent = (payload: Recording): Recording => ({ event_id: 'Ev1', ...payload })
  const said = ({ event }: Recording) => ({
    user: event.user,
    channel: event.channel,
    text: event.text,
    thread_ts: event.thread_ts,
    files: (event.files ?? []).map(({ name, size, mimetype, url_private, url_private_download }: Recording) => ({
      name,
      size,
      mimetype,
      url_private,
      url_private_download,
    })),
  })

  test.runIf(there).each(eventsOf('app_mention'))('a mention: %s', (_, payload) => {
    const { event_id, event } = mentionEvent.parse(asSent(payload))
    expect([event_id, given(said({ event }))]).toEqual([asSent(payload).event_id, given(said(payload))])
  })

  test.runIf(there).each(eventsOf('message'))('a message: %s', (_, payload) => {
    const { subtype, channel_type } = payload.event
    const isNew = subtype === undefined || subtype === 'file_share'
    expect(messageEvent.safeParse(asSent(payload)).success).toBe(isNew && channel_type === 'im')
    // As if it had been said to the bot alone.
    const alone = messageEvent.safeParse({ ...asSent(payload), event: { ...payload.event, channel_type: 'im' } })
    expect(alone.success).toBe(isNew)
    if (alone.success) expect(given(said(alone.data))).toEqual(given(said(payload)))
  })

  test.runIf(there).each(ofType('event_callback').filter(([, { event_id }]) => event_id !== undefined))('any event: %s', (_, payload) => {
    expect(eventPayload.parse(payload)).toEqual({ event_id: payload.event_id })
  })
})

/** Of the answers only the shape was recorded: texts are empty, ids are made of zeros. */
describe.runIf(there)('what Slack really answered once is read', () => {
  const answer = (method: string): Recording => ({ ...json(join(ROOT ?? '', 'slack/api-responses', `${method}.json`)), ok: true })
  let peer: SlackPeer
  beforeAll(async () => {
    peer = await startSlackPeer({ people: PEOPLE, channels: ['patch-team'] })
  })
  afterAll(() => peer.close())

  test.each(['users.info', 'users.lookupByEmail'])('an account, by %s', (method) => {
    const { user } = answer(method)
    const { profile, ...read } = slackUser.parse(user)
    expect(user).toMatchObject(given({ ...read, is_stranger: undefined }) as object)
    expect(profile).toEqual({ email: user.profile.email })
  })

  test('who we are, who somebody is, and the members of a group', async () => {
    const { user } = answer('users.info')
    peer.proxy.serve('auth.test', () => answer('auth.test'))
    peer.proxy.serve('users.info', () => {
      return { ok: true, user: { ...user, real_name: 'Dana', is_email_confirmed: true, profile: { ...user.profile, email: DANA } } }
    })
    peer.proxy.serve('usergroups.users.list', () => ({ ...answer('usergroups.users.list'), users: [peer.user(DANA)] }))
    const bot = await startBot(peer, 'http')
    bot.groups = ['S0SECURITY']
    await peer.command(DANA, peer.channel('patch-team'), 'status')
    await bot.slack.close()
    expect(bot.accounts).toMatchObject([{ id: peer.user(DANA), name: 'Dana', email: DANA, groups: ['S0SECURITY'] }])
    expect(bot.slack.home.urlOf({ place: 'C1', message: '1.2' })).toBe(`${answer('auth.test').url}archives/C1/p12`)
  })

  test('whether the bot is in a channel, and whether a connection can be opened', async () => {
    for (const method of ['conversations.info', 'apps.connections.open']) peer.proxy.serve(method, () => answer(method))
    const facts = await inspectSlack(peer.socketConfig, [{ name: 'patch-team', ref: 'C1' }])
    expect(facts).toMatchObject({ appToken: null, places: [{ state: { channel: '', is: 'not joined' } }] })
  })
})

describe.runIf(there).each(MODES)('what Slack really sent once, by %s', (mode) => {
  let peer: SlackPeer
  let bot: SlackBot
  beforeAll(async () => {
    peer = await startSlackPeer({ people: PEOPLE, channels: ['patch-team'] })
    bot = await startBot(peer, mode)
  })
  afterAll(async () => {
    await bot.slack.close()
    await peer.close()
  })

  const deliver = (payload: Payload) => {
    if (payload.type === 'event_callback') return peer.event(payload.event as object, { event_id: String(payload.event_id) })
    if ('command' in payload) return peer.send({ ...(payload as Record<string, string>), response_url: `${peer.proxy.url}/response/U1` })
    return peer.send({ payload: JSON.stringify({ ...payload, response_url: `${peer.proxy.url}/response/U1`, response_urls: [] }) })
  }

  test.each(
    there ? files().map((file) => [file.replace(ROOT ?? '', ''), file] as const) : [],
  )('%s is understood, or let be', async (_, file) => {
    for (const payload of payloadsIn(json(file))) expect((await deliver(payload)).status).toBe(200)
    await bot.slack.idle()
    expect(bot.intents).toEqual([])
    expect(await peer.command(DANA, peer.channel('patch-team'), 'status')).toMatchObject({ status: 200 })
    expect(bot.intents.splice(0)).toHaveLength(1)
  })

  test('the recordings have been seen', () => {
    const kinds = RECORDED.map(([, { type, event, command }]) => event?.type ?? type ?? command)
    expect(kinds).toEqual(
      expect.arrayContaining(['app_mention', 'message', 'block_actions', 'view_submission', 'message_action', '/test-feedback']),
    )
  })
})
