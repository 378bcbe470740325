import { own } from '../../src/core/own.ts'
import { firstTime } from '../chat/once.ts'
import { onAction } from './actions.ts'
import type { Activity } from './activity.ts'
import { onFetch, onSubmit } from './dialogs.ts'
import { onDoubt } from './doubts.ts'
import { onJoined } from './joined.ts'
import { onMessage } from './messages.ts'
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
