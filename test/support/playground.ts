import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'

/** Who and what is in the playground's organisation. It has room for six people, two channels and a group chat. */
export interface PlaygroundOptions {
  readonly appId: string
  readonly tenantId: string
  /** The first one is who looks. */
  readonly people: readonly { readonly id: string; readonly name: string; readonly email: string }[]
  readonly team: { readonly id: string; readonly name: string }
  readonly channel: { readonly id: string; readonly name: string }
  readonly group: { readonly id: string; readonly name: string }
  /** Where it sends what people do. */
  readonly endpoint: string
}

/** Microsoft's Agents Playground, a client of Teams as this machine has it. */
export interface Playground {
  readonly url: string
  /** What people see, oldest first, each as it is shown now. */
  readonly messages: ReadonlyMap<string, ShownMessage>
  invoke(body: object): Promise<unknown>
  say(conversation: string, body: object): Promise<void>
  /** Any activity, as it is. */
  custom(body: object): Promise<void>
  close(): Promise<void>
}

export interface ShownMessage {
  readonly id: string
  readonly conversation: string
  readonly card: unknown
}

const PACKAGE = new URL('../../node_modules/@microsoft/m365agentsplayground/cli.js', import.meta.url).pathname
/** Half a minute: a loaded machine is slow to start it. */
const TRIES = 600

export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const folder = await mkdtemp(join(tmpdir(), 'playground-'))
  const config = join(folder, 'config.yml')
  await writeFile(config, stringify(configOf(options)))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [PACKAGE, 'start', '-p', `${port}`, '--disable-telemetry'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      TEAMSAPPTESTER_BROWSER: 'none',
      BOT_ENDPOINT: options.endpoint,
      M365_AGENTS_PLAYGROUND_CONFIG_PATH: config,
      M365_AGENTS_PLAYGROUND_LOGFILE: join(folder, 'log'),
    },
  })
  await ready(child, url)
  const messages = new Map<string, ShownMessage>()
  const stream = await follow(url, messages)
  const post = (path: string, body: object): Promise<unknown> => ask(`${url}${path}`, body)
  return {
    url,
    messages,
    invoke: (body) => post('/_conversation/v1/invoke', body),
    say: async (conversation, body) =>
      void (await post(`/_conversation/v1/conversations/${encodeURIComponent(conversation)}/messages`, body)),
    custom: async (body) => void (await post('/_internal/v1/customActivities', body)),
    close: async () => {
      stream.close()
      await ended(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function configOf({ appId, tenantId, people, team, channel, group }: PlaygroundOptions) {
  const users = people.map(({ id, name, email }) => {
    const [givenName = name, surname = name] = name.split(' ')
    return { id, name, userPrincipleName: email, aadObjectId: `aad-${id}`, givenName, surname, email }
  })
  return {
    version: '0.1.1',
    tenantId,
    bot: { id: `28:${appId}`, name: 'Patchcrier' },
    currentUser: users[0],
    users: users.slice(1),
    personalChat: { id: `a:${users[0]?.id}` },
    groupChat: group,
    team: { ...team, aadGroupId: 'aad-team', channels: [channel] },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  for (let left = TRIES; left > 0; left--) {
    if (child.exitCode !== null) throw new Error(`the playground ended with ${child.exitCode}`)
    const answered = await fetch(`${url}/_debug/ping`).then(
      (response) => response.ok,
      () => false,
    )
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill()
  throw new Error('the playground does not answer')
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const event = z.object({
  action: z.enum(['createMessage', 'updateMessage']),
  actionConversationId: z.string(),
  message: z.object({ messageId: z.string(), attachments: z.array(z.object({ content: z.unknown() })).optional() }),
})

/** What it shows, as its own page is told of it. */
async function follow(url: string, messages: Map<string, ShownMessage>): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/_ws_conversation/v1/conversations/stream`)
  socket.addEventListener('message', ({ data }) => {
    const read = event.safeParse(JSON.parse(String(data))).data
    const card = read?.message.attachments?.[0]?.content
    if (read === undefined || card === undefined) return
    const { messageId: id } = read.message
    // An edit names the channel instead of the thread.
    const conversation = messages.get(id)?.conversation ?? read.actionConversationId
    messages.set(id, { id, conversation, card })
  })
  await once(socket, 'open')
  return socket
}

async function ask(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(`the playground answered ${response.status}: ${text}`)
  return text === '' ? null : JSON.parse(text)
}
