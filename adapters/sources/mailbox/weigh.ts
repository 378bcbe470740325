import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import { type Owned, sameSite } from '../../../src/core/identify/lookalike.ts'
import { domainOf, isSender, type MailFacts, type MailReading } from '../../../src/core/identify/mail.ts'
import { mailChecks } from '../../../src/core/identify/mail-checks.ts'
import { line } from '../../../src/core/identify/text.ts'
import { type Check, failedOf, reasonOf } from '../../../src/core/identify/verification.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import { bulletinOf } from './bulletin.ts'
import { idOf } from './ids.ts'
import { isQuoting, signedMail } from './signed.ts'

/** A mail that may count as its sender's bulletin, or why it may not. */
export type Weighed =
  | { readonly ok: true; readonly bulletin: Bulletin; readonly checks: readonly Check[]; readonly mail: MailFacts }
  | { readonly ok: false; readonly name: string; readonly reason: string }

type Rule = SourceRuleOf<'mailbox'>

/** A clock may be wrong by so much. A mail that claims to be of next year would make all that come until then look old. */
const AHEAD_MS = 3_600_000

/**
 * A mail counts only when its sender is one of the policy's, the signature of the sender's domain or of a pinned key is good, no check fails or
 * is left open, its date is under the signature, and it tells of an advisory that this sender may speak for. Everything else could be
 * anybody's, and would confirm the bulletins of others.
 */
export function weigh(reading: MailReading, rule: Pick<Rule, 'id' | 'senders'>, owned: readonly Owned[], now: Date): Weighed {
  if (!reading.ok) return { ok: false, name: 'a mail that cannot be read', reason: reading.problem }
  const { mail } = reading
  const doubt = (reason: string): Weighed => ({ ok: false, name: nameOf(mail), reason })
  const checks = mailChecks(mail, owned, 'signed')
  const [worst] = failedOf(checks)
  if (worst !== undefined) return doubt(`${reasonOf(checks)}. ${evidenceOf(checks, worst, 'fail')}`)
  const sender = senderOf(mail, rule)
  if (!sender) return doubt(`${line(mail.from[0]?.address ?? '', 100) || 'Its sender'} is not among the senders of the policy.`)
  const open = checks.find(({ outcome }) => outcome === 'unavailable' || outcome === 'stale')
  if (open) return doubt(open.evidence)
  const signed = signedMail(mail, sender)
  if (!signed && !checks.some(({ name, outcome }) => name === 'dkim' && outcome === 'pass')) return doubt('Nothing proves who sent it.')
  if (isAnswer(mail) || (signed && isQuoting(signed)))
    return doubt('It is an answer to a mail, or passes one on: what it says may be what somebody else wrote to its sender.')
  const counted = signed ?? mail
  const { date } = counted
  if (date === null || !(signed || isDateSigned(mail)))
    return doubt('Its date is not under its signature: it could be an old mail that looks new.')
  if (Date.parse(date) > now.getTime() + AHEAD_MS) return doubt(`It is dated ${date}, in the future.`)
  // What a key of a person signed names its own id at its head, or is no notice.
  const id = idOf(signed ? { ...signed, text: '' } : mail, sender.idPrefixes)
  if (id === null)
    return doubt(`It names no advisory, or more than one, of those that ${sender.from} may speak for (${sender.idPrefixes.join(', ')}).`)
  return { ok: true, checks, mail: counted, bulletin: bulletinOf({ rule, sender, mail: counted, date, id }) }
}

/** The sender of the policy whom a mail names as its own. That alone proves nothing. */
export function senderOf(
  { from: [first], openpgp }: Pick<MailFacts, 'from' | 'openpgp'>,
  { senders }: Pick<Rule, 'senders'>,
): Rule['senders'][number] | null {
  const named = senders.filter(({ from }) => isSender(from, first?.address ?? ''))
  // A key speaks for the sender that it is pinned for, and for no other one that the address fits, too.
  return named.find(({ from }) => from === openpgp?.signed?.from) ?? named[0] ?? null
}

/** A vendor's desk signs its automatic answers, too, and they repeat the subject and the words of whoever wrote to it. */
const isAnswer = ({ subject, headers }: MailFacts): boolean =>
  headers.includes('in-reply-to') ||
  /^\s*(?:(?:re|aw|antw|fw|fwd|wg|tr|sv|vs)(?:\[\d+\])?\s*:|auto\w*[ -]?(?:reply|response)|out of office)/i.test(subject)

const evidenceOf = (checks: readonly Check[], name: Check['name'], outcome: Check['outcome']): string =>
  checks.find((one) => one.name === name && one.outcome === outcome)?.evidence ?? ''

const isDateSigned = ({ dkim, from }: MailFacts): boolean =>
  dkim.some(({ result, domain, covers }) => {
    const sender = domainOf(from[0]?.address ?? '')
    return result === 'pass' && covers.includes('date') && (domain === sender || sameSite(sender, domain))
  })

const nameOf = ({ from, subject }: MailFacts): string =>
  line(`${from[0]?.address || 'nobody'}: ${subject === '' ? 'no subject' : subject}`, 200)
