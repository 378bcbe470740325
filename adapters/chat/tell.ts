import type { Block, Card } from '../../src/cards/card.ts'
import { refusedCard } from '../../src/cards/refused.ts'
import { ChatError, type Outcome } from '../../src/ports.ts'
import type { Log } from './log.ts'
import { ONCE_MORE, type OnceMore, onceMore } from './once-more.ts'

/** What an outcome shows to who waits for it. `more` follows a no. */
export const cardsOf = (outcome: Outcome, more: readonly Block[] = []): readonly Card[] =>
  outcome.ok ? outcome.cards : [refusedCard(outcome.refusal, more)]

/**
 * Shows cards one by one, each once more where it is sure that it was not shown. What cannot be shown is logged: what was wanted has
 * happened all the same. False: the platform forbids it.
 */
export async function tell(
  log: Log,
  cards: readonly Card[],
  show: (card: Card) => Promise<unknown>,
  again: Partial<OnceMore> = {},
): Promise<boolean> {
  try {
    for (const card of cards) await onceMore(() => show(card), { ...ONCE_MORE, ...again })
    return true
  } catch (error) {
    log.warn({ err: error }, 'chat: an outcome could not be shown')
    return !(error instanceof ChatError && error.code === 'FORBIDDEN')
  }
}

/** False where the platform did not hear an answer, as while its connection is opened anew: what was done has happened, and is told all the same. */
export async function heard(log: Log, answer: Promise<void>): Promise<boolean> {
  try {
    await answer
    return true
  } catch (error) {
    log.warn({ err: error }, 'chat: an answer did not reach the platform')
    return false
  }
}
