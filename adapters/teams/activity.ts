import { z } from 'zod'

const id = z.string().min(1).max(1000)

/** So many of them, or none. */
export const upTo = <T extends z.ZodType>(most: number, one: T) => z.array(one).max(most).nullish()

/** The part of a Teams activity that we read (Bot Framework activity schema, and "Teams channel data"). Everything in it is untrusted. */
export const activitySchema = z.object({
  type: id,
  id: id.optional(),
  name: z.string().max(200).optional(),
  from: z.object({ id, name: z.string().max(1000).nullish() }),
  recipient: z.object({ id }),
  conversation: z.object({ id, conversationType: z.string().max(100).nullish(), tenantId: z.string().max(100).nullish() }),
  channelData: z
    .object({
      tenant: z.object({ id: z.string().max(100) }).nullish(),
      team: z.object({ id: z.string().max(1000) }).nullish(),
      channel: z.object({ id: z.string().max(1000) }).nullish(),
    })
    .nullish(),
  text: z.string().max(100_000).nullish(),
  entities: upTo(200, z.object({ type: z.string(), text: z.string().nullish(), mentioned: z.object({ id: z.string() }).nullish() })),
  attachments: upTo(50, z.object({ contentType: z.string(), name: z.string().max(1000).nullish(), content: z.unknown().optional() })),
  membersAdded: upTo(10_000, z.object({ id: z.string() })),
  replyToId: z.string().max(1000).nullish(),
  value: z.unknown().optional(),
})

export type Activity = z.infer<typeof activitySchema>

/** The tenants that an activity names; each must be ours. */
export const tenantsOf = ({ conversation, channelData }: Activity): readonly string[] =>
  [conversation.tenantId, channelData?.tenant?.id].filter((tenant) => typeof tenant === 'string')

export type Kind = 'channel' | 'group' | 'personal'

/** What a conversation is: Teams says it, and the form of its id does. */
export function kindOf(conversation: string, said?: string | null): Kind {
  if (said === 'channel' || said === 'personal') return said
  if (said === 'groupChat') return 'group'
  if (/@thread\.(tacv2|skype)/.test(conversation)) return 'channel'
  return /@thread\.v2/.test(conversation) ? 'group' : 'personal'
}

/** A channel's or chat's own id, without the thread in it. */
export const withoutThread = (conversation: string): string => conversation.split(';')[0] ?? conversation

/** The conversation of a thread. A chat has no threads: there it is the chat's own. */
export const inThread = (place: string, root: string): string => (kindOf(place) === 'channel' ? `${place};messageid=${root}` : place)

/** The message that a thread hangs under; null: no thread. */
export const rootOf = (conversation: string): string | null => /;messageid=([^;]+)/.exec(conversation)?.[1] ?? null
