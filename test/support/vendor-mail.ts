// Mails of a made-up vendor, signed as its own mail server would sign them, with the DNS that proves it.
import { generateKeyPairSync } from 'node:crypto'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import type { DnsAnswer } from '../../src/core/identify/mail.ts'

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const der = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  return { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), record: `v=DKIM1; k=rsa; p=${der}` }
}
const VENDOR = pair()
const STRANGER = pair()

const record = (name: string, text: string): DnsAnswer => ({ name, type: 'TXT', answer: [[text]] })

/** Who has which key, and that the vendor disowns unsigned mail. */
export const VENDOR_DNS: readonly DnsAnswer[] = [
  record('good._domainkey.vendor.example', VENDOR.record),
  record('good._domainkey.vendor-example.example', STRANGER.record),
  record('good._domainkey.other.example', STRANGER.record),
  record('good._domainkey.debian.org', STRANGER.record),
  record('_dmarc.vendor.example', 'v=DMARC1; p=reject'),
]

export interface Letter {
  readonly from?: string
  readonly subject?: string
  readonly date?: string
  readonly body?: string
  /** Domain that signs; null: nobody does. Absent: the sender's. */
  readonly signedBy?: string | null
  /** Headers under the signature. */
  readonly covers?: readonly string[]
  /** Lines that a station on the way writes on top. */
  readonly onTop?: string
  readonly head?: string
}

const COVERS = ['From', 'To', 'Subject', 'Date', 'Message-ID', 'Content-Type', 'MIME-Version']

/** A notice of the vendor, good as it stands. */
export async function vendorMail(letter: Letter = {}): Promise<Uint8Array> {
  const { from = 'Vendor Security <security@vendor.example>', subject = 'VEND-2026-001: important: widget security update' } = letter
  const { date = 'Wed, 25 Nov 2026 10:00:00 +0000', covers = COVERS, onTop = '' } = letter
  const { body = 'CVE-2026-4711 lets anybody in. Update widget to 2.0.', head = 'Content-Type: text/plain; charset=utf-8' } = letter
  const text = [
    `From: ${from}`,
    'To: notices@house.example',
    `Subject: ${subject}`,
    `Date: ${date}`,
    'Message-ID: <1@vendor.example>',
    'MIME-Version: 1.0',
    head,
    '',
    body,
    '',
  ].join('\r\n')
  const domain = letter.signedBy === undefined ? (/@([^>]+)/.exec(from)?.[1] ?? '') : letter.signedBy
  if (domain === null) return Buffer.from(onTop + text)
  const key = domain === 'vendor.example' ? VENDOR : STRANGER
  const { signatures, errors } = await dkimSign(text, {
    signatureData: [{ signingDomain: domain, selector: 'good', privateKey: key.privateKey, headerList: [...covers] }],
    signTime: new Date('2026-11-25T10:00:00Z'),
    headerList: covers.join(':'),
  } as never)
  if (errors?.length) throw new Error(`the test mail could not be signed: ${JSON.stringify(errors)}`)
  return Buffer.from(onTop + signatures.replace(/\r\n$/, '').concat('\r\n', text))
}
