import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { revokeKey } from 'openpgp'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { documentChecks } from '../../src/cli/verify/document.ts'
import { compared } from '../../src/cli/verify/patch-again.ts'
import { FACTS } from '../../src/cli/verify/told.ts'
import { type Evidence, sealed } from '../../src/core/identify/evidence.ts'
import { type CheckOutcome, verdictOf } from '../../src/core/identify/verification.ts'
import { cli } from '../support/cli.ts'
import { newSigner, published, type Signer, sampleFile } from '../support/csaf.ts'
import { freshDatabase } from '../support/database.ts'

// An evidence is a file of whoever wrote it. What it says of itself proves nothing, and may be anything.

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-evidence-'))
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

const at = (name: string): string => join(folder, name)

type Body = Parameters<typeof sealed>[0]
const BODY: Body = {
  ...FACTS,
  kind: 'stored',
  name: 'rhsa-2026_0001.json',
  checkedAt: '2026-11-26T12:00:00.000Z',
  checks: [{ name: 'schema', outcome: 'unavailable', evidence: 'Nothing was checked.' }],
  verdict: 'UNCONFIRMED',
}
const written = async (body: Partial<Evidence>): Promise<string> => {
  await writeFile(at('hostile.json'), JSON.stringify(sealed({ ...BODY, ...body })))
  return at('hostile.json')
}

describe('whatever an evidence says, a terminal shows our verdict and no other', () => {
  const FORGED = 'AUTHENTIC: the evidence of rhsa-2026_0001.json agrees; it was checked 2026-11-26.'
  const key = { keyFingerprint: 'a'.repeat(40), keyOwner: 'x', namespaces: ['www.redhat.com'], key: '' }
  const tricks = {
    'a line of its own': `\n${FORGED}\n`,
    'a line over ours': `\r\u001B[2K${FORGED}\u001B[8m`,
    'a step up': `\u001B[1A\u009B2K${FORGED}`,
    'words that are turned round': `\u202E${FORGED}\u2066`,
    'another kind of line end': `\u0085${FORGED}\u2028${FORGED}`,
  }
  const places: Readonly<Record<string, (trick: string) => Partial<Evidence>>> = {
    'its name': (trick) => ({ name: trick }),
    'a reason': (trick) => ({ checks: [{ name: 'schema', outcome: 'unavailable', evidence: trick }] }),
    'the fingerprint of its key': (trick) => ({ pinned: { ...key, keyFingerprint: trick } }),
    'the owner of its key': (trick) => ({ kind: 'document', pinned: { ...key, keyOwner: trick } }),
    'for whom that may speak': (trick) => ({ pinned: { ...key, namespaces: [trick] } }),
    'a key of packages': (trick) => ({ packageKeys: [trick] }),
  }
  const cases = Object.entries(tricks).flatMap(([what, trick]) =>
    Object.entries(places).map(([where, place]) => [what, where, place(trick)] as const),
  )

  test.each(cases)('%s in %s', async (_what, _where, body) => {
    const file = await written(body)
    const { out } = await cli('verify', '--evidence', file)
    expect(out).toMatch(/^(DOES NOT AGREE|UNCONFIRMED): /)
    expect(out.split('\n').filter((line) => line.startsWith('AUTHENTIC'))).toEqual([])
    expect(out).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u)
    const json = (await cli('verify', '--evidence', file, '--json')).out
    expect(json.trimEnd()).not.toMatch(/\p{C}/u)
    expect(JSON.parse(json)).toMatchObject({ said: 'UNCONFIRMED' })
  })

  test.each([
    ['a file', 'x\u001B[2K\rAUTHENTIC: y.txt'],
    ['a mail', 'x\u001B[2K\rAUTHENTIC: y.eml'],
    ['a bulletin', 'x\u001B[2K\rAUTHENTIC: y.json'],
  ])('nor does the name of %s', async (_what, name) => {
    await writeFile(at(name), 'From: x')
    const { out, err } = await cli('verify', at(name))
    expect(`${out}${err}`).not.toMatch(/[^\P{C}\n]/u)
    expect(out).toMatch(/^(UNCONFIRMED|QUARANTINED): /)
  })
})

const CISA = 'history/va-24-201-01.json'
const DAY = '2026-02-01T00:00:00.000Z'

/** A bulletin of CISA that a key signed, as an evidence of that day, sealed as anybody can. */
async function evidenceBy(signer: Signer, more: Partial<NonNullable<Evidence['pinned']>> = {}): Promise<string> {
  const { bytes, sha512 = '', signature = '' } = await published('va-24-201-01.json', sampleFile(CISA), signer)
  const fingerprint = signer.rule.keyFingerprint ?? ''
  const pinned = { keyFingerprint: fingerprint, keyOwner: 'CISA', namespaces: ['www.cisa.gov'], key: signer.keyArmored, ...more }
  const sidecars = { sha512, signature }
  const checks = await documentChecks({ fileName: 'va-24-201-01.json', bytes, ...sidecars }, pinned, new Date(DAY))
  const body = { ...BODY, kind: 'document', name: 'va-24-201-01.json', bytes: Buffer.from(bytes).toString('base64'), sidecars } as const
  await writeFile(at('evidence.json'), JSON.stringify(sealed({ ...body, pinned, checkedAt: DAY, checks, verdict: verdictOf(checks) })))
  return at('evidence.json')
}

/** From now on this is the installation of an organisation with these sources. */
async function policyWith(...sources: readonly object[]): Promise<void> {
  const policy = JSON.parse(sampleFile('../policy.json').toString('utf8'))
  await writeFile(at('policy.json'), JSON.stringify({ ...policy, sources }))
  vi.stubEnv('PATCHCRIER_POLICY', at('policy.json'))
}
async function folderOf(id: string, { rule, keyArmored }: Signer, more: object = {}): Promise<object> {
  await writeFile(at(`${id}.asc`), keyArmored)
  const key = { keyFingerprint: rule.keyFingerprint, keyOwner: `The key of ${id}`, keyFile: `${id}.asc` }
  return { id, kind: 'csaf-folder', name: id, folder: '.', namespaces: ['www.cisa.gov'], ...key, ...more }
}
const provider = (more: object = {}) => ({
  id: 'cisa',
  kind: 'csaf',
  name: 'CISA',
  provider: 'www.cisa.gov',
  namespaces: ['www.cisa.gov'],
  ...more,
})

/** The key as its owner publishes it after it was stolen. */
async function revoked({ privateKey, rule }: Signer): Promise<Signer> {
  const { publicKey } = await revokeKey({ key: privateKey, date: new Date('2026-03-01T00:00:00Z'), format: 'object' })
  return { privateKey, rule, keyArmored: publicKey.armor() }
}

const asked = async (...args: readonly string[]) => {
  const { code, out } = await cli('verify', '--evidence', ...args, '--json')
  return { code, ...(JSON.parse(out) as { proved: string; doubts: string[]; notes: string[]; flaws: string[] }) }
}
const words = async (file: string): Promise<string> => (await cli('verify', '--evidence', file)).out

describe('the key of an evidence proves as long as it speaks', () => {
  test('one that the policy pins, for those whom it may speak for', async () => {
    const signer = await newSigner()
    await policyWith(await folderOf('cisa', signer))
    expect(await asked(await evidenceBy(signer))).toMatchObject({ code: 0, proved: 'AUTHENTIC', doubts: [], notes: [] })
    const wider = await asked(await evidenceBy(signer, { namespaces: ['www.cisa.gov', 'www.redhat.com'] }))
    expect(wider).toMatchObject({
      code: 1,
      proved: 'UNCONFIRMED',
      doubts: [expect.stringContaining('not for all of www.cisa.gov, www.redhat.com')],
    })
  })

  test('not when the policy has its revocation, though the evidence has the old text and an early date', async () => {
    const signer = await newSigner()
    await policyWith(await folderOf('cisa', await revoked(signer)))
    const file = await evidenceBy(signer)
    const found = await asked(file)
    expect(found).toMatchObject({ code: 1, flaws: [], proved: 'UNCONFIRMED' })
    expect(found.doubts.join(' ')).toMatch(/Checked today its signature does not hold: The pinned key was revoked.*only the evidence says/)
    // Whoever names the key by its fingerprint has not seen the revocation; the policy has.
    expect(await asked(file, '--fingerprint', signer.rule.keyFingerprint ?? '')).toMatchObject({ code: 1, proved: 'UNCONFIRMED' })
    expect(await words(file)).toMatch(/^UNCONFIRMED: .* says AUTHENTIC/)
  })

  test('nor when one of several sources with that key has its revocation', async () => {
    const signer = await newSigner()
    await policyWith(await folderOf('cisa', signer), await folderOf('second', await revoked(signer)))
    expect(await asked(await evidenceBy(signer))).toMatchObject({ code: 1, proved: 'UNCONFIRMED' })
  })

  test('nor when it has expired: when it was checked is a claim, too', async () => {
    const signer = await newSigner({ expiresInSeconds: 90 * 86_400 })
    await policyWith(await folderOf('cisa', signer))
    const found = await asked(await evidenceBy(signer))
    expect(found).toMatchObject({ code: 1, flaws: [], proved: 'UNCONFIRMED', verdict: 'AUTHENTIC', today: 'QUARANTINED' })
    expect(found.doubts.join(' ')).toMatch(/expired on 2026-04-01.*only the evidence says.*as good as the place where it was kept/)
  })

  test('where only the evidence has its text, that is said; a newer text may be given', async () => {
    const signer = await newSigner()
    const pin = signer.rule.keyFingerprint ?? ''
    await policyWith(provider({ keyFingerprint: pin, keyOwner: 'CISA' }))
    const file = await evidenceBy(signer)
    const found = await asked(file)
    expect(found).toMatchObject({
      code: 0,
      proved: 'AUTHENTIC',
      notes: [expect.stringContaining('whether it was revoked since is not known')],
    })
    await writeFile(at('newer.asc'), (await revoked(signer)).keyArmored)
    expect(await asked(file, '--key', at('newer.asc'))).toMatchObject({ code: 1, proved: 'UNCONFIRMED' })
    expect(await asked(file, '--key', at('newer.asc'), '--fingerprint', pin)).toMatchObject({ code: 1, proved: 'UNCONFIRMED' })
  })

  test('whose it is says the policy, not the evidence', async () => {
    const signer = await newSigner()
    await policyWith(await folderOf('cisa', signer))
    const out = await words(await evidenceBy(signer, { keyOwner: 'Microsoft' }))
    expect(out).toMatch(/^AUTHENTIC: /)
    expect(out).toContain('(The key of cisa)')
    expect(out).toMatch(/Pinned key [0-9a-f]{40}: The key of cisa\./)
    expect(out).not.toContain('Microsoft')
    vi.unstubAllEnvs()
    const strange = await words(at('evidence.json'))
    expect(strange).toContain('whose it is nobody here knows')
    expect(strange).not.toContain('Microsoft')
  })

  test('the key of the sample counts where there is no policy, and nowhere else', async () => {
    const sample = join('manifests/sample/csaf', 'arrivals/01-openssl/rhsa-2023_3408.json')
    expect((await cli('verify', sample, '--save', at('sample.json'))).code).toBe(0)
    expect(await asked(at('sample.json'))).toMatchObject({ code: 0, proved: 'AUTHENTIC' })
    await policyWith(await folderOf('cisa', await newSigner()))
    expect(await asked(at('sample.json'))).toMatchObject({ code: 1, doubts: [expect.stringContaining('none that is known here')] })
    expect((await cli('verify', sample)).code).toBe(1)
  })

  test('a key that two sources share speaks for both of them', async () => {
    const signer = await newSigner()
    await policyWith(await folderOf('red-hat', signer, { namespaces: ['www.redhat.com'] }), await folderOf('cisa', signer))
    const { bytes, sha512 = '', signature = '' } = await published('va-24-201-01.json', sampleFile(CISA), signer)
    await writeFile(at('va-24-201-01.json'), bytes)
    await writeFile(at('va-24-201-01.json.sha512'), sha512)
    await writeFile(at('va-24-201-01.json.asc'), signature)
    expect((await cli('verify', at('va-24-201-01.json'))).out).toMatch(/^AUTHENTIC: /)
    expect(await asked(await evidenceBy(signer))).toMatchObject({ code: 0, proved: 'AUTHENTIC' })
  })
})

describe('a key that was pinned at first sight is known by the database alone', () => {
  const seen = { host: 'www.cisa.gov', since: '2026-01-15T00:00:00.000Z' }

  test('where there is one, it is asked; without one, or when it does not answer, verify works all the same', async () => {
    const { db, url, drop } = await freshDatabase(1)
    try {
      const signer = await newSigner()
      const state = { cursor: null, firstPollDone: true, lastGoodAt: null, failingSince: null, dropped: [] }
      const firstKeys = [{ ...seen, fingerprint: signer.rule.keyFingerprint ?? '' }]
      await db.setting.create({ data: { key: 'source:cisa', value: { ...state, firstKeys } } })
      const file = await evidenceBy(signer)
      await policyWith(provider())
      vi.stubEnv('PATCHCRIER_DATA', at('no-data'))
      expect(await asked(file)).toMatchObject({ code: 1, proved: 'UNCONFIRMED' })
      vi.stubEnv('DATABASE_URL', url)
      expect(await asked(file)).toMatchObject({ code: 0, proved: 'AUTHENTIC' })
      expect(await words(file)).toMatch(/that www\.cisa\.gov showed when it was first asked, on 2026-01-15; nobody has compared it yet\./)
      // A key that the policy names takes the place of what was seen.
      await policyWith(provider({ keyFingerprint: 'b'.repeat(40), keyOwner: 'CISA' }))
      expect(await asked(file)).toMatchObject({ code: 1, proved: 'UNCONFIRMED' })
    } finally {
      await drop()
    }
    await policyWith(provider())
    const gone = await cli('verify', '--evidence', at('evidence.json'))
    expect(gone).toMatchObject({ code: 1, out: expect.stringMatching(/^UNCONFIRMED: /) })
    expect(gone.err).toMatch(/^The database was not asked which keys it knows by first sight: .*\n$/)
  })
})

describe('the evidence of a patch file, with the file beside it', () => {
  const whole = `${'a'.repeat(32)}0123abcd`
  const key = (id: string) => ({ kind: 'key', id }) as const
  const acme = { kind: 'organisation', name: 'Acme' } as const
  const said = (outcome: CheckOutcome | null, signer?: Evidence['signer']): Evidence =>
    sealed({
      ...BODY,
      ...(signer ? { signer } : {}),
      checks: outcome === null ? BODY.checks : [{ name: 'code-signature', outcome, evidence: 'x' }],
    })
  const now = (outcome: CheckOutcome, signer?: Evidence['signer']) => ({
    check: { name: 'code-signature', outcome, evidence: 'y' } as const,
    ...(signer ? { signer } : {}),
  })

  test.each([
    ['the tool was missing there', said('unavailable'), now('pass', acme), 0],
    ['the tool is missing here', said('pass', acme), now('unavailable'), 0],
    ['nobody asked', said(null), now('pass', acme), 0],
    ['the same again', said('pass', acme), now('pass', acme), 0],
    ['the whole fingerprint there, its end here', said('pass', key(whole)), now('pass', key('0123abcd')), 0],
    ['the end there, the whole fingerprint here', said('pass', key('0123abcd')), now('pass', key(whole)), 0],
    ['another key', said('pass', key(whole)), now('pass', key('0123abce')), 1],
    ['another name', said('pass', acme), now('pass', { kind: 'organisation', name: 'Evil' }), 1],
    ['a name there, a key here', said('pass', acme), now('pass', key(whole)), 1],
    ['it held there, and does not here', said('pass', acme), now('fail'), 1],
    ['nobody could say there, and it does not hold here', said('unavailable'), now('fail'), 1],
    ['it did not hold there, and does here', said('fail'), now('pass', acme), 1],
  ])('%s', (_what, evidence, signature, flaws) => {
    expect(compared(evidence, signature).flaws).toHaveLength(flaws)
  })

  test('what the file confirms is no claim any more', () => {
    expect(compared(said('pass', acme), now('pass', acme)).confirmed).toEqual(['code-signature', 'code-signer'])
    expect(compared(said('unavailable'), now('unavailable')).confirmed).toEqual([])
    expect(compared(said('pass', acme), now('fail')).confirmed).toEqual([])
  })
})

test('what a tool said of a file stands there as a claim, and package keys that nobody here knows are named', async () => {
  const signed = { name: 'code-signature', outcome: 'pass', evidence: 'Authenticode: signed by Red Hat.' } as const
  const patch = { name: 'fix.exe', bytes: 3, sha256: '0'.repeat(64), sha512: '0'.repeat(128) }
  const file = await written({ kind: 'patch', patch, packageKeys: ['c'.repeat(40), 'd'.repeat(40)], checks: [signed] })
  expect(await words(file)).toMatch(/code-signature pass +As the evidence says: Authenticode: signed by Red Hat\./)
  expect((await asked(file)).notes).toEqual(
    ['c', 'd'].map((digit) => expect.stringContaining(`package key ${digit.repeat(40)} is none that is known here`)),
  )
  await policyWith({ ...(await folderOf('cisa', await newSigner())), packageKeys: ['c'.repeat(40)] })
  expect((await asked(file, '--package-fingerprint', 'D'.repeat(40))).notes).toEqual([])
})

describe('a hostile evidence is refused, or judged, and never a fault', () => {
  test.each(['x', 'www.redhat.com', '//redhat.com', 'https://'])('an address that is none: %j', async (url) => {
    const signer = await newSigner()
    for (const field of ['url', 'redirectedFrom']) {
      const evidence = JSON.parse(await readFile(await evidenceBy(signer), 'utf8'))
      await writeFile(at('hostile.json'), JSON.stringify({ ...evidence, [field]: url }))
      expect(await cli('verify', '--evidence', at('hostile.json'))).toMatchObject({
        code: 2,
        err: expect.stringContaining('expected an evidence'),
      })
    }
  })

  const HOSTILE = ['', 'x', '\0', '{', '-----BEGIN PGP PUBLIC KEY BLOCK-----', '9'.repeat(40), 'https://x', '__proto__']
  const KINDS = ['document', 'mail', 'link', 'file', 'patch', 'stored'] as const
  /** Every text of a value, by its path. */
  const textsIn = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
    typeof value === 'string'
      ? [path]
      : typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([name, inner]) => textsIn(inner, [...path, name]))
        : []
  const withText = (value: unknown, [name, ...rest]: readonly string[], text: string): unknown =>
    name === undefined
      ? text
      : Array.isArray(value)
        ? value.map((one, i) => (`${i}` === name ? withText(one, rest, text) : one))
        : { ...(value as object), [name]: withText((value as Record<string, unknown>)[name], rest, text) }

  test('whatever stands in any of its texts', async () => {
    const signer = await newSigner()
    const { format: _f, v: _v, rules: _r, seal: _s, ...good } = JSON.parse(await readFile(await evidenceBy(signer), 'utf8')) as Evidence
    const patch = { name: 'fix.rpm', bytes: 3, sha256: '0'.repeat(64), sha512: '0'.repeat(128) }
    const archive = { release: 'r', keys: '', pinned: ['a'], index: { path: 'p', bytes: '' } }
    const openpgp = { keys: [{ from: 'a.example', fingerprint: 'a', owner: 'o', key: 'k' }], judged: 'all' as const }
    const dns = [{ name: 'a.example', type: 'TXT', answer: [['v=DKIM1']] }]
    const checks = [...good.checks, { name: 'code-signature', outcome: 'pass', evidence: 'x' } as const]
    const whole = {
      ...good,
      checks,
      url: 'https://a.example/',
      redirectedFrom: null,
      patch,
      archive,
      openpgp,
      dns,
      signer: { kind: 'key', id: 'a' },
    }
    const paths = textsIn(whole).filter(([name]) => name !== 'kind')
    expect(paths.length).toBeGreaterThan(20)
    for (const [i, path] of paths.entries()) {
      // Each place with one of the texts, and each kind in turn: all of them together would take minutes.
      for (const [j, kind] of KINDS.entries()) {
        const body = withText({ ...whole, kind }, path, HOSTILE[(i + j) % HOSTILE.length] ?? '') as Parameters<typeof sealed>[0]
        await writeFile(at('hostile.json'), JSON.stringify(sealed(body)))
        const { code, out, err } = await cli('verify', '--evidence', at('hostile.json'))
        expect([0, 1, 2], `${kind} ${path.join('.')}`).toContain(code)
        expect(`${out}${err}`, `${kind} ${path.join('.')}`).not.toMatch(/^ {4}at /m)
        expect(out).not.toMatch(/^AUTHENTIC/)
      }
    }
  })
})
