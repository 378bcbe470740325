// Mails of a made-up publisher that signs by OpenPGP, as GnuPG and mail programs write them.
import { createCleartextMessage, createMessage, generateKey, type PrivateKey, sign } from 'openpgp'
import type { SigningKey } from '../../src/core/identify/mail.ts'

export interface Writer {
  readonly privateKey: PrivateKey
  readonly pin: SigningKey
}

/** When the notices are signed, and when they are read. */
export const SIGNED_AT = new Date('2026-11-25T10:00:00Z')
export const READ_AT = new Date('2026-11-25T12:00:00Z')

/** A fresh key of 2026-01-01, pinned for everybody at debian.org. */
export async function newWriter(options: { readonly expiresInSeconds?: number; readonly owner?: string } = {}): Promise<Writer> {
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: [{ name: 'Security team' }],
    date: new Date('2026-01-01T00:00:00Z'),
    keyExpirationTime: options.expiresInSeconds ?? 0,
    format: 'object',
  })
  const pin = {
    from: 'debian.org',
    fingerprint: publicKey.getFingerprint(),
    owner: options.owner ?? 'Security team',
    key: publicKey.armor(),
  }
  return { privateKey, pin }
}

/** As such a notice reads. */
export const NOTICE = [
  '-------------------------------------------------------------------------',
  'Debian Security Advisory DSA-6001-1                   security@debian.org',
  '-------------------------------------------------------------------------',
  '',
  'Package        : widget',
  'CVE ID         : CVE-2026-4711',
  '',
  'Anybody can get in. See DSA-5999-1, too. Upgrade your widget packages.  ',
  'https://security-tracker.debian.org/tracker/widget',
].join('\n')

/** Signed as text between lines of armour. */
export const clearsigned = async (text: string, { privateKey }: Writer, date = SIGNED_AT): Promise<string> =>
  sign({ message: await createCleartextMessage({ text }), signingKeys: privateKey, date })

export const detached = async (text: string, { privateKey }: Writer, date = SIGNED_AT): Promise<string> =>
  sign({ message: await createMessage({ binary: Buffer.from(text) }), signingKeys: privateKey, detached: true, date })

export interface Envelope {
  readonly from?: string
  readonly subject?: string
  readonly type?: string
  readonly head?: string
}

/** A mail around a body; nobody but OpenPGP signs it. */
export const mailOf = (
  body: string,
  { from = 'Moritz <moritz@debian.org>', subject = '[SECURITY] [DSA 6001-1] widget security update', type, head = '' }: Envelope = {},
): Buffer =>
  Buffer.from(
    [
      `From: ${from}`,
      'To: notices@house.example',
      `Subject: ${subject}`,
      'Date: Wed, 25 Nov 2026 10:00:00 +0000',
      'Message-ID: <1@debian.org>',
      'MIME-Version: 1.0',
      `${head}Content-Type: ${type ?? 'text/plain; charset=utf-8'}`,
      '',
      body,
      '',
    ]
      .join('\n')
      .replace(/\r?\n/g, '\r\n'),
  )

/** The parts of a PGP/MIME mail (RFC 3156), which may be put into others. */
export async function signedPart(
  text: string,
  writer: Writer,
  { micalg = 'pgp-sha512', more = '', after = (part: string) => part } = {},
): Promise<{ readonly type: string; readonly body: string }> {
  const part = `Content-Type: text/plain; charset=utf-8\r\n${more}\r\n${text}\r\n`.replace(/\r?\n/g, '\r\n')
  const signature = await detached(part, writer)
  return {
    type: `multipart/signed; boundary="sig"; micalg=${micalg}; protocol="application/pgp-signature"`,
    body: [
      '--sig',
      after(part),
      '--sig',
      'Content-Type: application/pgp-signature; name="signature.asc"',
      '',
      signature.trimEnd(),
      '--sig--',
    ].join('\r\n'),
  }
}
