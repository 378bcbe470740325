import { helloCard, helloThereCard } from '../../src/cards/hello.ts'
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
  const message = messageOf(kind === 'personal' ? helloCard() : helloThereCard('teams', ref, on.directory.placeByRef(ref)))
  const said = kind === 'channel' ? on.connector.begin(ref, message) : on.connector.send(conversation.id, message)
  await said.catch((error) => on.log.warn({ err: error }, 'teams: the hello could not be said'))
  return { status: 200 }
}
