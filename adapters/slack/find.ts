import { z } from 'zod'
import type { Found, MessageRef, Place } from '../../src/ports.ts'
import { type Client, call } from './client.ts'

/** Marks our messages, so that they can be found again. Slack keeps it when a message is edited. */
const EVENT = 'patchcrier_post'
const PAGE = 200
/** 10,000 messages. A search that has not seen all by then proves nothing. */
const MOST_PAGES = 50
/** Slack's clock and ours may differ. */
const SLACK_CLOCK_MS = 5 * 60_000

/** The mark of one message: who looks for it finds it by this key. */
export const markOf = (key: string) => ({ event_type: EVENT, event_payload: { key } })

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
export async function find(client: Client, botUser: string, search: Search): Promise<Found> {
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
