import { z } from 'zod'
import { modalState } from './modal.ts'

const user = z.object({ id: z.string().min(1) })

/** `trigger_id` is new for every press and every submit, and the same in an exact replay. */
const trigger = z.string().min(1)

export const clickPayload = z.object({
  type: z.literal('block_actions'),
  user,
  trigger_id: trigger,
  channel: z.object({ id: z.string() }),
  container: z.object({ message_ts: z.string().optional(), thread_ts: z.string().optional() }),
  actions: z.tuple([z.object({ action_id: z.string(), action_ts: z.string(), value: z.string() })]),
})

export type Click = z.infer<typeof clickPayload>

export const submitPayload = z.object({
  type: z.literal('view_submission'),
  user,
  trigger_id: trigger,
  view: z.object({
    id: z.string(),
    private_metadata: z.string(),
    /** Only inputs have an id of ours. */
    blocks: z.array(z.object({ type: z.string(), block_id: z.string().optional() })),
    state: z.object({ values: modalState }),
  }),
})

export type Submit = z.infer<typeof submitPayload>

export const commandPayload = z.object({
  user_id: z.string().min(1),
  channel_id: z.string().min(1),
  trigger_id: trigger,
  text: z.string().default(''),
})
