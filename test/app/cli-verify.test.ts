import { Resolver } from 'node:dns/promises'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { patchChecks } from '../../src/cli/verify/patch.ts'
import type { Evidence } from '../../src/core/identify/evidence.ts'
import { newSigner, published, sampleFile } from '../support/csaf.ts'
import { startTestHouse } from '../support/house.ts'

const SAMPLE = fileURLToPath(new URL('../../manifests/sample/csaf/', import.meta.url))
const OPENSSL = join(SAMPLE, 'arrivals/01-openssl/rhsa-2023_3408.json')
const UNSIGNED = join(SAMPLE, 'arrivals/02-kernel-rt/rhsa-2023_4378.json')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-verify-'))
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

const at = (name: string): string => join(folder, name)

/** Runs the command line in this process. */
async function cli(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const [out, err]: [string[], string[]] = [[], []]
  const onOut = vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(`${text}`) > 0)
  const onErr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(`${text}`) > 0)
  try {
    return { code: await run(args), out: out.join(''), err: err.join('') }
  } finally {
    onOut.mockRestore()
    onErr.mockRestore()
  }
}

const LURE = ['From: Microsoft Security', 'To: you@example.org', 'Subject: Update', '', 'Get it from https://kb.example/x', ''].join('\r\n')

describe('verify says in words and as JSON', () => {
  test.each([
    ['https://microsft.com/kb', 1, 'BOGUS'],
    ['http://www.redhat.com/errata', 1, 'QUARANTINED'],
    ['https://www.redhat.com/errata', 1, 'UNCONFIRMED'],
  ])('a link: %s', async (link, code, verdict) => {
    const words = await cli('verify', link)
    expect([words.code, words.out.split(':')[0]]).toEqual([code, verdict])
    const json = JSON.parse((await cli('verify', link, '--json')).out) as { verdict: string; checks: object[] }
    expect(json.verdict).toBe(verdict)
    expect(json.checks.length).toBeGreaterThan(0)
    for (const check of json.checks)
      expect(check).toEqual({ name: expect.any(String), outcome: expect.any(String), evidence: expect.any(String) })
  })

  test('a mail', async () => {
    await writeFile(at('lure.eml'), LURE)
    const { code, out } = await cli('verify', at('lure.eml'))
    expect(code).toBe(1)
    expect(out).toMatch(/^BOGUS: .*\nIt is a forgery\. Do not open it/)
    expect(out).toMatch(/impersonation +fail/)
  })

  test.each([
    [[], /expected one of FILE, a link/],
    [[OPENSSL, '--evidence', OPENSSL], /expected one of FILE, a link/],
    [['--patch', OPENSSL], /expected --bulletin FILE/],
    [['--evidence', OPENSSL], /expected an evidence/],
    [['--evidence', '/nowhere'], /there is none/],
    [['https://'], /expected an address/],
  ])('used wrongly: %j', async (args, words) => {
    const { code, err } = await cli('verify', ...args)
    expect(code).toBe(2)
    expect(err).toMatch(words)
  })
})

describe('a patch file against its bulletin', () => {
  const PATCH = 'the patch'
  /** A bulletin of a vendor that names a file by its hash, with its key. */
  const bulletin = async (sha256: string): Promise<string[]> => {
    const signer = await newSigner()
    const document = JSON.parse(sampleFile('history/va-24-201-01.json').toString('utf8'))
    const product = {
      product_id: 'PATCH-1',
      name: 'fix.bin',
      product_identification_helper: { hashes: [{ filename: 'fix.bin', file_hashes: [{ algorithm: 'sha256', value: sha256 }] }] },
    }
    document.product_tree.full_product_names = [...(document.product_tree.full_product_names ?? []), product]
    const raw = await published('va-24-201-01.json', Buffer.from(JSON.stringify(document)), signer)
    await writeFile(at(raw.fileName), raw.bytes)
    await writeFile(at(`${raw.fileName}.sha512`), raw.sha512 ?? '')
    await writeFile(at(`${raw.fileName}.asc`), raw.signature ?? '')
    await writeFile(at('key.asc'), signer.keyArmored)
    return [
      '--bulletin',
      at(raw.fileName),
      '--key',
      at('key.asc'),
      '--fingerprint',
      signer.rule.keyFingerprint ?? '',
      '--namespace',
      'www.cisa.gov',
    ]
  }
  const sum = 'aa3c0d78bc01ba3dbc5ac5cf8f1bcd3b7e1ae21e2a0a8f3fbb9a2bf5a9fb6d8e'

  test('the file that it names, another one under that name, and one that it does not name', async () => {
    const { createHash } = await import('node:crypto')
    await writeFile(at('fix.bin'), PATCH)
    const right = await cli(
      'verify',
      '--patch',
      at('fix.bin'),
      ...(await bulletin(createHash('sha256').update(PATCH).digest('hex'))),
      '--save',
      at('patch.json'),
    )
    expect([right.code, right.out.split('\n')[0]]).toEqual([0, 'AUTHENTIC: The file is the one that a signed bulletin names'])
    expect((await cli('verify', '--evidence', at('patch.json'))).code).toBe(0)
    const wrong = await cli('verify', '--patch', at('fix.bin'), ...(await bulletin(sum)))
    expect([wrong.code, wrong.out.split(':')[0]]).toEqual([1, 'QUARANTINED'])
    await writeFile(at('other.bin'), 'x')
    const unnamed = await cli('verify', '--patch', at('other.bin'), ...(await bulletin(sum)))
    expect([unnamed.code, unnamed.out.split(':')[0]]).toEqual([1, 'UNCONFIRMED'])
  })
})

test.each([
  ['the vendor', 'Red Hat, Inc.', ['patch-hash unavailable', 'code-signature pass', 'code-signer pass']],
  ['somebody else', 'Evil Ltd', ['patch-hash unavailable', 'code-signature pass', 'code-signer fail']],
])('a patch file that %s signed', (_, name, outcomes) => {
  const bulletin = Buffer.from(JSON.stringify({ document: { publisher: { name: 'Red Hat', namespace: 'https://www.redhat.com' } } }))
  const patch = { name: 'fix.exe', bytes: 3, sha256: '0'.repeat(64), sha512: '0'.repeat(128) }
  const check = { name: 'code-signature', outcome: 'pass', evidence: '' } as const
  const checks = patchChecks(patch, bulletin, { check, signer: { kind: 'organisation', name } })
  expect(checks.map((one) => `${one.name} ${one.outcome}`)).toEqual(outcomes)
  expect(patchChecks(patch, Buffer.from('no JSON'), { check, signer: { kind: 'organisation', name } })[2]?.outcome).toBe('unavailable')
})

describe('a mail that is signed by OpenPGP', () => {
  const mail = 'test/fixtures/mail/gnupg-clearsigned.eml'
  const fingerprint = '813c7e58492025c8a41ccd2c0b158ebddee127c8'
  const key = ['--key', 'test/fixtures/mail/gnupg.asc', '--namespace', 'debian.org']
  const outcome = (out: string): unknown =>
    (JSON.parse(out) as { checks: { name: string; outcome: string }[] }).checks.find(({ name }) => name === 'openpgp-signature')?.outcome
  beforeAll(() => {
    // Nobody is asked in a test.
    vi.spyOn(Resolver.prototype, 'resolveTxt').mockRejectedValue(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
  })
  afterAll(() => {
    vi.mocked(Resolver.prototype.resolveTxt).mockRestore()
  })

  test('is checked by the key that is given, and its evidence holds without network', async () => {
    const { out } = await cli('verify', mail, ...key, '--fingerprint', fingerprint, '--json', '--save', at('keyed.json'))
    expect(outcome(out)).toBe('pass')
    vi.mocked(Resolver.prototype.resolveTxt).mockClear()
    const again = await cli('verify', '--evidence', at('keyed.json'), '--fingerprint', fingerprint, '--json')
    expect(JSON.parse(again.out)).toMatchObject({ agrees: true, verdict: 'UNCONFIRMED' })
    expect((await cli('verify', '--evidence', at('keyed.json'), '--fingerprint', 'a'.repeat(40))).out).toMatch(/not the expected a{40}/)
    expect(Resolver.prototype.resolveTxt).not.toHaveBeenCalled()
  })

  test('is not checked without a key, nor by half of what is needed', async () => {
    expect(outcome((await cli('verify', mail, '--json')).out)).toBeUndefined()
    expect(outcome((await cli('verify', mail, ...key, '--fingerprint', 'a'.repeat(40), '--json')).out)).toBe('unavailable')
    const half = await cli('verify', mail, ...key)
    expect(half).toMatchObject({ code: 2, err: expect.stringMatching(/--fingerprint HEX and --namespace HOST/) })
  })
})

describe('evidence', () => {
  const changed = async (from: string, to: string, edit: (evidence: Evidence) => object): Promise<string> => {
    const evidence = JSON.parse(await readFile(at(from), 'utf8')) as Evidence
    await writeFile(at(to), JSON.stringify({ ...evidence, ...edit(evidence) }))
    return at(to)
  }

  test('of each kind it is written, agrees without network, and is never written over', async () => {
    await writeFile(at('lure.eml'), LURE)
    for (const [name, asked, code] of [
      ['good.json', OPENSSL, 0],
      ['unsigned.json', UNSIGNED, 1],
      ['mail.json', at('lure.eml'), 1],
      ['link.json', 'https://microsft.com/kb', 1],
    ] as const) {
      expect((await cli('verify', asked, '--save', at(name))).code).toBe(code)
      const again = await cli('verify', '--evidence', at(name), '--json')
      expect(JSON.parse(again.out), name).toMatchObject({ agrees: true, flaws: [] })
      expect(again.code).toBe(code)
      expect((await cli('verify', asked, '--save', at(name))).err).toContain('there is one already')
    }
  })

  test.each<[string, (evidence: Evidence) => object, RegExp]>([
    ['a byte of the document', ({ bytes }) => ({ bytes: bytes.replace(/^..../, 'AAAA') }), /"hash" was pass; made again it is fail/],
    ['the verdict', () => ({ verdict: 'CORROBORATED' }), /says CORROBORATED; checked again it is AUTHENTIC/],
    ['the time', () => ({ checkedAt: '2020-01-01T00:00:00.000Z' }), /seal does not fit/],
    [
      'a word of its reasons',
      ({ checks }) => ({ checks: checks.map((one, i) => (i === 0 ? { ...one, evidence: 'x' } : one)) }),
      /seal does not fit/,
    ],
    ['the signature', () => ({ sidecars: {} }), /"signature" was pass; made again it is unavailable/],
  ])('changed: %s. It does not agree, and says why', async (_, edit, words) => {
    const file = await changed('good.json', 'changed.json', edit)
    const { code, out } = await cli('verify', '--evidence', file)
    expect(code).toBe(1)
    expect(out).toMatch(/^DOES NOT AGREE/)
    expect(out).toMatch(words)
  })

  test('whoever knows the key says so, and an evidence with another one does not agree', async () => {
    expect((await cli('verify', '--evidence', at('good.json'), '--fingerprint', 'a'.repeat(40))).out).toMatch(/not the expected a{40}/)
  })

  test('of a stored bulletin: the database holds all that its verdict rests on', async () => {
    const house = await startTestHouse()
    try {
      await vi.waitFor(async () => expect(await house.house.db.bulletin.count({ where: { vendorId: 'RHSA-2021:3029' } })).toBe(1), 60_000)
      vi.stubEnv('DATABASE_URL', house.databaseUrl)
      const exported = await cli('evidence', 'RHSA-2021:3029', at('stored.json'))
      expect(exported).toMatchObject({ code: 0, err: '' })
      expect((await cli('evidence', 'RHSA-1999:1', at('none.json'))).code).toBe(1)
    } finally {
      await house.end()
    }
    vi.unstubAllEnvs()
    const { code, out } = await cli('verify', '--evidence', at('stored.json'), '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ agrees: true, verdict: 'AUTHENTIC', today: 'AUTHENTIC' })
    const stored = JSON.parse(await readFile(at('stored.json'), 'utf8')) as Evidence
    expect(stored.sidecars.sha512).toMatch(/^[0-9a-f]{128}/)
    expect(stored.pinned?.key).toContain('BEGIN PGP PUBLIC KEY BLOCK')
  })
})
