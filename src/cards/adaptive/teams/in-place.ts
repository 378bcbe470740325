import type { Card } from '../../card.ts'

/** A verb that the house never sees: the card of the message as it is now. */
export const REFRESH = 'refresh'

/** With a way back to what stood there, for a card that takes its place before one person's eyes. */
export const withBack = (card: Card): Card => ({
  ...card,
  actions: [...card.actions, { label: 'Back', verb: REFRESH, id: '', style: 'default' }],
})

/** Several cards in the place of one. */
export function asOne([first, ...others]: readonly Card[]): Card {
  if (first === undefined) throw new Error('expected a card')
  return {
    ...first,
    blocks: [...first.blocks, ...others.flatMap(({ title, blocks }) => [{ kind: 'heading' as const, text: title }, ...blocks])],
    actions: [first, ...others].flatMap(({ actions }) => actions),
  }
}
