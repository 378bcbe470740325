import { z } from 'zod'
import type { Outcome } from '../../src/ports.ts'
import type { Activity } from './activity.ts'
import { answerTo, cardAnew, inTimeOrTold, sayShortly, WAIT } from './answers.ts'
import { ASK_ROLE, type Pressed, REFRESH, readPressed, wantedOf } from './button.ts'
import { perform, type Receiving, type Reply, STRANGE } from './turn.ts'

const value = z.object({ action: z.object({ data: z.unknown().optional() }) })

/** A button was pressed (Action.Execute), or a client asks for the card as it is now. */
export async function onAction(on: Receiving, activity: Activity): Promise<Reply> {
  const pressed = readPressed(value.safeParse(activity.value).data?.action.data)
  if (pressed === null) return sayShortly(STRANGE.refusal.text)
  if (pressed.button.verb === REFRESH) return cardAnew(on, activity, 'There is nothing newer.')
  const outcome = await inTimeOrTold(on, activity, deed(on, activity, pressed))
  return outcome === 'late' ? sayShortly(WAIT) : answerTo(on, activity, outcome)
}

const deed = (on: Receiving, activity: Activity, pressed: Pressed): Promise<Outcome> =>
  pressed.button.verb === ASK_ROLE ? askForRole(on, activity) : perform(on, activity, wantedOf(pressed))

async function askForRole(on: Receiving, activity: Activity): Promise<Outcome> {
  const account = await on.accountOf(activity)
  return account.ok ? on.doors.askForRole(account.value) : account
}
