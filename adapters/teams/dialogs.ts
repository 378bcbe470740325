import { z } from 'zod'
import { inTime } from '../chat/soon.ts'
import { formFor, perform, STRANGE, wantedOf } from '../chat/visit.ts'
import type { Activity } from './activity.ts'
import { asOne, inTimeOrTold, invoked, WAIT } from './answers.ts'
import { type Pressed, readPressed } from './button.ts'
import { formIn, type Said, sayIn, showIn, type Task } from './dialog.ts'
import { type Receiving, type Reply, visitOf } from './turn.ts'

const value = z.object({ data: z.unknown().optional() })
const pressedIn = (activity: Activity): Pressed | null => readPressed(value.safeParse(activity.value).data?.data)

const open = (task: Task): Reply => invoked({ task })
/** An answer without a task closes the dialog. */
const CLOSED: Reply = invoked({})

/** A button opens a form: drawn from the state as it is now, so that nobody fills in one that is out of date. */
export async function onFetch(on: Receiving, activity: Activity): Promise<Reply> {
  const pressed = pressedIn(activity)
  if (pressed === null) return open(sayIn(STRANGE.refusal.text))
  const task = await inTime(form(on, activity, pressed, { typed: {}, error: null }))
  return open(task === 'late' ? sayIn('This takes longer than it should. Please close this and try again.') : task)
}

/** Where there is no form any more, what was wrong with the last one is said. */
async function form(on: Receiving, activity: Activity, { button }: Pressed, said: Said): Promise<Task> {
  const fresh = await formFor(on, visitOf(on, activity), button)
  return fresh.ok ? formIn(fresh.value, button, said) : sayIn(said.error?.text ?? fresh.refusal.text)
}

/** A form was sent. A refusal is shown at its field, and what was typed stays. */
export async function onSubmit(on: Receiving, activity: Activity): Promise<Reply> {
  const pressed = pressedIn(activity)
  if (pressed === null) return open(sayIn(STRANGE.refusal.text))
  const early = await inTimeOrTold(on, activity, perform(on, visitOf(on, activity), wantedOf(pressed.button, pressed.inputs)))
  if (early === 'late') return open(sayIn(WAIT))
  if (!early.ok) {
    return open(await form(on, activity, pressed, { typed: pressed.inputs, error: { text: early.refusal.text, field: early.field } }))
  }
  return early.cards.length === 0 ? CLOSED : open(showIn(asOne(early.cards)))
}
