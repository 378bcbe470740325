import { helloCard, helloThereCard } from '../../src/cards/hello.ts'
import { own } from '../../src/core/own.ts'
import { firstTime } from '../chat/once.ts'
import { type Activity, kindOf, withoutThread } from './activity.ts'
import { onDoubt, onFetch, onSubmit } from './dialogs.ts'
import { onMessage } from './messages.ts'
import { onAction } from './press.ts'
import { messageOf } from './render.ts'
import type { Receiving, Reply } from './turn.ts'

type Handler = (on: Receiving, activity: Activity) => Promise<Reply>

const INVOKES: Readonly<Record<string, Handler>> = {
  'adaptiveCard/action': onAction,
  'task/fetch': onFetch,
  'task/submit': onSubmit,
  'composeExtension/fetchTask': onDoubt,
  'composeExtension/submitAction': onDoubt,
}

/** What is said once is answered once: Teams sends an activity again when its answer was lost. Buttons are told apart by the house. */
const TOLD: Readonly<Record<string, Handler>> = { message: onMessage, conversationUpdate: onJoined }

/** Hands an activity whose sender is proved to the door that it is for. */
export function receiver(on: Receiving): (activity: Activity) => Promise<Reply> {
  const first = firstTime()
  return async (activity) => {
    if (activity.type === 'invoke') return (own(INVOKES, activity.name ?? '') ?? notOurs)(on, activity)
    const handler = own(TOLD, activity.type)
    if (handler === undefined || (activity.id !== undefined && !first(`${activity.conversation.id} ${activity.id}`))) return { status: 200 }
    return handler(on, activity)
  }
}

/** As the Bot Framework answers an invoke that nobody handles. */
const notOurs: Handler = async () => ({ status: 501 })

/** The bot was added somewhere: whoever writes the policy needs to know what the place is called there. */
async function onJoined(on: Receiving, activity: Activity): Promise<Reply> {
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
