import { sameSite } from './lookalike.ts'
import { domainOf, type MailFacts, type MailLink, type SignedWords } from './mail.ts'
import { line } from './text.ts'
import type { Check } from './verification.ts'

/**
 * Of what is signed only a part of a mail: `all` is judged (what a person was sent, who sees all of it), or only what is `signed` (a notice that
 * is taken in, of which nothing else is ever shown).
 */
export type Judged = 'all' | 'signed'

/** The signature of a pinned key; null: there is nothing to say of one. `headed`: its domain signed what stands in its head. */
export function openpgpCheck(mail: MailFacts, judged: Judged, headed: boolean): Check | null {
  const { openpgp } = mail
  if (openpgp === undefined) return null
  const { outcome, evidence, signed } = openpgp
  const outside = outcome === 'pass' && signed && judged === 'all' ? uncovered(mail, signed, headed) : []
  return outside.length === 0
    ? { name: 'openpgp-signature', outcome, evidence }
    : { name: 'openpgp-signature', outcome: 'unavailable', evidence: `${evidence} It does not cover ${outside.join('; nor ')}.` }
}

/** What people see and nobody signed. */
const uncovered = (mail: MailFacts, { text, outside }: SignedWords, headed: boolean): readonly string[] => [
  ...outside,
  ...(mail.doubled.length > 0 || mail.from.length !== 1 ? ['headers that it has more than once'] : []),
  ...(headed || isTold(mail.subject, text) ? [] : ['its subject, which says more than the signed text']),
  ...(headed ? [] : strangeReplies(mail)),
]

/** What every notice may say of itself. */
const OF_NOTICES = ['security', 'advisory', 'update', 'notice', 'announcement', 'bulletin']

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/** Does a subject say nothing that the signed text does not say, too? Most lists put something in front of it, so that it is seldom signed. */
function isTold(subject: string, text: string): boolean {
  const told = new Set([...OF_NOTICES, ...wordsOf(text)])
  return wordsOf(subject).every((word) => told.has(word))
}

const strangeReplies = ({ from, replyTo }: MailFacts): readonly string[] => {
  const sender = domainOf(from[0]?.address ?? '')
  const strange = replyTo.find(({ address }) => domainOf(address) !== sender && !sameSite(domainOf(address), sender))
  return strange ? [`that answers go to ${line(strange.address, 100)}`] : []
}

/** Links that a pinned key did not sign. */
export const unsignedLinks = ({ links, openpgp }: MailFacts): readonly MailLink[] => {
  if (openpgp?.outcome !== 'pass' || openpgp.signed === null) return links
  const signed = new Set(openpgp.signed.links.map(({ url }) => url))
  return links.filter(({ url }) => !signed.has(url))
}

/** Lists change what a domain signed. Where a pinned key signed all that counts, it does not matter who delivered it. */
export const undecided = (check: Check): Check =>
  check.outcome === 'pass' || check.outcome === 'not applicable'
    ? check
    : { ...check, outcome: 'not applicable', evidence: `${check.evidence} It decides nothing: a pinned key signed what counts.` }
