import type { Block, Card, Span } from './card.ts'

export type Mention = Extract<Span, { readonly mention: string }>

/** Whom a card calls. */
export const calledBy = ({ blocks }: Card): readonly Mention[] =>
  blocks.flatMap(spansIn).filter((span): span is Mention => typeof span !== 'string' && 'mention' in span)

function spansIn(block: Block): readonly Span[] {
  if (block.kind === 'text' || block.kind === 'outcome') return block.text
  if (block.kind === 'facts') return block.facts.flatMap(({ value }) => value)
  return block.kind === 'list' ? block.items.flat() : []
}
