import type { webApi } from '@slack/bolt'
import type { Message } from '../../src/cards/block-kit/card.ts'
import type { Client } from './client.ts'

/** Slack shall look for nothing in the fallback text and unfold no link. `chat.update` would look for mentions unless told not to. */
export const QUIET = { parse: 'none', link_names: false } as const
const SILENT = { ...QUIET, unfurl_links: false, unfurl_media: false, mrkdwn: false } as const

const threaded = (thread: string | undefined) => (thread === undefined ? {} : { thread_ts: thread })

/** Says something in a channel or thread, or to a user alone: a user's id opens the conversation with the bot. Kept, unlike a whisper. */
export const say = (
  client: Client,
  { channel, thread }: { readonly channel: string; readonly thread?: string | undefined },
  message: Message & Pick<webApi.ChatPostMessageArguments, 'metadata'>,
): Promise<webApi.ChatPostMessageResponse> => client.chat.postMessage({ channel, ...threaded(thread), ...SILENT, ...message })

/** Shows a message to one Slack user, in the channel or thread. It is gone when the user reloads: Slack keeps it nowhere. */
export const whisperTo = (
  client: Client,
  { channel, user, thread }: { channel: string; user: string; thread?: string | undefined },
  message: Message,
): Promise<webApi.ChatPostEphemeralResponse> => client.chat.postEphemeral({ channel, user, ...threaded(thread), ...QUIET, ...message })
