import type { Block, Card } from '../../src/cards/card.ts'
import { bytesOf, CARD_BYTES } from './limits.ts'
import { shortened } from './shorten.ts'

/** How a card is drawn: its forms unfold in it, or open as dialogs. */
export type Draw<T> = (card: Card, forms: 'inside' | 'dialogs') => T

/** How many entries of a list or rows of a table are left, step by step. */
const STEPS = [40, 20, 10, 5]

/** What is left out first. What happened, and what it is about, stays longest. */
const NEEDED: readonly ((block: Block) => boolean)[] = [
  (block) => block.kind === 'text' && block.quiet === true,
  (block) => block.kind === 'links' || block.kind === 'list' || block.kind === 'table',
  (block) => block.kind === 'text' || block.kind === 'heading' || block.kind === 'progress',
  () => true,
]

/**
 * The card as Teams takes it. Where it is too large, first its forms move into dialogs, then long lists and tables are cut, then the least
 * needed parts of its body are left out, and it says so. Title and buttons stay.
 */
export function fitted<T>(card: Card, draw: Draw<T>): T {
  const whole = shortened(card)
  let drawn = draw(whole, 'inside')
  for (const smaller of smallerAndSmaller(whole)) {
    if (bytesOf(drawn) <= CARD_BYTES) return drawn
    drawn = draw(smaller, 'dialogs')
  }
  return drawn
}

function* smallerAndSmaller(card: Card): Generator<Card> {
  yield card
  let { blocks } = card
  for (const most of STEPS) {
    blocks = card.blocks.flatMap((block) => cut(block, most))
    yield { ...card, blocks }
  }
  const parts = blocks.length
  while (blocks.length > 0) {
    blocks = withoutLeastNeeded(blocks)
    yield { ...card, blocks: [...blocks, note(parts - blocks.length)] }
  }
}

function cut(block: Block, most: number): Block[] {
  if (block.kind === 'list' && block.items.length > most) {
    return [{ ...block, items: block.items.slice(0, most) }, more(block.items.length - most)]
  }
  if (block.kind === 'table' && block.rows.length > most) {
    return [{ ...block, rows: block.rows.slice(0, most) }, more(block.rows.length - most)]
  }
  if (block.kind === 'facts' && block.facts.length > most) {
    return [{ ...block, facts: block.facts.slice(0, most) }, more(block.facts.length - most)]
  }
  return [block]
}

/** Among the least needed kind, the last one. */
function withoutLeastNeeded(blocks: readonly Block[]): readonly Block[] {
  const index = NEEDED.map((least) => blocks.findLastIndex(least)).find((found) => found >= 0)
  return blocks.filter((_, i) => i !== index)
}

const more = (count: number): Block => ({ kind: 'text', text: [`${count} more are not shown here.`] })
const note = (count: number): Block => ({
  kind: 'text',
  text: [count === 1 ? '1 more part does not fit here.' : `${count} more parts do not fit here.`],
  quiet: true,
})
