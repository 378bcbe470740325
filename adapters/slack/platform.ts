import { type Message, renderCard } from '../../src/cards/block-kit/card.ts'
import type { Card } from '../../src/cards/card.ts'
import type { ChatPlatform, MessageRef } from '../../src/ports.ts'
import { ChatError } from '../../src/ports.ts'
import { SLACK_BUDGETS } from './budgets.ts'
import type { Client } from './client.ts'
import { find, markOf } from './find.ts'
import type { People } from './people.ts'
import type { Pictures } from './pictures.ts'
import { QUIET, say, whisperTo } from './say.ts'

export interface SlackPlatformOptions {
  readonly client: Client
  /** The bot's own user id: only its messages count as ours, whatever metadata another app writes. */
  readonly botUser: string
  readonly people: Pick<People, 'userOf' | 'mentionsOf'>
  readonly pictures: Pictures
}

/** Slack as a chat platform. A `Place`'s ref and a `MessageRef`'s place are channel ids, its message and thread are Slack's `ts`. */
export function slackPlatform({ client, botUser, people, pictures }: SlackPlatformOptions): ChatPlatform {
  /** A picture never stops a message: where Slack refuses the blocks, which leaves no doubt, it is said once more with the picture's words. */
  const drawn = async <T>(card: Card, thread: string | undefined, say: (message: Message) => Promise<T>): Promise<T> => {
    const [mentions, fileOf] = await Promise.all([people.mentionsOf(card), pictures(card)])
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
    const sent = await drawn(card, thread, (message) => say(client, { channel, thread }, { ...message, metadata: markOf(key) }))
    return { place: sent.channel ?? channel, message: tsOf(sent.ts), ...(thread === undefined ? {} : { thread }) }
  }
  return {
    name: 'slack',
    budgets: SLACK_BUDGETS,
    post: (to, card, key) => send(to.ref, undefined, card, key),
    reply: (to, card, key) => send(to.place, to.thread ?? to.message, card, key),
    async edit(ref, card) {
      await drawn(card, ref.thread, (message) => client.chat.update({ channel: ref.place, ts: ref.message, ...QUIET, ...message }))
    },
    async whisper(to, person, card) {
      const user = await people.userOf(person)
      if (user === null) throw new ChatError('REJECTED', `whisper: ${person} has no Slack account that is known here`)
      await whisperTo(client, { channel: to.ref, user }, renderCard(card, 'root', await people.mentionsOf(card)))
    },
    find: (to, thread, key, since) => find(client, botUser, { to, thread, key, since }),
  }
}

const isRefused = (error: unknown): boolean => error instanceof ChatError && error.code === 'REJECTED'

function tsOf(ts: string | undefined): string {
  if (ts === undefined) throw new ChatError('UNAVAILABLE', 'chat.postMessage: Slack confirmed a message but did not name it')
  return ts
}
