import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Asset, DisputedFact } from '../../src/core/assess/asset.ts'
import { directoryOf } from '../../src/core/assess/import/identity.ts'
import type { ImportedHost } from '../../src/core/assess/import/item.ts'
import { conflictsOf, mergeHost, originOf, settle } from '../../src/core/assess/import/merge.ts'
import { readPackage, schemeOfSystem } from '../../src/core/assess/import/packages.ts'
import { familyOf } from '../../src/core/assess/inventory.ts'
import { installedVersion } from '../../src/core/assess/scheme.ts'
import { asset } from './assess-support.ts'

const NOW = '2026-11-24T12:00:00.000Z'
const saying = (facts: ImportedHost['facts'], more: Partial<ImportedHost> = {}): ImportedHost => ({ host: 'web-01', facts, ...more })
const merged = (known: Asset | null, imported: ImportedHost, origin: string): Asset => mergeHost(known, imported, { now: NOW, origin })

describe('the name under which a file speaks', () => {
  test.each([
    ['fleet.csv', 'fleet.csv'],
    ['Fleet-2026-11-25.CSV', 'fleet.csv'],
    ['fleet_20261125T0600Z.csv', 'fleet.csv'],
    ['fleet (2).csv', 'fleet (2).csv'],
    ['2026-11-25.csv', '2026-11-25.csv'],
    ['fleet', 'fleet'],
    ['', ''],
  ])('%j speaks as %j', (file, origin) => {
    expect(originOf(file)).toBe(origin)
  })
})

describe('disputed facts', () => {
  test('a record from before origins were written down has its say', () => {
    const after = merged(asset('web-01', [], { criticality: 'mission-critical' }), saying({ criticality: 'normal' }), 'fleet.csv')
    expect(after.criticality).toBe('mission-critical')
    expect(conflictsOf(after)).toMatchObject([
      { fact: 'criticality', counts: 'mission-critical', said: [{ origin: 'earlier records' }, { origin: 'fleet.csv' }] },
    ])
  })

  test('a person settles one, and that holds until a file says something else', () => {
    const both = merged(merged(null, saying({ exposure: 'internal' }), 'a.csv'), saying({ exposure: 'internet' }), 'b.csv')
    const settled = settle(both, 'exposure', 'internal')
    expect([settled.exposure, conflictsOf(settled)]).toEqual(['internal', []])
    expect(merged(settled, saying({ exposure: 'internet' }), 'b.csv').exposure).toBe('internet')
  })

  const facts = fc.record(
    {
      criticality: fc.constantFrom('mission-critical' as const, 'normal' as const),
      environment: fc.constantFrom('production' as const, 'test' as const),
      exposure: fc.constantFrom('internet' as const, 'internal' as const),
    },
    { requiredKeys: [] },
  )
  const imports = fc.array(fc.tuple(fc.constantFrom('a.csv', 'b.csv', 'c.csv'), facts), { minLength: 1, maxLength: 8 })
  const ending = (all: readonly (readonly [string, ImportedHost['facts']])[]): Asset =>
    all.reduce<Asset | null>((known, [origin, said]) => merged(known, saying(said), origin), null) ?? asset('web-01', [])

  test('the last word of each origin counts, the worst of them all, in whatever order they came', () => {
    const WORST: Readonly<Record<DisputedFact, string>> = {
      criticality: 'mission-critical',
      environment: 'production',
      exposure: 'internet',
    }
    fc.assert(
      fc.property(imports, (all) => {
        const end = ending(all)
        for (const fact of Object.keys(WORST) as DisputedFact[]) {
          const last = new Map(all.flatMap(([origin, said]) => (said[fact] === undefined ? [] : [[origin, said[fact]] as const])))
          if (last.size > 0) expect(end[fact]).toBe([...last.values()].includes(WORST[fact] as never) ? WORST[fact] : [...last.values()][0])
          expect(conflictsOf(end).some((c) => c.fact === fact)).toBe(new Set(last.values()).size > 1)
        }
      }),
    )
  })

  test('the same import again changes nothing', () => {
    fc.assert(
      fc.property(imports, (all) => {
        const once = ending(all)
        const last = all.at(-1)
        if (last) expect(merged(once, saying(last[1]), last[0])).toEqual(once)
      }),
    )
  })
})

describe('which host is meant', () => {
  const known = [
    asset('web-01', [], { serial: 'S1', cloudId: 'i-1', fqdn: 'web-01.x.example' }),
    asset('web-02', [], { serial: 'S2', aliases: ['old-02'] }),
  ]

  test.each<[string, ImportedHost['facts'], string | null, string | null]>([
    ['web-02', { serial: 's1' }, 'web-01', 'serial'],
    ['web-02', { cloudId: 'I-1' }, 'web-01', 'cloudId'],
    ['web-02', { fqdn: 'WEB-01.x.example' }, 'web-01', 'fqdn'],
    ['web-02', { serial: 'S2', cloudId: 'i-1' }, 'web-02', 'serial'],
    ['web-02', {}, 'web-02', 'host'],
    ['old-02', {}, 'web-02', 'host'],
    ['web-03', { serial: 'S3' }, null, null],
    ['web-03', { serial: 'To be filled by O.E.M.' }, null, null],
  ])('%s with %j is %s by its %s', (host, facts, expected, by) => {
    expect(directoryOf(known).find({ host, facts })).toEqual(expected === null ? null : { host: expected, by })
  })

  test('a name in its own right is stronger than a former one', () => {
    const directory = directoryOf([...known, asset('old-02', [])])
    expect(directory.find({ host: 'old-02', facts: {} })).toEqual({ host: 'old-02', by: 'host' })
  })
})

describe('packages as people write them', () => {
  test.each([
    ['rpm', 'openssl=1:1.1.1k-9.el8_6.x86_64', 'openssl 1:1.1.1k-9.el8_6 x86_64'],
    ['rpm', 'openssl-1:1.1.1k-9.el8_6.x86_64', 'openssl 1:1.1.1k-9.el8_6 x86_64'],
    ['dpkg', 'libc6=2.36-9+deb12u13.amd64', 'libc6 2.36-9+deb12u13 amd64'],
    ['semver', '@babel/core=7.23.0', '@babel/core 7.23.0 noarch'],
    ['generic', 'Chrome=120.0.6099.130', 'Chrome 120.0.6099.130 noarch'],
    ['generic', 'Chrome=120.0.6099.130.x64', 'Chrome 120.0.6099.130 x64'],
    ['dpkg', 'zip=3.0', null],
    ['rpm', 'zip', null],
    ['rpm', '=1-1.x86_64', null],
    ['dpkg', 'a\nb=1.amd64', null],
  ] as const)('%s: %j is %j', (scheme, text, expected) => {
    const read = readPackage(scheme, text)
    expect(read && `${read.name} ${installedVersion(read)} ${read.arch}`).toBe(expected)
  })

  test.each([
    ['Red Hat Enterprise Linux 8.6 EUS', 'rpm'],
    ['Ubuntu 24.04.1 LTS', 'dpkg'],
    ['Alpine Linux v3.19', 'apk'],
    ['Windows Server 2022', 'generic'],
    ['', 'generic'],
  ])('%s writes versions as %s', (system, scheme) => {
    expect(schemeOfSystem(system)).toBe(scheme)
  })
})

test.each([
  ['Red Hat Enterprise Linux 8.6 EUS', 'Red Hat Enterprise Linux'],
  ['Debian GNU/Linux 12 (bookworm)', 'Debian GNU/Linux'],
  ['Windows 11 23H2', 'Windows'],
  ['Windows Server 2022', 'Windows Server'],
  ['unknown', 'unknown'],
  ['10', '10'],
])('%s is of the family %s', (system, family) => {
  expect(familyOf(system)).toBe(family)
})
