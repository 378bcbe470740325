import type { RespondFn } from '@slack/bolt'
import { type Message, renderCard } from '../../../src/cards/block-kit/card.ts'
import type { Block } from '../../../src/cards/card.ts'
import { refusedCard } from '../../../src/cards/refused.ts'
import type { Outcome } from '../../../src/ports.ts'
import { say, whisperTo } from '../say.ts'
import { isDirect, type Receiving, type Where } from './act.ts'

export type Say = (message: Message) => Promise<void>

/** To one person alone: unseen by others in a channel, as a message in the private conversation. */
export function privately({ client }: Receiving, { user, channel, thread }: Where): Say {
  return async (message) => {
    if (channel === null || isDirect(channel)) await say(client, { channel: channel ?? user, thread }, message)
    else await whisperTo(client, { channel, user, thread }, message)
  }
}

/** At the address that Slack gives with a request: it reaches the person where the bot is no member, too. */
export const atItsAddress =
  (respond: RespondFn): Say =>
  async (message) =>
    void (await respond({ response_type: 'ephemeral', replace_original: false, ...message }))

/** Shows an outcome to the one who asked. What cannot be shown is logged: what was wanted has happened all the same. `more` follows a no. */
export async function tell(on: Receiving, outcome: Outcome, say: Say, more: readonly Block[] = []): Promise<void> {
  try {
    for (const card of outcome.ok ? outcome.cards : [refusedCard(outcome.refusal, more)])
      await say(renderCard(card, 'root', await on.mentionsOf(card)))
  } catch (error) {
    on.log.warn({ err: error }, 'slack: an outcome could not be shown')
  }
}
