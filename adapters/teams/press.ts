import { z } from 'zod'
import type { Audience } from '../../src/cards/adaptive/teams/audience.ts'
import { asOne, cardInstead, lineAbove, REFRESH, withBack } from '../../src/cards/adaptive/teams/in-place.ts'
import { typedBeside } from '../../src/cards/adaptive/teams/typed.ts'
import type { Card } from '../../src/cards/card.ts'
import { draftOf, refusedCard } from '../../src/cards/refused.ts'
import type { ButtonValue } from '../../src/core/intent.ts'
import { buttonAmongInputs } from '../chat/button.ts'
import { inTime } from '../chat/soon.ts'
import { perform, STRANGE, WAIT, wantedOf } from '../chat/visit.ts'
import { type Activity, withoutThread } from './activity.ts'
import { renderCard } from './render.ts'
import { type Answer, inTimeOrTold, placeOf, type Receiving, type Reply, tellPrivately, visitOf } from './turn.ts'

/** A pressed button and what was typed beside it. Only its shape is checked: rights and subjects are looked up by the house. */
export interface Pressed {
  readonly button: ButtonValue
  readonly inputs: Readonly<Record<string, string>>
}

/** Null when it is none of our buttons. */
export function readPressed(data: unknown): Pressed | null {
  const button = buttonAmongInputs.safeParse(data).data
  return button === undefined ? null : { button, inputs: typedBeside(data as object) }
}

const value = z.object({ action: z.object({ data: z.unknown() }) })

/** A button was pressed (Action.Execute), or a client asks for the card as it is now. */
export async function onAction(on: Receiving, activity: Activity): Promise<Reply> {
  const press = readPressed(value.safeParse(activity.value).data?.action.data)
  if (press === null) return sayShortly(STRANGE.refusal.text)
  const anew = press.button.verb === REFRESH ? await inTime(cardAnew(on, activity)) : null
  if (anew !== null) return anew === 'late' ? sayShortly('This takes longer than it should. Please try again.') : anew
  const work = perform(on, visitOf(on, activity), wantedOf(press.button, press.inputs))
  return inTimeOrTold(on, activity, work, answerTo(on, activity), draftOf(Object.entries(press.inputs)))
}

/**
 * What a click is answered. A refusal is a line above the card; a look behind the card takes its place before that person's eyes, with a
 * way back; a deed is a word: the deliverer draws the card anew for everybody in any case, and drawing it twice would cost more than the rest.
 */
const answerTo =
  (on: Receiving, activity: Activity): Answer =>
  (outcome) => {
    if (outcome === 'late') return sayShortly(WAIT)
    if (!outcome.ok && outcome.refusal.code === 'PERSON_UNKNOWN') return showInPlace(withBack(refusedCard(outcome.refusal)))
    if (!outcome.ok) return sayShortly(outcome.refusal.text)
    if (outcome.cards.length === 0) return sayShortly('Done.')
    if (placeOf(on, activity) !== '') return showInPlace(withBack(asOne(outcome.cards)))
    on.later(tellPrivately(on, activity, outcome.cards))
    return sayShortly('You find it below.')
  }

/** The card of the message as it is now, where it is one of the house's. */
async function cardAnew(on: Receiving, activity: Activity): Promise<Reply> {
  const place = placeOf(on, activity)
  const card = place && activity.replyToId ? await on.doors.cardOf(place, activity.replyToId) : null
  if (card === null) return sayShortly('There is nothing newer.')
  return showInPlace(card, await on.roster.audience(withoutThread(activity.conversation.id)))
}

const sayShortly = (text: string): Reply => ({ status: 200, body: lineAbove(text) })
const showInPlace = (card: Card, audience?: Audience): Reply => ({ status: 200, body: cardInstead(renderCard(card, audience)) })
