import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOsvReader, createOsvSource, parseFile } from '../../adapters/sources/osv/index.ts'
import { parseRecord } from '../../adapters/sources/osv/parse.ts'
import { evrOf, schemeOf } from '../../adapters/sources/osv/versions.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { verdictOf } from '../../src/core/identify/verification.ts'
import { httpsServer, LOOPBACK, type TestServer, testHttp } from '../support/https-server.ts'

const NOW = new Date('2026-11-25T12:00:00Z')
const signal = new AbortController().signal

const record = (more: object = {}): object => ({
  id: 'DSA-1-1',
  modified: '2026-03-04T05:06:07Z',
  published: '2026-03-01T00:00:00Z',
  upstream: ['CVE-2026-1111'],
  summary: 'openssl - security update',
  affected: [affected('Debian:12', 'openssl', [{ introduced: '0' }, { fixed: '1:3.0.1-2~deb12u1' }])],
  ...more,
})
const affected = (ecosystem: string, name: string, events: readonly object[], type = 'ECOSYSTEM'): object => ({
  package: { ecosystem, name },
  ranges: [{ type, events }],
})
const bulletin = (value: object, ecosystems: readonly string[] = []): Bulletin => {
  const parsed = parseRecord('osv', value, ecosystems)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.bulletin
}
const fixes = ({ fixed }: Bulletin): readonly string[] =>
  fixed.map((b) => `${b.name} ${b.introduced ?? ''}..${b.evr.epoch}:${b.evr.version}-${b.evr.release}`)
const holes = ({ unfixed }: Bulletin): readonly string[] => unfixed.map((b) => `${b.name} ${b.introduced ?? ''}..${b.lastAffected ?? ''}`)

describe('how versions are written', () => {
  test.each([
    ['AlmaLinux:9', 'rpm'],
    ['Rocky Linux:9', 'rpm'],
    ['Red Hat:enterprise_linux:9::baseos', 'rpm'],
    ['SUSE:Linux Enterprise Server 15', 'rpm'],
    ['openSUSE:Leap 15.6', 'rpm'],
    ['Mageia:9', 'rpm'],
    ['Photon OS:5.0', 'rpm'],
    ['Debian:12', 'dpkg'],
    ['Ubuntu:22.04:LTS', 'dpkg'],
    ['Alpine:v3.20', 'apk'],
    ['Wolfi', 'apk'],
    ['Chainguard', 'apk'],
    ['npm', 'semver'],
    ['Go', 'semver'],
    ['crates.io', 'semver'],
    ['Hex', 'semver'],
    ['Pub', 'semver'],
    ['SwiftURL', 'semver'],
    ['NuGet', 'semver'],
    ['Packagist', 'semver'],
    ['PyPI', 'pep440'],
    ['Maven', 'generic'],
    ['RubyGems', 'generic'],
  ])('%s: %s', (ecosystem, scheme) => {
    expect(schemeOf(ecosystem)).toBe(scheme)
  })

  test.each([
    ['rpm', '1:1.1.1k-9.el8_6', { epoch: 1, version: '1.1.1k', release: '9.el8_6' }],
    ['rpm', '0.10.6-4.el8.alma', { epoch: 0, version: '0.10.6', release: '4.el8.alma' }],
    ['dpkg', '1:2.0-rc1-3+deb12u1', { epoch: 1, version: '2.0-rc1', release: '3+deb12u1' }],
    ['dpkg', '7', { epoch: 0, version: '7', release: '' }],
    ['semver', '1.2.3-rc.1', { epoch: 0, version: '1.2.3-rc.1', release: '' }],
    ['apk', '3.1.4-r5', { epoch: 0, version: '3.1.4-r5', release: '' }],
    ['pep440', '1!2.0.post1', { epoch: 0, version: '1!2.0.post1', release: '' }],
  ] as const)('%s %s', (scheme, text, evr) => {
    expect(evrOf(scheme, text)).toEqual(evr)
  })
})

describe('ranges', () => {
  const events = (...list: readonly object[]): Bulletin => bulletin(record({ affected: [affected('npm', 'x', list, 'SEMVER')] }))
  test.each([
    ['from the first version', [{ introduced: '0' }, { fixed: '2' }], ['x ..0:2-'], []],
    ['from a version', [{ introduced: '1.5' }, { fixed: '2' }], ['x 1.5..0:2-'], []],
    ['two pairs', [{ introduced: '0' }, { fixed: '1' }, { introduced: '2' }, { fixed: '3' }], ['x ..0:1-', 'x 2..0:3-'], []],
    ['no fix yet', [{ introduced: '1' }], [], ['x 1..']],
    ['a last affected one', [{ introduced: '0' }, { last_affected: '1.9' }], [], ['x ..1.9']],
    ['a fix, and affected again without one', [{ introduced: '0' }, { fixed: '1' }, { introduced: '2' }], ['x ..0:1-'], ['x 2..']],
    ['the fix before its introduction', [{ fixed: '2' }, { introduced: '1' }], ['x 1..0:2-'], []],
    ['a fix alone', [{ fixed: '2' }], ['x ..0:2-'], []],
    ['a limit is none', [{ introduced: '0' }, { limit: '5' }], [], ['x ..']],
    ['a version that is none', [{ introduced: '0' }, { fixed: '2 or later' }], [], []],
  ])('%s', (_, list, fixed, unfixed) => {
    const found = events(...list)
    expect([fixes(found), holes(found)]).toEqual([fixed, unfixed])
  })

  test('single versions without a range', () => {
    const found = bulletin(record({ affected: [{ package: { ecosystem: 'PyPI', name: 'x' }, versions: ['1.0', '1.1'] }] }))
    expect(holes(found)).toEqual(['x 1.0..1.0', 'x 1.1..1.1'])
  })

  test('ranges of commits are told, and match nothing', () => {
    const parsed = parseRecord('osv', record({ affected: [affected('Go', 'x', [{ introduced: '0' }], 'GIT')] }), [])
    expect(parsed).toMatchObject({ ok: true, bulletin: { fixed: [], unfixed: [] }, dropped: [expect.stringContaining('no versions')] })
  })

  test("Ubuntu's binary packages, with their own versions", () => {
    const entry = {
      ...affected('Ubuntu:22.04:LTS', 'openssl', [{ introduced: '0' }, { fixed: '3.0.2-0ubuntu1.1' }]),
      ecosystem_specific: { binaries: [{ binary_name: 'libssl3', binary_version: '3.0.2-0ubuntu1.1' }, { binary_name: 'bad name' }] },
    }
    expect(fixes(bulletin(record({ affected: [entry] })))).toEqual(['openssl ..0:3.0.2-0ubuntu1.1', 'libssl3 ..0:3.0.2-0ubuntu1.1'])
  })
})

describe('a record in our words', () => {
  test('as a whole', () => {
    expect(bulletin(record())).toMatchObject({
      source: 'osv',
      vendorId: 'DSA-1-1',
      revision: '20260304.50607.0',
      title: 'openssl - security update',
      publisher: { name: 'Debian (by OSV)' },
      publishedAt: '2026-03-01T00:00:00.000Z',
      updatedAt: '2026-03-04T05:06:07.000Z',
      vulnerabilities: [{ cve: 'CVE-2026-1111', severity: 'none' }],
      fixed: [
        {
          stream: 'Debian:12',
          scheme: 'dpkg',
          name: 'openssl',
          arch: '*',
          evr: { epoch: 1, version: '3.0.1', release: '2~deb12u1' },
          cves: ['CVE-2026-1111'],
        },
      ],
    })
  })

  test('only of the ecosystems that the policy names', () => {
    const value = record({
      affected: ['Debian:11', 'Debian:12', 'Debian:120'].map((eco) => affected(eco, eco, [{ introduced: '0' }, { fixed: '1' }])),
    })
    expect(bulletin(value, ['Debian:12']).fixed.map((b) => b.stream)).toEqual(['Debian:12'])
    expect(bulletin(value, ['Debian']).fixed).toHaveLength(3)
  })

  test.each([
    ['CVSS 3.1', [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }], 9.8, 'critical'],
    ['CVSS 4.0', [{ type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:N/SI:N/SA:N' }], 6.9, 'moderate'],
    [
      'the higher of two',
      [
        { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N' },
        { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N' },
      ],
      7.5,
      'important',
    ],
    ['no vector', [{ type: 'CVSS_V3', score: '9.8' }], undefined, 'none'],
    ['Ubuntu has a word instead', [{ type: 'Ubuntu', score: 'medium' }], undefined, 'none'],
  ])('severity: %s', (_, severity, score, word) => {
    expect(bulletin(record({ severity }))).toMatchObject({
      severity: word,
      vulnerabilities: [score === undefined ? {} : { cvss: { score } }],
    })
  })

  test("the database's own word for the severity counts first", () => {
    const severity = [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }]
    expect(bulletin(record({ severity, database_specific: { severity: 'MODERATE' } })).severity).toBe('moderate')
  })

  test('a withdrawn record affects nothing and says so; it is a later revision', () => {
    const gone = bulletin(record({ withdrawn: '2026-05-01T00:00:00Z' }))
    expect(gone).toMatchObject({ title: 'WITHDRAWN: openssl - security update', fixed: [], unfixed: [], revision: '20260501.0.0' })
    expect(gone.sections.summary.recommendation).toContain('withdrew this notice on 2026-05-01')
  })

  test("Go's zero date is none", () => {
    expect(bulletin(record({ modified: '0001-01-01T00:00:00Z' })).updatedAt).toBe('2026-03-01T00:00:00.000Z')
  })

  test.each([
    ['null', null, 'the record'],
    ['a list', [], 'the record'],
    ['no id', { ...record(), id: undefined }, 'id'],
    ['an id that is a path', { ...record(), id: '../../etc/passwd' }, 'id'],
    ['no date', { ...record(), modified: 'today' }, 'modified'],
  ])('refused: %s', (_, value, where) => {
    const parsed = parseRecord('osv', value, [])
    expect(parsed.ok ? '' : parsed.problem).toContain(where)
  })

  test('a file for the command line', () => {
    expect(parseFile(Buffer.from(JSON.stringify(record())), 'x.json')).toMatchObject({ bulletins: [{ vendorId: 'DSA-1-1' }], dropped: [] })
    expect(parseFile(Buffer.from('{'), 'x.json')).toEqual({ bulletins: [], dropped: [{ reason: 'x.json: it is no JSON' }] })
  })
})

describe('a source', () => {
  const reader = createOsvReader()
  const http = testHttp()
  let server: TestServer
  let folder = ''
  beforeAll(async () => {
    server = await httpsServer()
    folder = await mkdtemp(join(tmpdir(), 'osv-'))
  })
  afterAll(async () => {
    await Promise.all([server.close(), http.close(), reader.close(), rm(folder, { recursive: true })])
  })
  const rule = (more: object) => ({
    kind: 'osv' as const,
    id: 'osv',
    name: 'OSV',
    everyMinutes: 60,
    maxMegabytes: 5,
    allowNetworks: LOOPBACK,
    silentDays: null,
    ecosystems: ['Debian:12', 'Red Hat:x'],
    ...more,
  })
  const deps = { http, reader, clock: { now: () => NOW }, most: 2 }
  const names = (batch: { readonly documents: readonly { readonly fileName: string }[] }): string =>
    batch.documents.map((document) => document.fileName).join(' ')

  test('a bucket: what is new of each family, what fails again, and nothing when nothing changed', async () => {
    const source = createOsvSource(rule({ url: server.at('/bucket'), ecosystems: ['Debian:12'] }), deps)
    server.pages.set('/bucket/Debian/modified_id.csv', '2026-03-04T05:06:07Z,DSA-1-1\n2026-03-03T00:00:00.5Z,DSA-2-1\nrubbish\n')
    server.pages.set('/bucket/Debian/DSA-1-1.json', JSON.stringify(record()))
    const first = await source.fetch(null, signal)
    expect(names(first)).toBe('DSA-1-1.json')
    expect(first).toMatchObject({
      listed: 2,
      dropped: [
        { fileName: 'DSA-2-1', reason: expect.stringContaining('status 404') },
        { fileName: 'Debian/modified_id.csv', reason: '1 lines of it are no records', bytes: Buffer.from('rubbish') },
      ],
    })
    server.pages.set('/bucket/Debian/DSA-2-1.json', JSON.stringify(record({ id: 'DSA-2-1' })))
    const second = await source.fetch(first.cursor, signal)
    expect(names(second)).toBe('DSA-2-1.json')
    expect(names(await source.fetch(second.cursor, signal))).toBe('')
    const [raw] = first.documents
    const checked = raw && (await source.check(raw, NOW))
    const history = (['rollback', 'contradiction'] as const).map((name) => ({ name, outcome: 'not applicable' as const, evidence: '' }))
    expect(verdictOf([...(checked?.checks ?? []), ...history])).toBe('UNCONFIRMED')
    expect(verdictOf([...(checked?.checks ?? []), ...history, { name: 'corroboration', outcome: 'pass', evidence: '' }])).toBe(
      'CORROBORATED',
    )
  })

  test('names with blanks are asked for as addresses have them', async () => {
    server.pages.set('/b2/Red%20Hat/modified_id.csv', '2026-03-04T05:06:07Z,RHSA-2026:1\n')
    server.pages.set('/b2/Red%20Hat/RHSA-2026%3A1.json', JSON.stringify(record({ id: 'RHSA-2026:1' })))
    const source = createOsvSource(rule({ url: server.at('/b2/'), ecosystems: ['Red Hat:x'] }), deps)
    const batch = await source.fetch(null, signal)
    expect(names(batch)).toBe('RHSA-2026_1.json')
    const [raw] = batch.documents
    expect(raw && (await source.check(raw, NOW)).checks.map((one) => one.outcome)).not.toContain('fail')
  })

  test('a large list and a large record are read in a process of their own', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `2026-03-04T05:06:07Z,DSA-${i + 10}-1`).join('\n')
    server.pages.set('/b3/Debian/modified_id.csv', lines)
    server.pages.set('/b3/Debian/*', JSON.stringify(record({ id: 'DSA-9-1', details: 'x'.repeat(600_000) })))
    const source = createOsvSource(rule({ url: server.at('/b3'), ecosystems: ['Debian'] }), deps)
    const batch = await source.fetch(null, signal)
    expect(batch.listed).toBe(20_000)
    const [raw] = batch.documents
    expect((raw && (await source.check({ ...raw, fileName: 'DSA-9-1.json' }, NOW)))?.bulletin?.vendorId).toBe('DSA-9-1')
  })

  test('a folder, with sub-folders; what changes comes again', async () => {
    await mkdir(join(folder, 'a'))
    await writeFile(join(folder, 'a', 'DSA-1-1.json'), JSON.stringify(record()))
    await writeFile(join(folder, 'README.md'), 'no record')
    const source = createOsvSource(rule({ folder }), { ...deps, folder })
    const first = await source.fetch(null, signal)
    expect(names(first)).toBe('DSA-1-1.json')
    expect(names(await source.fetch(first.cursor, signal))).toBe('')
    const later = new Date(Date.now() + 60_000)
    await utimes(join(folder, 'a', 'DSA-1-1.json'), later, later)
    expect(names(await source.fetch(first.cursor, signal))).toBe('DSA-1-1.json')
    const [raw] = first.documents
    const checked = raw && (await source.check(raw, NOW))
    expect(checked?.checks.find((one) => one.name === 'namespace')).toMatchObject({ outcome: 'unavailable' })
  })

  test('an empty folder is a failing source', async () => {
    await expect(createOsvSource(rule({ folder: join(folder, 'none') }), deps).fetch(null, signal)).rejects.toMatchObject({
      code: 'SOURCE_FAILED',
    })
  })
})
