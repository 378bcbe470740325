import { createHmac, randomBytes } from 'node:crypto'
import type { types } from '@slack/bolt'
import { createEmulator } from 'emulate'
import { z } from 'zod'
import type { SlackOptions } from '../../adapters/slack/index.ts'
import { type ProxiedRequest, type SlackProxy, startProxy } from './slack-proxy.ts'
import { type SlackSocket, startSlackSocket } from './slack-socket.ts'

export const BOT_TOKEN = 'xoxb-patchcrier-test'
export const APP_TOKEN = 'xapp-patchcrier-test'
export const SIGNING_SECRET = 'a-signing-secret-for-tests-only'
const BOT_USER = 'UBOT'
/** For looking at what people see: the emulator allows each token 5,000 calls an hour, and those are the adapter's. */
const LOOK_TOKEN = 'xoxb-patchcrier-look'

export interface SlackMessage {
  readonly ts: string
  readonly thread_ts?: string | undefined
  readonly text: string
  readonly blocks: readonly types.KnownBlock[]
  readonly metadata?: { readonly event_payload: Readonly<Record<string, unknown>> } | undefined
}

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface Whisper {
  readonly channel: string
  readonly user: string
  readonly thread: string | undefined
  readonly text: string
  readonly blocks: readonly types.KnownBlock[]
}

export interface OpenedView {
  readonly id: string
  readonly view: types.ModalView
}

/** Slack as this machine has it: the emulator, a proxy before it that records and fails, and people who press buttons. */
export interface SlackPeer {
  /** What the adapter takes for Slack. */
  readonly apiUrl: string
  readonly config: SlackOptions['config']
  /** The same by Socket Mode. */
  readonly socketConfig: SlackOptions['config']
  readonly proxy: SlackProxy
  readonly socket: SlackSocket
  /** Where requests go: the adapter's url, signed; null: over its socket. */
  connect(url: string | null): void
  channel(name: string): string
  user(email: string): string
  /** What people see in a channel, oldest first, replies included. */
  messages(channel: string): Promise<SlackMessage[]>
  /** What one person was shown privately so far, answers to commands included. */
  whispers(email: string): Whisper[]
  /** The next private message to this person from now on. */
  nextWhisper(email: string): Promise<Whisper>
  /** Presses a button, found by its label or action id in the stored message (or in a private one, given as such). */
  click(email: string, channel: string, message: string | Whisper, button: string): Promise<Answer>
  /** Presses a button that has a form and waits for the modal. */
  openForm(email: string, channel: string, message: string | Whisper, button: string): Promise<OpenedView>
  /** Sends the modal with these values by field id. `errors` are shown at the fields; null: the modal closed. */
  submit(
    email: string,
    opened: OpenedView,
    values: Readonly<Record<string, string>>,
  ): Promise<{ status: number; errors: Record<string, string> | null }>
  command(email: string, channel: string, text: string): Promise<Answer>
  /** The conversation of a person with the bot. */
  direct(email: string): Promise<string>
  /** An event as Slack sends it. `more` goes beside it, e.g. the `event_id` of one that is sent again. */
  event(event: object, more?: { readonly event_id?: string; readonly retry?: number }): Promise<Answer>
  /** The shortcut "Is this real?" at a message. */
  shortcut(email: string, channel: string, message: object, callback?: string): Promise<Answer>
  /** The page that a person sees under the bot's name; null: none was published. */
  home(email: string): types.HomeView | null
  /** The raw edge: sends a form body as Slack would; what is given differently is sent differently. */
  send(form: Readonly<Record<string, string>>, edge?: { secret?: string; atSeconds?: number }): Promise<Answer>
  /** The form body of the last request that was sent, for exact replays. */
  lastSent(): Readonly<Record<string, string>>
  close(): Promise<void>
}

export interface PeerOptions {
  readonly people: readonly { readonly name: string; readonly email: string }[]
  readonly channels: readonly string[]
}

/** Starts everything on loopback. Ids of users and channels are the emulator's own. */
export async function startSlackPeer(options: PeerOptions): Promise<SlackPeer> {
  const emulator = await createEmulator({ service: 'slack', port: 0, seed: { slack: seed(options) } })
  const target = `http://127.0.0.1:${new URL(emulator.url).port}`
  const proxy = await startProxy(target)
  const socket = await startSlackSocket()
  proxy.rewrite('files.getUploadURLExternal', (answer) => ({
    ...answer,
    upload_url: `${answer.upload_url}`.replace(/^https?:\/\/[^/]+/, proxy.url),
  }))
  proxy.serve('apps.connections.open', () => ({ ok: true, url: socket.url }))
  proxy.serve('usergroups.users.list', () => ({ ok: false, error: 'no_such_subteam' }))
  const slack = directory(target)
  const users = new Map(
    (await slack('users.list', {}, z.object({ members: z.array(member) }))).members.map((one) => [one.profile.email, one.id]),
  )
  const rooms = new Map(
    (await slack('conversations.list', { limit: '200' }, z.object({ channels: z.array(room) }))).channels.map((one) => [one.name, one.id]),
  )
  const user = (email: string): string => known(users, email)
  let edge: string | null = ''
  let sent: Readonly<Record<string, string>> = {}

  const signed = async (body: string, type: string, more: object = {}, { secret = SIGNING_SECRET, atSeconds = nowInSeconds() } = {}) => {
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${atSeconds}:${body}`).digest('hex')}`
    const headers = { 'content-type': type, 'x-slack-request-timestamp': String(atSeconds), 'x-slack-signature': signature, ...more }
    const response = await fetch(`${edge}`, { method: 'POST', headers, body })
    return { status: response.status, body: await response.text() }
  }
  const overSocket = async (...envelope: Parameters<SlackSocket['deliver']>): Promise<Answer> => {
    const { payload } = await socket.deliver(...envelope)
    return { status: 200, body: Object.keys(payload).length === 0 ? '' : JSON.stringify(payload) }
  }
  const send: SlackPeer['send'] = async (form, how) => {
    sent = form
    if (edge !== null) return signed(new URLSearchParams(form).toString(), 'application/x-www-form-urlencoded', {}, how)
    return form.payload === undefined ? overSocket('slash_commands', form) : overSocket('interactive', JSON.parse(form.payload))
  }
  const event: SlackPeer['event'] = async (inner, { event_id = `Ev${randomBytes(6).toString('hex')}`, retry } = {}) => {
    const payload = { type: 'event_callback', team_id: 'T000000001', api_app_id: 'A1', event_id, event_time: nowInSeconds(), event: inner }
    if (edge === null)
      return overSocket('events_api', payload, retry === undefined ? {} : { retry_attempt: retry, retry_reason: 'timeout' })
    const again = retry === undefined ? {} : { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' }
    return signed(JSON.stringify(payload), 'application/json', again)
  }
  const interact = (payload: object) => send({ payload: JSON.stringify(payload) })
  const trigger = async (email: string) =>
    (await slack('views.generateTriggerId', { user_id: user(email) }, z.object({ trigger_id: z.string() }))).trigger_id
  const directs = new Map<string, string>()
  const heard = (request: ProxiedRequest, email: string): Whisper[] => whisperIn(request, user(email), directs.get(email))
  const whispers = (email: string): Whisper[] => proxy.requests.flatMap((request) => heard(request, email))

  const messages = async (channel: string): Promise<SlackMessage[]> => {
    const page = z.object({ messages: z.array(message) })
    const roots = (await slack('conversations.history', { channel, limit: '1000' }, page)).messages
    const threads = await Promise.all(
      roots.filter((root) => root.reply_count > 0).map((root) => slack('conversations.replies', { channel, ts: root.ts }, page)),
    )
    const alone = roots.filter((root) => root.reply_count === 0)
    return [...alone, ...threads.flatMap((thread) => thread.messages)].sort((a, b) => (a.ts < b.ts ? -1 : 1)) as SlackMessage[]
  }

  const click: SlackPeer['click'] = async (email, channel, where, wanted) => {
    const pressed = typeof where === 'string' ? (await messages(channel)).find((one) => one.ts === where) : where
    if (pressed === undefined) throw new Error(`no message ${String(where)} in ${channel}`)
    const button = buttonOf(pressed.blocks, wanted)
    const ts = 'ts' in pressed ? pressed.ts : '1.000001'
    const thread = 'ts' in pressed ? pressed.thread_ts : pressed.thread
    return interact({
      type: 'block_actions',
      user: { id: user(email), team_id: 'T000000001' },
      api_app_id: 'A1',
      team: { id: 'T000000001', domain: 'test' },
      channel: { id: channel, name: 'channel' },
      container: {
        type: 'message',
        message_ts: ts,
        channel_id: channel,
        is_ephemeral: !('ts' in pressed),
        ...(thread ? { thread_ts: thread } : {}),
      },
      trigger_id: await trigger(email),
      response_url: `${proxy.url}/response`,
      actions: [{ ...button, block_id: 'b', action_ts: `${Date.now() / 1000}` }],
    })
  }

  return {
    apiUrl: `${proxy.url}/api/`,
    config: { botToken: BOT_TOKEN, requests: { by: 'http', signingSecret: SIGNING_SECRET, port: 0 }, apiUrl: `${proxy.url}/api/` },
    socketConfig: { botToken: BOT_TOKEN, requests: { by: 'socket', appToken: APP_TOKEN }, apiUrl: `${proxy.url}/api/` },
    proxy,
    socket,
    connect: (url) => {
      edge = url
    },
    channel: (name) => known(rooms, name),
    user,
    messages,
    whispers,
    nextWhisper: async (email) => {
      const request = await proxy.next((one) => heard(one, email).length > 0)
      return heard(request, email)[0] as Whisper
    },
    click,
    async openForm(email, channel, where, wanted) {
      const answered = proxy.next((one) => one.method === 'views.open' || heard(one, email).length > 0)
      await click(email, channel, where, wanted)
      const request = await answered
      const opened = openedIn(request)
      if (opened === null) throw new Error(`no form opened: ${JSON.stringify(request.body)}`)
      return opened
    },
    async submit(email, opened, values) {
      const view = { ...opened.view, id: opened.id, team_id: 'T000000001', hash: '1.abc', state: { values: stateOf(opened.view, values) } }
      const sender = { id: user(email), team_id: 'T000000001' }
      const payload = {
        type: 'view_submission',
        user: sender,
        team: { id: 'T000000001' },
        api_app_id: 'A1',
        trigger_id: await trigger(email),
        view,
      }
      const { status, body } = await interact(payload)
      return { status, errors: body === '' ? null : z.object({ errors: z.record(z.string(), z.string()) }).parse(JSON.parse(body)).errors }
    },
    command: async (email, channel, text) =>
      send({
        command: '/patch',
        text,
        user_id: user(email),
        channel_id: channel,
        team_id: 'T000000001',
        trigger_id: await trigger(email),
        // The person's id is in the address, because an answer to it names nobody.
        response_url: `${proxy.url}/response/${user(email)}`,
      }),
    direct: async (email) => {
      const opened = await slack('conversations.open', { users: user(email) }, z.object({ channel: z.object({ id: z.string() }) }))
      directs.set(email, opened.channel.id)
      return opened.channel.id
    },
    event,
    shortcut: async (email, channel, message, callback = 'is_this_real') =>
      interact({
        type: 'message_action',
        callback_id: callback,
        trigger_id: await trigger(email),
        action_ts: `${Date.now() / 1000}`,
        team: { id: 'T000000001' },
        user: { id: user(email), team_id: 'T000000001' },
        channel: { id: channel, name: 'channel' },
        message_ts: '1.000001',
        message,
        response_url: `${proxy.url}/response/${user(email)}`,
      }),
    home: (email) => {
      const shown = proxy.requests.filter(({ method, body }) => method === 'views.publish' && body.user_id === user(email)).at(-1)
      return shown === undefined ? null : (JSON.parse(shown.body.view ?? '') as types.HomeView)
    },
    send,
    lastSent: () => sent,
    async close() {
      await socket.close()
      await proxy.close()
      await emulator.close()
    },
  }
}

const nowInSeconds = (): number => Math.floor(Date.now() / 1000)

const seed = ({ people, channels }: PeerOptions) => ({
  signing_secret: SIGNING_SECRET,
  team: { name: 'Test' },
  users: people,
  channels: channels.map((name) => ({ name })),
  oauth_apps: [
    {
      app_id: 'A1',
      client_id: randomBytes(8).toString('hex'),
      client_secret: randomBytes(8).toString('hex'),
      name: 'Patchcrier',
      redirect_uris: [],
      bot_id: 'B1',
      bot_user_id: BOT_USER,
      bot_name: 'patchcrier',
    },
  ],
  tokens: [BOT_TOKEN, LOOK_TOKEN].map((token) => ({
    token,
    type: 'bot',
    user_id: BOT_USER,
    bot_id: 'B1',
    bot_user_id: BOT_USER,
    app_id: 'A1',
  })),
})

const member = z.object({ id: z.string(), profile: z.object({ email: z.string() }) })
const room = z.object({ id: z.string(), name: z.string() })
const message = z.object({
  ts: z.string(),
  thread_ts: z.string().optional(),
  text: z.string(),
  reply_count: z.number().default(0),
  blocks: z.array(z.looseObject({ type: z.string() })).default([]),
  metadata: z.object({ event_payload: z.record(z.string(), z.unknown()) }).optional(),
})

/** Asks the emulator directly, past the proxy: what people see, not what the adapter does. */
function directory(target: string) {
  return async <T>(method: string, body: Readonly<Record<string, string>>, schema: z.ZodType<T>): Promise<T> => {
    const headers = { authorization: `Bearer ${LOOK_TOKEN}` }
    const response = await fetch(`${target}/api/${method}`, { method: 'POST', headers, body: new URLSearchParams(body) })
    return schema.parse(await response.json())
  }
}

function known(map: ReadonlyMap<string, string>, name: string): string {
  const id = map.get(name)
  if (id === undefined) throw new Error(`${name} is not in the emulated workspace`)
  return id
}

function buttonOf(blocks: readonly types.KnownBlock[], wanted: string): types.Button {
  const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : [])).filter((element) => element.type === 'button')
  const button = buttons.find((one) => one.text.text === wanted || one.action_id === wanted)
  if (button === undefined) throw new Error(`no button ${wanted}; there are: ${buttons.map((one) => one.text.text).join(', ') || 'none'}`)
  return button
}

/** `view.state.values` as Slack makes it: every input of the view, empty ones null. */
function stateOf(view: types.ModalView, values: Readonly<Record<string, string>>) {
  const inputs = view.blocks.filter((block): block is types.InputBlock => block.type === 'input')
  const unknown = Object.keys(values).filter((id) => !inputs.some((block) => block.block_id === id))
  if (unknown.length > 0) throw new Error(`no such field in the modal: ${unknown.join(', ')}`)
  return Object.fromEntries(
    inputs.map((block) => [block.block_id ?? '', { [block.element.action_id ?? '']: typed(block, values[block.block_id ?? '']) }]),
  )
}

function typed({ element }: types.InputBlock, value: string | undefined): object {
  if (element.type !== 'static_select') {
    const initial = element.type === 'plain_text_input' ? element.initial_value : undefined
    return { type: element.type, value: value ?? initial ?? null }
  }
  const option = value === undefined ? element.initial_option : element.options?.find((one) => one.value === value)
  if (value !== undefined && option === undefined) throw new Error(`${value} cannot be chosen`)
  return { type: element.type, selected_option: option ?? null }
}

/** The modal that a request opened; null when it is another request, or was refused. */
export function openedIn({ method, body, answer }: ProxiedRequest): OpenedView | null {
  if (method !== 'views.open') return null
  const { view } = z.object({ view: z.object({ id: z.string() }).optional() }).parse(JSON.parse(answer))
  return view === undefined ? null : { id: view.id, view: JSON.parse(body.view ?? '') as types.ModalView }
}

/** A private message in a request: an ephemeral one, an answer to a command's own address, or one to the person alone. */
function whisperIn(
  request: { method: string; body: Readonly<Record<string, string>> },
  user: string,
  direct: string | undefined,
): Whisper[] {
  const { method, body } = request
  const alone = method === 'chat.postMessage' && (body.channel === user || (direct !== undefined && body.channel === direct))
  const toUser = alone || (method === 'chat.postEphemeral' ? body.user === user : method === `response/${user}`)
  if (!toUser) return []
  const blocks = JSON.parse(body.blocks ?? '[]') as types.KnownBlock[]
  return [{ channel: body.channel ?? '', user, thread: body.thread_ts, text: body.text ?? '', blocks }]
}
