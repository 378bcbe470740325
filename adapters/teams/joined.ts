import type { Card } from '../../src/cards/card.ts'
import { type Activity, kindOf, withoutThread } from './activity.ts'
import { messageOf } from './render.ts'
import type { Receiving, Reply } from './turn.ts'

/** The bot was added somewhere: whoever writes the policy needs to know what the place is called there. */
export async function onJoined(on: Receiving, activity: Activity): Promise<Reply> {
  const { conversation, channelData, membersAdded, recipient } = activity
  if (!(membersAdded ?? []).some(({ id }) => id === recipient.id)) return { status: 200 }
  const ref = channelData?.channel?.id ?? channelData?.team?.id ?? withoutThread(conversation.id)
  const kind = kindOf(ref, conversation.conversationType)
  on.log.info({ kind, ref, team: channelData?.team?.id }, 'teams: added to a conversation')
  const message = messageOf(kind === 'personal' ? HELLO : helloThere(ref, on.directory.placeByRef(ref)))
  const said = kind === 'channel' ? on.connector.begin(ref, message) : on.connector.send(conversation.id, message)
  await said.catch((error) => on.log.warn({ err: error }, 'teams: the hello could not be said'))
  return { status: 200 }
}

const hello = (text: string): Card => ({
  look: 'whisper',
  tone: 'info',
  badges: [],
  title: 'Hello, this is Patchcrier',
  blocks: [{ kind: 'text', text: [text] }],
  actions: [],
  summary: 'Patchcrier was added.',
})

const HELLO = hello('Here I tell you what is for you alone. Type help to see what I can do; send me a file that you doubt.')

const helloThere = (ref: string, place: string | null): Card =>
  hello(
    place === null
      ? `This is not a place of the policy yet. An admin can make it one: platform teams, ref ${ref}`
      : `This is the place ${place} of the policy. Mention me with help to see what I can do.`,
  )
