import { z } from 'zod'
import type { Outcome } from '../../src/ports.ts'
import { inTime } from '../chat/soon.ts'
import type { Activity } from './activity.ts'
import { asOne, inTimeOrTold, invoked, WAIT } from './answers.ts'
import { type Pressed, readPressed, wantedOf } from './button.ts'
import { formIn, sayIn, showIn, type Task } from './dialog.ts'
import { actorOf, NO_PLACE, perform, placeOf, type Receiving, type Reply, STALE, STRANGE, settled } from './turn.ts'

const value = z.object({ data: z.unknown().optional() })

const open = (task: Task): Reply => invoked({ task })
/** An answer without a task closes the dialog. */
const CLOSED: Reply = invoked({})

/** A button opens a form: drawn from the state as it is now, so that nobody fills in one that is out of date. */
export async function onFetch(on: Receiving, activity: Activity): Promise<Reply> {
  const pressed = readPressed(value.safeParse(activity.value).data?.data)
  if (pressed === null) return open(sayIn(STRANGE.refusal.text))
  const work = settled(on, may(on, activity)).then((outcome) => (outcome.ok ? form(on, activity, pressed) : sayIn(outcome.refusal.text)))
  const task = await inTime(work)
  return open(task === 'late' ? sayIn('This takes longer than it should. Please close this and try again.') : task)
}

async function may(on: Receiving, activity: Activity): Promise<Outcome> {
  if (placeOf(on, activity) === null) return NO_PLACE
  const actor = await actorOf(on, activity)
  return actor.ok ? { ok: true, cards: [] } : actor
}

async function form(on: Receiving, activity: Activity, { button }: Pressed, said: Parameters<typeof formIn>[2] = FRESH): Promise<Task> {
  const fresh = await on.doors.formFor(button, placeOf(on, activity) ?? '')
  return fresh === null ? sayIn(said.error?.text ?? STALE.refusal.text) : formIn(fresh, button, said)
}

const FRESH = { typed: {}, error: null }

/** A form was sent. A refusal is shown at its field, and what was typed stays. */
export async function onSubmit(on: Receiving, activity: Activity): Promise<Reply> {
  const pressed = readPressed(value.safeParse(activity.value).data?.data)
  if (pressed === null) return open(sayIn(STRANGE.refusal.text))
  const early = await inTimeOrTold(on, activity, perform(on, activity, wantedOf(pressed)))
  if (early === 'late') return open(sayIn(WAIT))
  if (!early.ok) {
    return open(await form(on, activity, pressed, { typed: pressed.inputs, error: { text: early.refusal.text, field: early.field } }))
  }
  return early.cards.length === 0 ? CLOSED : open(showIn(asOne(early.cards)))
}
