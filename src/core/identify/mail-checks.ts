import { addressChecks } from './address.ts'
import { type AttachmentKind, attachmentKind, claimsPatch } from './attachment.ts'
import { hostKind, isVendors, type Owned, sameSite, vendorNamed } from './lookalike.ts'
import { domainOf, type MailFacts, type MailLink } from './mail.ts'
import { type Judged, openpgpCheck, undecided, unsignedLinks } from './mail-openpgp.ts'
import { dkimCheck, dmarcCheck } from './mail-signature.ts'
import { REFERENCES } from './places.ts'
import { asksProtectionOff } from './protection.ts'
import { line } from './text.ts'
import { VENDORS, type Vendor } from './vendors.ts'
import type { Check, CheckName, CheckOutcome } from './verification.ts'

const check = (name: CheckName, outcome: CheckOutcome, evidence: string): Check => ({ name, outcome, evidence })

/**
 * The checks of a mail. `owned`: the domains of the policy's sources. `judged`: whether what a pinned key did not sign counts, too. Source:
 * VERIFICATION.md, "Mail and links".
 */
export function mailChecks(mail: MailFacts, owned: readonly Owned[], judged: Judged = 'all'): readonly Check[] {
  const dkim = dkimCheck(mail, owned)
  const dmarc = dmarcCheck(mail, dkim)
  const genuine = dkim.outcome === 'pass'
  const openpgp = openpgpCheck(mail, judged, genuine)
  const keyed = openpgp?.outcome === 'pass'
  return [
    ...(openpgp === null ? [] : [openpgp]),
    ...(keyed ? [undecided(dkim), undecided(dmarc)] : [dkim, dmarc]),
    attachmentCheck(mail),
    impersonationCheck(mail, owned, genuine),
    protectionCheck(mail),
    lookalikeCheck(mail, owned, genuine),
    ...(mail.forwarded ? [forwardCheck(genuine || keyed)] : []),
    ...(mail.leftOut.length > 0 ? [check('size', 'unavailable', `Not looked at: ${mail.leftOut.join('; ')}.`)] : []),
  ]
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

function outsideLinks(mail: MailFacts, vendor: Vendor, owned: readonly Owned[]): readonly string[] {
  const outside = unsignedLinks(mail)
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

/** Links that imitate somebody, or that show one address and lead to another (a vendor's own letters do, to count clicks); and a sender's domain that does. */
function lookalikeCheck(mail: MailFacts, owned: readonly Owned[], genuine: boolean): Check {
  const { links, from, replyTo } = mail
  const senders = [...from, ...replyTo].flatMap(({ address }) => imitates(domainOf(address), owned))
  const found = [
    ...senders,
    ...links.flatMap(({ url }) => imitatingLink(url, owned)),
    ...(genuine ? [] : unsignedLinks(mail).flatMap((link) => disguised(link, owned))),
  ]
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
