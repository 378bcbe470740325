import { z } from 'zod'
import type { Outcome } from '../../src/ports.ts'
import type { Activity } from './activity.ts'
import { answerTo, cardAnew, cardsOf, sayShortly } from './answers.ts'
import { ASK_ROLE, type Pressed, REFRESH, readPressed } from './button.ts'
import { inTime, perform, type Receiving, type Reply, STRANGE, settled, tellPrivately } from './turn.ts'

const value = z.object({ action: z.object({ data: z.unknown().optional() }) })

/** A button was pressed (Action.Execute), or a client asks for the card as it is now. */
export async function onAction(on: Receiving, activity: Activity): Promise<Reply> {
  const pressed = readPressed(value.safeParse(activity.value).data?.action.data)
  if (pressed === null) return sayShortly(STRANGE.refusal.text)
  if (pressed.button.verb === REFRESH) return cardAnew(on, activity, 'There is nothing newer.')
  const work = settled(on, deed(on, activity, pressed))
  const early = await inTime(work)
  if (early !== 'late') return answerTo(on, activity, early)
  on.later(work.then((outcome) => tellPrivately(on, activity, cardsOf(outcome))))
  return sayShortly('This takes a moment. I tell you in our private chat how it ends.')
}

async function deed(on: Receiving, activity: Activity, { button, inputs }: Pressed): Promise<Outcome> {
  if (button.verb === ASK_ROLE) return askForRole(on, activity)
  const { verb, id, digest } = button
  return perform(on, activity, { verb, subject: id, inputs, ...(digest === undefined ? {} : { digest }) })
}

async function askForRole(on: Receiving, activity: Activity): Promise<Outcome> {
  const account = await on.accountOf(activity)
  return account.ok ? on.doors.askForRole(account.value) : account
}
