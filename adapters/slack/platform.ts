import { z } from 'zod'
import type { Card } from '../../src/cards/card.ts'
import type { ChatPlatform, Found, MessageRef, Place } from '../../src/ports.ts'
import { ChatError } from '../../src/ports.ts'
import { SLACK_BUDGETS } from './budgets.ts'
import { type Client, call } from './client.ts'
import type { Accounts } from './mentions.ts'
import type { Pictures } from './pictures.ts'
import { type Message, renderCard } from './render/card.ts'

/** Marks our messages, so that they can be found again. Slack keeps it when a message is edited. */
const EVENT = 'patchcrier_post'
const PAGE = 200
/** 10,000 messages. A search that has not seen all by then proves nothing. */
const MOST_PAGES = 50
/** Slack's clock and ours may differ. */
const SLACK_CLOCK_MS = 5 * 60_000

export interface SlackPlatformOptions {
  readonly client: Client
  /** The bot's own user id: only its messages count as ours, whatever metadata another app writes. */
  readonly botUser: string
  readonly accounts: Accounts
  readonly pictures: Pictures
}

/** Slack as a chat platform. A `Place`'s ref and a `MessageRef`'s place are channel ids, its message and thread are Slack's `ts`. */
export function slackPlatform({ client, botUser, accounts, pictures }: SlackPlatformOptions): ChatPlatform {
  /** A picture never stops a message: where Slack refuses the blocks, which leaves no doubt, it is said once more with the picture's words. */
  const drawn = async <T>(card: Card, thread: string | undefined, say: (message: Message) => Promise<T>): Promise<T> => {
    const [mentions, fileOf] = await Promise.all([accounts.mentionsOf(card), pictures(card)])
    const standing = thread === undefined ? 'root' : 'reply'
    const message = renderCard(card, standing, mentions, fileOf)
    try {
      return await say(message)
    } catch (error) {
      if (!isRefused(error) || !message.blocks.some(({ type }) => type === 'image')) throw error
      return say(renderCard(card, standing, mentions))
    }
  }
  const send = async (channel: string, thread: string | undefined, card: Card, key: string): Promise<MessageRef> => {
    const metadata = { event_type: EVENT, event_payload: { key } }
    const sent = await drawn(card, thread, (message) =>
      call('chat.postMessage', () =>
        client.chat.postMessage({ channel, ...threaded(thread), ...SILENT, mrkdwn: false, metadata, ...message }),
      ),
    )
    return { place: sent.channel ?? channel, message: tsOf(sent.ts), ...(thread === undefined ? {} : { thread }) }
  }
  return {
    name: 'slack',
    budgets: SLACK_BUDGETS,
    post: (to, card, key) => send(to.ref, undefined, card, key),
    reply: (to, card, key) => send(to.place, to.thread ?? to.message, card, key),
    async edit(ref, card) {
      await drawn(card, ref.thread, (message) =>
        call('chat.update', () => client.chat.update({ channel: ref.place, ts: ref.message, ...QUIET, ...message })),
      )
    },
    async whisper(to, person, card) {
      const user = await accounts.userOf(person)
      if (user === null) throw new ChatError('REJECTED', `whisper: ${person} has no Slack account that is known here`)
      await whisperTo(client, { channel: to.ref, user }, renderCard(card, 'root', await accounts.mentionsOf(card)))
    },
    find: (to, thread, key, since) => find(client, botUser, { to, thread, key, since }),
  }
}

/** Slack shall look for nothing in the fallback text and unfold no link. `chat.update` would look for mentions unless told not to. */
const QUIET = { parse: 'none', link_names: false } as const
const SILENT = { ...QUIET, unfurl_links: false, unfurl_media: false } as const

const isRefused = (error: unknown): boolean => error instanceof ChatError && error.code === 'REJECTED'

const threaded = (thread: string | undefined) => (thread === undefined ? {} : { thread_ts: thread })

/** Shows a message to one Slack user, in the channel or thread. It is gone when the user reloads: Slack keeps it nowhere. */
export async function whisperTo(
  client: Client,
  to: { channel: string; user: string; thread?: string | undefined },
  message: Message,
): Promise<void> {
  const { channel, user, thread } = to
  await call('chat.postEphemeral', () => client.chat.postEphemeral({ channel, user, ...threaded(thread), ...QUIET, ...message }))
}

/** Says something to one Slack user in the conversation with the bot; a user's id opens it. Kept, unlike a whisper. */
export async function sayDirectly(client: Client, to: { channel: string; thread?: string | undefined }, message: Message): Promise<void> {
  const { channel, thread } = to
  await call('chat.postMessage', () => client.chat.postMessage({ channel, ...threaded(thread), ...SILENT, mrkdwn: false, ...message }))
}

interface Search {
  readonly to: Place
  readonly thread: MessageRef | null
  readonly key: string
  readonly since: Date | undefined
}

const ours = z.object({
  ts: z.string(),
  user: z.string(),
  metadata: z.object({ event_type: z.literal(EVENT), event_payload: z.object({ key: z.string() }) }),
})

/** `absent` only after the whole span was read; `unsearchable` when it is too long. When we may not read it, that is a `ChatError`. */
async function find(client: Client, botUser: string, search: Search): Promise<Found> {
  const channel = search.thread?.place ?? search.to.ref
  const root = search.thread === null ? undefined : (search.thread.thread ?? search.thread.message)
  let span: Span = search.since === undefined ? {} : { oldest: String((search.since.getTime() - SLACK_CLOCK_MS) / 1000) }
  for (let page = 0; page < MOST_PAGES; page++) {
    const read = await readPage(client, channel, root, span)
    const message = read.messages
      ?.map((one) => ours.safeParse(one).data)
      .find((one) => one !== undefined && isOurs(one, botUser, search.key))
    if (message) return { found: { place: channel, message: message.ts, ...(root === undefined ? {} : { thread: root }) } }
    const cursor = read.response_metadata?.next_cursor ?? ''
    if (cursor === '') return read.has_more === true ? 'unsearchable' : 'absent'
    span = { ...span, cursor }
  }
  return 'unsearchable'
}

interface Span {
  readonly oldest?: string
  readonly cursor?: string
}

const isOurs = (message: z.infer<typeof ours>, botUser: string, key: string): boolean =>
  message.user === botUser && message.metadata.event_payload.key === key

/** Without `include_all_metadata` Slack leaves the keys out, and everything would seem absent. */
function readPage(client: Client, channel: string, root: string | undefined, span: Span) {
  const what = { channel, include_all_metadata: true, limit: PAGE, ...span }
  return root === undefined
    ? call('conversations.history', () => client.conversations.history(what))
    : call('conversations.replies', () => client.conversations.replies({ ...what, ts: root }))
}

function tsOf(ts: string | undefined): string {
  if (ts === undefined) throw new ChatError('UNAVAILABLE', 'chat.postMessage: Slack confirmed a message but did not name it')
  return ts
}
