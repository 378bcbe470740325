import type { Instant } from '../result.ts'

/** The verdict ladder of shared verification rules, lowest first. */
export type Verdict = 'BOGUS' | 'QUARANTINED' | 'UNCONFIRMED' | 'CORROBORATED' | 'AUTHENTIC'

/** What a published document is asked. */
const DOCUMENT = ['hash', 'signature', 'schema', 'file-name', 'namespace', 'rollback', 'contradiction', 'corroboration'] as const
/** Hard rules for what somebody was sent: an honest sender breaks none of them. */
export const HARD = ['attachment', 'protection', 'impersonation', 'lookalike'] as const
/** What is asked of a mail, a link or words beside them: who sent it, whose address it is, how it travelled. */
const SENT = ['dkim', 'dmarc', 'openpgp-signature', 'domain', 'address', 'forward', 'size'] as const
/** What is asked of a patch file: is it the one that its bulletin names, does its own signature hold, and is that the vendor's? */
const PATCH = ['patch-hash', 'code-signature', 'code-signer'] as const

export const CHECK_NAMES = [...DOCUMENT, ...HARD, ...SENT, ...PATCH] as const
export type CheckName = (typeof CHECK_NAMES)[number]

export const OUTCOMES = ['pass', 'fail', 'not applicable', 'unavailable', 'stale'] as const
export type CheckOutcome = (typeof OUTCOMES)[number]

/** One check with what was seen. `evidence` is a sentence for people; hashes and fingerprints are whole in it. */
export interface Check {
  readonly name: CheckName
  readonly outcome: CheckOutcome
  readonly evidence: string
}

/** A verdict with its evidence. The verdict is a pure function of `checks` (see `verdictOf`). */
export interface Verification {
  readonly verdict: Verdict
  readonly checks: readonly Check[]
  /** One sentence: why this verdict, e.g. "HELD: the file does not match its published hash". */
  readonly reason: string
  /** Whose key signed, in words, e.g. "Patchcrier sample key, not the vendor's". */
  readonly signedBy?: string
  readonly checkedAt: Instant
}

/** Version of the rules below: it rises when the same checks would give another verdict. Evidence names the one it was judged by. */
export const RULES_VERSION = 2

/** Verdicts from the lowest rung up. */
export const LADDER: readonly Verdict[] = ['BOGUS', 'QUARANTINED', 'UNCONFIRMED', 'CORROBORATED', 'AUTHENTIC']

/** Height on the ladder, 0 to 4. */
export const rungOf = (verdict: Verdict): number => LADDER.indexOf(verdict)

/** What any official document must show, whoever vouches for it: it can be read, it is named rightly, its publisher may speak here. */
const OFFICIAL: readonly CheckName[] = ['schema', 'file-name', 'namespace']
/** What only the holder of the pinned key can show. */
const PROOF: readonly CheckName[] = ['signature', 'hash']
/** Comparison with what is known; not applicable at the first sight of a document. */
const HISTORY: readonly CheckName[] = ['rollback', 'contradiction']

const outcomesOf = (checks: readonly Check[], name: CheckName): readonly CheckOutcome[] =>
  checks.filter((check) => check.name === name).map((check) => check.outcome)

/** True when the check is there and each answer to it is among `good`. A missing check is never good. */
const stands = (checks: readonly Check[], name: CheckName, good: readonly CheckOutcome[]): boolean => {
  const outcomes = outcomesOf(checks, name)
  return outcomes.length > 0 && outcomes.every((outcome) => good.includes(outcome))
}

/** Checks that keep the document from AUTHENTIC, in the order in which they are told. */
const missing = (checks: readonly Check[]): readonly CheckName[] => [
  ...[...PROOF, ...OFFICIAL].filter((name) => !stands(checks, name, ['pass'])),
  ...HISTORY.filter((name) => !stands(checks, name, ['pass', 'not applicable'])),
]

const asks = (checks: readonly Check[], names: readonly CheckName[]): boolean => checks.some(({ name }) => names.includes(name))

/** Is it about something that was sent, rather than about a document that was published? */
const isSent = (checks: readonly Check[]): boolean => asks(checks, [...HARD, ...SENT])

/**
 * The verdict ladder (VERIFICATION.md). Pure: the same checks give the same verdict for ever.
 * A hard rule that is broken is BOGUS, any other failure quarantines. `unavailable` and `stale` never count as pass; neither does a check
 * that is not there. What was sent is CORROBORATED at best: a vendor never mails a proof.
 */
export const verdictOf = (checks: readonly Check[]): Verdict => {
  const failed = checks.filter((check) => check.outcome === 'fail')
  if (asks(failed, HARD)) return 'BOGUS'
  if (failed.length > 0) return 'QUARANTINED'
  // The bulletin may be good; the file beside it is only when it is the one that the bulletin names.
  if (asks(checks, PATCH) && !stands(checks, 'patch-hash', ['pass'])) return 'UNCONFIRMED'
  return isSent(checks) ? verdictOfSent(checks) : verdictOfDocument(checks)
}

const verdictOfDocument = (checks: readonly Check[]): Verdict => {
  const lacks = missing(checks)
  if (lacks.length === 0) return 'AUTHENTIC'
  const onlyProofLacks = lacks.every((name) => PROOF.includes(name))
  return onlyProofLacks && stands(checks, 'corroboration', ['pass']) ? 'CORROBORATED' : 'UNCONFIRMED'
}

/** Officially sent (the signature of the domain or of a pinned key, or an address of its own), nothing about it left open, and confirmed independently. */
const verdictOfSent = (checks: readonly Check[]): Verdict => {
  const official = isProvedSender(checks) || (stands(checks, 'domain', ['pass']) && stands(checks, 'address', ['pass']))
  const open = checks.some(({ name, outcome }) => (outcome === 'unavailable' || outcome === 'stale') && name !== 'corroboration')
  return official && !open && stands(checks, 'corroboration', ['pass']) ? 'CORROBORATED' : 'UNCONFIRMED'
}

const isProvedSender = (checks: readonly Check[]): boolean =>
  stands(checks, 'dkim', ['pass']) || stands(checks, 'openpgp-signature', ['pass'])

const FAILURES: Readonly<Record<CheckName, string>> = {
  hash: 'the file does not match its published hash',
  signature: 'the signature is not a good one by the pinned key',
  schema: 'the document is malformed',
  'file-name': 'the file name is not the one that its id demands',
  namespace: 'the publisher is not one that may speak here',
  rollback: 'the document goes back behind a revision that is already known',
  contradiction: 'the same id and version came with other content',
  corroboration: 'an independent origin contradicts it',
  attachment: 'a program is attached that claims to be a patch; vendors never send patches',
  protection: 'it asks to switch protection off',
  impersonation: 'it calls itself a vendor and leads somewhere else',
  lookalike: 'an address is made to look like a vendor’s',
  dkim: 'the signature of the sender’s domain does not hold',
  dmarc: 'the sender’s domain disowns mail like this',
  'openpgp-signature': 'what a pinned key of its sender should have signed is not what it says',
  domain: 'the address belongs to somebody else',
  address: 'the address is not one that a vendor would send',
  forward: 'the forwarded mail cannot be read',
  size: 'it is too large or too deep to be looked at whole',
  'patch-hash': 'the file is not the one that its bulletin names',
  'code-signature': 'the signature in the file does not hold',
  'code-signer': 'somebody else than the vendor of its bulletin signed the file',
}

/** Failures in the order of what they mean for the reader: forged first, then malformed, then misplaced. */
const GRAVEST: readonly CheckName[] = [
  'attachment',
  'protection',
  'impersonation',
  'lookalike',
  'hash',
  'patch-hash',
  'signature',
  'code-signature',
  'code-signer',
  'contradiction',
  'rollback',
  'openpgp-signature',
  'dkim',
  'dmarc',
  'namespace',
  'domain',
  'address',
  'file-name',
  'schema',
  'corroboration',
  'forward',
  'size',
]

const lackOf = (checks: readonly Check[], name: CheckName): string => {
  const outcomes = outcomesOf(checks, name)
  if (outcomes.includes('stale')) return `${WORDS[name]} stale`
  return name === 'signature' || name === 'hash' ? `${WORDS[name]} missing` : `${WORDS[name]} not possible`
}

const WORDS: Readonly<Partial<Record<CheckName, string>>> = {
  hash: 'hash',
  signature: 'signature',
  schema: 'schema check',
  'file-name': 'file name check',
  namespace: 'publisher check',
  rollback: 'rollback check',
  contradiction: 'contradiction check',
}

const heldBecause = (checks: readonly Check[]): string => {
  const failed = failedOf(checks)
  const genuine = failed.length === 1 && failed[0] === 'schema' && stands(checks, 'signature', ['pass']) && stands(checks, 'hash', ['pass'])
  if (genuine) return 'HELD: genuine, but malformed'
  const first = failed[0]
  return `HELD: ${first === undefined ? 'a check failed' : FAILURES[first]}`
}

/** What failed, gravest first. */
export const failedOf = (checks: readonly Check[]): readonly CheckName[] =>
  GRAVEST.filter((name) => outcomesOf(checks, name).includes('fail'))

/** One sentence for people: why `verdictOf` says what it says. */
export const reasonOf = (checks: readonly Check[]): string => {
  const verdict = verdictOf(checks)
  switch (verdict) {
    case 'AUTHENTIC':
      return asks(checks, PATCH)
        ? 'The file is the one that a signed bulletin names'
        : 'Signed by the pinned key; hash, schema, file name and publisher agree'
    case 'CORROBORATED':
      return isSent(checks)
        ? 'Officially sent, and confirmed by an independent origin'
        : `Confirmed by an independent origin (${lacksOf(checks)})`
    case 'UNCONFIRMED':
      return unconfirmedBecause(checks)
    case 'QUARANTINED':
      return heldBecause(checks)
    case 'BOGUS':
      return `BOGUS: ${FAILURES[failedOf(checks)[0] ?? 'lookalike']}`
    default:
      return verdict satisfies never
  }
}

const lacksOf = (checks: readonly Check[]): string =>
  missing(checks)
    .map((name) => lackOf(checks, name))
    .join(', ')

function unconfirmedBecause(checks: readonly Check[]): string {
  if (asks(checks, PATCH)) return 'No bulletin that is proved names this file'
  if (!isSent(checks)) return `Looks official, nothing more (${lacksOf(checks)})`
  return isProvedSender(checks)
    ? 'Really sent by who it says; what it says is not confirmed'
    : 'Nothing speaks against it, and nothing proves it'
}
