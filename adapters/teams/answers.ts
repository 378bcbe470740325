import type { Card } from '../../src/cards/card.ts'
import { refusedCard } from '../../src/cards/refused.ts'
import { plainLine, shorten } from '../../src/cards/text.ts'
import type { Outcome } from '../../src/ports.ts'
import { inTime } from '../chat/soon.ts'
import { type Activity, withoutThread } from './activity.ts'
import { withBack } from './button.ts'
import { LIMITS } from './limits.ts'
import { ADAPTIVE, type Audience, renderCard } from './render.ts'
import { placeOf, type Receiving, type Reply, tellPrivately } from './turn.ts'

/** Answers to `adaptiveCard/action` (https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model, response format). */
export const sayShortly = (text: string): Reply =>
  invoked({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: shorten(plainLine(text), LIMITS.toast) })

/** For what takes longer than Teams waits. */
export const WAIT = 'This takes a moment. I tell you in our private chat how it ends.'

const showInPlace = (card: Card, audience?: Audience): Reply =>
  invoked({ statusCode: 200, type: ADAPTIVE, value: renderCard(card, audience) })

export const invoked = (body: unknown): Reply => ({ status: 200, body })

/** The outcome, or `late` when Teams has to be answered first: then it is told in the private chat of whoever waits for it. */
export async function inTimeOrTold(on: Receiving, activity: Activity, work: Promise<Outcome>): Promise<Outcome | 'late'> {
  const early = await inTime(work)
  if (early === 'late') on.later(work.then((outcome) => tellPrivately(on, activity, cardsOf(outcome))))
  return early
}

/**
 * What a click is answered. A refusal is a line above the card; a look behind the card takes its place before that person's eyes, with a
 * way back; a deed is a word: the deliverer draws the card anew for everybody in any case, and drawing it twice would cost more than the rest.
 */
export async function answerTo(on: Receiving, activity: Activity, outcome: Outcome): Promise<Reply> {
  if (!outcome.ok) {
    return outcome.refusal.code === 'PERSON_UNKNOWN'
      ? showInPlace(withBack(refusedCard(outcome.refusal)))
      : sayShortly(outcome.refusal.text)
  }
  if (outcome.cards.length === 0) return sayShortly('Done.')
  if (placeOf(on, activity) !== '') return showInPlace(withBack(asOne(outcome.cards)))
  await tellPrivately(on, activity, outcome.cards)
  return sayShortly('You find it below.')
}

/** The card of the message as it is now. `otherwise` is said where it is none of the house's messages. */
export async function cardAnew(on: Receiving, activity: Activity, otherwise: string): Promise<Reply> {
  const place = placeOf(on, activity)
  const card = place && activity.replyToId ? await on.doors.cardOf(place, activity.replyToId) : null
  return card === null ? sayShortly(otherwise) : showInPlace(card, await on.roster.audience(withoutThread(activity.conversation.id)))
}

/** Several cards in the place of one. */
export function asOne([first, ...others]: readonly Card[]): Card {
  if (first === undefined) throw new Error('expected a card')
  return {
    ...first,
    blocks: [...first.blocks, ...others.flatMap(({ title, blocks }) => [{ kind: 'heading' as const, text: title }, ...blocks])],
    actions: [first, ...others].flatMap(({ actions }) => actions),
  }
}

export const cardsOf = (outcome: Outcome): readonly Card[] => (outcome.ok ? outcome.cards : [refusedCard(outcome.refusal)])
