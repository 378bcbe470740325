import type { Instant } from '../result.ts'
import type { AttachmentKind } from './attachment.ts'

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
  /** When it was written, as it says; null: it does not say it so that it can be read. */
  readonly date: Instant | null
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

/** A port (src/ports.ts): reads raw mails and checks their signatures. Nothing in them is executed, followed or fetched. */
export interface MailReader {
  /** Never throws for what is in the mail. `stored`: what the DNS answered once; then it is not asked. */
  read(bytes: Uint8Array, now: Date, stored?: readonly DnsAnswer[]): Promise<MailReading>
}

/** The domain of a mail address, lower case; empty: it has none. */
export const domainOf = (address: string): string => address.split('@').at(-1)?.toLowerCase() ?? ''
