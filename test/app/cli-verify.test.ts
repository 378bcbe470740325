import { Resolver } from 'node:dns/promises'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { CodeSignature } from '../../adapters/patchfile/index.ts'
import { patchChecks } from '../../src/cli/verify/patch.ts'
import { FACTS } from '../../src/cli/verify/told.ts'
import { type Evidence, sealed } from '../../src/core/identify/evidence.ts'
import type { Check } from '../../src/core/identify/verification.ts'
import { cli } from '../support/cli.ts'
import { newSigner, published, type Signer, sampleFile } from '../support/csaf.ts'
import { aDeb, anArchive, indexOf } from '../support/debian-archive.ts'
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

const b64 = (text: string): string => Buffer.from(text).toString('base64')
const at = (name: string): string => join(folder, name)

const LURE = ['From: Microsoft Security', 'To: you@example.org', 'Subject: Update', '', 'Get it from https://kb.example/x', ''].join('\r\n')

describe('verify says in words and as JSON', () => {
  test.each([
    ['https://microsft.com/kb', 1, 'BOGUS'],
    ['http://www.redhat.com/errata', 1, 'QUARANTINED'],
    ['https://www.redhat.com/errata', 1, 'UNCONFIRMED'],
    ['microsft.com/kb', 1, 'BOGUS'],
    ['www.redhat.com', 1, 'UNCONFIRMED'],
    ['http://localhost:3978/kb', 1, 'QUARANTINED'],
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
    ['an OSV record', 'osv.json', '{"id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-11-01T00:00:00Z"}', /no bulletin that brings a proof/],
    ['a feed', 'security.xml', '<rss version="2.0"><channel/></rss>', /no bulletin that brings a proof/],
    ['a patch file', 'KB5099999.exe', 'MZ', /If it was sent to you as a patch, it is a forgery.*verify --patch FILE/],
    ['a mail of Outlook', 'update.msg', 'x', /as Outlook keeps it/],
  ])('%s is not called a broken bulletin: nothing proves it', async (_, name, content, words) => {
    await writeFile(at(name), content)
    const { code, out } = await cli('verify', at(name), '--save', at(`${name}.evidence`))
    expect([code, out]).toEqual([1, expect.stringMatching(/^UNCONFIRMED: /)])
    expect(out).toMatch(words)
    expect(JSON.parse((await cli('verify', '--evidence', at(`${name}.evidence`), '--json')).out)).toMatchObject({ agrees: true, flaws: [] })
  })

  test.each([
    ['openssl-3.0.9.tar.gz', '.asc'],
    ['fix-1.0.x86_64.rpm', '.sha256'],
    ['setup.exe', '.sha512'],
  ])('a download (%s) with %s beside it is no bulletin that is broken: it is said how it can be checked', async (name, beside) => {
    await writeFile(at(name), 'x')
    await writeFile(at(`${name}${beside}`), 'x')
    const { code, out } = await cli('verify', at(name))
    expect([code, out]).toEqual([1, expect.stringMatching(/^UNCONFIRMED: .*[\s\S]*verify --patch FILE --bulletin FILE/)])
  })

  test('what is called a bulletin and has a proof beside it is judged as one, also when it is none', async () => {
    await writeFile(at('list.json'), '{"hello": "world"}')
    await writeFile(at('list.json.sha256'), 'x')
    expect((await cli('verify', at('list.json'))).out).toMatch(/^QUARANTINED: /)
  })

  test.each([
    ['a web page under the name of a bulletin', '<!doctype html><html></html>'],
    ['a bulletin that is cut off', '{"document": {"title"'],
    ['a bulletin of no edition', '{"document": {}}'],
  ])('%s is broken', async (_, content) => {
    await writeFile(at('rhsa-2099_0001.json'), content)
    expect((await cli('verify', at('rhsa-2099_0001.json'))).out).toMatch(/^QUARANTINED: HELD: the document is malformed/)
  })

  test('a bulletin that was signed by a key that nobody here knows: not proved, and not called forged', async () => {
    const raw = await published('va-24-201-01.json', sampleFile('history/va-24-201-01.json'), await newSigner())
    await writeFile(at('va-24-201-01.json'), raw.bytes)
    await writeFile(at('va-24-201-01.json.sha512'), raw.sha512 ?? '')
    await writeFile(at('va-24-201-01.json.asc'), raw.signature ?? '')
    const { code, out } = await cli('verify', at('va-24-201-01.json'), '--json')
    const outcomes = (JSON.parse(out) as { checks: Check[] }).checks.map(({ name, outcome }) => `${name} ${outcome}`)
    expect([code, JSON.parse(out)]).toMatchObject([1, { verdict: 'UNCONFIRMED', pinned: null }])
    expect(outcomes).toEqual(expect.arrayContaining(['hash pass', 'signature unavailable', 'schema pass', 'namespace unavailable']))
  })

  test('a bulletin of a folder of the policy is checked by the key that the policy names', async () => {
    const signer = await newSigner()
    const raw = await published('va-24-254-01.json', sampleFile('arrivals/04-webmethods/va-24-254-01.json'), signer)
    await writeFile(at('va-24-254-01.json'), raw.bytes)
    await writeFile(at('va-24-254-01.json.sha512'), raw.sha512 ?? '')
    await writeFile(at('va-24-254-01.json.asc'), raw.signature ?? '')
    await writeFile(at('cisa.asc'), signer.keyArmored)
    const policy = JSON.parse(await readFile(join(SAMPLE, '../policy.json'), 'utf8'))
    const source = {
      id: 'cisa',
      kind: 'csaf-folder',
      name: 'CISA',
      keyFingerprint: signer.rule.keyFingerprint,
      keyOwner: 'CISA',
      folder: '.',
    }
    const sources = [{ ...source, keyFile: 'cisa.asc', namespaces: ['www.cisa.gov'] }]
    await writeFile(at('policy.json'), JSON.stringify({ ...policy, sources }))
    vi.stubEnv('PATCHCRIER_POLICY', at('policy.json'))
    const { code, out } = await cli('verify', at('va-24-254-01.json'), '--save', at('cisa.json'))
    expect([code, out]).toEqual([0, expect.stringMatching(/^AUTHENTIC: /)])
    expect((await cli('verify', '--evidence', at('cisa.json'))).code).toBe(0)
    vi.unstubAllEnvs()
    expect((await cli('verify', '--evidence', at('cisa.json'))).out).toMatch(/^UNCONFIRMED: .*\n.*is none that is known here/)
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
    const strange = await cli('verify', '--evidence', at('patch.json'))
    expect([strange.code, strange.out]).toEqual([1, expect.stringMatching(/^UNCONFIRMED: .*\n.*is none that is known here/)])
    const saved = JSON.parse(await readFile(at('patch.json'), 'utf8')) as Evidence
    const named = await cli('verify', '--evidence', at('patch.json'), '--fingerprint', saved.pinned?.keyFingerprint ?? '')
    expect([named.code, named.out]).toEqual([0, expect.stringMatching(/^AUTHENTIC: .* agrees; /)])
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
  const unsigned = (checks: readonly Check[]): readonly Check[] =>
    checks.map((one) => (one.name === 'signature' || one.name === 'hash' ? { ...one, outcome: 'unavailable' } : one))
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

  test('a hand-made one that agrees with itself is called no better than it proves', async () => {
    const { format: _f, v: _v, rules: _r, seal: _s, ...good } = JSON.parse(await readFile(at('good.json'), 'utf8')) as Evidence
    const confirmed = { name: 'corroboration', outcome: 'pass', evidence: 'Red Hat confirms it.' } as const
    const made = {
      'authentic.json': { ...good, kind: 'stored', sidecars: {}, pinned: null } as const,
      'claimed.json': { ...good, sidecars: {}, checks: [...unsigned(good.checks), confirmed], verdict: 'CORROBORATED' } as const,
      'spoken.json': { ...good, pinned: good.pinned && { ...good.pinned, namespaces: [...good.pinned.namespaces, 'www.microsoft.com'] } },
    }
    for (const [name, evidence] of Object.entries(made)) {
      await writeFile(at(name), JSON.stringify(sealed(evidence)))
      const { code, out } = await cli('verify', '--evidence', at(name), '--json')
      expect([name, code, JSON.parse(out)]).toMatchObject([name, 1, { proved: 'UNCONFIRMED' }])
      expect((await cli('verify', '--evidence', at(name))).out).not.toMatch(/^(AUTHENTIC|CORROBORATED)/)
    }
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

describe('a Debian package against its archive', () => {
  const DEB = aDeb('the package', 'fix_1.0_amd64.deb')
  let signer: Signer
  let others: Signer
  let args: readonly string[]
  beforeAll(async () => {
    signer = await newSigner()
    others = await newSigner()
    // It is checked by the machine's own time, so that it must not run out.
    const { release, plain } = await anArchive([DEB], signer, 'Acquire-By-Hash: yes\n')
    await writeFile(at(DEB.name), 'the package')
    await writeFile(at('InRelease'), release)
    await writeFile(at('Packages'), plain)
    await writeFile(at('archive.asc'), signer.keyArmored)
    const pin = signer.rule.keyFingerprint ?? ''
    args = ['--release', at('InRelease'), '--index', at('Packages'), '--package-key', at('archive.asc'), '--package-fingerprint', pin]
  })

  const asked = async (...more: readonly string[]) => {
    const { out } = await cli('verify', ...more, '--json')
    return JSON.parse(out) as {
      verdict: string
      agrees?: boolean
      flaws?: string[]
      checks: { name: string; outcome: string; evidence: string }[]
    }
  }
  const archiveIn = ({ checks }: { checks: readonly { name: string; outcome: string }[] }) =>
    checks.find(({ name }) => name === 'archive')?.outcome

  /** What was saved of it, with something in it changed and sealed anew: the seal is no signature. */
  const changed = async (change: (evidence: Evidence) => object): Promise<string> => {
    await rm(at('deb.json'), { force: true })
    await cli('verify', '--patch', at(DEB.name), ...args, '--save', at('deb.json'))
    const evidence = JSON.parse(await readFile(at('deb.json'), 'utf8')) as Evidence
    const { seal, format, v, rules, ...body } = { ...evidence, ...change(evidence) } as Evidence
    expect([seal.length, format, v, rules].every(Boolean)).toBe(true)
    await writeFile(at('changed.json'), JSON.stringify(sealed(body)))
    return at('changed.json')
  }

  test('each link is checked without network, and again from its evidence', async () => {
    const first = await asked('--patch', at(DEB.name), ...args)
    // What an archive lists is the vendor's; that it is the fix only a bulletin can say.
    expect([first.verdict, archiveIn(first)]).toEqual(['UNCONFIRMED', 'pass'])
    const again = await asked('--evidence', await changed(() => ({})))
    expect(again).toMatchObject({ agrees: true, flaws: [] })
    expect(archiveIn(again)).toBe('pass')
    expect(await asked('--evidence', at('changed.json'), '--patch', at(DEB.name))).toMatchObject({ agrees: true })
  })

  test.each([
    [
      'one that was not sealed anew',
      async () => {
        const path = await changed(() => ({}))
        await writeFile(path, (await readFile(path, 'utf8')).replace('fix 1.0', 'fix 2.0'))
        return path
      },
    ],
    ['another file', () => changed(({ patch }) => ({ patch: { ...patch, sha256: 'a'.repeat(64) } }))],
    [
      'another index',
      () =>
        changed(({ archive }) => ({
          archive: { ...archive, index: { path: 'main/binary-amd64/Packages', bytes: b64(indexOf([aDeb('a trojan', DEB.name)])) } },
        })),
    ],
    [
      'another release',
      async () => {
        const forged = aDeb('a trojan', DEB.name)
        const { release, plain } = await anArchive([forged], others, '')
        return changed(({ archive }) => ({
          patch: forged,
          archive: { ...archive, release, index: { path: 'main/binary-amd64/Packages', bytes: b64(plain) } },
        }))
      },
    ],
    ['other keys', () => changed(({ archive }) => ({ archive: { ...archive, keys: b64(others.keyArmored) } }))],
    ['another pinned key', () => changed(({ archive }) => ({ archive: { ...archive, pinned: [others.rule.keyFingerprint] } }))],
    ['no archive at all', () => changed(() => ({ archive: undefined }))],
    [
      'a failure that is called a pass',
      () =>
        changed(({ patch, checks }) => ({
          patch: { ...patch, sha256: 'a'.repeat(64) },
          checks: checks.map((check) => ({ ...check, outcome: check.name === 'archive' ? 'pass' : check.outcome })),
        })),
    ],
    ['a check that is left out', () => changed(({ checks }) => ({ checks: checks.filter(({ name }) => name !== 'archive') }))],
  ] as const)('tampered with: %s', async (_, tampered) => {
    const { agrees, flaws } = await asked('--evidence', await tampered())
    expect(agrees).toBe(false)
    expect(flaws).not.toEqual([])
  })

  test('beside its evidence lies another file', async () => {
    await writeFile(at('other.deb'), 'a trojan')
    const { agrees, flaws } = await asked('--evidence', await changed(() => ({})), '--patch', at('other.deb'))
    expect(agrees).toBe(false)
    expect(flaws?.[0]).toContain('the evidence is of one with')
  })

  test.each([
    ['no key', () => args.slice(0, 4), /expected --release FILE, --index FILE/],
    ['an index that the release does not name', () => args.with(3, at('InRelease')), /expected one of the indexes/],
    ['no archive and no bulletin', () => [], /expected --bulletin FILE/],
  ])('used wrongly, with %s', async (_, given, words) => {
    const { code, err } = await cli('verify', '--patch', at(DEB.name), ...given())
    expect(code).toBe(2)
    expect(err).toMatch(words)
  })
})

test('who signed a patch file is compared with its bulletin again, from its evidence', async () => {
  const bulletin = sampleFile('history/va-24-201-01.json')
  const patch = { name: 'fix.exe', bytes: 3, sha256: '0'.repeat(64), sha512: '0'.repeat(128) }
  const signature: CodeSignature = {
    check: { name: 'code-signature', outcome: 'pass', evidence: 'Authenticode: signed by Evil.' },
    signer: { kind: 'key', id: 'a'.repeat(40) },
  }
  const evidenceOf = (signer: Evidence['signer'], packageKeys: readonly string[]) =>
    sealed({
      ...FACTS,
      kind: 'patch',
      name: 'fix.exe',
      bytes: bulletin.toString('base64'),
      patch,
      ...(signer ? { signer } : {}),
      packageKeys: [...packageKeys],
      checkedAt: '2026-11-26T12:00:00.000Z',
      checks: [...patchChecks(patch, bulletin, signature, ['a'.repeat(40)])],
      verdict: 'UNCONFIRMED',
    })
  const flawsOf = async (evidence: Evidence) => {
    await writeFile(at('signer.json'), JSON.stringify(evidence))
    return (JSON.parse((await cli('verify', '--evidence', at('signer.json'), '--json')).out) as { flaws: string[] }).flaws
  }
  expect(await flawsOf(evidenceOf(signature.signer, ['a'.repeat(40)]))).toEqual([])
  expect(await flawsOf(evidenceOf({ kind: 'key', id: 'b'.repeat(40) }, ['a'.repeat(40)]))).toContainEqual(
    expect.stringContaining('code-signer'),
  )
  expect(await flawsOf(evidenceOf(signature.signer, ['b'.repeat(40)]))).toContainEqual(expect.stringContaining('code-signer'))
})
