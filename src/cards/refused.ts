import type { Refusal } from '../core/result.ts'
import type { Block, Card } from './card.ts'

/** The verb of the button under the answer to somebody whom the policy does not know. */
export const ASK_ROLE = 'ask-role'

const ASK = 'Ask for a role'

/** A rule's no where nothing can be pressed: the way to the button is said. */
export const refusedWords = ({ code, text }: Refusal): string =>
  code === 'PERSON_UNKNOWN' ? `${text} Write "help" to me in our private chat: "${ASK}" stands below my answer.` : text

/** A rule's no as a message of its own, with a way on where there is one. `more` follows it. */
export const refusedCard = ({ code, text }: Refusal, more: readonly Block[] = []): Card => ({
  look: 'whisper',
  tone: 'warning',
  badges: [],
  title: 'Not done',
  blocks: [{ kind: 'text', text: [text] }, ...more],
  actions: code === 'PERSON_UNKNOWN' ? [{ label: ASK, verb: ASK_ROLE, id: 'account', style: 'primary' }] : [],
  summary: text,
})

/** What was typed, by its labels: it comes with the no where the form had to be closed before. */
export function draftOf(typed: readonly (readonly [label: string, value: string])[]): readonly Block[] {
  const facts = typed.map(([label, value]) => ({ label, value: [value] }))
  return facts.length === 0
    ? []
    : [
        { kind: 'heading', text: 'You had written' },
        { kind: 'facts', facts },
      ]
}
