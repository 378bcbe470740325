import { createMessage, generateKey, readSignature, revokeKey, sign } from 'openpgp'
import { describe, expect, test } from 'vitest'
import { pinnedKeys } from '../../adapters/openpgp/ring.ts'
import { pinnedKey, signerAmong } from '../../adapters/openpgp.ts'
import { digestOf, hashCheck, publishedHash } from '../../adapters/sources/csaf/hash.ts'
import { signatureCheck } from '../../adapters/sources/csaf/signature.ts'
import type { RawDocument } from '../../src/ports.ts'
import { fixtureFile, fixtureRaw, newSigner, published, SAMPLE_NOW, type Signer, sampleRule, signatureOf } from '../support/csaf.ts'

const bytes = new TextEncoder().encode('{"document": {}}')
const raw = (own: Partial<RawDocument>): RawDocument => ({ fileName: 'a.json', bytes, ...own })
const sha512 = digestOf(bytes, 'sha512')
const sha256 = digestOf(bytes)

describe('hash sidecars', () => {
  test.each([
    { what: 'none', own: {}, outcome: 'unavailable' },
    { what: 'SHA-512 with a file name', own: { sha512: `${sha512}  a.json\n` }, outcome: 'pass' },
    { what: 'SHA-512 alone, upper case, Windows line end', own: { sha512: `${sha512.toUpperCase()}\r\n` }, outcome: 'pass' },
    { what: 'SHA-256 in binary mode', own: { sha256: `${sha256} *a.json` }, outcome: 'pass' },
    { what: 'both', own: { sha512, sha256 }, outcome: 'pass' },
    { what: 'one of two differs', own: { sha512, sha256: digestOf(new Uint8Array(1)) }, outcome: 'fail' },
    { what: 'SHA-512 of other bytes', own: { sha512: digestOf(new Uint8Array(1), 'sha512') }, outcome: 'fail' },
    { what: 'a SHA-256 in the SHA-512 file', own: { sha512: sha256 }, outcome: 'fail' },
    { what: 'an empty file', own: { sha512: '' }, outcome: 'fail' },
    { what: 'a web page', own: { sha512: '<!doctype html><title>404</title>' }, outcome: 'fail' },
    { what: 'the file name first', own: { sha512: `a.json ${sha512}` }, outcome: 'fail' },
  ])('$what: $outcome', ({ own, outcome }) => {
    expect(hashCheck(raw(own))).toMatchObject({ name: 'hash', outcome })
  })

  test('both hashes are whole in the evidence of a mismatch', () => {
    const other = digestOf(new Uint8Array(1), 'sha512')
    expect(hashCheck(raw({ sha512: other })).evidence).toBe(`SHA-512 differs in a.json: published ${other}, found ${sha512}.`)
  })
  test('a byte order mark before the hash is layout', () => {
    expect(publishedHash(`\ufeff${sha256}`, 'sha256')).toBe(sha256)
  })
})

describe('a signature by GnuPG and its key, valid from 2024-09-06 to 2027-09-06', () => {
  const document = fixtureRaw('gocsaf/avendor-advisory-0004.json')
  const key = fixtureFile('gocsaf/pubkey.asc').toString('utf8')
  const rule = { ...sampleRule, keyFingerprint: 'a8914ca2f11139c6a69a0018fb3cd9b15de61596', keyOwner: 'gocsaf test key' }

  test.each([
    {
      what: 'while the key is valid',
      now: '2026-01-01T00:00:00Z',
      outcome: 'pass',
      said: /^Signed 2024-09-17T.* by the pinned key a8914c[0-9a-f]{34} \(gocsaf test key\)\.$/,
    },
    {
      what: '90 days before it expires',
      now: '2027-06-10T00:00:00Z',
      outcome: 'pass',
      said: /The key expires on 2027-09-06, in 88 days\.$/,
    },
    { what: 'a second after it expired', now: '2027-09-06T14:22:48Z', outcome: 'fail', said: /expired on 2027-09-06/ },
    { what: 'before it was made', now: '2024-09-01T00:00:00Z', outcome: 'fail', said: /Pinned/ },
  ])('$what: $outcome', async ({ now, outcome, said }) => {
    const check = await signatureCheck(document, rule, key, new Date(now))
    expect(check).toMatchObject({ name: 'signature', outcome })
    expect(check.evidence).toMatch(said)
  })

  test('one byte more', async () => {
    const longer = { ...document, bytes: Buffer.concat([document.bytes, Buffer.from(' ')]) }
    expect(await signatureCheck(longer, rule, key, SAMPLE_NOW)).toMatchObject({ outcome: 'fail' })
  })
  test('the pin in upper case is the same pin', async () => {
    const upper = { ...rule, keyFingerprint: rule.keyFingerprint.toUpperCase() }
    expect(await signatureCheck(document, upper, key, SAMPLE_NOW)).toMatchObject({ outcome: 'pass' })
  })
})

describe('what is no good signature by the pinned key', () => {
  test.each([
    { what: 'none beside it', signature: undefined, outcome: 'unavailable' },
    { what: 'an empty file', signature: '', outcome: 'fail' },
    { what: 'a web page', signature: '<html></html>', outcome: 'fail' },
    { what: 'an armour with nothing in it', signature: '-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n', outcome: 'fail' },
  ])('$what: $outcome', async ({ signature, outcome }) => {
    const signer = await newSigner()
    const document = raw(signature === undefined ? {} : { signature })
    expect(await signatureCheck(document, signer.rule, signer.keyArmored, SAMPLE_NOW)).toMatchObject({ outcome })
  })

  test('by another key: fail', async () => {
    const [pinned, other] = [await newSigner(), await newSigner()]
    const document = await published('a.json', bytes, other)
    expect(await signatureCheck(document, pinned.rule, pinned.keyArmored, SAMPLE_NOW)).toMatchObject({ outcome: 'fail' })
  })
  test('by the key at hand, which is not the pinned one: fail', async () => {
    const [pinned, other] = [await newSigner(), await newSigner()]
    const document = await published('a.json', bytes, other)
    const check = await signatureCheck(document, pinned.rule, other.keyArmored, SAMPLE_NOW)
    expect(check.outcome).toBe('fail')
    expect(check.evidence).toContain(`not the one that is pinned (${pinned.rule.keyFingerprint})`)
  })
  test('a whole signed message instead of a detached signature: fail', async () => {
    const signer = await newSigner()
    const message = await createMessage({ binary: bytes })
    const inline = await sign({ message, signingKeys: signer.privateKey, date: new Date('2026-01-02T00:00:00Z') })
    expect(await signatureCheck(raw({ signature: inline }), signer.rule, signer.keyArmored, SAMPLE_NOW)).toMatchObject({ outcome: 'fail' })
  })
  test.each([
    { what: 'five minutes ahead of our clock', ms: 300_000, outcome: 'pass' },
    { what: 'a second more', ms: 301_000, outcome: 'fail' },
  ])('dated $what: $outcome', async ({ ms, outcome }) => {
    const signer = await newSigner()
    const signature = await signatureOf(bytes, signer, new Date(SAMPLE_NOW.getTime() + ms))
    expect(await signatureCheck(raw({ signature }), signer.rule, signer.keyArmored, SAMPLE_NOW)).toMatchObject({ outcome })
  })
  test('the key cannot be read: unavailable', async () => {
    const signer = await newSigner()
    const document = await published('a.json', bytes, signer)
    expect(await signatureCheck(document, signer.rule, 'no key', SAMPLE_NOW)).toMatchObject({ outcome: 'unavailable' })
  })
})

describe('what costs more than a signature does', () => {
  /** The same good signature so many times: each is one pass over the whole document. */
  const times = async (count: number, signer: Signer): Promise<string> => {
    const signature = await readSignature({ armoredSignature: await signatureOf(bytes, signer) })
    const packets = Array.from({ length: count }, () => signature.write())
    return (await readSignature({ binarySignature: Buffer.concat(packets) })).armor()
  }

  test.each([
    { count: 8, outcome: 'pass' },
    { count: 9, outcome: 'fail' },
  ])('$count signatures by the pinned key: $outcome', async ({ count, outcome }) => {
    const signer = await newSigner()
    const document = raw({ signature: await times(count, signer) })
    expect(await signatureCheck(document, signer.rule, signer.keyArmored, SAMPLE_NOW)).toMatchObject({ outcome })
  })
  test('none of nine says whose they are', async () => {
    const signer = await newSigner()
    const known = { fingerprint: signer.rule.keyFingerprint ?? '', armored: signer.keyArmored }
    expect(await signerAmong(await times(8, signer), [known])).toBe(known)
    expect(await signerAmong(await times(9, signer), [known])).toBeNull()
  })
  test.each([
    { what: '100 kB', length: 100_000, outcome: 'pass' },
    { what: 'one character more', length: 100_001, outcome: 'fail' },
  ])('a good signature in $what of text: $outcome', async ({ length, outcome }) => {
    const signer = await newSigner()
    const document = raw({ signature: (await signatureOf(bytes, signer)).padEnd(length, '\n') })
    expect(await signatureCheck(document, signer.rule, signer.keyArmored, SAMPLE_NOW)).toMatchObject({ outcome })
  })
})

describe('a file of keys', () => {
  const BEGIN = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n'
  test('that only begins, again and again, takes no time', async () => {
    const armored = BEGIN.repeat(200_000)
    await expect(pinnedKey(armored, '00')).rejects.toThrow('no public key')
    await expect(pinnedKeys(Buffer.from(armored), ['00'])).rejects.toThrow()
  })
  test('is read up to the first key that does not end', async () => {
    const [signer, other] = [await newSigner(), await newSigner()]
    const half = other.keyArmored.replace(/-----END[\s\S]*/, '')
    const key = await pinnedKey(`${signer.keyArmored}\n${half}`, signer.rule.keyFingerprint ?? '')
    expect(key?.getFingerprint()).toBe(signer.rule.keyFingerprint)
  })
})

describe('the key as it stands today', () => {
  test('expired since, though valid when it signed: fail', async () => {
    const signer = await newSigner({ expiresInSeconds: 30 * 86_400 })
    const document = await published('a.json', bytes, signer)
    const [before, after] = [new Date('2026-01-20T00:00:00Z'), new Date('2026-02-20T00:00:00Z')]
    expect(await signatureCheck(document, signer.rule, signer.keyArmored, before)).toMatchObject({ outcome: 'pass' })
    expect(await signatureCheck(document, signer.rule, signer.keyArmored, after)).toMatchObject({ outcome: 'fail' })
  })
  test('revoked since: fail', async () => {
    const signer = await newSigner()
    const document = await published('a.json', bytes, signer)
    const { publicKey } = await revokeKey({ key: signer.privateKey, date: new Date('2026-03-01T00:00:00Z'), format: 'object' })
    const check = await signatureCheck(document, signer.rule, publicKey.armor(), SAMPLE_NOW)
    expect(check).toMatchObject({ outcome: 'fail' })
    expect(check.evidence).toContain('revoked')
  })
  test('a signing subkey that expired since, under a primary key that did not: fail', async () => {
    const { privateKey, publicKey } = await generateKey({
      type: 'ecc',
      curve: 'ed25519Legacy',
      userIDs: [{ name: 'Test vendor' }],
      subkeys: [{ sign: true, keyExpirationTime: 30 * 86_400 }],
      date: new Date('2026-01-01T00:00:00Z'),
      format: 'object',
    })
    const rule = { ...sampleRule, keyFingerprint: publicKey.getFingerprint() }
    const document = await published('a.json', bytes, { rule, keyArmored: publicKey.armor(), privateKey })
    const [before, after] = [new Date('2026-01-20T00:00:00Z'), new Date('2026-02-20T00:00:00Z')]
    expect(await signatureCheck(document, rule, publicKey.armor(), before)).toMatchObject({ outcome: 'pass' })
    expect(await signatureCheck(document, rule, publicKey.armor(), after)).toMatchObject({ outcome: 'fail' })
  })
  test('the pinned key among several in one file', async () => {
    const [signer, other] = [await newSigner(), await newSigner()]
    const document = await published('a.json', bytes, signer)
    const both = `${other.keyArmored}\n${signer.keyArmored}`
    expect(await signatureCheck(document, signer.rule, both, SAMPLE_NOW)).toMatchObject({ outcome: 'pass' })
  })
})
