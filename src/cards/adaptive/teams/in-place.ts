import type { Card } from '../../card.ts'
import { plainLine, shorten } from '../../text.ts'
import { LIMITS } from './limits.ts'

export const ADAPTIVE = 'application/vnd.microsoft.card.adaptive'

/** A verb that the house never sees: the card of the message as it is now. */
export const REFRESH = 'refresh'

/** With a way back to what stood there, for a card that takes its place before one person's eyes. */
export const withBack = (card: Card): Card => ({
  ...card,
  actions: [...card.actions, { label: 'Back', verb: REFRESH, id: '', style: 'default' }],
})

/** What a pressed button is answered (https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model, response format). */
export interface InPlace {
  readonly statusCode: 200
  readonly type: string
  readonly value: unknown
}

/** A line above the card. */
export const lineAbove = (text: string): InPlace => ({
  statusCode: 200,
  type: 'application/vnd.microsoft.activity.message',
  value: shorten(plainLine(text), LIMITS.toast),
})

/** A card in the place of the one that was pressed. */
export const cardInstead = (value: object): InPlace => ({ statusCode: 200, type: ADAPTIVE, value })

/** Several cards in the place of one. */
export function asOne([first, ...others]: readonly Card[]): Card {
  if (first === undefined) throw new Error('expected a card')
  return {
    ...first,
    blocks: [...first.blocks, ...others.flatMap(({ title, blocks }) => [{ kind: 'heading' as const, text: title }, ...blocks])],
    actions: [first, ...others].flatMap(({ actions }) => actions),
  }
}

/** A reply where there are no threads says what it belongs to. */
export const about = ({ title }: Card, reply: Card): Card =>
  title === '' ? reply : { ...reply, blocks: [{ kind: 'text', text: [`About: ${title}`], quiet: true }, ...reply.blocks] }
