import { addressChecks } from './address.ts'
import { type AttachmentKind, attachmentKind, claimsPatch } from './attachment.ts'
import { hostKind, isVendors, type Owned, partsOf, vendorNamed } from './lookalike.ts'
import { asksProtectionOff } from './protection.ts'
import { line } from './text.ts'
import { REFERENCES, VENDORS, type Vendor } from './vendors.ts'
import type { Check, CheckName, CheckOutcome } from './verification.ts'

export interface MailAddress {
  readonly name: string
  /** In lower case. */
  readonly address: string
}

export interface MailLink {
  /** What people see of it. */
  readonly text: string
  readonly url: string
}

/** One DKIM signature as it was found. */
export interface DkimSignature {
  /** The domain that signed, in lower case. */
  readonly domain: string
  readonly selector: string
  /** As RFC 8601 calls it: pass, fail, neutral, temperror, permerror, policy ... */
  readonly result: string
  readonly comment: string
  /** Does it cover only the first so many bytes of the body (`l=`)? Then anything can be appended. */
  readonly limited: boolean
  /** Length of an RSA key in bits; null: another kind of key, or none was found. */
  readonly bits: number | null
  /** Headers under the signature, lower case. */
  readonly covers: readonly string[]
}

/** What a mail is, read and authenticated; nothing of it was executed or fetched. */
export interface MailFacts {
  readonly from: readonly MailAddress[]
  readonly replyTo: readonly MailAddress[]
  readonly subject: string
  /** Its text, or the text of its HTML. */
  readonly text: string
  readonly links: readonly MailLink[]
  readonly attachments: readonly { readonly name: string; readonly kind: AttachmentKind; readonly bytes: number; readonly sha256: string }[]
  readonly dkim: readonly DkimSignature[]
  /** What the domain of the sender publishes (RFC 7489): `reject`, `quarantine`, `none`; null: nothing, or nobody could ask. */
  readonly dmarcPolicy: string | null
  /** Names of its headers, lower case. */
  readonly headers: readonly string[]
  /** Headers that may stand once and stand more often: which one people see is chance. */
  readonly doubled: readonly string[]
  /** It was inside another mail that somebody forwarded. */
  readonly forwarded: boolean
  /** What was left out because of a limit, in words. */
  readonly leftOut: readonly string[]
}

/** One question to the DNS and its answer: text records in their parts, or the code of the failure. */
export interface DnsAnswer {
  readonly name: string
  readonly type: string
  readonly answer: readonly (readonly string[])[] | { readonly error: string }
}

/** A mail as it was read, or why it could not be. `dns`: what was asked for its signatures, so that they can be checked again later. */
export type MailReading =
  | { readonly ok: true; readonly mail: MailFacts; readonly dns: readonly DnsAnswer[] }
  | { readonly ok: false; readonly problem: string }

const check = (name: CheckName, outcome: CheckOutcome, evidence: string): Check => ({ name, outcome, evidence })

const domainOf = (address: string): string => address.split('@').at(-1)?.toLowerCase() ?? ''

/** The checks of a mail. `owned`: the domains of the policy's sources. Source: VERIFICATION.md, "Mail and links". */
export function mailChecks(mail: MailFacts, owned: readonly Owned[]): readonly Check[] {
  const dkim = dkimCheck(mail, owned)
  const genuine = dkim.outcome === 'pass'
  return [
    dkim,
    dmarcCheck(mail, genuine),
    attachmentCheck(mail),
    impersonationCheck(mail, owned, genuine),
    protectionCheck(mail),
    lookalikeCheck(mail, owned),
    ...(mail.forwarded ? [forwardCheck(genuine)] : []),
    ...(mail.leftOut.length > 0 ? [check('size', 'unavailable', `Not looked at: ${mail.leftOut.join('; ')}.`)] : []),
  ]
}

/** The weakest RSA key that still proves something (RFC 8301). */
const FEWEST_BITS = 1024

/** Only the DMARC-aligned signature of a domain that is somebody's official one proves who sent it. */
function dkimCheck(mail: MailFacts, owned: readonly Owned[]): Check {
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
  const kind = hostKind(sender, owned)
  return kind.kind === 'own'
    ? check('dkim', 'pass', `${who} is good, and the domain is one of ${kind.of}.`)
    : check('dkim', 'unavailable', `${who} is good, but the domain is none that a vendor or a source of the policy sends from.`)
}

/** Relaxed alignment: the same organisational domain. */
const sameSite = (a: string, b: string): boolean => {
  const site = partsOf(a)?.domain
  return site !== undefined && site === partsOf(b)?.domain
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

/** A domain that tells the world to refuse mail which it has not signed says itself that this one is not its. */
function dmarcCheck({ dmarcPolicy, from }: MailFacts, genuine: boolean): Check {
  const sender = domainOf(from[0]?.address ?? '')
  if (genuine) return check('dmarc', 'pass', `${sender} signed it.`)
  if (dmarcPolicy === 'reject' || dmarcPolicy === 'quarantine')
    return check('dmarc', 'fail', `${line(sender, 100)} asks that mail without its good signature be refused (p=${dmarcPolicy}).`)
  return check('dmarc', 'not applicable', `${line(sender, 100) || 'The sender'} publishes no rule about unsigned mail that could be read.`)
}

function attachmentCheck({ attachments, subject, text }: MailFacts): Check {
  const risky = attachments.filter(({ kind }) => kind !== 'other')
  const [worst] = risky
  if (!worst)
    return check(
      'attachment',
      attachments.length === 0 ? 'not applicable' : 'pass',
      attachments.length === 0 ? 'Nothing is attached.' : 'No program, script, archive, disk image or document with macros is attached.',
    )
  const named = `"${line(worst.name, 100)}" is ${article(worst.kind)}${risky.length > 1 ? `, and ${risky.length - 1} more like it` : ''}`
  return claimsPatch(`${subject} ${text} ${risky.map(({ name }) => name).join(' ')}`)
    ? check('attachment', 'fail', `${named}, in a mail about a patch. Vendors never send patches by mail.`)
    : check('attachment', 'unavailable', `${named}. It was not opened, and what it does is not known.`)
}

const article = (kind: AttachmentKind): string => `${kind === 'archive' ? 'an' : 'a'} ${kind}`

/** The vendor that a mail says it is from, and what leads elsewhere. A good signature of the vendor's domain settles it. */
function impersonationCheck(mail: MailFacts, owned: readonly Owned[], genuine: boolean): Check {
  const claimed = claimedVendor(mail)
  if (!claimed) return check('impersonation', 'not applicable', 'The sender does not call itself a vendor.')
  const { vendor, how } = claimed
  if (genuine) return check('impersonation', 'pass', `It calls itself ${vendor.name}, and the domain's signature says so, too.`)
  const outside = [...outsideReplies(mail, vendor), ...outsideLinks(mail, vendor, owned)]
  if (outside.length > 0) return check('impersonation', 'fail', `${how}, but ${outside.slice(0, 3).join('; ')}.`)
  return isVendors(domainOf(mail.from[0]?.address ?? ''), vendor)
    ? check('impersonation', 'pass', `${how}, and nothing in it leads outside ${vendor.name}'s domains.`)
    : check(
        'impersonation',
        'unavailable',
        `${how}, but it was sent from ${line(domainOf(mail.from[0]?.address ?? ''), 100) || 'nowhere'}.`,
      )
}

function claimedVendor({ from }: MailFacts): { vendor: Vendor; how: string } | null {
  for (const { name, address } of from) {
    // An address as a name: `"secure@microsoft.com" <x@evil.example>`.
    const named = vendorNamed(name.replaceAll('@', ' ').replace(/\.(?=[a-z]{2,}\b)/gi, ' '))
    if (named) return { vendor: named, how: `The sender calls itself "${line(name, 100)}"` }
    const sent = VENDORS.find((vendor) => isVendors(domainOf(address), vendor))
    if (sent) return { vendor: sent, how: `The sender's address is ${line(address, 100)}` }
  }
  return null
}

const outsideReplies = ({ replyTo }: MailFacts, vendor: Vendor): readonly string[] =>
  replyTo.filter(({ address }) => !isVendors(domainOf(address), vendor)).map(({ address }) => `answers go to ${line(address, 100)}`)

const reference = (host: string): boolean => REFERENCES.some((one) => host === one || host.endsWith(`.${one}`))

/** What a link may not lead to even from a coordinator's notice; pages end in `.html` or `.php`, and are no files. */
const FILES: readonly AttachmentKind[] = ['program', 'archive', 'disk image', 'macro document', 'shortcut']

function outsideLinks({ links }: MailFacts, vendor: Vendor, owned: readonly Owned[]): readonly string[] {
  const outside = links
    .flatMap(({ url }) => (/^https?:/i.test(url) && URL.canParse(url) ? [new URL(url)] : []))
    .filter((url) => !isVendors(url.hostname, vendor) && !reference(url.hostname) && hostKind(url.hostname, owned, []).kind !== 'own')
  const telling = vendor.coordinator ? outside.filter((url) => FILES.includes(attachmentKind(url.pathname, '', new Uint8Array()))) : outside
  return [...new Set(telling.map((url) => `a link leads to ${line(url.hostname, 100)}`))]
}

function protectionCheck({ text, subject }: MailFacts): Check {
  const asked = asksProtectionOff(`${subject}\n${text}`)
  return asked === null
    ? check('protection', 'pass', 'It does not ask to switch any protection off.')
    : check('protection', 'fail', `It says: "${line(asked, 150)}". No vendor asks for that.`)
}

/** Links that imitate somebody, or that show one address and lead to another; and a sender's domain that does. */
function lookalikeCheck({ links, from, replyTo }: MailFacts, owned: readonly Owned[]): Check {
  const senders = [...from, ...replyTo].flatMap(({ address }) => imitates(domainOf(address), owned))
  const found = [...senders, ...links.flatMap(({ url }) => imitatingLink(url, owned)), ...links.flatMap((link) => disguised(link, owned))]
  return found.length > 0
    ? check('lookalike', 'fail', [...new Set(found)].slice(0, 3).join(' '))
    : check('lookalike', 'pass', `No address in it imitates a vendor's (${links.length} looked at).`)
}

const imitates = (host: string, owned: readonly Owned[]): readonly string[] => {
  const kind = hostKind(host, owned)
  return kind.kind === 'imitation' ? [`${line(kind.how, 200)}.`] : []
}

const imitatingLink = (url: string, owned: readonly Owned[]): readonly string[] =>
  (addressChecks(url, owned) ?? []).filter((one) => one.name === 'lookalike' && one.outcome === 'fail').map(({ evidence }) => evidence)

/** A link whose words are a vendor's address, and which leads to somebody else. */
function disguised({ text, url }: MailLink, owned: readonly Owned[]): readonly string[] {
  const shown = /^\s*(?:https?:\/\/)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/?#:]\S*)?\s*$/i.exec(text)?.[1]?.toLowerCase()
  if (shown === undefined || !URL.canParse(url)) return []
  const real = new URL(url).hostname.toLowerCase()
  const [claims, leads] = [hostKind(shown, owned), hostKind(real, owned)]
  const same = claims.kind === 'own' && leads.kind === 'own' && claims.of === leads.of
  return claims.kind !== 'own' || same || sameSite(shown, real) ? [] : [`A link shows ${line(shown, 100)} and leads to ${line(real, 100)}.`]
}

/** Forwarding takes most of the proof away: that is said, and it is nobody's fault. */
const forwardCheck = (genuine: boolean): Check =>
  genuine
    ? check('forward', 'pass', 'It was forwarded as a whole: the mail inside is judged, and its signature still holds.')
    : check(
        'forward',
        'not applicable',
        'It was forwarded as a whole: the mail inside is judged. Who forwarded it, and what they wrote, does not count.',
      )
