import { z } from 'zod'
import type { Audience } from '../../src/cards/adaptive/teams/audience.ts'
import { asOne, cardInstead, lineAbove, REFRESH, withBack } from '../../src/cards/adaptive/teams/in-place.ts'
import { typedBeside } from '../../src/cards/adaptive/teams/typed.ts'
import type { Card } from '../../src/cards/card.ts'
import { refusedCard } from '../../src/cards/refused.ts'
import type { ButtonValue } from '../../src/core/intent.ts'
import type { Outcome } from '../../src/ports.ts'
import { buttonAmongInputs } from '../chat/button.ts'
import { perform, STRANGE, wantedOf } from '../chat/visit.ts'
import { type Activity, withoutThread } from './activity.ts'
import { renderCard } from './render.ts'
import { inTimeOrTold, placeOf, type Receiving, type Reply, tellPrivately, visitOf, WAIT } from './turn.ts'

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
  if (press.button.verb === REFRESH) return cardAnew(on, activity)
  const outcome = await inTimeOrTold(on, activity, perform(on, visitOf(on, activity), wantedOf(press.button, press.inputs)))
  return outcome === 'late' ? sayShortly(WAIT) : answerTo(on, activity, outcome)
}

/**
 * What a click is answered. A refusal is a line above the card; a look behind the card takes its place before that person's eyes, with a
 * way back; a deed is a word: the deliverer draws the card anew for everybody in any case, and drawing it twice would cost more than the rest.
 */
async function answerTo(on: Receiving, activity: Activity, outcome: Outcome): Promise<Reply> {
  if (!outcome.ok && outcome.refusal.code === 'PERSON_UNKNOWN') return showInPlace(withBack(refusedCard(outcome.refusal)))
  if (!outcome.ok) return sayShortly(outcome.refusal.text)
  if (outcome.cards.length === 0) return sayShortly('Done.')
  if (placeOf(on, activity) !== '') return showInPlace(withBack(asOne(outcome.cards)))
  await tellPrivately(on, activity, outcome.cards)
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
