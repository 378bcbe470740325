import type { RespondFn } from '@slack/bolt'
import { type Message, renderCard } from '../../../src/cards/block-kit/card.ts'
import type { Block } from '../../../src/cards/card.ts'
import type { Directory, Doors, Outcome } from '../../../src/ports.ts'
import type { FetchFiles } from '../../chat/files.ts'
import { inTime } from '../../chat/soon.ts'
import { cardsOf, heard, tell } from '../../chat/tell.ts'
import type { House, Visit } from '../../chat/visit.ts'
import type { Installation } from '../account.ts'
import type { Client } from '../client.ts'
import type { People } from '../people.ts'
import { say, whisperTo } from '../say.ts'

/** What everything that comes in needs. */
export interface Receiving extends House, Pick<People, 'accountOf' | 'mentionsOf'> {
  readonly doors: House['doors'] & Pick<Doors, 'openHome'>
  readonly client: Client
  readonly installation: Installation
  readonly directory: Directory
  readonly fetchFiles: FetchFiles
}

/** Who said it and where; `channel` null: on the bot's own page. */
export interface Where {
  readonly user: string
  readonly channel: string | null
  readonly thread?: string | undefined
}

const isDirect = (channel: string): boolean => channel.startsWith('D')

/** `ids`: what Slack tells deliveries apart by; the same in a repetition. None: it has no effect that could come twice. */
export const visitOf = (on: Receiving, { user, channel, thread }: Where, ...ids: readonly string[]): Visit => ({
  account: () => on.accountOf(user),
  place: channel === null || isDirect(channel) ? '' : on.directory.placeByRef(channel),
  ...(thread === undefined ? {} : { thread }),
  ...(ids.length === 0 ? {} : { delivery: ['slack', ...ids].join(':') }),
})

type Say = (message: Message) => Promise<unknown>

/** To one person alone: unseen by others in a channel, as a message in the private conversation. */
export const privately =
  ({ client }: Receiving, { user, channel, thread }: Where): Say =>
  (message) =>
    channel === null || isDirect(channel)
      ? say(client, { channel: channel ?? user, thread }, message)
      : whisperTo(client, { channel, user, thread }, message)

/** At the address that Slack gives with a request: it reaches the person where the bot is no member, too. */
export const atItsAddress =
  (respond: RespondFn): Say =>
  (message) =>
    respond({ response_type: 'ephemeral', replace_original: false, ...message })

/** Shows an outcome to the one who asked. `more` follows a no. */
export const show = (on: Receiving, outcome: Outcome, say: Say, more?: readonly Block[]): Promise<boolean> =>
  tell(on.log, cardsOf(outcome, more), async (card) => say(renderCard(card, 'root', await on.mentionsOf(card))))

/** Slack is answered when the work is done, or in time; then who asked is told. */
export async function answer(on: Receiving, work: Promise<Outcome>, ack: () => Promise<void>, say: Say): Promise<void> {
  await inTime(work)
  await heard(on.log, ack())
  await show(on, await work, say)
}
