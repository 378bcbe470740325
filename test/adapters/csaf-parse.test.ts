import { describe, expect, test } from 'vitest'
import { parse } from '../../adapters/sources/csaf/parse.ts'
import { buildOf, isKernel, parseNevra, parsePurl } from '../../adapters/sources/csaf/rpm.ts'
import { restartOf } from '../../adapters/sources/csaf/sections.ts'
import { exploited } from '../../adapters/sources/csaf/severity.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { differences } from '../../src/core/identify/differences.ts'
import { plain } from '../../src/core/identify/text.ts'
import { fixtureFile, sampleFile } from '../support/csaf.ts'

const bulletinOf = (bytes: Buffer): Bulletin => {
  const parsed = parse('sample', JSON.parse(bytes.toString('utf8')))
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.bulletin
}
const openssl = bulletinOf(sampleFile('arrivals/01-openssl/rhsa-2023_3408.json'))
const kernel = bulletinOf(sampleFile('arrivals/02-kernel-rt/rhsa-2023_4378.json'))
const rapidReset = bulletinOf(sampleFile('arrivals/03-known-exploited/rhsa-2023_5835.json'))
const webmethods = bulletinOf(sampleFile('arrivals/04-webmethods/va-24-254-01.json'))
const bind = bulletinOf(sampleFile('history/rhsa-2025_23414.json'))

describe('names of builds', () => {
  test.each([
    ['openssl-1:1.1.1k-9.el8_6.x86_64', { name: 'openssl', arch: 'x86_64', evr: { epoch: 1, version: '1.1.1k', release: '9.el8_6' } }],
    [
      'rhc-worker-script-0:0.5-1.el7_9.src',
      { name: 'rhc-worker-script', arch: 'src', evr: { epoch: 0, version: '0.5', release: '1.el7_9' } },
    ],
    [
      'kernel-rt-0:5.14.0-284.25.1.rt14.310.el9_2.x86_64',
      { name: 'kernel-rt', arch: 'x86_64', evr: { epoch: 0, version: '5.14.0', release: '284.25.1.rt14.310.el9_2' } },
    ],
    ['openssl-1.1.1k-9.el8_6.x86_64', null],
    ['kmm/operator-bundle@sha256:4b98_arm64', null],
    ['CSAFPID-0009', null],
    ['', null],
  ])('%s', (id, expected) => {
    expect(parseNevra(id)).toEqual(expected)
  })

  test.each([
    [
      'pkg:rpm/redhat/bind-chroot@9.8.2-0.68.rc1.el6_10.17?arch=i686&epoch=32',
      { name: 'bind-chroot', version: '9.8.2', release: '0.68.rc1.el6_10.17', arch: 'i686', epoch: 32 },
    ],
    [
      'pkg:rpm/redhat/tigervnc@1.13.1-3.el9_3.3?arch=aarch64',
      { name: 'tigervnc', version: '1.13.1', release: '3.el9_3.3', arch: 'aarch64', epoch: null },
    ],
    [
      'pkg:rpm/redhat/libstdc%2B%2B@8.5.0-4.el8?arch=x86_64',
      { name: 'libstdc++', version: '8.5.0', release: '4.el8', arch: 'x86_64', epoch: null },
    ],
    ['pkg:rpm/redhat/tigervnc@1.13.1-3.el9_3.3', null],
    ['pkg:rpm/redhat/x@1-1?arch=noarch&epoch=one', null],
    ['pkg:rpm/redhat/%E0%A4%A@1-1?arch=noarch', null],
    ['pkg:oci/x@sha256:77?arch=amd64', null],
  ])('%s', (purl, expected) => {
    expect(parsePurl(purl)).toEqual(expected)
  })

  test('a purl without an epoch takes it from the id; a purl that names another build is a conflict', () => {
    expect(buildOf('bind-32:9.8.2-1.el6.x86_64', 'pkg:rpm/redhat/bind@9.8.2-1.el6?arch=x86_64')).toMatchObject({ evr: { epoch: 32 } })
    expect(buildOf('bind-32:9.8.2-1.el6.x86_64', 'pkg:rpm/redhat/bind@9.8.2-2.el6?arch=x86_64&epoch=32')).toBe('conflict')
    expect(buildOf('bind-32:9.8.2-1.el6.x86_64', 'pkg:rpm/redhat/bind@9.8.2-1.el6?arch=x86_64&epoch=31')).toBe('conflict')
    expect(buildOf('anything', 'pkg:rpm/redhat/bind@9.8.2-1.el6?arch=x86_64')).toMatchObject({ name: 'bind', evr: { epoch: 0 } })
  })
  test.each(['kernel', 'kernel-core', 'kernel-rt', 'kernel-rt-core'])('%s takes effect by a boot', (name) => {
    expect(isKernel(name)).toBe(true)
  })
  test.each(['kernel-tools', 'kernel-headers', 'kernelcare', 'kpatch-patch-5_14'])('%s does not', (name) => {
    expect(isKernel(name)).toBe(false)
  })
})

describe('the openssl advisory', () => {
  test('who, what, when', () => {
    expect(openssl).toMatchObject({
      source: 'sample',
      vendorId: 'RHSA-2023:3408',
      revision: '1',
      title: 'Red Hat Security Advisory: openssl security update',
      publisher: { name: 'Red Hat Product Security', namespace: 'https://www.redhat.com', category: 'vendor' },
      url: 'https://access.redhat.com/errata/RHSA-2023:3408',
      updatedAt: '2023-05-31T18:42:00.000Z',
      severity: 'moderate',
      restart: 'services',
    })
  })
  test('vulnerabilities with the highest score and the impact that the publisher states', () => {
    expect(openssl.vulnerabilities.map((one) => [one.cve, one.severity, one.cvss?.score, one.knownExploited])).toEqual([
      ['CVE-2022-4304', 'moderate', 5.9, 'unknown'],
      ['CVE-2022-4450', 'moderate', 7.5, 'unknown'],
      ['CVE-2023-0215', 'moderate', 7.5, 'unknown'],
    ])
  })
  test('fixed builds by stream, without source packages', () => {
    expect(openssl.fixed).toContainEqual({
      stream: 'BaseOS-8.6.0.Z.EUS',
      scheme: 'rpm',
      name: 'openssl-libs',
      arch: 'x86_64',
      evr: { epoch: 1, version: '1.1.1k', release: '9.el8_6' },
      cves: ['CVE-2022-4304', 'CVE-2022-4450', 'CVE-2023-0215'],
    })
    expect(openssl.fixed.filter((build) => build.arch === 'src')).toEqual([])
    expect(new Set(openssl.fixed.map((build) => build.stream))).toEqual(new Set(['BaseOS-8.6.0.Z.EUS']))
  })
  test('the sections of Table 2.2', () => {
    const { summary, technicalDetails, patchInformation, knowledgeBase } = openssl.sections
    expect(summary.maximumSeverity).toBe('Moderate')
    expect(summary.impact).toMatch(/^An update for openssl is now available/)
    expect(summary.affectedSoftware).toBe('Red Hat Enterprise Linux BaseOS EUS (v.8.6): openssl, openssl-devel, openssl-libs, openssl-perl')
    expect(technicalDetails.text).toContain('CVE-2022-4450:')
    expect(patchInformation.restart).toBe(
      'For the update to take effect, all services linked to the OpenSSL library must be restarted, or the system rebooted.',
    )
    expect(patchInformation.files).toContain('openssl-libs-1:1.1.1k-9.el8_6.x86_64')
    expect(patchInformation.removal).toBe('')
    expect(knowledgeBase[0]).toEqual({
      label: 'https://access.redhat.com/errata/RHSA-2023:3408',
      url: 'https://access.redhat.com/errata/RHSA-2023:3408',
    })
  })
})

describe('other documents', () => {
  test('a kernel needs a reboot, its epoch is 0', () => {
    expect(kernel.restart).toBe('reboot')
    expect(kernel.fixed.find((build) => build.name === 'kernel-rt-core' && build.stream === 'RT-9.2.0.Z.MAIN.EUS')?.evr).toEqual({
      epoch: 0,
      version: '5.14.0',
      release: '284.25.1.rt14.310.el9_2',
    })
  })
  test('known exploited from the document itself, with its words', () => {
    expect(rapidReset.vulnerabilities.map((one) => [one.cve, one.knownExploited])).toEqual([
      ['CVE-2023-39325', 'unknown'],
      ['CVE-2023-44487', 'yes'],
    ])
    expect(rapidReset.vulnerabilities[1]?.exploitedEvidence).toBe(
      'The document\'s own exploit_status: "CISA: https://www.cisa.gov/known-exploited-vulnerabilities-catalog" (2023-10-10)',
    )
  })
  test('workarounds and prerequisites', () => {
    expect(rapidReset.sections.workarounds).toMatch(
      /^CVE-2023-39325: The default stream concurrency limit[\s\S]*\n\nCVE-2023-44487: Users are strongly urged/,
    )
    expect(rapidReset.sections.patchInformation.prerequisites).toMatch(/^Before applying this update/)
  })
  test('epochs from purls', () => {
    expect(bind.fixed.find((build) => build.name === 'bind')?.evr.epoch).toBe(32)
  })
  test('no aggregate severity: from the highest CVSS score; products that are no rpm are told', () => {
    expect(webmethods.severity).toBe('critical')
    expect(webmethods.sections.summary.maximumSeverity).toBe('')
    expect(webmethods.sections.summary.affectedSoftware).toContain('webMethods')
    expect(webmethods.sections.summary.recommendation).toMatch(/^Install webMethods Integration Corefix 14/)
    expect(webmethods.fixed).toEqual([])
    expect(parse('sample', JSON.parse(sampleFile('arrivals/04-webmethods/va-24-254-01.json').toString()))).toMatchObject({
      dropped: ['1 fixed product(s) are no rpm packages: they match no host'],
    })
  })
  test('a regeneration and a revision by real publishers change no fact', () => {
    const [old, young] = [bulletinOf(sampleFile('history/rhsa-2023_7207.json')), bulletinOf(fixtureFile('rhsa-2023_7207.2025-09-26.json'))]
    expect([old.revision, young.revision, old.updatedAt < young.updatedAt]).toEqual(['3', '3', true])
    expect(differences(old, young)).toEqual([])
    const [first, second] = ['history/va-24-201-01.json', 'arrivals/05-adminer-revised/va-24-201-01.json'].map((path) =>
      bulletinOf(sampleFile(path)),
    )
    expect([first?.revision, second?.revision]).toEqual(['1.0.0', '1.0.1'])
    expect(first && second && differences(first, second)).toEqual([])
  })
})

const base = {
  document: {
    title: ' A\u202etitle\n<!channel> ',
    publisher: { category: 'vendor', name: 'ACME', namespace: 'https://acme.example' },
    tracking: { id: 'A-1', version: '1', current_release_date: '2026-01-01T01:00:00+01:00', initial_release_date: '2026-01-01T00:00:00Z' },
  },
}

describe('robustness', () => {
  test('an almost empty document', () => {
    const parsed = parse('s', base)
    expect(parsed).toMatchObject({
      ok: true,
      dropped: [],
      bulletin: { severity: 'none', updatedAt: '2026-01-01T00:00:00.000Z', fixed: [] },
    })
  })
  test('text is plain: no marks that turn the writing round, one line for a title; escaping stays with the renderer', () => {
    expect(parse('s', base)).toMatchObject({ bulletin: { title: 'Atitle <!channel>' } })
    expect(plain('a\r\nb\u0000\u200b\tc\n\n\n\nd \n', 100)).toBe('a\nb c\n\nd')
    expect(plain('abcdef', 4)).toBe('abc…')
  })
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['no publisher', { document: { ...base.document, publisher: undefined } }],
    [
      'a date without a zone',
      { document: { ...base.document, tracking: { ...base.document.tracking, current_release_date: '2026-01-01T00:00:00' } } },
    ],
    ['an id that is a number', { document: { ...base.document, tracking: { ...base.document.tracking, id: 7 } } }],
  ])('what identifies the document is indispensable: %s', (_, value) => {
    expect(parse('s', value)).toMatchObject({ ok: false })
  })
  test('bad parts are dropped and counted, the rest stays', () => {
    const parsed = parse('s', {
      document: {
        ...base.document,
        notes: [7, { category: 'summary', text: 'good' }],
        references: [{ summary: 'x', url: 'javascript:alert(1)' }],
      },
      product_tree: { branches: [null], relationships: ['x'] },
      vulnerabilities: [
        'bad',
        { cve: 'CVE-2026-0001', scores: [{ cvss_v3: { version: '3.1', vectorString: 'x', baseScore: 11 } }, 3], threats: [{}] },
        { title: 'no id' },
        { cve: 'CVE-1' },
      ],
    })
    expect(parsed).toMatchObject({ ok: true, bulletin: { sections: { summary: { impact: 'good' }, knowledgeBase: [] } } })
    expect(parsed.ok && parsed.bulletin.vulnerabilities).toEqual([{ cve: 'CVE-2026-0001', severity: 'none', knownExploited: 'unknown' }])
    expect(parsed.ok && parsed.dropped).toHaveLength(9)
  })
  test('a tree as deep as the sender likes', () => {
    let branch: unknown = { category: 'product_name', name: 'x', product: { product_id: 'x', name: 'x' } }
    for (let i = 0; i < 20_000; i++) branch = { category: 'vendor', name: 'x', branches: [branch] }
    expect(parse('s', { ...base, product_tree: { branches: [branch] } })).toMatchObject({ ok: true, dropped: [] })
  })
})

describe('the product tree is the truth', () => {
  const product = (product_id: string, purl?: string) => ({
    product_id,
    name: product_id,
    ...(purl ? { product_identification_helper: { purl } } : {}),
  })
  const relation = (id: string, product_reference: string, relates_to_product_reference: string) => ({
    category: 'default_component_of',
    full_product_name: product(id),
    product_reference,
    relates_to_product_reference,
  })
  const withTree = (relationships: unknown[], fixed: string[], products: unknown[] = []) =>
    parse('s', {
      ...base,
      product_tree: { full_product_names: products, relationships },
      vulnerabilities: [{ cve: 'CVE-2026-0001', product_status: { fixed } }],
    })

  test('the id may lie: the relationship says stream and package', () => {
    const parsed = withTree([relation('LIE:other-0:1-1.noarch', 'real-2:3-4.x86_64', 'Stream-1')], ['LIE:other-0:1-1.noarch'])
    expect(parsed).toMatchObject({
      bulletin: { fixed: [{ stream: 'Stream-1', name: 'real', evr: { epoch: 2, version: '3', release: '4' } }] },
    })
  })
  test('a package in a module: the stream names the module stream that a host enables', () => {
    const parsed = withTree(
      [
        relation('AppStream-8:nodejs:18:808:63b', 'nodejs:18:808:63b', 'AppStream-8'),
        relation('AppStream-8:nodejs:18:808:63b:nodejs-1:18.1-1.x86_64', 'nodejs-1:18.1-1.x86_64', 'AppStream-8:nodejs:18:808:63b'),
      ],
      ['AppStream-8:nodejs:18:808:63b:nodejs-1:18.1-1.x86_64'],
    )
    expect(parsed).toMatchObject({ bulletin: { fixed: [{ stream: 'AppStream-8:nodejs:18', name: 'nodejs' }] } })
  })
  test('relationships in a circle are dropped and told', () => {
    const parsed = withTree([relation('a', 'x-0:1-1.noarch', 'b'), relation('b', 'y-0:1-1.noarch', 'a')], ['a'])
    expect(parsed).toMatchObject({ bulletin: { fixed: [] }, dropped: ['product a: relationships nested too deep'] })
  })
  test('a purl that names another build is dropped and told once', () => {
    const parsed = withTree(
      [relation('S:x', 'x-0:1-1.noarch', 'S')],
      ['S:x', 'S:x'],
      [product('x-0:1-1.noarch', 'pkg:rpm/a/x@2-1?arch=noarch')],
    )
    expect(parsed).toMatchObject({ bulletin: { fixed: [] }, dropped: ['product x-0:1-1.noarch: its purl names another build'] })
  })
})

describe('known exploited', () => {
  const threat = (details: string, category = 'exploit_status') => ({ category, details })
  test.each([
    ['CISA: https://www.cisa.gov/known-exploited-vulnerabilities-catalog', 'yes'],
    ['Listed in the CISA Known Exploited Vulnerabilities Catalog', 'yes'],
    ['CISA KEV', 'yes'],
    ['Not listed in CISA KEV', 'unknown'],
    ['Removed from the Known Exploited Vulnerabilities catalog', 'unknown'],
    ['Proof of concept exists', 'unknown'],
  ])('%s: %s', (details, expected) => {
    expect(exploited([threat(details)]).knownExploited).toBe(expected)
  })
  test('an impact that mentions the catalogue is no exploit status', () => {
    expect(exploited([threat('CISA KEV', 'impact')]).knownExploited).toBe('unknown')
  })
})

describe('restart', () => {
  const fix = (details: string, category?: string) => ({
    category: 'vendor_fix',
    details,
    ...(category ? { restart_required: { category } } : {}),
  })
  test.each([
    { what: 'nothing said', fixes: [fix('Install it.')], restart: 'none stated' },
    { what: 'a restart of something unnamed', fixes: [fix('A restart may be needed.')], restart: 'none stated' },
    { what: 'none is stated', fixes: [fix('Install it.', 'none')], restart: 'none stated' },
    {
      what: 'services or the system',
      fixes: [fix('All services linked to it must be restarted, or the system rebooted.')],
      restart: 'services',
    },
    { what: 'a daemon', fixes: [fix('After installing, the named daemon will be restarted automatically.')], restart: 'services' },
    { what: 'the system', fixes: [fix('The system must be rebooted for this update to take effect.')], restart: 'reboot' },
    { what: 'the computer restarted', fixes: [fix('The computer must be restarted.')], restart: 'reboot' },
    { what: 'category service', fixes: [fix('', 'service')], restart: 'services' },
    { what: 'category system', fixes: [fix('', 'system')], restart: 'reboot' },
    { what: 'one of two needs a boot', fixes: [fix('The service must be restarted.'), fix('Reboot the system.')], restart: 'reboot' },
    { what: 'a workaround is no fix', fixes: [{ category: 'workaround', details: 'Reboot the system.' }], restart: 'none stated' },
  ])('$what: $restart', ({ fixes, restart }) => {
    expect(restartOf(fixes, [])).toBe(restart)
  })
})
