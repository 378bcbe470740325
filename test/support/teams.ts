import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { TeamsSettings } from '../../adapters/teams/index.ts'
import { type Playground, type ShownMessage, startPlayground } from './playground.ts'
import { type Forgery, KEYS, tokenFor } from './teams-token.ts'

export const APP_ID = '11111111-2222-3333-4444-555555555555'
export const TENANT = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'
export const PASSWORD = 'a-client-secret-for-tests-only'
const BOT_TOKEN = 'the-bots-own-token'

export interface TeamsPerson {
  readonly id: string
  readonly name: string
  readonly email: string
}

/** One request of the bot to Teams. */
export interface TeamsRequest {
  readonly method: string
  /** Decoded, from `v3/` on. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly status: number
}

/** What goes wrong with the next requests that match: an answer instead of Teams', or a connection cut before or after Teams had it. */
export interface TeamsFault {
  readonly on: RegExp
  /** Something in what the bot sends. */
  readonly body?: RegExp
  readonly answer?: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  readonly cut?: 'before' | 'after'
}

export interface Answered {
  readonly status: number
  readonly body: unknown
}

/** Teams as this machine has it: playgrounds, Microsoft's issuer of tokens, and between them and the bot a proxy that signs, records and fails. */
export interface TeamsPeer {
  readonly config: TeamsSettings
  readonly serviceUrl: string
  readonly playgrounds: readonly Playground[]
  readonly requests: readonly TeamsRequest[]
  /** What Teams says about an account, beside the ordinary. */
  readonly unusual: Map<string, Readonly<Record<string, unknown>> | null>
  /** Files by name, at the origin that files may be fetched from. */
  readonly files: Map<string, Uint8Array>
  connect(url: string): void
  /** Messages of a channel or chat with their threads, oldest first, as they are shown now. */
  messages(conversation: string): readonly ShownMessage[]
  /** Cards that an account was shown alone. */
  whispers(account: string): readonly unknown[]
  fail(fault: TeamsFault): void
  /** Teams answers nothing that the bot sends from now on until this is done. */
  hold(until: Promise<void>): void
  /** How often the bot asked for a token. */
  signIns(): number
  /** Presses a button in a playground, as one of the people. */
  press(account: string, message: ShownMessage, data: object): Promise<{ readonly type: string; readonly value: unknown }>
  /** Straight to the bot, with a token of the channel's or a forged one. */
  send(activity: object, forgery?: Forgery | 'no token'): Promise<Answered>
  /** What stands in every activity of an account in a conversation. */
  activity(account: string, conversation: string, more: object): object
  /** The last activity that a playground sent, as the bot got it. */
  lastActivity(): object
  /** Resolves when the bot has answered the next activity of a playground. */
  nextDelivery(): Promise<void>
  close(): Promise<void>
}

export const accountOf = (person: string): string => `29:${person}`

/** The private chat with somebody. */
export const chatWith = (account: string): string => `a:${account}`

/** Names of the conversations of the n-th playground. */
export const conversationsOf = (n: number) => ({
  team: `19:team${n}@thread.tacv2`,
  channel: `19:channel${n}@thread.tacv2`,
  group: `19:group${n}@thread.v2`,
})

export async function startTeamsPeer(people: readonly TeamsPerson[], { playgrounds: count = 1 } = {}): Promise<TeamsPeer> {
  let bot = ''
  /** Whom the next activities of a playground come from: it knows six people only. */
  let acting: TeamsPerson | null = null
  let signIns = 0
  const requests: TeamsRequest[] = []
  const faults: TeamsFault[] = []
  let held: Promise<void> | null = null
  const unusual: TeamsPeer['unusual'] = new Map()
  const files: TeamsPeer['files'] = new Map()
  const chats = new Map<string, string>()
  const waiting: (() => void)[] = []
  let last: object = {}
  const playgrounds: Playground[] = []

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.writeHead(500).end(String(error)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const serviceUrl = `${origin}/service/`

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request)
    const path = decodeURIComponent((request.url ?? '').slice(1))
    const json = (value: unknown, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (path === 'openid') return void json({ issuer: 'https://api.botframework.com', jwks_uri: `${origin}/keys` })
    if (path === 'keys') return void json(KEYS)
    if (path.startsWith('login/')) {
      const wrong = wrongWith(`${request.method} ${path}`, body)
      if (wrong?.cut) return void request.socket.destroy()
      if (wrong?.answer) return void response.writeHead(wrong.answer.status, wrong.answer.headers).end(wrong.answer.body)
      return void json(...signIn(path, new URLSearchParams(body)))
    }
    if (path.startsWith('files/')) return void response.writeHead(files.has(path.slice(6)) ? 200 : 404).end(files.get(path.slice(6)))
    if (path.startsWith('in/')) return fromPlayground(body, response)
    if (path.startsWith('service/')) return fromBot(request, response, path.slice('service/'.length), body)
    response.writeHead(404).end()
  }

  /** The next thing that is to go wrong with such a request; it goes wrong once. */
  function wrongWith(call: string, text: string): TeamsFault | undefined {
    const fault = faults.findIndex((one) => one.on.test(call) && (one.body?.test(text) ?? true))
    return fault < 0 ? undefined : faults.splice(fault, 1)[0]
  }

  function signIn(path: string, form: URLSearchParams): [unknown, number] {
    signIns += 1
    if (path !== `login/${TENANT}/oauth2/v2.0/token`) return [{ error: 'invalid_request', error_codes: [90002] }, 400]
    if (form.get('client_id') !== APP_ID) return [{ error: 'unauthorized_client', error_codes: [700016] }, 400]
    if (form.get('client_secret') !== PASSWORD) return [{ error: 'invalid_client', error_codes: [7000215] }, 401]
    return [{ token_type: 'Bearer', expires_in: 3600, access_token: BOT_TOKEN }, 200]
  }

  /** An activity of a playground, signed as the channel would. */
  async function fromPlayground(body: string, response: ServerResponse): Promise<void> {
    const said = JSON.parse(body) as { from: object }
    const from = acting === null ? said.from : { id: accountOf(acting.id), name: acting.name }
    last = { ...said, from, serviceUrl }
    const answer = await deliver(last)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text)
    for (const resolve of waiting.splice(0)) resolve()
  }

  async function deliver(activity: object, forgery?: Forgery | 'no token'): Promise<{ status: number; text: string }> {
    const authorization = forgery === 'no token' ? {} : { authorization: `Bearer ${tokenFor(APP_ID, serviceUrl, forgery)}` }
    const headers = { 'content-type': 'application/json', ...authorization }
    const response = await fetch(bot, { method: 'POST', headers, body: JSON.stringify(activity) })
    return { status: response.status, text: await response.text() }
  }

  /** A request of the bot: some are answered here, the others go on to the playground that has the conversation. */
  async function fromBot(request: IncomingMessage, response: ServerResponse, path: string, text: string): Promise<void> {
    await held
    const method = request.method ?? ''
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    const wrong = wrongWith(`${method} ${path}`, text)
    if (wrong?.cut === 'before') return void request.socket.destroy()
    const answer =
      wrong?.answer ?? (request.headers.authorization === `Bearer ${BOT_TOKEN}` ? await answerTo(method, path, body) : { status: 401 })
    requests.push({ method, path, body, status: answer.status })
    if (wrong?.cut === 'after') return void request.socket.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body)
  }

  type Given = { status: number; headers?: Readonly<Record<string, string>>; body?: string }

  async function answerTo(method: string, path: string, body: Record<string, unknown>): Promise<Given> {
    const [, conversation = '', rest = ''] = /^v3\/conversations\/([^/]+)\/(.*)$/.exec(path) ?? []
    const json = (value: unknown, status = 200): Given => ({ status, body: JSON.stringify(value) })
    if (rest.startsWith('pagedmembers'))
      return json({ members: people.map((one) => memberOf(accountOf(one.id))).filter((one) => one !== null) })
    if (rest.startsWith('members/')) {
      const member = memberOf(rest.slice('members/'.length))
      return member === null ? json({ error: { code: 'MemberNotFoundInConversation' } }, 404) : json(member)
    }
    if (path === 'v3/conversations' && body.isGroup === false) return json({ id: chatOf(body) }, 201)
    const account = [...chats].find(([, chat]) => chat === conversation)?.[0]
    if (account !== undefined && account !== accountOf(people[0]?.id ?? '')) return json({ id: `${Date.now()}${requests.length}` }, 201)
    return forward(method, path, body, account === undefined ? conversation : `a:${account}`)
  }

  function chatOf(body: Record<string, unknown>): string {
    const account = z.object({ members: z.tuple([z.object({ id: z.string() })]) }).parse(body).members[0].id
    const chat = chatWith(account)
    chats.set(account, chat)
    return chat
  }

  function memberOf(account: string): Readonly<Record<string, unknown>> | null {
    const person = people.find(({ id }) => accountOf(id) === account)
    const said = unusual.get(account)
    if (said === null || (person === undefined && said === undefined)) return null
    const known = person === undefined ? {} : { name: person.name, email: person.email, userPrincipalName: person.email }
    return { id: account, aadObjectId: `aad-${account}`, tenantId: TENANT, userRole: 'user', ...known, ...said }
  }

  async function forward(method: string, path: string, body: Record<string, unknown>, conversation: string): Promise<Given> {
    const channel = z.object({ channelData: z.object({ channel: z.object({ id: z.string() }) }) }).safeParse(body).data?.channelData
      .channel.id
    const playground = playgrounds[instanceOf(channel ?? conversation)] ?? playgrounds[0]
    const url = `${playground?.url}/_connector/${path.split('/').map(encodeURIComponent).join('/')}`
    const response = await fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    return { status: response.status, body: await response.text() }
  }

  const six = (n: number) => [...people.slice(n), ...people, ...people].slice(0, 6)
  for (let n = 0; n < count; n++) {
    const { team, channel, group } = conversationsOf(n)
    playgrounds.push(
      await startPlayground({
        appId: APP_ID,
        tenantId: TENANT,
        people: six(0).map((one, i) => ({
          ...one,
          id: people.length >= 6 ? accountOf(one.id) : `${accountOf(one.id)}${i >= people.length ? `-${i}` : ''}`,
        })),
        team: { id: team, name: 'Patch team' },
        channel: { id: channel, name: 'Announcements' },
        group: { id: group, name: 'Management' },
        endpoint: `${origin}/in/api/messages`,
      }),
    )
  }

  const peer: TeamsPeer = {
    config: {
      appId: APP_ID,
      tenantId: TENANT,
      password: PASSWORD,
      microsoft: { serviceUrl, keysUrl: `${origin}/openid`, loginUrl: `${origin}/login/`, fileOrigin: origin },
    },
    serviceUrl,
    playgrounds,
    requests,
    unusual,
    files,
    connect: (url) => {
      bot = url
    },
    messages: (conversation) =>
      playgrounds.flatMap(({ messages }) => [...messages.values()]).filter((one) => one.conversation.split(';')[0] === conversation),
    whispers: (account) =>
      requests
        .filter(
          ({ method, path, status }) => method === 'POST' && status < 300 && path === `v3/conversations/${chatWith(account)}/activities`,
        )
        .map(({ body }) => contentOf(body)),
    fail: (fault) => void faults.push(fault),
    hold: (until) => {
      held = until
    },
    signIns: () => signIns,
    press: async (account, message, data) => {
      acting = people.find(({ id }) => accountOf(id) === account) ?? null
      const playground = playgrounds[instanceOf(message.conversation)]
      const conversation = {
        id:
          message.conversation.includes('@thread.tacv2') && !message.conversation.includes(';')
            ? `${message.conversation};messageid=${message.id}`
            : message.conversation,
      }
      const from = { id: accountOf(people[0]?.id ?? '') }
      const answer = await playground?.invoke({
        name: 'adaptiveCard/action',
        from,
        conversation,
        replyToId: message.id,
        value: { action: { type: 'Action.Execute', data }, trigger: 'manual' },
      })
      acting = null
      return z.object({ type: z.string(), value: z.unknown() }).parse(answer)
    },
    send: async (activity, forgery) => {
      const { status, text } = await deliver(activity, forgery)
      return { status, body: text === '' ? null : JSON.parse(text) }
    },
    activity: (account, conversation, more) => ({
      id: `f:${crypto.randomUUID()}`,
      channelId: 'msteams',
      serviceUrl,
      from: { id: account },
      recipient: { id: `28:${APP_ID}` },
      conversation: { id: conversation, tenantId: TENANT },
      channelData: { tenant: { id: TENANT } },
      ...more,
    }),
    lastActivity: () => last,
    nextDelivery: () => new Promise((resolve) => void waiting.push(resolve)),
    close: async () => {
      await Promise.all(playgrounds.map((one) => one.close()))
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return peer
}

const instanceOf = (conversation: string): number => Number(/^19:(?:team|channel|group)(\d)/.exec(conversation)?.[1] ?? 0)

const contentOf = (body: Readonly<Record<string, unknown>>): unknown =>
  z.object({ attachments: z.tuple([z.object({ content: z.unknown() })]) }).parse(body).attachments[0].content

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
