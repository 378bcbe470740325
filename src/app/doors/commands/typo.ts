import type { Role } from '../../../core/policy.ts'

/** A word that somebody may have meant. `hint` is a sentence that says what to do instead. */
export interface Meant {
  readonly word: string
  /** Who may do it; empty: everybody. */
  readonly roles: readonly Role[]
  readonly hint: string
}

const onCard = (label: string, card: string): string => `"${label}" is a button on ${card}.`
const button = (word: string, label: string, card: string, ...roles: readonly Role[]): Meant => ({ word, roles, hint: onCard(label, card) })

/** What people may try to type though it is done by pressing a button. */
export const BUTTON_WORDS: readonly Meant[] = [
  button('classify', 'Classify', 'the alert card', 'patch-team', 'security'),
  button('vouch', 'Vouch for it', 'the alert card', 'security'),
  button('open', 'Open', 'the card of the source', 'patch-team', 'security'),
  button('discard', 'Discard', 'the card of the held bulletin', 'security'),
  button('test', 'Record a test', 'the test card', 'patch-team', 'operations'),
  button('plan', 'Make the plan', 'the test card', 'patch-team', 'operations'),
  button('approve', 'Approve', 'the card "Go or no-go"', 'security', 'operations'),
  button('reject', 'Reject', 'the card "Go or no-go"', 'security', 'operations'),
  button('announce', 'Announce', 'the card "Go or no-go"', 'patch-team', 'operations'),
  button('pilot', 'Record the pilot', 'the live card of the rollout', 'patch-team', 'operations'),
  button('rollback', 'Roll back', 'the live card of the rollout', 'patch-team', 'operations'),
  button('retry', 'Retry', 'the card of the failure', 'patch-team', 'operations'),
  button('exclude', 'Exclude', 'the card of the failure', 'patch-team', 'operations'),
  button('real', 'Is this real?', 'the announcement'),
]

/** What a mistyped word may mean, as a sentence; null when nothing is near. A third of its letters may be wrong. */
export function nearest(word: string, known: readonly Meant[]): string | null {
  const typed = word.toLowerCase()
  const [best] = known.map((one) => ({ one, wrong: distance(typed, one.word) })).sort((a, b) => a.wrong - b.wrong)
  return best && best.wrong <= Math.ceil(best.one.word.length / 3) ? best.one.hint : null
}

/** Edit distance (Levenshtein); the words are short. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}
