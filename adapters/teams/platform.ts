import { about } from '../../src/cards/adaptive/teams/in-place.ts'
import type { Card } from '../../src/cards/card.ts'
import { ChatError, type ChatPlatform, type Directory, type MessageRef } from '../../src/ports.ts'
import { inThread, kindOf, rootOf, withoutThread } from './activity.ts'
import { TEAMS_BUDGETS } from './budgets.ts'
import type { Connector, Outgoing } from './connector.ts'
import { messageOf } from './render.ts'
import type { Roster } from './roster.ts'

export interface TeamsPlatformOptions {
  readonly connector: Pick<Connector, 'send'>
  /** For the deliverer's own calls, which it counts itself. */
  readonly delivering: Pick<Connector, 'begin' | 'send' | 'update'>
  readonly roster: Roster
  readonly directory: Pick<Directory, 'emailByPerson' | 'placeByRef'>
  /** The card of a message of ours, by place and Teams' id. */
  readonly card: (place: string, message: string) => Promise<Card | null>
}

/**
 * Teams as a chat platform. A `Place`'s ref and a `MessageRef`'s place are ids of channels or chats, its message and thread are Teams'
 * ids of activities.
 */
export function teamsPlatform(options: TeamsPlatformOptions): ChatPlatform {
  const { connector, delivering, roster, directory } = options
  return {
    name: 'teams',
    budgets: TEAMS_BUDGETS,
    post: (to, card) => post(options, to.ref, card),
    reply: (to, card) => reply(options, to, card),
    async edit(ref, card) {
      await delivering.update(
        inThread(ref.place, ref.thread ?? ref.message),
        ref.message,
        await drawn(options, ref.place, ref.thread, card),
      )
    },
    async whisper(to, person, card) {
      const email = directory.emailByPerson(person)
      const account = email === null ? null : await roster.account(to.ref, email)
      if (account === null) throw new ChatError('REJECTED', `whisper: ${person} has no account in this place that is known here`)
      await roster.alone(account, (chat) => connector.send(chat, messageOf(card)))
    },
    // Teams gives a bot no way to search its own messages.
    find: async () => 'unsearchable',
  }
}

async function post(options: TeamsPlatformOptions, ref: string, card: Card): Promise<MessageRef> {
  const message = await drawn(options, ref, undefined, card)
  if (kindOf(ref) !== 'channel') return { place: ref, message: await options.delivering.send(ref, message) }
  const begun = await options.delivering.begin(ref, message)
  const id = begun.message ?? rootOf(begun.conversation)
  if (id === null) throw new ChatError('UNAVAILABLE', 'post: Teams confirmed a message but did not name it')
  return { place: withoutThread(begun.conversation), message: id }
}

async function reply(options: TeamsPlatformOptions, to: MessageRef, card: Card): Promise<MessageRef> {
  const thread = to.thread ?? to.message
  const message = await drawn(options, to.place, thread, card)
  return { place: to.place, thread, message: await options.delivering.send(inThread(to.place, thread), message) }
}

/** The message as this place shows it. A chat has no threads: there a reply says itself what it belongs to. */
async function drawn(options: TeamsPlatformOptions, place: string, thread: string | undefined, card: Card): Promise<Outgoing> {
  const audience = await options.roster.audience(place)
  if (thread === undefined || kindOf(place) === 'channel') return messageOf(card, audience)
  const name = options.directory.placeByRef(place)
  const above = name === null ? null : await options.card(name, thread)
  // Drawn anew for a viewer it would stand there without what it is about.
  return messageOf(above === null ? card : about(above, card), { ...audience, viewers: [] })
}
