import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeSignature, readPatch, type ToolEnd } from '../../adapters/patchfile/index.ts'
import { runTool } from '../../adapters/patchfile/tools.ts'
import { signedWords } from '../support/patch-files.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-patch-'))
})
afterAll(() => rm(folder, { recursive: true }))

const judged = async (name: string, end: ToolEnd) => (await codeSignature(join(folder, name), async () => end)).check.outcome

const bad = (trouble: string) => ({ code: 1, output: signedWords('/O=Vendor/CN=x', 'failed', undefined, trouble) })
const HEADER_OK = 'a.rpm:\n    Header V3 RSA/SHA256 Signature, key ID fd431d51: OK'
const good = (subject: string) => ({ code: 0, output: signedWords(subject) })

describe('what the tools say', () => {
  test.each([
    ['a.exe', null, 'unavailable'],
    ['a.exe', { code: 1, output: 'Initialization error or unsupported input file - type: 0' }, 'unavailable'],
    ['a.exe', { code: 1, output: 'No signature found' }, 'unavailable'],
    ['a.exe', good('/CN=Vendor'), 'pass'],
    ['a.EXE', good('/CN=Vendor'), 'pass'],
    ['a.exe', bad('\tError: unable to get local issuer certificate\n\nPKCS7_verify error'), 'unavailable'],
    ['a.exe', bad('\tError: self-signed certificate\n\nPKCS7_verify error'), 'unavailable'],
    ['a.exe', bad('\tError: certificate has expired\n\nPKCS7_verify error'), 'unavailable'],
    ['a.exe', bad('\nError: no certificate found\nFailed to add store lookup file'), 'unavailable'],
    ['a.exe', bad('PKCS7 routines:PKCS7_signatureVerify:signature failure:../crypto/pkcs7/pk7_doit.c:1132:'), 'fail'],
    ['a.exe', bad('\tError: certificate signature failure\n\nPKCS7_verify error'), 'fail'],
    ['a.exe', bad('\tError: certificate revoked\nSignature CRL verification: failed'), 'fail'],
    ['a.exe', bad("Unsupported Signer's certificate purpose XKU_CODE_SIGN"), 'fail'],
    ['a.exe', bad('PKCS7_verify error'), 'fail'],
    ['a.exe', { code: 255, output: 'Unknown option: -ignore-crl\nUsage: osslsigncode' }, 'unavailable'],
    ['a.exe', { code: 1, output: 'Calculated DigitalSignature: AA MISMATCH!!!\nSignature verification: failed' }, 'fail'],
    ['a.rpm', null, 'unavailable'],
    ['a.rpm', { code: 1, output: 'a.rpm: digests SIGNATURES NOT OK (MISSING KEYS: RSA#1)' }, 'unavailable'],
    ['a.rpm', { code: 1, output: 'a.rpm: DIGESTS signatures NOT OK' }, 'fail'],
    // Of an rpm that does not compare what the header says of the content: anybody can write the MD5.
    ['a.rpm', { code: 0, output: 'a.rpm:\n    Header V3 RSA/SHA256 Signature, key ID fd431d51: OK\n    MD5 digest: OK' }, 'unavailable'],
    ['a.rpm', { code: 0, output: 'a.rpm:\n    Header V3 RSA/SHA256 Signature, key ID fd431d51: OK' }, 'unavailable'],
    ['a.rpm', { code: 0, output: `${HEADER_OK}\n    Payload SHA256 digest: NOTFOUND\n    MD5 digest: OK` }, 'unavailable'],
    ['a.rpm', { code: 0, output: `${HEADER_OK}\n    Payload SHA256 digest: OK\n    MD5 digest: OK` }, 'pass'],
    ['a.rpm', { code: 0, output: `${HEADER_OK}\n    Payload SHA256 ALT digest: OK` }, 'pass'],
    ['a.rpm', { code: 0, output: `${HEADER_OK}\n    V3 RSA/SHA256 Signature, key ID fd431d51: OK` }, 'pass'],
    ['a.rpm', { code: 1, output: 'a.rpm:\n    Header RSA signature: NOTFOUND\n    Payload SHA256 digest: OK' }, 'unavailable'],
    ['a.rpm', { code: 1, output: 'a.rpm:\n    Header V3 RSA/SHA256 Signature, key ID fd431d51: NOKEY' }, 'unavailable'],
    ['a.rpm', { code: 0, output: 'a.rpm:\n    Header SHA256 digest: OK\n    Payload SHA256 digest: OK' }, 'unavailable'],
    ['a.rpm', { code: 1, output: 'a.rpm:\n    Header V3 RSA/SHA256 Signature, key ID fd431d51: BAD' }, 'fail'],
    ['a.deb', null, 'unavailable'],
    ['a.deb', { code: 0, output: "debsig: Verified package from 'Vendor' (Vendor Ltd)" }, 'pass'],
    ['a.deb', { code: 10, output: 'no origin signature' }, 'unavailable'],
    ['a.deb', { code: 13, output: 'bad signature' }, 'fail'],
    ['a.tar.gz', { code: 0, output: '' }, 'not applicable'],
  ] as const)('%s, %j: %s', async (name, end, outcome) => expect(await judged(name, end)).toBe(outcome))

  test.each([
    ['a.exe', good('/C=US/ST=Washington/O=Vendor, Inc./CN=Vendor'), { kind: 'organisation', name: 'Vendor, Inc.' }],
    ['a.exe', good('/O=Vendor A/S/CN=x'), { kind: 'organisation', name: 'Vendor A/S' }],
    ['a.exe', good('/O=Evil/OU=x/O=Vendor, Inc./CN=x'), undefined],
    ['a.exe', good('/CN=Vendor'), undefined],
    // Another signature in the same file is the one that holds.
    ['a.exe', { code: 0, output: signedWords('/O=Vendor, Inc.', 'ok', '/O=Evil/CN=x') }, undefined],
    ['a.exe', bad('\tError: unable to get local issuer certificate'), undefined],
    ['a.exe', { code: 1, output: 'Subject: /O=Vendor\nMISMATCH!!!' }, undefined],
    ['a.rpm', { code: 0, output: 'V3 RSA/SHA256 Signature, key ID 199E2F91FD431D51: OK' }, { kind: 'key', id: '199e2f91fd431d51' }],
    [
      'a.rpm',
      { code: 0, output: `Header OpenPGP V4 RSA signature, key fingerprint: ${'ab'.repeat(20)}: OK\nPayload SHA256 digest: OK` },
      { kind: 'key', id: 'ab'.repeat(20) },
    ],
    ['a.rpm', { code: 1, output: 'Header V3 RSA/SHA256 Signature, key ID fd431d51: NOKEY' }, undefined],
  ])('who signed is said only of a signature that holds: %s, %j', async (name, end, signer) =>
    expect((await codeSignature(join(folder, name), async () => end)).signer).toEqual(signer))

  /** As rpm 4.18.0 said it of a package that it had built and signed, with its last bytes changed. */
  const CHANGED = `file.rpm:
    Header V4 RSA/SHA512 Signature, key ID 2e45fb43: OK
    Header SHA256 digest: OK
    Payload SHA256 digest: BAD (Expected af39e1c1 != 45155688)
    RSA signature: NOTFOUND
    MD5 digest: BAD (Expected 5a4374b8 != a33cef10)`

  test('a package with a good header and another content fails, and nobody has signed it', async () => {
    const { check, signer } = await codeSignature(join(folder, 'a.rpm'), async () => ({ code: 1, output: CHANGED }))
    expect(check).toMatchObject({ outcome: 'fail', evidence: 'rpm: Payload SHA256 digest: BAD (Expected af39e1c1 != 45155688)' })
    expect(signer).toBeUndefined()
  })

  test('rpm is asked for a signature and every digest, whatever this machine is set to', async () => {
    let asked: readonly string[] = []
    await codeSignature(join(folder, 'a.rpm'), async (_, args) => {
      asked = args
      return null
    })
    expect(asked.slice(0, 4)).toEqual(['--define', '_pkgverify_level signature', '--define', '_pkgverify_flags 0x0'])
  })

  test('a name that is an option, a command or a line of a tool is never shown to one', async () => {
    const line = '\n    Header V3 RSA/SHA256 Signature, key ID fd431d51: OK\n'
    const seen: string[] = []
    for (const name of ['-in.exe', '$(touch x).exe', '; rm -rf x.rpm', `x${line}.rpm`])
      await codeSignature(join(folder, name), async (_, args) => {
        seen.push(basename(args.at(-1) ?? ''))
        return null
      })
    expect(seen).toEqual(['file.exe', 'file.exe', 'file.rpm', 'file.rpm'])
  })
})

test('a patch file is read once, with both hashes', async () => {
  await writeFile(join(folder, 'a.bin'), 'abc')
  expect(await readPatch(join(folder, 'a.bin'))).toEqual({
    name: 'a.bin',
    bytes: 3,
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    sha512:
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  })
})

const TOOL = '/usr/bin/osslsigncode'
describe.skipIf(!existsSync(TOOL) || !existsSync('/usr/bin/openssl'))('the real osslsigncode', () => {
  /** The smallest thing that it takes for a program: a Microsoft cabinet without files. */
  const cabinet = (): Buffer => {
    const bytes = Buffer.alloc(36 + 8 + 16 + 2 + 8 + 5)
    bytes.write('MSCF', 0, 'latin1')
    bytes.writeUInt32LE(bytes.length, 8)
    bytes.writeUInt32LE(44, 16)
    bytes.writeUInt8(3, 24)
    bytes.writeUInt8(1, 25)
    bytes.writeUInt16LE(1, 26)
    bytes.writeUInt16LE(1, 28)
    bytes.writeUInt32LE(62, 36)
    bytes.writeUInt16LE(1, 40)
    bytes.writeUInt32LE(5, 44)
    bytes.write('a\0', 60, 'latin1')
    bytes.writeUInt16LE(5, 66)
    bytes.writeUInt16LE(5, 68)
    bytes.write('hello', 70, 'latin1')
    return bytes
  }
  const at = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): void => void execFileSync('/usr/bin/openssl', args, { stdio: 'ignore', cwd: folder })
  const VENDOR = '/C=DE/O=Test Vendor, Inc./CN=Test vendor'
  /** Who certifies himself, and a file that he signed. */
  const signedCabinet = async (): Promise<string> => {
    const own = ['-subj', VENDOR, '-days', '2', '-addext', 'extendedKeyUsage=codeSigning']
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('k.pem'), '-out', at('c.pem'), ...own)
    return signed('c.pem', 'k.pem', 'signed.cab')
  }
  /** A vendor whose certificate another signed, and says where to ask whether it was revoked; and a file that he signed. */
  const certifiedCabinet = async (): Promise<string> => {
    const root = ['-keyout', at('rk.pem'), '-out', at('root.pem'), '-subj', '/O=Test CA/CN=Test Root', '-days', '2']
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...root)
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', at('vk.pem'), '-out', at('v.csr'), '-subj', VENDOR)
    await writeFile(at('v.ext'), 'extendedKeyUsage=codeSigning\ncrlDistributionPoints=URI:http://127.0.0.1:9/list.crl\n')
    const by = ['-CA', at('root.pem'), '-CAkey', at('rk.pem'), '-CAcreateserial', '-days', '2', '-extfile', at('v.ext')]
    openssl('x509', '-req', '-in', at('v.csr'), ...by, '-out', at('v.pem'))
    return signed('v.pem', 'vk.pem', 'certified.cab')
  }
  const signed = async (certificate: string, key: string, name: string): Promise<string> => {
    await rm(at(name), { force: true })
    await writeFile(at('plain.cab'), cabinet())
    const files = ['-certs', at(certificate), '-key', at(key), '-in', at('plain.cab'), '-out', at(name)]
    execFileSync(TOOL, ['sign', ...files], { stdio: 'ignore' })
    return at(name)
  }

  test('nothing is fetched from addresses that a file names, and that is said', async () => {
    const { check, signer } = await codeSignature(await certifiedCabinet(), runTool, at('root.pem'))
    expect(check).toMatchObject({ outcome: 'pass', evidence: expect.stringContaining('Whether it was revoked was not asked.') })
    expect(signer).toEqual({ kind: 'organisation', name: 'Test Vendor, Inc.' })
  })

  test('a signature of which one bit was changed is forged, and so is a certificate', async () => {
    const bytes = await readFile(await certifiedCabinet())
    const judgedWith = async (change: (bytes: Buffer) => void) => {
      const changed = Buffer.from(bytes)
      change(changed)
      await writeFile(at('forged.cab'), changed)
      return (await codeSignature(at('forged.cab'), runTool, at('root.pem'))).check
    }
    // The signature is the last thing of its length in the file: an octet string of 256 bytes.
    const last = bytes.lastIndexOf(Buffer.from([0x04, 0x82, 0x01, 0x00])) + 100
    const checks = [
      await judgedWith((changed) => changed.writeUInt8((changed[last] ?? 0) ^ 1, last)),
      await judgedWith((changed) => changed.write('Bad', changed.lastIndexOf('Test vendor'))),
    ]
    for (const check of checks) expect(check).toMatchObject({ outcome: 'fail', evidence: expect.stringContaining('does not hold') })
  })

  test('one signed by somebody whom the machine trusts names its organisation', async () => {
    const path = await signedCabinet()
    const { check, signer } = await codeSignature(path, runTool, join(folder, 'c.pem'))
    expect(check).toMatchObject({ outcome: 'pass', evidence: expect.stringContaining('Test vendor, a root that the policy names.') })
    expect(signer).toEqual({ kind: 'organisation', name: 'Test Vendor, Inc.' })
    expect((await codeSignature(path)).signer).toBeUndefined()
  })

  test('an unsigned file, one that is none, one signed by nobody whom the machine trusts, and one that was changed', async () => {
    const own = await signedCabinet()
    await writeFile(join(folder, 'text.exe'), 'hello')
    const changed = await readFile(own)
    changed[changed.indexOf('hello')] = 0x48
    await writeFile(join(folder, 'changed.cab'), changed)
    const outcomes = await Promise.all(
      ['plain.cab', 'text.exe', 'signed.cab', 'changed.cab'].map((name) => codeSignature(join(folder, name))),
    )
    expect(outcomes.map(({ check }) => check.outcome)).toEqual(['unavailable', 'unavailable', 'unavailable', 'fail'])
  })
})
