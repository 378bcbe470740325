import { z } from 'zod'
import { ChatError } from '../../src/ports.ts'
import type { Aside } from '../chat/aside.ts'
import { unless } from '../chat/failures.ts'
import { allPages } from '../chat/pages.ts'
import { ask, type Wire } from './wire.ts'

/** A message, as the Bot Connector takes it. */
export interface Outgoing {
  readonly type: 'message'
  /** What a notification shows. */
  readonly summary: string
  readonly attachments: readonly { readonly contentType: string; readonly content: unknown }[]
}

const member = z.object({
  id: z.string().min(1),
  name: z.string().nullish(),
  email: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
  tenantId: z.string().nullish(),
  userRole: z.string().nullish(),
})

/** Somebody in a conversation, as Teams knows them. */
export type Member = z.infer<typeof member>

/** What the policy knows people by; null: Teams shows none. */
export const addressOf = ({ email, userPrincipalName }: Member): string | null => (email || userPrincipalName)?.toLowerCase() || null

/**
 * The part of the Bot Connector's REST interface (v3) that we use. Every method throws `ChatError`; none repeats what
 * Teams may have heard, none follows a redirect.
 */
export interface Connector {
  /** Begins a thread in a channel. */
  begin(channel: string, message: Outgoing): Promise<{ readonly conversation: string; readonly message: string | null }>
  /** The private conversation with an account; the same one at every call. */
  personal(account: string): Promise<string>
  send(conversation: string, message: Outgoing): Promise<string>
  update(conversation: string, id: string, message: Outgoing): Promise<void>
  /** Null: not in it. */
  member(conversation: string, account: string): Promise<Member | null>
  members(conversation: string): Promise<readonly Member[]>
}

export interface ConnectorOptions extends Wire {
  readonly appId: string
  readonly tenantId: string
  /** Around each call. */
  readonly count: Aside['count']
}

const PAGE = 500
/** 10,000 people. */
const MOST_PAGES = 20

/** A message that Teams does not name can never be edited: nobody knows what became of it. */
const resource = z.object({ id: z.string().min(1), activityId: z.string().nullish() })
const page = z.object({ members: z.array(member), continuationToken: z.string().nullish() })

export function connector(options: ConnectorOptions): Connector {
  const { appId, tenantId, count } = options
  const call = async <T>(shape: z.ZodType<T>, what: string, method: string, path: string, body?: unknown): Promise<T> => {
    const read = shape.safeParse(await count(() => ask(options, what, method, path, body)))
    if (!read.success) throw new ChatError('UNAVAILABLE', `${what}: Teams' answer has another shape than expected`)
    return read.data
  }
  /** A conversation with this in it. */
  const create = (what: string, about: object, channel: object = {}) => {
    const channelData = { ...channel, tenant: { id: tenantId } }
    return call(resource, what, 'POST', 'v3/conversations', { ...about, bot: { id: `28:${appId}` }, tenantId, channelData })
  }
  const at = (conversation: string): string => `v3/conversations/${encodeURIComponent(conversation)}`
  return {
    begin: async (channel, activity) => {
      const { id, activityId } = await create('post', { isGroup: true, activity }, { channel: { id: channel } })
      return { conversation: id, message: activityId ?? null }
    },
    personal: async (account) => (await create('private chat', { isGroup: false, members: [{ id: account }] })).id,
    send: async (conversation, activity) => (await call(resource, 'send', 'POST', `${at(conversation)}/activities`, activity)).id,
    update: async (conversation, id, activity) => {
      await call(z.object({}), 'edit', 'PUT', `${at(conversation)}/activities/${encodeURIComponent(id)}`, { ...activity, id })
    },
    member: (conversation, account) =>
      unless(['GONE'], call(member, 'member', 'GET', `${at(conversation)}/members/${encodeURIComponent(account)}`)),
    members: (conversation) =>
      allPages(MOST_PAGES, async (next) => {
        const query = new URLSearchParams({ pageSize: `${PAGE}`, ...(next === null ? {} : { continuationToken: next }) })
        const { members, continuationToken } = await call(page, 'members', 'GET', `${at(conversation)}/pagedmembers?${query}`)
        return { items: members, next: continuationToken }
      }),
  }
}
