import type { webApi } from '@slack/bolt'
import { z } from 'zod'
import type { Found, MessageRef, Place } from '../../src/ports.ts'
import type { Client } from './client.ts'

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
export async function find(client: Client, botUser: string, { to, thread, key, since }: Search): Promise<Found> {
  const channel = thread?.place ?? to.ref
  const root = thread === null ? undefined : (thread.thread ?? thread.message)
  const oldest = since === undefined ? {} : { oldest: String((since.getTime() - SLACK_CLOCK_MS) / 1000) }
  // Without `include_all_metadata` Slack leaves the keys out, and everything would seem absent.
  const span = { channel, include_all_metadata: true, limit: PAGE, ...oldest }
  const pages =
    root === undefined ? client.paginate('conversations.history', span) : client.paginate('conversations.replies', { ...span, ts: root })
  let left = MOST_PAGES
  for await (const { messages, has_more, response_metadata } of pages as AsyncIterable<webApi.ConversationsHistoryResponse>) {
    const message = messages
      ?.map((one) => ours.safeParse(one).data)
      .find((one) => one?.user === botUser && one.metadata.event_payload.key === key)
    if (message) return { found: { place: channel, message: message.ts, ...(root === undefined ? {} : { thread: root }) } }
    left -= 1
    if (!response_metadata?.next_cursor) return has_more === true ? 'unsearchable' : 'absent'
    if (left === 0) break
  }
  return 'unsearchable'
}
