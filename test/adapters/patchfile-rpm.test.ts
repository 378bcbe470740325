import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pinnedKeys } from '../../adapters/openpgp/ring.ts'
import { rpmByKeys } from '../../adapters/patchfile/rpm-keys.ts'
import type { RunTool, ToolEnd } from '../../adapters/patchfile/tools.ts'
import { signatureOf } from '../../adapters/patchfile/trust.ts'
import { newSigner, type Signer } from '../support/csaf.ts'

const NOW = new Date('2026-11-26T12:00:00Z')

let folder: string
let signer: Signer
let other: Signer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-rpm-'))
  signer = await newSigner()
  other = await newSigner()
})
afterAll(() => rm(folder, { recursive: true }))

const pin = ({ rule }: Signer): string => rule.keyFingerprint ?? ''

/** rpmkeys with a keyring of its own: `signedBy` is known to it only after his key was put in. */
function rpmkeys(signedBy: Signer, { imports = 0, bad = false } = {}) {
  const rings = new Map<string, string>()
  const run: RunTool = async (command, args): Promise<ToolEnd> => {
    expect(command).toBe('rpmkeys')
    expect(args[0]).toBe('--dbpath')
    const ring = args[1] ?? ''
    if (args[2] === '--import') {
      rings.set(ring, await readFile(args[3] ?? '', 'utf8'))
      return { code: imports, output: '' }
    }
    expect(args.slice(-4, -1)).toEqual(['--checksig', '--verbose', '--'])
    expect(args).toContain('_pkgverify_level signature')
    const keys = await pinnedKeys(Buffer.from(rings.get(ring) ?? ''), [pin(signedBy)])
    const said = keys.length > 0 ? 'OK' : 'NOKEY'
    const digest = bad ? 'BAD (Expected a != b)' : 'OK'
    const output = `file.rpm:\n    Header V4 EdDSA/SHA512 Signature, key ID ${pin(signedBy).slice(-8)}: ${said}\n    Payload SHA256 digest: ${digest}\n`
    return { code: said === 'OK' && !bad ? 0 : 1, output }
  }
  return { run, rings }
}

const asked = async (run: RunTool, fingerprints: readonly string[], now = NOW) => {
  const file = Buffer.from([signer, other].map(({ keyArmored }) => keyArmored).join('\n'))
  return rpmByKeys(join(folder, 'a.rpm'), await pinnedKeys(file, fingerprints), run, now)
}

test('who signed is known by the whole fingerprint of a pinned key', async () => {
  const answer = await asked(rpmkeys(signer).run, [pin(signer)])
  expect(answer?.check.outcome).toBe('pass')
  expect(answer?.signer).toEqual({ kind: 'key', id: pin(signer) })
})

test('of several pinned keys each is asked alone, so that it is known which of them it was', async () => {
  const { run, rings } = rpmkeys(other)
  expect((await asked(run, [pin(signer), pin(other)]))?.signer).toEqual({ kind: 'key', id: pin(other) })
  const held = await Promise.all([...rings.values()].map((text) => pinnedKeys(Buffer.from(text), [pin(signer), pin(other)])))
  expect(held.map((keys) => keys.length)).toEqual([1, 1])
})

test.each([
  ['a key in the file that is not pinned', () => rpmkeys(other).run, () => [pin(signer)], NOW],
  ['no rpmkeys on this machine', (): RunTool => async () => null, () => [pin(signer)], NOW],
  ['one that cannot take the key', () => rpmkeys(signer, { imports: 1 }).run, () => [pin(signer)], NOW],
  ['a fingerprint that is pinned by its last digits', () => rpmkeys(signer).run, () => [pin(signer).slice(-16)], NOW],
  ['a key of tomorrow', () => rpmkeys(signer).run, () => [pin(signer)], new Date('2025-12-01T00:00:00Z')],
] as const)('nothing is known by %s', async (_, run, fingerprints, now) => {
  expect(await asked(run(), fingerprints(), now)).toBeNull()
})

test('a package whose content was changed fails, whoever signed it', async () => {
  const answer = await asked(rpmkeys(signer, { bad: true }).run, [pin(signer)])
  expect(answer?.check.outcome).toBe('fail')
  expect(answer?.signer).toBeUndefined()
})

test('a key file may be binary, and one that is no key file is refused', async () => {
  const [key] = await pinnedKeys(Buffer.from(signer.keyArmored), [pin(signer)])
  expect((await pinnedKeys(key?.write() ?? new Uint8Array(), [pin(signer)])).length).toBe(1)
  await writeFile(join(folder, 'none'), 'no key')
  await expect(pinnedKeys(await readFile(join(folder, 'none')), [pin(signer)])).rejects.toThrow()
})

describe('where the policy pins keys', () => {
  const KEYS = 'vendor-keys.asc'
  /** The machine knows the signer by another way, and says that all is well. */
  const machine: RunTool = async (_, args) =>
    args[0] === '--dbpath'
      ? { code: 1, output: 'file.rpm:\n    Header V4 EdDSA/SHA512 Signature, key ID 2e45fb43: NOKEY' }
      : { code: 0, output: 'file.rpm:\n    Header V4 EdDSA/SHA512 Signature, key ID 2e45fb43: OK\n    Payload SHA256 digest: OK' }
  const judged = async (packageKeyFile: string | undefined, packageKeys: readonly string[], now = NOW, run = machine) => {
    await writeFile(join(folder, KEYS), signer.keyArmored)
    return signatureOf(join(folder, 'a.rpm'), { now, trust: [{ packageKeys, packageKeyFile, archives: [] }] }, run, folder)
  }

  test('what else the machine trusts names no signer', async () => {
    const { check, signer: named } = await judged(KEYS, [pin(signer)])
    expect(check).toMatchObject({ outcome: 'unavailable', evidence: expect.stringContaining('none of the pinned keys') })
    expect(named).toBeUndefined()
  })
  test('a pinned key that may not speak yet, or any more, leaves it to nobody else', async () => {
    const { check, signer: named } = await judged(KEYS, [pin(signer)], new Date('2025-12-01T00:00:00Z'))
    expect([check.outcome, named]).toEqual(['unavailable', undefined])
  })
  test('what the machine knows to be bad is bad', async () => {
    const bad: RunTool = async () => ({ code: 1, output: 'file.rpm:\n    Payload SHA256 digest: BAD (Expected a != b)' })
    expect((await judged(KEYS, [pin(signer)], NOW, bad)).check.outcome).toBe('fail')
  })
  test.each([
    ['none is pinned', KEYS, () => []],
    ['no file is named', undefined, () => [pin(signer)]],
    ['the file is not there', 'gone.asc', () => [pin(signer)]],
  ])('the machine is asked where %s', async (_, file, keys) => {
    const { check, signer: named } = await judged(file, keys())
    expect([check.outcome, named]).toEqual(['pass', { kind: 'key', id: '2e45fb43' }])
  })
})
