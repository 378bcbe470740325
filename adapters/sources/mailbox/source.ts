import { createHash } from 'node:crypto'
import type { SentProof } from '../../../src/core/identify/evidence.ts'
import type { Checked } from '../../../src/core/identify/judge.ts'
import type { Owned } from '../../../src/core/identify/lookalike.ts'
import type { MailFacts, SigningKey } from '../../../src/core/identify/mail.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Batch, BulletinSource, Clock, MailReader, RawDocument } from '../../../src/ports.ts'
import { digestOf } from './bulletin.ts'
import { placeOf, type Way } from './connect.ts'
import type { Lying } from './folder.ts'
import { fileNameOf } from './ids.ts'
import { LIMITS, type Limits, look, type Side } from './look.ts'
import { isDnsSilent } from './silence.ts'
import { weigh } from './weigh.ts'

export interface MailboxDeps {
  /** Reads mails where they hold nobody up; asks the DNS for the keys of their signatures. */
  readonly mails: MailReader
  readonly clock: Clock
  readonly way: Way
  /** Whose hosts count as somebody's own by the policy. */
  readonly owned: readonly Owned[]
  /** Keys that are pinned for its senders. */
  readonly signers?: readonly SigningKey[]
  readonly limits?: Partial<Limits>
}

/** Of a mail that does not count so much is kept. */
const MOST_KEPT = 1_000_000

type Rule = SourceRuleOf<'mailbox'>

/**
 * A mailbox where notices arrive. Mails that are proved are documents, all others are doubted; nothing in the mailbox is changed. What
 * came before a connection was lost counts, and the next look goes on behind it. Throws Fault SOURCE_FAILED or HTTP_... when nothing came.
 */
export const createMailboxSource = (rule: Rule, deps: MailboxDeps): BulletinSource => ({
  id: rule.id,
  fetch: (cursor, signal): Promise<Batch> =>
    look({
      rule,
      way: deps.way,
      limits: { ...LIMITS, ...deps.limits },
      sideOf: (number, mail) => sideOf(rule, deps, number, mail),
      cursor,
      signal,
    }),
  check: (raw, now) => checkMail(rule, deps, raw, now),
  signers: deps.signers ?? [],
})

async function sideOf(
  rule: Rule,
  { mails, clock, owned, signers = [] }: MailboxDeps,
  number: string,
  { bytes, size }: Lying,
): Promise<Side> {
  if (bytes === null) {
    const reason = `It has ${size} bytes, more than the ${rule.maxMegabytes} MB that are fetched.`
    const doubted = { name: `mail ${number}`, reason, digest: sha256(Buffer.from(number)), bytes: new Uint8Array() }
    return { to: 'doubted', doubted, waits: false }
  }
  const reading = await mails.read(bytes, clock.now(), null, signers)
  const weighed = weigh(reading, rule, owned, clock.now())
  if (weighed.ok && reading.ok) {
    const document = { fileName: fileNameOf(weighed.bulletin.vendorId), url: `imaps://${placeOf(rule)}`, bytes, dns: reading.dns }
    return { to: 'documents', document }
  }
  const { name, reason } = weighed.ok ? { name: number, reason: 'It cannot be read.' } : weighed
  const doubted = { name, reason, digest: sha256(bytes), bytes: bytes.slice(0, MOST_KEPT) }
  return { to: 'doubted', doubted, waits: isDnsSilent(reading, rule) }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** All checks of one mail by the answers that the DNS gave when it came. Without a proof it is held, and counts for nothing. */
async function checkMail(rule: Rule, { mails, owned, signers = [] }: MailboxDeps, raw: RawDocument, now: Date): Promise<Checked> {
  const dns = raw.dns ?? []
  const reading = await mails.read(raw.bytes, now, dns, signers)
  const weighed = weigh(reading, rule, owned, now)
  if (!weighed.ok || !reading.ok) {
    const evidence = weighed.ok ? 'It cannot be read.' : weighed.reason
    return { bulletin: null, digest: sha256(raw.bytes), checks: [{ name: 'schema', outcome: 'fail', evidence }] }
  }
  const { bulletin, checks, mail } = weighed
  return { bulletin, digest: digestOf(mail), checks, sent: { dns, owned, ...usedOf(mail, signers) } }
}

/** The key that signed, for whoever checks it again. */
function usedOf({ openpgp }: MailFacts, signers: readonly SigningKey[]): Pick<SentProof, 'openpgp'> {
  if (!openpgp) return {}
  const by = openpgp.signed?.by
  return { openpgp: { keys: signers.filter(({ fingerprint }) => fingerprint === by), judged: 'signed' } }
}
