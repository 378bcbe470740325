import { z } from 'zod'
import { buttonValue } from '../../chat/button.ts'

const user = z.object({ id: z.string().min(1) })

/** `trigger_id` is new for every press and every submit, and the same in an exact replay. */
const trigger = z.string().min(1)

export const clickPayload = z.object({
  type: z.literal('block_actions'),
  user,
  trigger_id: trigger,
  /** Absent on the bot's own page. */
  channel: z.object({ id: z.string() }).optional(),
  container: z.object({ message_ts: z.string().optional(), thread_ts: z.string().optional() }),
  actions: z.tuple([z.object({ action_id: z.string(), action_ts: z.string(), value: z.string() })]),
})

export type Click = z.infer<typeof clickPayload>

const typed = z.object({ value: z.string().nullish(), selected_option: z.object({ value: z.string() }).nullish() })

export const submitPayload = z.object({
  type: z.literal('view_submission'),
  user,
  trigger_id: trigger,
  view: z.object({
    id: z.string(),
    private_metadata: z.string(),
    blocks: z.array(z.object({ type: z.string(), block_id: z.string().optional(), label: z.object({ text: z.string() }).optional() })),
    state: z.object({ values: z.record(z.string(), z.record(z.string(), typed)) }),
  }),
})

/** What a modal of ours remembers, in its `private_metadata`. */
export const modalMemory = z.strictObject({ button: buttonValue, channel: z.string().nullable(), thread: z.string().optional() })

export const commandPayload = z.object({
  user_id: z.string().min(1),
  channel_id: z.string().min(1),
  trigger_id: trigger,
  text: z.string().default(''),
})

/** Of every event. `event_id` is the same when Slack sends it again. */
export const eventPayload = z.object({ event_id: z.string().min(1) })

const sharedFile = z.object({
  name: z.string().default(''),
  size: z.number().optional(),
  mimetype: z.string().optional(),
  url_private: z.string().optional(),
  url_private_download: z.string().optional(),
})

const text = z.string().optional()

/** The parts of a message that can be checked. */
const doubted = z.object({
  text: z
    .string()
    .nullish()
    .transform((said) => said ?? ''),
  files: z.array(sharedFile).default([]),
  attachments: z
    .array(z.object({ pretext: text, title: text, text, fallback: text, title_link: text, from_url: text, original_url: text }))
    .default([]),
})

export type Doubted = z.infer<typeof doubted>

export const shortcutPayload = z.object({
  type: z.literal('message_action'),
  user,
  channel: z.object({ id: z.string().min(1) }),
  message: doubted,
})

/** Who said something, and where. A bot may have no user. */
const said = z.object({
  user: z.string().default(''),
  bot_id: z.string().optional(),
  channel: z.string().min(1),
  thread_ts: z.string().optional(),
})

export const mentionEvent = eventPayload.extend({ event: said.extend({ text: z.string().default(''), edited: z.unknown().optional() }) })

/** A new message in the private conversation with the bot; what has another subtype is none. */
export const messageEvent = eventPayload.extend({
  event: doubted.extend(said.shape).extend({ channel_type: z.literal('im'), subtype: z.literal('file_share').optional() }),
})

export const homeEvent = eventPayload.extend({ event: z.object({ user: z.string().min(1), tab: z.string() }) })
