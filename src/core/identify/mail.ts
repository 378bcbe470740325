import type { Instant } from '../result.ts'
import type { AttachmentKind } from './attachment.ts'
import type { CheckOutcome } from './verification.ts'

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

/** A key that the policy pins for the mails of a sender. */
export interface SigningKey {
  /** An address, or a domain: then everybody who has an address there. */
  readonly from: string
  /** Of the primary key, lower case. */
  readonly fingerprint: string
  readonly owner: string
  /** Armoured, perhaps with others beside it; empty: it is not at hand. */
  readonly key: string
}

/** What a pinned key signed of a mail: its words, whatever stands around them. */
export interface SignedWords {
  /** When it was signed, by the signature itself. */
  readonly at: Instant
  /** Fingerprint of the pinned key, and the sender that it is pinned for. */
  readonly by: string
  readonly from: string
  readonly text: string
  readonly links: readonly MailLink[]
  readonly attachments: MailFacts['attachments']
  /** What people see beside it, in words; empty: nothing. */
  readonly outside: readonly string[]
}

/** What came of looking for an OpenPGP signature (RFC 9580, 7; RFC 3156) by a pinned key of the sender. */
export interface OpenpgpFacts {
  readonly outcome: CheckOutcome
  readonly evidence: string
  /** Null: nothing is signed by a pinned key. */
  readonly signed: SignedWords | null
}

/** What a mail is, read and authenticated; nothing of it was executed or fetched. */
export interface MailFacts {
  readonly from: readonly MailAddress[]
  readonly replyTo: readonly MailAddress[]
  readonly subject: string
  /** When it was written, as it says; null: it does not say it so that it can be read. */
  readonly date: Instant | null
  /** Its text, or the text of its HTML. */
  readonly text: string
  readonly links: readonly MailLink[]
  readonly attachments: readonly { readonly name: string; readonly kind: AttachmentKind; readonly bytes: number; readonly sha256: string }[]
  readonly dkim: readonly DkimSignature[]
  /** Absent: it was not asked for, or there is neither such a signature nor a pinned key of its sender. */
  readonly openpgp?: OpenpgpFacts
  /** What the domain of the sender publishes (RFC 7489): `reject`, `quarantine`, `none`; null: nothing, or it is `dmarcSilent`. */
  readonly dmarcPolicy: string | null
  /** The DNS did not answer what the domain publishes. */
  readonly dmarcSilent?: boolean
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

/** A port (src/ports.ts): reads raw mails and checks their signatures. Nothing in them is executed, followed or fetched. */
export interface MailReader {
  /**
   * Never throws for what is in the mail. `stored`: what the DNS answered once; then it is not asked. `keys`: what is pinned for senders;
   * absent: OpenPGP is not looked at.
   */
  read(bytes: Uint8Array, now: Date, stored?: readonly DnsAnswer[] | null, keys?: readonly SigningKey[]): Promise<MailReading>
}

/** Whose name the DNS was asked for: of `selector._domainkey.vendor.com` or `_dmarc.vendor.com` it is `vendor.com`. */
export const domainAsked = (name: string): string => name.toLowerCase().replace(/^.*?\._domainkey\.|^_dmarc\./, '')

/** The domain of a mail address, lower case; empty: it has none. */
export const domainOf = (address: string): string => address.split('@').at(-1)?.toLowerCase() ?? ''

/** Is an address the sender that is meant? `from`: an address, or a domain and nothing below it. */
export const isSender = (from: string, address: string): boolean => from === (from.includes('@') ? address : domainOf(address))
