import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createChecker, createCsafFolderSource, createCsafSource, parseFile } from '../../adapters/sources/csaf/index.ts'
import { readList } from '../../adapters/sources/csaf/provider/list.ts'
import { readMetadata } from '../../adapters/sources/csaf/provider/metadata.ts'
import type { FirstKey } from '../../src/core/identify/first-key.ts'
import { verdictOf } from '../../src/core/identify/verification.ts'
import type { Batch, BulletinSource, RawDocument } from '../../src/ports.ts'
import { fixtureFile, newSigner, SAMPLE_NOW, type Signer, sampleFile, sampleKey, sampleRule, signatureOf } from '../support/csaf.ts'
import { bytes } from '../support/feed.ts'
import { httpsServer, LOOPBACK, type Page, type TestServer, testHttp } from '../support/https-server.ts'

const NOW = new Date('2026-11-25T12:00:00Z')
const signal = new AbortController().signal
const NAME = 'avendor-advisory-0004.json'
const DOCUMENT = fixtureFile(`gocsaf/${NAME}`)
const KEY = fixtureFile('gocsaf/pubkey.asc').toString()
const FINGERPRINT = 'a8914ca2f11139c6a69a0018fb3cd9b15de61596'

const checker = createChecker()
const http = testHttp()
let server: TestServer
beforeAll(async () => {
  server = await httpsServer()
})
afterAll(async () => {
  await Promise.all([server.close(), http.close(), checker.close()])
})

const metadata = (distributions: readonly object[], more: object = {}): string =>
  JSON.stringify({
    canonical_url: server.at('/provider-metadata.json'),
    metadata_version: '2.0',
    role: 'csaf_trusted_provider',
    last_updated: '2026-01-01T00:00:00Z',
    publisher: { category: 'vendor', name: 'ACME Inc', namespace: 'https://example.com' },
    public_openpgp_keys: [{ fingerprint: FINGERPRINT.toUpperCase(), url: server.at('/key.asc') }],
    distributions,
    ...more,
  })

const rolie = (...entries: readonly { readonly name: string; readonly updated: string; readonly rel?: string }[]): string =>
  JSON.stringify({
    feed: {
      id: 'white',
      entry: entries.map(({ name, updated, rel = 'rel' }) => ({
        id: name,
        updated,
        content: { src: server.at(`/white/${name}`) },
        link: [
          { rel: 'self', href: server.at(`/white/${name}`) },
          { [rel]: 'hash', href: server.at(`/white/${name}.sha512`) },
          { [rel]: 'signature', href: server.at(`/white/${name}.asc`) },
        ],
      })),
    },
  })

/** A provider with one signed document, in a ROLIE feed and in a directory. */
beforeEach(() => {
  server.pages.clear()
  server.asked.length = 0
  server.pages.set('/key.asc', KEY)
  server.pages.set('/white/feed.json', rolie({ name: NAME, updated: '2020-01-01T00:00:00Z' }))
  server.pages.set('/white/changes.csv', `"${NAME}","2020-01-01T00:00:00+00:00"\n`)
  server.pages.set(`/white/${NAME}`, DOCUMENT)
  for (const kind of ['sha256', 'sha512', 'asc']) server.pages.set(`/white/${NAME}.${kind}`, fixtureFile(`gocsaf/${NAME}.${kind}`))
  server.pages.set(
    '/provider-metadata.json',
    metadata([{ rolie: { feeds: [{ tlp_label: 'WHITE', url: server.at('/white/feed.json') }] } }]),
  )
})

const source = (provider: string, more: object = {}, most = 200): BulletinSource =>
  createCsafSource(
    {
      kind: 'csaf',
      id: 'acme',
      name: 'ACME',
      provider,
      namespaces: ['www.example.com'],
      idPrefixes: [],
      everyMinutes: 60,
      maxMegabytes: 5,
      allowNetworks: LOOPBACK,
      silentDays: null,
      ...more,
    },
    { http, checker, clock: { now: () => NOW }, most },
  )
const fetch = (provider: string, more: object = {}): Promise<Batch> => source(provider, more).fetch(null, signal)
const names = ({ documents }: Batch): string => documents.map((one) => one.fileName).join(' ')
const faultOf = (wish: Promise<unknown>): Promise<string> =>
  wish.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

const judged = async (from: BulletinSource, raw: RawDocument | undefined, first: readonly FirstKey[] = []) => {
  if (raw === undefined) throw new Error('no document')
  const { checks, bulletin, signedBy } = await from.check(raw, NOW, first)
  const history = (['rollback', 'contradiction'] as const).map((name) => ({ name, outcome: 'not applicable' as const, evidence: '' }))
  const of = (name: string) => checks.find((one) => one.name === name)
  return { verdict: verdictOf([...checks, ...history]), bulletin, signedBy, of }
}

/** The list of the provider, as its metadata name it. */
const feeds = () => [{ rolie: { feeds: [{ tlp_label: 'WHITE', url: server.at('/white/feed.json') }] } }]

describe('where a provider is found', () => {
  test('a domain: at the well-known place', async () => {
    server.pages.set('/.well-known/csaf/provider-metadata.json', server.pages.get('/provider-metadata.json') ?? '')
    expect(names(await fetch(server.host))).toBe(NAME)
  })

  test('a domain: by the CSAF lines of its security.txt, when the well-known place answers with a web page', async () => {
    server.pages.set('/.well-known/csaf/provider-metadata.json', '<!DOCTYPE html><html>Home</html>')
    server.pages.set('/.well-known/security.txt', 'Contact: mailto:x@example.com\nCSAF: /nowhere.json\nCSAF: /provider-metadata.json\n')
    expect(names(await fetch(server.host))).toBe(NAME)
  })

  test('a domain: by its name csaf.data.security.DOMAIN', async () => {
    server.pages.set('/', ({ headers }, response) => {
      const named = headers.host?.startsWith('csaf.data.security.vendor.example') ?? false
      response.writeHead(named ? 200 : 404).end(named ? metadata([{ directory_url: server.at('/white') }]) : '')
    })
    expect(names(await fetch(server.host))).toBe(NAME)
  })

  test.each(['/provider-metadata.json', '/white/feed.json', '/white/'])('an address: %s', async (path) => {
    expect(names(await fetch(server.at(path)))).toBe(NAME)
  })

  test('nowhere: all that was tried is said', async () => {
    const story = await faultOf(fetch(server.host))
    expect(story).toContain('vendor.example')
    expect(story.match(/status 404/g)).toHaveLength(4)
  })

  test.each([
    ['HTML', '<html></html>', 'a web page instead of'],
    ['a list', '[]', 'is no provider-metadata.json'],
    ['an unknown role', metadataWith({ role: 'king' }), 'role'],
    ['no https', metadataWith({ canonical_url: 'http://vendor.example/' }), 'canonical_url'],
  ])('what is no metadata: %s', async (_, page, why) => {
    server.pages.set('/provider-metadata.json', page)
    expect(await faultOf(fetch(server.at('/provider-metadata.json')))).toContain(why)
  })

  test('feeds for a closed circle are left out, and a provider that has no other is failing', async () => {
    const feeds = ['AMBER', 'RED', 'GREEN'].map((tlp_label) => ({ tlp_label, url: server.at('/closed.json') }))
    server.pages.set('/provider-metadata.json', metadata([{ rolie: { feeds } }]))
    expect(await faultOf(fetch(server.at('/provider-metadata.json')))).toContain('closed circle (TLP:AMBER, TLP:RED, TLP:GREEN)')
    const open = [...feeds, { tlp_label: 'CLEAR', url: server.at('/white/feed.json') }]
    server.pages.set('/provider-metadata.json', metadata([{ rolie: { feeds: open } }]))
    expect(names(await fetch(server.at('/provider-metadata.json')))).toBe(NAME)
    expect(server.asked).not.toContain('/closed.json')
  })
})

function metadataWith(more: object): string {
  return JSON.stringify({
    canonical_url: 'https://vendor.example/provider-metadata.json',
    role: 'csaf_provider',
    publisher: { category: 'vendor', name: 'ACME', namespace: 'https://example.com' },
    distributions: [],
    ...more,
  })
}

test('pgp_keys are keys, too, and a key without a fingerprint is none', () => {
  const key = { url: 'https://vendor.example/key.asc' }
  const read = readMetadata(bytes(metadataWith({ pgp_keys: [{ ...key, fingerprint: FINGERPRINT.toUpperCase() }, key] })))
  expect(typeof read === 'string' ? read : read.keys).toEqual([{ ...key, fingerprint: FINGERPRINT }])
})

describe('a list', () => {
  const base = 'https://vendor.example/csaf/white/'
  const list = (form: 'rolie' | 'changes' | 'index', text: string, idPrefixes: readonly string[] = []) =>
    readList({ form, bytes: bytes(text), url: base, idPrefixes })

  test('changes.csv: paths stay in the directory, dates are UTC', () => {
    expect(
      list(
        'changes',
        '\ufeff"2024/a.json","2024-09-10T06:00:00+02:00"\nb.json,2024-09-05T06:00:00.000000Z\n../c.json,2024-01-01T00:00:00Z\nhttps://evil.example/d.json,2024-01-01T00:00:00Z\ne.json,soon\nf.pdf,2024-01-01T00:00:00Z\n',
      ),
    ).toMatchObject({
      documents: [
        { key: 'a.json', at: '2024-09-10T04:00:00.000Z', url: `${base}2024/a.json`, beside: null },
        { key: 'b.json', at: '2024-09-05T06:00:00.000Z' },
      ],
      dropped: [
        { reason: '../c.json leads out of the directory', found: '../c.json,2024-01-01T00:00:00Z' },
        { reason: 'https://evil.example/d.json leads out of the directory', found: 'https://evil.example/d.json,2024-01-01T00:00:00Z' },
        { reason: 'e.json has no date', found: 'e.json,soon' },
        { reason: 'f.pdf has no file name of CSAF', found: 'f.pdf,2024-01-01T00:00:00Z' },
      ],
    })
  })

  test('index.txt', () => {
    expect(list('index', '2024/a.json\r\n\nb.json\n')).toMatchObject({
      documents: [
        { key: 'a.json', at: '' },
        { key: 'b.json', at: '' },
      ],
    })
  })

  test('ROLIE, also with `ref` where it should be `rel`', () => {
    const entry = (name: string, rel: string) => ({
      updated: '2024-10-03T16:03:00Z',
      content: { src: `${base}${name}` },
      link: [{ [rel]: 'signature', href: `${base}${name}.asc` }],
    })
    expect(
      list('rolie', JSON.stringify({ feed: { entry: [entry('a.json', 'rel'), entry('b.json', 'ref'), { updated: 'x' }, 7] } })),
    ).toMatchObject({
      documents: [{ beside: { signature: `${base}a.json.asc` } }, { beside: { signature: `${base}b.json.asc` } }],
      dropped: [
        { reason: expect.stringContaining('no date'), found: '{"updated":"x"}' },
        { reason: expect.stringContaining('an entry has no'), found: '7' },
      ],
    })
  })

  test('only ids that begin as the policy says', () => {
    const text = ['rhsa-2024_1.json', 'rhba-2024_1.json', 'cve-2024-1.json'].join('\n')
    expect(list('index', text, ['RHSA-2024:', 'CVE-'])).toMatchObject({
      documents: [{ key: 'rhsa-2024_1.json' }, { key: 'cve-2024-1.json' }],
      listed: 3,
    })
  })

  test.each([
    ['rolie', '{"feed": 7}', 'no ROLIE feed'],
    ['rolie', '{', 'not JSON'],
  ] as const)('%s: %s', (form, text, problem) => {
    expect(list(form, text)).toEqual({ ok: false, problem: expect.stringContaining(problem) })
  })
})

describe('what a document proves', () => {
  test('signed by the pinned key, from the provider: AUTHENTIC', async () => {
    const from = source(server.at('/provider-metadata.json'), { keyFingerprint: FINGERPRINT, keyOwner: 'ACME' })
    const [raw] = (await from.fetch(null, signal)).documents
    const found = await judged(from, raw)
    expect(found).toMatchObject({ verdict: 'AUTHENTIC', signedBy: 'ACME', bulletin: { vendorId: 'Avendor-advisory-0004' } })
    expect(found.of('namespace')?.evidence).toContain(`fetched over https from ${server.host}`)
  })

  test('a provider that shows no key: no signature proves anything, and the hash is checked all the same: UNCONFIRMED', async () => {
    server.pages.set('/provider-metadata.json', metadata(feeds(), { public_openpgp_keys: [] }))
    const from = source(server.at('/provider-metadata.json'))
    const batch = await from.fetch(null, signal)
    expect(batch.firstKeys).toEqual([])
    const [raw] = batch.documents
    const found = await judged(from, raw)
    expect([found.verdict, found.of('signature')?.outcome, found.of('hash')?.outcome]).toEqual(['UNCONFIRMED', 'unavailable', 'pass'])
    const forged = raw && { ...raw, bytes: bytes(`${Buffer.from(raw.bytes)} `) }
    expect((await judged(from, forged)).verdict).toBe('QUARANTINED')
  })

  test('signed by somebody else: QUARANTINED', async () => {
    server.pages.set(`/white/${NAME}.asc`, await signatureOf(DOCUMENT, await newSigner()))
    const from = source(server.at('/provider-metadata.json'), { keyFingerprint: FINGERPRINT })
    const [raw] = (await from.fetch(null, signal)).documents
    expect(await judged(from, raw)).toMatchObject({ verdict: 'QUARANTINED', bulletin: null })
  })

  test('a provider with another key than the pinned one is failing: a person has to decide', async () => {
    const pinned = { keyFingerprint: 'b'.repeat(40) }
    expect(await faultOf(fetch(server.at('/provider-metadata.json'), pinned))).toContain('does not list the key that is pinned')
    server.pages.set('/key.asc', (await newSigner()).keyArmored)
    expect(await faultOf(fetch(server.at('/provider-metadata.json'), { keyFingerprint: FINGERPRINT }))).toContain('is not that key')
  })

  test('after a restart the key is fetched again; when it cannot be, that is no pass', async () => {
    const [raw] = (await fetch(server.at('/provider-metadata.json'))).documents
    const fresh = () => source(server.at('/provider-metadata.json'), { keyFingerprint: FINGERPRINT })
    expect((await judged(fresh(), raw)).verdict).toBe('AUTHENTIC')
    server.pages.delete('/key.asc')
    const found = await judged(fresh(), raw)
    expect([found.verdict, found.of('signature')?.outcome]).toEqual(['UNCONFIRMED', 'unavailable'])
  })

  test('a list that was named directly: the key is the one of its host', async () => {
    server.pages.set('/.well-known/csaf/provider-metadata.json', server.pages.get('/provider-metadata.json') ?? '')
    const from = source(server.at('/white/'), { keyFingerprint: FINGERPRINT })
    const [raw] = (await from.fetch(null, signal)).documents
    expect((await judged(from, raw)).verdict).toBe('AUTHENTIC')
  })
})

describe('a provider for which the policy names no key: pinned on first use', () => {
  const provider = () => server.at('/provider-metadata.json')
  const pinned = { fingerprint: FINGERPRINT, host: '', since: NOW.toISOString() }
  const firstKeys = (): readonly FirstKey[] => [{ ...pinned, host: server.host }]

  test('the key that it shows when it is first asked proves its documents from then on, and the evidence says how it came', async () => {
    const from = source(provider())
    const batch = await from.fetch(null, signal)
    expect(batch.firstKeys).toEqual(firstKeys())
    const found = await judged(from, batch.documents[0], batch.firstKeys)
    expect([found.verdict, found.signedBy]).toEqual(['AUTHENTIC', expect.stringContaining('nobody has compared it yet')])
    expect(found.of('signature')?.evidence).toContain(
      `${FINGERPRINT} (the key that ${server.host} showed when it was first asked, on 2026-11-25`,
    )
  })

  test('later looks keep the key; what another one signed is held, though the provider shows that one now, too', async () => {
    const stranger = await newSigner()
    server.pages.set('/other.asc', stranger.keyArmored)
    const keys = [
      { fingerprint: stranger.rule.keyFingerprint, url: server.at('/other.asc') },
      { fingerprint: FINGERPRINT, url: server.at('/key.asc') },
    ]
    server.pages.set('/provider-metadata.json', metadata(feeds(), { public_openpgp_keys: keys }))
    server.pages.set(`/white/${NAME}.asc`, await signatureOf(DOCUMENT, stranger))
    const from = source(provider())
    const batch = await from.fetch(null, signal, [], firstKeys())
    expect(batch.firstKeys).toEqual(firstKeys())
    expect((await judged(from, batch.documents[0], batch.firstKeys)).verdict).toBe('QUARANTINED')
  })

  test('several keys at first sight: each proves what it signed', async () => {
    const second = await newSigner()
    server.pages.set('/other.asc', second.keyArmored)
    const keys = [
      { fingerprint: second.rule.keyFingerprint, url: server.at('/other.asc') },
      { fingerprint: FINGERPRINT, url: server.at('/key.asc') },
    ]
    server.pages.set('/provider-metadata.json', metadata(feeds(), { public_openpgp_keys: keys }))
    const from = source(provider())
    const { documents, firstKeys: first = [] } = await from.fetch(null, signal)
    expect(first.map(({ fingerprint }) => fingerprint)).toEqual([second.rule.keyFingerprint, FINGERPRINT])
    const [raw] = documents
    const other = raw && { ...raw, signature: await signatureOf(DOCUMENT, second) }
    const by = async (one: RawDocument | undefined) => (await judged(from, one, first)).of('signature')?.evidence
    expect([await by(raw), await by(other)]).toEqual([
      expect.stringContaining(FINGERPRINT),
      expect.stringContaining(`${second.rule.keyFingerprint}`),
    ])
    const forged = raw && { ...raw, signature: await signatureOf(DOCUMENT, await newSigner()) }
    expect((await judged(from, forged, first)).verdict).toBe('QUARANTINED')
  })

  test('a provider that shows only another key later is failing: a rotation needs a person', async () => {
    const stranger = await newSigner()
    server.pages.set('/key.asc', stranger.keyArmored)
    const keys = [{ fingerprint: stranger.rule.keyFingerprint, url: server.at('/key.asc') }]
    server.pages.set('/provider-metadata.json', metadata(feeds(), { public_openpgp_keys: keys }))
    expect(await faultOf(source(provider()).fetch(null, signal, [], firstKeys()))).toContain(
      'find out whether that is true, and write it into the policy',
    )
    // The person has found out, and the policy names it.
    const named = source(provider(), { keyFingerprint: stranger.rule.keyFingerprint })
    expect((await named.fetch(null, signal, [], firstKeys())).firstKeys).toEqual([])
  })

  test('a key that cannot be had, or is not what it is called, is not pinned: that is said, and the documents are taken', async () => {
    server.pages.delete('/key.asc')
    const lost = await source(provider()).fetch(null, signal)
    expect([lost.firstKeys, lost.concern, names(lost)]).toEqual([[], expect.stringContaining('No key is pinned for it'), NAME])
    server.pages.set('/key.asc', (await newSigner()).keyArmored)
    expect((await source(provider()).fetch(null, signal)).concern).toContain('is not that key')
  })

  test('after a restart, or for a file that somebody sent, the pinned key is fetched again', async () => {
    const { documents, firstKeys: first } = await source(provider()).fetch(null, signal)
    expect((await judged(source(provider()), documents[0], first)).verdict).toBe('AUTHENTIC')
    server.pages.delete('/key.asc')
    expect((await judged(source(provider()), documents[0], first)).of('signature')?.outcome).toBe('unavailable')
  })
})

describe('of several pinned keys', () => {
  const provider = () => server.at('/provider-metadata.json')
  let second: Signer
  beforeAll(async () => {
    second = await newSigner()
  })
  const fingerprints = () => [FINGERPRINT, second.rule.keyFingerprint ?? '']
  const first = (): readonly FirstKey[] =>
    fingerprints().map((fingerprint) => ({ fingerprint, host: server.host, since: NOW.toISOString() }))
  /** Which of the two the provider lists; the second one's file may be away. */
  const listed = (...fingerprint: readonly string[]): void => {
    const keys = fingerprint.map((one) => ({ fingerprint: one, url: server.at(one === FINGERPRINT ? '/key.asc' : '/other.asc') }))
    server.pages.set('/provider-metadata.json', metadata(feeds(), { public_openpgp_keys: keys }))
  }
  const signedBy = async (signer: Signer): Promise<RawDocument> => ({
    fileName: NAME,
    bytes: DOCUMENT,
    signature: await signatureOf(DOCUMENT, signer),
  })

  test('one that the provider retired is not at hand: what it signed cannot be checked, and is not forged', async () => {
    listed(FINGERPRINT)
    const from = source(provider())
    const { of } = await judged(from, await signedBy(second), first())
    expect(of('signature')).toMatchObject({ outcome: 'unavailable', evidence: expect.stringContaining(second.rule.keyFingerprint ?? '') })
    const forged = await judged(from, await signedBy(await newSigner()), first())
    expect(forged.of('signature')?.outcome).toBe('fail')
  })

  test('one whose file is away stops neither the look nor the others; that is said, and nothing is called forged meanwhile', async () => {
    listed(...fingerprints())
    const from = source(provider())
    const batch = await from.fetch(null, signal, [], first())
    expect([names(batch), batch.concern]).toEqual([NAME, expect.stringContaining('status 404')])
    expect((await judged(from, batch.documents[0], first())).verdict).toBe('AUTHENTIC')
    // By a subkey of the one that is away, perhaps: its number says nothing of its key.
    const unknown = await judged(from, await signedBy(await newSigner()), first())
    expect(unknown.of('signature')?.outcome).toBe('unavailable')
  })

  test('one of 1 MB is no key: it is not fetched', async () => {
    listed(...fingerprints())
    server.pages.set('/other.asc', `${second.keyArmored}${' '.repeat(1_000_000)}`)
    expect((await source(provider()).fetch(null, signal, [], first())).concern).toContain('more than the 1 MB')
  })
})

describe('a list whose host is asked for its keys', () => {
  const asked = () => server.asked.filter((path) => path.endsWith('/csaf/provider-metadata.json')).length
  const twice = async () => {
    const from = source(server.at('/white/'))
    const batch = await from.fetch(null, signal)
    await from.fetch(null, signal)
    return { batch, asked: asked() }
  }

  test('and answers that there are none: it is asked again a day later', async () => {
    const { batch, asked: times } = await twice()
    expect([names(batch), batch.firstKeys, batch.concern, times]).toEqual([NAME, [], undefined, 1])
  })
  test('and cannot answer now: that is said, and it is asked again at the next look', async () => {
    server.pages.set('/.well-known/csaf/provider-metadata.json', (_, response) => void response.writeHead(503).end())
    const { batch, asked: times } = await twice()
    expect([names(batch), batch.firstKeys, batch.concern, times]).toEqual([NAME, [], expect.stringContaining('status 503'), 2])
  })
})

describe('poll after poll', () => {
  const file = (n: number): string => `rhsa-2023_${3400 + n}.json`
  const put = (...entries: readonly (readonly [number, string])[]): void => {
    server.pages.set('/white/changes.csv', entries.map(([n, at]) => `${file(n)},${at}`).join('\n'))
    for (const [n] of entries) server.pages.set(`/white/${file(n)}`, sampleFile('arrivals/01-openssl/rhsa-2023_3408.json'))
  }
  const day = (n: number): string => `2026-03-0${n}T00:00:00Z`

  test('the newest at first, then what is new, oldest first; a document that is not there is dropped with its reason and comes later', async () => {
    put([3, day(3)], [2, day(2)], [1, day(1)])
    server.pages.delete(`/white/${file(3)}`)
    const from = source(server.at('/white/'), {}, 2)
    const first = await from.fetch(null, signal)
    expect([names(first), first.listed]).toEqual([file(2), 3])
    expect(first.dropped).toEqual([{ fileName: file(3), reason: expect.stringContaining('asked for again') }])
    put([6, day(6)], [5, day(5)], [4, day(4)], [3, day(3)], [2, day(2)], [1, day(1)])
    const second = await from.fetch(first.cursor, signal)
    expect(names(second)).toBe([file(4), file(5), file(3)].join(' '))
    const third = await from.fetch(second.cursor, signal)
    expect(names(third)).toBe(file(6))
    expect(names(await from.fetch(third.cursor, signal))).toBe('')
  })

  test('a document for a closed circle is dropped with its label, and not asked for again', async () => {
    server.pages.set(`/white/${NAME}`, DOCUMENT.toString().replace(/"label":\s*"WHITE"/, '"label": "AMBER"'))
    const from = source(server.at('/white/'))
    const first = await from.fetch(null, signal)
    expect([names(first), first.dropped]).toEqual(['', [{ fileName: NAME, reason: 'it is for a closed circle (TLP:AMBER)' }]])
    server.asked.length = 0
    await from.fetch(first.cursor, signal)
    expect(server.asked).toEqual(['/white/changes.csv'])
  })

  test('a list that did not change is not sent again', async () => {
    server.pages.set('/white/changes.csv', ({ headers }, response) =>
      headers['if-none-match'] === '"1"'
        ? response.writeHead(304).end()
        : response.writeHead(200, { etag: '"1"' }).end(`${NAME},${day(1)}`),
    )
    const from = source(server.at('/white/'))
    const first = await from.fetch(null, signal)
    expect(names(first)).toBe(NAME)
    expect(await from.fetch(first.cursor, signal)).toEqual({ documents: [], dropped: [], cursor: first.cursor, listed: 1, firstKeys: [] })
  })

  test('a list that has shrunk is said, and its news are taken', async () => {
    put([3, day(3)], [2, day(2)], [1, day(1)])
    const from = source(server.at('/white/'))
    const first = await from.fetch(null, signal)
    put([4, day(4)])
    const second = await from.fetch(first.cursor, signal)
    expect([names(second), second.concern]).toEqual([file(4), expect.stringContaining('lists 1 documents; the last time there were 3')])
  })

  test('a directory without changes.csv has at least an index', async () => {
    server.pages.delete('/white/changes.csv')
    server.pages.set('/white/index.txt', NAME)
    expect(names(await fetch(server.at('/white/')))).toBe(NAME)
  })

  test('a sidecar that answers with an error keeps the document waiting; one that is not there does not', async () => {
    server.pages.set(`/white/${NAME}.sha512`, (_, response) => response.writeHead(503).end())
    const from = source(server.at('/white/'))
    const first = await from.fetch(null, signal)
    expect([names(first), first.dropped[0]?.reason]).toEqual(['', expect.stringContaining('status 503 instead of a sidecar')])
    server.pages.delete(`/white/${NAME}.sha512`)
    server.pages.delete(`/white/${NAME}.asc`)
    const second = await from.fetch(first.cursor, signal)
    expect(second.documents[0]).toMatchObject({ fileName: NAME, sha256: expect.any(String) })
    expect(second.documents[0]).not.toHaveProperty('signature')
  })

  test('a list of more than a megabyte is read in a process of its own', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `2024/rhsa-2024_${i}.json,2024-01-01T00:00:00Z`)
    server.pages.set('/white/changes.csv', `${NAME},${day(1)}\n${lines.join('\n')}`)
    const batch = await source(server.at('/white/'), {}, 1).fetch(null, signal)
    expect([names(batch), batch.listed]).toEqual([NAME, 30_001])
  })

  test.each([
    ['nothing in it', '', 'answered with nothing'],
    ['nothing of use in it', 'x\n', 'lists no CSAF documents'],
  ])('a list with %s is a failing source', async (_, page, why) => {
    server.pages.set('/white/changes.csv', page)
    expect(await faultOf(fetch(server.at('/white/')))).toContain(why)
  })
})

test('a file for the command line', async () => {
  expect(await parseFile(DOCUMENT, NAME)).toMatchObject({ bulletins: [{ vendorId: 'Avendor-advisory-0004' }], dropped: [] })
  expect(await parseFile(bytes('<html>'), 'x.json')).toEqual({
    bulletins: [],
    dropped: [{ reason: expect.stringContaining('x.json: The file is a web page') }],
  })
})

test('a folder as a source of its rule', async () => {
  const folder = fileURLToPath(new URL('../../manifests/sample/csaf/history', import.meta.url))
  const from = createCsafFolderSource(
    {
      ...sampleRule,
      kind: 'csaf-folder',
      name: 'x',
      everyMinutes: 60,
      maxMegabytes: 5,
      allowNetworks: [],
      silentDays: null,
      keyOwner: 'x',
      keyFingerprint: sampleRule.keyFingerprint ?? '',
      namespaces: [...sampleRule.namespaces],
    },
    { checker, folder, key: sampleKey },
  )
  const [raw] = (await from.fetch(null, signal)).documents
  expect(raw && (await from.check(raw, SAMPLE_NOW)).checks.map((one) => one.outcome)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass'])
})

describe('a document that another site answers with', () => {
  const confirmed = { name: 'corroboration', outcome: 'pass', evidence: 'x' } as const
  const verdictOver = async (page: Page): Promise<string> => {
    server.pages.set(`/white/${NAME}`, page)
    server.pages.set('/moved.json', DOCUMENT)
    server.pages.delete(`/white/${NAME}.asc`)
    const one = source(server.at('/white/'))
    const [raw] = (await one.fetch(null, signal)).documents
    if (!raw) throw new Error('nothing was fetched')
    return verdictOf([
      ...(await one.check(raw, NOW)).checks,
      { name: 'rollback', outcome: 'pass', evidence: '' },
      { name: 'contradiction', outcome: 'pass', evidence: '' },
      confirmed,
    ])
  }
  const to =
    (host: string): Page =>
    (_, response) => {
      response.writeHead(302, { location: `https://${host}:${server.port}/moved.json` }).end()
    }

  test.each([
    ['itself', () => DOCUMENT, 'CORROBORATED'],
    ['another name of the same site', () => to('mirror.vendor.example'), 'CORROBORATED'],
    ['another site: nobody named that one', () => to('other.example'), 'UNCONFIRMED'],
  ] as const)('%s', async (_, page, verdict) => expect(await verdictOver(page())).toBe(verdict))
})
