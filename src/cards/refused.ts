import type { Refusal } from '../core/result.ts'
import type { Block, Card } from './card.ts'

/** The verb of the button under the answer to somebody whom the policy does not know. */
export const ASK_ROLE = 'ask-role'

/** A rule's no as a message of its own, with a way on where there is one. `more` follows it. */
export const refusedCard = ({ code, text }: Refusal, more: readonly Block[] = []): Card => ({
  look: 'whisper',
  tone: 'warning',
  badges: [],
  title: 'Not done',
  blocks: [{ kind: 'text', text: [text] }, ...more],
  actions: code === 'PERSON_UNKNOWN' ? [{ label: 'Ask for a role', verb: ASK_ROLE, id: 'account', style: 'primary' }] : [],
  summary: text,
})
