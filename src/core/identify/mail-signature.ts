import { hostKind, type Owned, sameSite } from './lookalike.ts'
import { type DkimSignature, domainOf, type MailFacts } from './mail.ts'
import { MEMBERS } from './places.ts'
import { line } from './text.ts'
import type { Check, CheckOutcome } from './verification.ts'

type Name = 'dkim' | 'dmarc'
const check = (name: Name, outcome: CheckOutcome, evidence: string): Check => ({ name, outcome, evidence })

/** The weakest RSA key that still proves something (RFC 8301). */
const FEWEST_BITS = 1024

/** Only the DMARC-aligned signature of a domain that is somebody's official one proves who sent it. */
export function dkimCheck(mail: MailFacts, owned: readonly Owned[]): Check {
  const { dkim, from } = mail
  const [sender] = from
  if (from.length !== 1 || !sender) return check('dkim', 'unavailable', `It has ${from.length} senders; one is needed to tell who signed.`)
  if (dkim.length === 0) return check('dkim', 'unavailable', 'It carries no signature of a domain: anybody can have written it.')
  const answers = dkim.map((one) => signatureAnswer(one, mail, domainOf(sender.address), owned))
  const best = (['pass', 'fail', 'stale', 'unavailable'] as const).flatMap(
    (outcome) => answers.find((one) => one.outcome === outcome) ?? [],
  )[0]
  return best ?? check('dkim', 'unavailable', 'No signature could be read.')
}

function signatureAnswer(one: DkimSignature, mail: MailFacts, sender: string, owned: readonly Owned[]): Check {
  const who = `The signature of ${line(one.domain, 100)}`
  const aligned = sender === one.domain || sameSite(sender, one.domain)
  if (!aligned) return check('dkim', 'unavailable', `${who} is not one of the sender's domain ${line(sender, 100)}.`)
  const flaw = flawOf(one) ?? gapOf(one, mail)
  if (flaw) return check('dkim', flaw.outcome, `${who} ${flaw.why}.`)
  if (MEMBERS.includes(sender))
    return check('dkim', 'unavailable', `${who} is good, but many people have an address there who do not speak for it.`)
  const kind = hostKind(sender, owned)
  return kind.kind === 'own'
    ? check('dkim', 'pass', `${who} is good, and the domain is one of ${kind.of}.`)
    : check('dkim', 'unavailable', `${who} is good, but the domain is none that a vendor or a source of the policy sends from.`)
}

function flawOf({ result, comment, limited, bits }: DkimSignature): { outcome: CheckOutcome; why: string } | null {
  if (limited) return { outcome: 'fail', why: 'covers only the beginning of the mail (l=): anything can have been added behind it' }
  if (bits !== null && bits < FEWEST_BITS) return { outcome: 'fail', why: `is made with a key of ${bits} bits, which anybody can break` }
  if (result === 'policy') return { outcome: 'fail', why: `is made with a key of less than ${FEWEST_BITS} bits` }
  if (comment === 'expired') return { outcome: 'stale', why: 'has expired' }
  if (comment === 'no key' || result === 'temperror' || /dns/i.test(comment))
    return { outcome: 'unavailable', why: `could not be checked (${comment || result})` }
  if (result !== 'pass')
    return { outcome: 'fail', why: `does not hold (${line(comment || result, 100)}): something was changed on the way, or it is forged` }
  return null
}

/** What decides what people see, and where their answer goes. */
const SEEN = ['from', 'subject', 'content-type', 'reply-to']

/** What the signature leaves open although people see it: it could have been put in or exchanged on the way. */
function gapOf({ covers }: DkimSignature, { doubled, headers }: MailFacts): { outcome: CheckOutcome; why: string } | null {
  if (doubled.length > 0)
    return {
      outcome: 'fail',
      why: `is good, but the mail has ${doubled.join(' and ')} more than once: what people see may be what was added`,
    }
  const open = SEEN.filter((name) => headers.includes(name) && !covers.includes(name))
  return open.length > 0 ? { outcome: 'unavailable', why: `is good, but does not cover ${open.join(' and ')}` } : null
}

/**
 * A domain that tells the world to refuse mail which it has not signed says itself that this one is not its. A signature whose key is gone,
 * or that has run out, could once be checked: that is no forgery.
 */
export function dmarcCheck({ dkim, dmarcPolicy, dmarcSilent, from }: MailFacts, own: Check): Check {
  const sender = domainOf(from[0]?.address ?? '')
  if (own.outcome === 'pass') return check('dmarc', 'pass', `${sender} signed it.`)
  const rule = `${line(sender, 100)} asks that mail without its good signature be refused (p=${dmarcPolicy})`
  const aligned = dkim.filter((one) => sameSite(one.domain, sender))
  const signed = aligned.some(({ result }) => result === 'pass')
  if (dmarcSilent && !signed)
    return check(
      'dmarc',
      'unavailable',
      `The DNS did not answer what ${line(sender, 100)} asks to be done with mail that it has not signed.`,
    )
  if (dmarcPolicy !== 'reject' && dmarcPolicy !== 'quarantine')
    return check(
      'dmarc',
      'not applicable',
      `${line(sender, 100) || 'The sender'} publishes no rule about unsigned mail that could be read.`,
    )
  if (signed) return check('dmarc', 'not applicable', `${line(sender, 100)} signed it.`)
  const lost = aligned.some((one) => ['stale', 'unavailable'].includes(flawOf(one)?.outcome ?? ''))
  return lost ? check('dmarc', 'unavailable', `${rule}; its signature cannot be checked any more.`) : check('dmarc', 'fail', `${rule}.`)
}
