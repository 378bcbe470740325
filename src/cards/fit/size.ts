import type { Block, Card } from '../card.ts'

/** A platform that takes a card up to a size. */
export interface Room<T> {
  /** How a card is drawn: its forms unfold in it, or open as dialogs. */
  readonly draw: (card: Card, forms: 'inside' | 'dialogs') => T
  readonly bytesOf: (drawn: T) => number
  readonly most: number
}

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
 * The card as the platform takes it. Where it is too large, first its forms move into dialogs, then pictures become their words, long lists and
 * tables are cut, and the least needed parts of its body are left out, and it says so. Title and buttons stay.
 */
export function fitted<T>(card: Card, { draw, bytesOf, most }: Room<T>): T {
  const inside = draw(card, 'inside')
  if (bytesOf(inside) <= most) return inside
  const apart = draw(card, 'dialogs')
  if (bytesOf(apart) <= most) return apart
  const plain = card.blocks.map(inWords)
  for (const entries of [Number.POSITIVE_INFINITY, ...STEPS]) {
    const drawn = draw({ ...card, blocks: plain.flatMap((block) => cut(block, entries)) }, 'dialogs')
    if (bytesOf(drawn) <= most) return drawn
  }
  return withoutSome({ ...card, blocks: plain.flatMap((block) => cut(block, STEPS.at(-1) ?? 1)) }, { draw, bytesOf, most })
}

/** A picture is by far the largest part of a card, and its words say the same. */
const inWords = (block: Block): Block => (block.kind === 'picture' ? { kind: 'text', text: [block.alt] } : block)

/** Leaves parts out until the rest fits. Each part is measured once, alone: drawing the whole again and again would take seconds. */
function withoutSome<T>(card: Card, { draw, bytesOf, most }: Room<T>): T {
  const size = (one: Card): number => bytesOf(draw(one, 'dialogs'))
  const bare = size({ ...card, blocks: [note(99)] })
  const alone = size({ ...card, blocks: [], actions: [] })
  const parts = card.blocks.map((block) => ({ block, bytes: size({ ...card, blocks: [block], actions: [] }) - alone }))
  let left = bare + parts.reduce((sum, { bytes }) => sum + bytes, 0)
  const gone = new Set<(typeof parts)[number]>()
  for (const part of byNeed(parts)) {
    if (left <= most) break
    gone.add(part)
    left -= part.bytes
  }
  const kept = parts.filter((part) => !gone.has(part)).map(({ block }) => block)
  return draw({ ...card, blocks: [...kept, note(gone.size)] }, 'dialogs')
}

/** The least needed first; of one kind the last ones. */
const byNeed = <P extends { readonly block: Block }>(parts: readonly P[]): readonly P[] =>
  parts.toReversed().toSorted((a, b) => needOf(a.block) - needOf(b.block))

const needOf = (block: Block): number => NEEDED.findIndex((is) => is(block))

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

const more = (count: number): Block => ({ kind: 'text', text: [`${count} more are not shown here.`] })
const note = (count: number): Block => ({
  kind: 'text',
  text: [count === 1 ? '1 more part does not fit here.' : `${count} more parts do not fit here.`],
  quiet: true,
})
