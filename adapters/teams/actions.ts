import { z } from 'zod'
import { perform, STRANGE, wantedOf } from '../chat/visit.ts'
import type { Activity } from './activity.ts'
import { answerTo, cardAnew, inTimeOrTold, sayShortly, WAIT } from './answers.ts'
import { REFRESH, readPressed } from './button.ts'
import { type Receiving, type Reply, visitOf } from './turn.ts'

const value = z.object({ action: z.object({ data: z.unknown().optional() }) })

/** A button was pressed (Action.Execute), or a client asks for the card as it is now. */
export async function onAction(on: Receiving, activity: Activity): Promise<Reply> {
  const pressed = readPressed(value.safeParse(activity.value).data?.action.data)
  if (pressed === null) return sayShortly(STRANGE.refusal.text)
  if (pressed.button.verb === REFRESH) return cardAnew(on, activity, 'There is nothing newer.')
  const outcome = await inTimeOrTold(on, activity, perform(on, visitOf(on, activity), wantedOf(pressed.button, pressed.inputs)))
  return outcome === 'late' ? sayShortly(WAIT) : answerTo(on, activity, outcome)
}
