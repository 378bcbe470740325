import type { Check, Verdict, Verification } from '../core/identify/verification.ts'
import type { Card, Text } from './card.ts'
import { button, quiet, shortTitle, textBlock, verdictBadge, whisper } from './words.ts'

/** A stored bulletin, as far as somebody asks whether it is real. */
export interface VerifiedView {
  readonly rowId: number
  readonly vendorId: string
  readonly revision: string
  readonly title: string
  readonly source: string
  readonly verification: Verification
  readonly changeId: number | null
}

const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  AUTHENTIC: 'Real: it is signed by a key that the policy trusts.',
  CORROBORATED: 'Most likely real: it comes from where the publisher publishes, and its checksum fits. A signature is missing.',
  UNCONFIRMED: 'Not proved: it looks official, nothing more. Nothing is done until somebody of security vouches for it.',
  QUARANTINED: 'HELD: something about it does not fit. Do not act on it.',
  BOGUS: 'BOGUS: it is forged or broken. Do not act on it.',
}

const OUTCOME_WORDS: Readonly<Record<Check['outcome'], string>> = {
  pass: 'yes',
  fail: 'NO',
  'not applicable': 'does not apply',
  unavailable: 'could not be checked',
  stale: 'out of date',
}

/** Is it real? The verdict in words, and each check that led to it. */
export function verifiedCard(view: VerifiedView): Card {
  const { verification, rowId } = view
  return whisper(
    `${view.vendorId} rev ${view.revision}: ${shortTitle(view.title)}`,
    [
      textBlock(VERDICT_WORDS[verification.verdict]),
      {
        kind: 'list',
        items: verification.checks
          .filter((c) => c.outcome !== 'not applicable')
          .map((c): Text => [{ strong: `${c.name}: ${OUTCOME_WORDS[c.outcome]}` }, `. ${c.evidence}`]),
      },
      quiet(`Taken from ${view.source}${view.changeId === null ? '; it has no change here' : `; it is change ${view.changeId}`}.`),
      quiet('Vendors never send patches by mail.'),
    ],
    { badges: [verdictBadge(verification.verdict)], actions: [button('Evidence', 'evidence', `bulletin:${rowId}`)] },
  )
}

/** A document under this name is held: what it says is nobody's business but security's. */
export const heldWordsCard = (vendorId: string): Card =>
  whisper(
    `${vendorId}: held`,
    [
      textBlock('A document under this name came in and does not verify. It is held: nothing was announced, and nobody acts on it.'),
      quiet('Security looks into it. If somebody sent it to you, tell them.'),
    ],
    { tone: 'danger' },
  )
