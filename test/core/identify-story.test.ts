import { describe, expect, test } from 'vitest'
import { corroboration, operatorOf, siteOf, type Told, type ToldCve } from '../../src/core/identify/corroborate.ts'
import { brokenCatalogue, type Catalogue, catalogueNews, type KnownEntry, withCatalogue } from '../../src/core/identify/exploited.ts'
import { storyOf } from '../../src/core/identify/story.ts'
import { source } from '../../src/core/policy/sources.ts'
import type { SourceRule } from '../../src/core/policy.ts'
import { aBulletin, aVulnerability } from '../support/bulletin.ts'

describe('one bulletin, whoever tells of it', () => {
  test.each([
    ['RHSA-2023:3408', 'rhsa-2023_3408'],
    ['USN-6000-1', 'usn-6000-1'],
    ['DSA-5532-1', 'dsa_5532_1'],
    ['GHSA-jfh8-c2jp-5v3q', 'ghsa-JFH8-C2JP-5V3Q'],
    ['SUSE-SU-2023:4458-1', 'suse-su-2023-4458-1'],
    ['ALSA-2023:3722', 'alsa-2023-3722'],
    ['cisco-sa-20231018-x', 'CISCO-SA-20231018-X'],
    ['MSRC-2026-Sep-windows', 'msrc-2026-sep-windows'],
    ['MSRC-2017-May-B-microsoft-office', 'msrc-2017-may-b-microsoft-office'],
    ['MSRC-Oct-OOB-windows', 'msrc-oct-oob-windows'],
    ['cisco-sa-asaftd-xss-webui-gfEcWgPS', 'cisco-sa-asaftd-xss-webui-gfecwgps'],
  ])('%s is %s in another source, too', (a, b) => {
    expect(storyOf({ source: 'one', vendorId: a })).toBe(storyOf({ source: 'two', vendorId: b }))
  })

  test.each([
    ['17'],
    ['post-2024'],
    ['https://example.org/1'],
    ['update'],
    ['rhsa'],
    ['ghsa-1'],
    ['CVE-2026-1234'],
    ['msrc-2026-1'],
    ['msrc-blog-post'],
  ])('%s is an id of its source alone: anybody may give it out', (vendorId) => {
    expect(storyOf({ source: 'one', vendorId })).not.toBe(storyOf({ source: 'two', vendorId }))
  })
})

const common = { everyMinutes: 60, maxMegabytes: 32, allowNetworks: [] as string[], silentDays: null, name: 'x', id: 'x' }
const feed = (url: string): SourceRule => ({ ...common, kind: 'feed', url, publisher: 'x', domains: ['x.example'] })
const osv: SourceRule = { ...common, kind: 'osv', ecosystems: ['npm'] }
const kev: SourceRule = { ...common, kind: 'kev', url: 'https://www.cisa.gov/kev.json' }
const msrc = (kind: 'msrc' | 'msrc-guide', url: string): SourceRule => ({ ...common, kind, url, families: [] })
const csaf: SourceRule = { ...common, kind: 'csaf', provider: 'redhat.com', namespaces: ['www.redhat.com'], idPrefixes: [] }

const box = source.parse({
  id: 'box',
  name: 'x',
  kind: 'mailbox',
  host: 'imap.house.example',
  user: 'x',
  senders: [{ from: 'psirt@redhat.com', publisher: 'Red Hat', idPrefixes: ['RHSA-'] }],
})

describe('who answers for what is told: origins count, not addresses', () => {
  test.each([
    [feed('https://ubuntu.com/security/notices/rss.xml'), 'USN-1-1', 'ubuntu.com'],
    [feed('https://www.debian.org/security/dsa'), 'DSA-1-1', 'debian.org'],
    [feed('https://alerts.ncsc.gov.uk/rss'), 'x', 'ncsc.gov.uk'],
    [osv, 'GHSA-jfh8-c2jp-5v3q', 'github.com'],
    [osv, 'DSA-5532-1', 'debian.org'],
    [osv, 'USN-6000-1', 'ubuntu.com'],
    [osv, 'XYZ-1', 'osv.dev'],
    [kev, '', 'cisa.gov'],
    [csaf, 'RHSA-2023:3408', 'redhat.com'],
    [msrc('msrc', 'https://api.msrc.microsoft.com/cvrf/v3.0/'), 'MSRC-2026-Sep-windows', 'microsoft.com'],
    [msrc('msrc-guide', 'https://mirror.example.org/guide/'), 'MSRC-2026-Sep-windows', 'microsoft.com'],
    [feed('https://api.msrc.microsoft.com/update-guide/rss'), 'x', 'microsoft.com'],
    // Its mail does not confirm what its own site says.
    [box, 'RHSA-2023:3408', 'redhat.com'],
  ])('%j %s: %s', (rule, vendorId, operator) => {
    expect(operatorOf(rule, aBulletin({ vendorId }))).toBe(operator)
  })

  test('a site is what somebody has registered', () => {
    expect(['a.b.example.com', 'example.co.uk', 'x.example.co.uk', 'localhost'].map(siteOf)).toEqual([
      'example.com',
      'example.co.uk',
      'example.co.uk',
      'localhost',
    ])
  })
})

describe('corroboration: only by somebody independent, about the same thing', () => {
  const own = {
    operator: 'ubuntu.com',
    name: 'Ubuntu notices',
    story: 'usn-6000-1',
    cves: ['CVE-2023-0286'],
    products: ['openssl'],
    publisher: 'Ubuntu',
  }
  const other = (more: Partial<Told>): Told => ({
    operator: 'redhat.com',
    name: 'Red Hat',
    story: 'rhsa-2023-3408',
    cves: ['CVE-2023-0286'],
    products: ['openssl-libs'],
    ...more,
  })
  const entry = (more: Partial<ToldCve>): ToldCve => ({
    operator: 'cisa.gov',
    name: 'KEV',
    cve: 'CVE-2023-0286',
    vendor: 'OpenSSL',
    product: 'OpenSSL',
    ...more,
  })

  test.each<[string, readonly Told[], readonly ToldCve[], string]>([
    ['nobody', [], [], 'not applicable'],
    ['another publisher names the CVE and the product', [other({})], [], 'pass'],
    ['the same operator says it again', [other({ operator: 'ubuntu.com' })], [], 'not applicable'],
    ['another product with the same CVE', [other({ products: ['nodejs'] })], [], 'not applicable'],
    ['the same product with another CVE', [other({ cves: ['CVE-2020-1'] })], [], 'not applicable'],
    ['a product that shares a word of its name', [other({ products: ['openssl-fips-provider'] })], [], 'not applicable'],
    ['only a word that all share', [other({ products: ['libs-devel'] })], [], 'not applicable'],
    ['another source with the very id', [other({ story: 'usn-6000-1', cves: [] })], [], 'pass'],
    ['the catalogue names CVE, vendor and product', [], [entry({})], 'pass'],
    ['the catalogue names the CVE of another vendor', [], [entry({ vendor: 'Oracle', product: 'WebLogic' })], 'not applicable'],
  ])('%s', (_what, others, entries, outcome) => {
    expect(corroboration(own, others, entries)).toMatchObject({ name: 'corroboration', outcome })
  })

  test('who tells of the very id with other vulnerabilities contradicts it', () => {
    const against = other({ story: 'usn-6000-1', cves: ['CVE-2020-1'] })
    expect(corroboration(own, [against], [entry({})])).toMatchObject({ outcome: 'fail', evidence: expect.stringContaining('CVE-2020-1') })
    // The same operator may correct itself; who names no vulnerability says nothing against it.
    expect(corroboration(own, [{ ...against, operator: 'ubuntu.com' }], []).outcome).toBe('not applicable')
    expect(corroboration(own, [{ ...against, cves: ['CVE-2020-1', 'CVE-2023-0286'] }], []).outcome).toBe('pass')
  })

  test('a catalogue that has not been read for long is stale, and never a pass', () => {
    expect(corroboration(own, [], [entry({ stale: true })]).outcome).toBe('stale')
    expect(corroboration(own, [other({})], [entry({ stale: true })]).outcome).toBe('pass')
  })

  test('nobody confirms it while somebody who could is failing: unavailable', () => {
    expect(corroboration(own, [], [], { failing: ['OSV'] })).toMatchObject({
      outcome: 'unavailable',
      evidence: expect.stringContaining('OSV'),
    })
  })

  test("CISA's catalogue does not confirm CISA's own advisory", () => {
    expect(corroboration({ ...own, operator: 'cisa.gov' }, [], [entry({})]).outcome).toBe('not applicable')
  })

  test('the evidence names who confirmed what', () => {
    expect(corroboration(own, [other({})], [entry({})]).evidence).toBe(
      'Red Hat (redhat.com) confirms CVE-2023-0286; KEV names CVE-2023-0286. Ubuntu notices is of ubuntu.com.',
    )
  })
})

describe('known exploited has three values', () => {
  const entry: KnownEntry = { cve: 'CVE-1', addedOn: '2026-01-01', dueOn: '2026-01-22', catalogue: '2026.01.01', retracted: false }
  const catalogue = (fresh: boolean, ...entries: KnownEntry[]): Catalogue => ({
    fresh,
    version: '2026.02.01',
    entryOf: (cve) => entries.find((e) => e.cve === cve),
  })

  test.each<[string, 'yes' | 'no' | 'unknown', Catalogue, 'yes' | 'no' | 'unknown']>([
    ['in the catalogue', 'unknown', catalogue(true, entry), 'yes'],
    ['in a catalogue that is old by now', 'unknown', catalogue(false, entry), 'yes'],
    ['in the catalogue, and the document says no', 'no', catalogue(true, entry), 'yes'],
    ['not in a whole, fresh catalogue', 'unknown', catalogue(true), 'no'],
    ['not in one that is old, partial or missing', 'unknown', catalogue(false), 'unknown'],
    ['taken out again', 'unknown', catalogue(true, { ...entry, retracted: true }), 'no'],
    ['taken out, and the catalogue is old', 'unknown', catalogue(false, { ...entry, retracted: true }), 'unknown'],
    ['the document says yes, whatever is in the catalogue', 'yes', catalogue(true), 'yes'],
    ['the document says no', 'no', catalogue(true), 'no'],
  ])('%s (document: %s)', (_what, said, known, expected) => {
    const bulletin = aBulletin({ vulnerabilities: [aVulnerability({ cve: 'CVE-1', knownExploited: said })] })
    expect(withCatalogue(bulletin, known).vulnerabilities[0]?.knownExploited).toBe(expected)
  })

  test('what an older catalogue said is no difference: the newer one is asked again', () => {
    const bulletin = aBulletin({ vulnerabilities: [aVulnerability({ cve: 'CVE-1', knownExploited: 'unknown' })] })
    const before = withCatalogue(bulletin, catalogue(true, entry))
    expect(before.vulnerabilities[0]).toMatchObject({ knownExploited: 'yes', exploitedSince: '2026-01-01T00:00:00.000Z' })
    expect(withCatalogue(before, catalogue(true))).toEqual(withCatalogue(bulletin, catalogue(true)))
    expect(withCatalogue(before, catalogue(false)).vulnerabilities[0]?.knownExploited).toBe('unknown')
  })

  test('news of a catalogue: what is new, what is back, what is gone', () => {
    const known = [
      { cve: 'stays', retracted: false },
      { cve: 'goes', retracted: false },
      { cve: 'back', retracted: true },
      { cve: 'away', retracted: true },
    ]
    expect(catalogueNews(['stays', 'back', 'new', 'new'], known)).toEqual({ added: ['back', 'new'], retracted: ['goes'] })
  })
})

describe('a catalogue with as many entries as the last one, and others', () => {
  const now = new Date('2026-11-25T00:00:00Z')
  const ago = (days: number): Date => new Date(now.getTime() - days * 86_400_000)
  const ids = (from: number, count: number) => Array.from({ length: count }, (_, i) => `CVE-2026-${10_000 + from + i}`)
  const stand = (cves: readonly string[], retractedAt: Date | null = null) => cves.map((cve) => ({ cve, retractedAt }))

  test.each([
    ['the same', ids(0, 100), stand(ids(0, 100)), true],
    ['a tenth is others', ids(10, 100), stand(ids(0, 100)), true],
    ['more than a tenth is others', ids(11, 100), stand(ids(0, 100)), false],
    ['little by little within thirty days', ids(11, 100), [...stand(ids(6, 94)), ...stand(ids(0, 6), ago(20))], false],
    ['little by little over a longer time', ids(11, 100), [...stand(ids(6, 94)), ...stand(ids(0, 6), ago(31))], true],
    ['a few of a small one', ids(5, 5), stand(ids(0, 10)), true],
    ['none was known', ids(0, 10), [], true],
  ])('%s: believed or not', (_, cves, known, believed) => {
    expect(brokenCatalogue(cves, known, now) === null).toBe(believed)
  })
})
