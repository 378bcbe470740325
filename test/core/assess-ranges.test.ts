import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { affectedHosts, countAffected } from '../../src/core/assess/affected.ts'
import type { Install } from '../../src/core/assess/asset.ts'
import { matchBulletin } from '../../src/core/assess/match.ts'
import { buildsFromPerson, namedProducts, possibleMatches } from '../../src/core/assess/named.ts'
import { type FixedBuild, SCHEMES, type Scheme, type UnfixedRange } from '../../src/core/identify/bulletin.ts'
import { asset, fixedIn, install } from './assess-support.ts'

const NOW = new Date('2026-11-24T12:00:00.000Z')

const host = (installs: readonly Install[], streams = ['main'], name = 'web-01') => asset(name, [], { installs, streams })
const run = (installs: readonly Install[], fixed: readonly FixedBuild[], unfixed: readonly UnfixedRange[] = []) =>
  matchBulletin({ vendorId: 'DSA-1', fixed, unfixed }, [host(installs)])

describe('every scheme has its own order', () => {
  test.each<[Scheme, string, string, boolean]>([
    ['dpkg', '3.0.11-1~deb12u1', '3.0.11-1~deb12u2', true],
    ['dpkg', '3.0.11-1', '3.0.11-1~deb12u2', false],
    ['apk', '3.1.4-r4', '3.1.4-r10', true],
    ['semver', '1.2.3-rc.1', '1.2.3', true],
    ['pep440', '2.0.dev1', '2.0a1', true],
    ['pep440', '2.0.post1', '2.0', false],
    ['generic', '119.0.6045', '120.0.6099', true],
  ])('%s: %s against the fix %s is affected: %s', (scheme, installed, fix, expected) => {
    const found = run([install(scheme, 'thing', installed)], [fixedIn(scheme, 'thing', fix)])
    expect(found.map(({ status, installed: from, fixed }) => [status, from, fixed])).toEqual(expected ? [['affected', installed, fix]] : [])
  })

  test('the same name in another scheme is another product', () => {
    const installs = [install('dpkg', 'requests', '1.0'), install('pep440', 'requests', '1.0')]
    expect(run(installs, [fixedIn('pep440', 'requests', '2.0')])).toMatchObject([{ product: 'requests', fixed: '2.0' }])
  })

  test.each([
    ['*', true],
    ['amd64', true],
    ['arm64', false],
  ])('a build for %s is for an install of amd64: %s', (arch, expected) => {
    expect(run([install('dpkg', 'bash', '5.1')], [fixedIn('dpkg', 'bash', '5.2', { arch })]).length === 1).toBe(expected)
  })
})

describe('ranges with a beginning', () => {
  const fixed = [
    fixedIn('semver', 'lodash', '1.5.0', { introduced: '1.0.0' }),
    fixedIn('semver', 'lodash', '2.3.0', { introduced: '2.0.0' }),
  ]

  test.each<[string, string | null]>([
    ['0.9.0', null],
    ['1.0.0', '1.5.0'],
    ['1.4.9', '1.5.0'],
    ['1.5.0', null],
    ['1.9.0', null],
    ['2.0.0-rc.1', null],
    ['2.0.0', '2.3.0'],
    ['2.3.0', null],
  ])('lodash %s needs %s', (installed, fix) => {
    expect(run([install('semver', 'lodash', installed)], fixed).map((m) => m.fixed)).toEqual(fix === null ? [] : [fix])
  })

  test('the beginning is part of the evidence', () => {
    expect(run([install('semver', 'lodash', '1.2.0')], fixed)[0]?.rule).toBe(
      'lodash.amd64 1.2.0 is lower than 1.5.0, which DSA-1 names as fixed in main (affected from 1.0.0 on).',
    )
  })

  test.each(['0', 'who knows'])('a beginning %j counts as none', (introduced) => {
    expect(run([install('semver', 'lodash', '0.0.1')], [fixedIn('semver', 'lodash', '1.0.0', { introduced })])).toHaveLength(1)
  })
})

describe('what has no fix', () => {
  const range: UnfixedRange = { stream: 'main', scheme: 'dpkg', name: 'bash', arch: '*', introduced: '5.0', lastAffected: '5.2', cves: [] }

  test.each<[string, boolean]>([
    ['4.4-1', false],
    ['5.0-1', true],
    ['5.2-9', true],
    ['5.2.1-1', false],
  ])('bash %s is affected: %s', (installed, expected) => {
    expect(run([install('dpkg', 'bash', installed)], [], [range]).map((m) => m.status)).toEqual(expected ? ['no fix'] : [])
  })

  test('it says so, and names the range', () => {
    expect(run([install('dpkg', 'bash', '5.1-2')], [], [range])).toMatchObject([
      {
        installed: '5.1-2',
        fixed: '',
        rule: 'bash.amd64 5.1-2 is affected: DSA-1 names bash from 5.0 up to 5.2 in main, and no fixed version.',
      },
    ])
  })

  test('where a fix helps, the fix counts', () => {
    expect(run([install('dpkg', 'bash', '5.1-2')], [fixedIn('dpkg', 'bash', '5.3-1')], [range])).toMatchObject([{ status: 'affected' }])
  })

  test('such a host is counted, and needs nothing that could be installed', () => {
    const bulletin = { vendorId: 'DSA-1', fixed: [fixedIn('dpkg', 'dash', '2.0')], unfixed: [range] }
    const assets = [
      host([install('dpkg', 'bash', '5.1-2')]),
      host([install('dpkg', 'bash', '5.1-2'), install('dpkg', 'dash', '1.0')], ['main'], 'web-02'),
    ]
    const hosts = affectedHosts(matchBulletin(bulletin, assets), assets, NOW, 7)
    expect(hosts.map((h) => [h.host, h.noFix ?? false, h.rebootPending])).toEqual([
      ['web-01', true, false],
      ['web-02', false, false],
    ])
    expect(countAffected(hosts)).toMatchObject({ hosts: 2, noFix: 1 })
    expect(hosts[1]?.packages).toMatchObject([
      { name: 'bash', from: '5.1-2', to: '5.1-2', noFix: true },
      { name: 'dash', to: '2.0' },
    ])
  })
})

describe('for any versions', () => {
  const number = fc.nat(12).map(String)
  const version = fc.tuple(number, number).map(([a, b]) => `${a}.${b}`)
  const text = (scheme: Scheme, v: string): string => (scheme === 'rpm' ? `${v}-1` : scheme === 'semver' ? `${v}.0` : v)
  const scheme = fc.constantFrom(...SCHEMES)
  const matched = (s: Scheme, installed: string, builds: readonly string[]) =>
    run(
      [install(s, 'thing', text(s, installed))],
      builds.map((v) => fixedIn(s, 'thing', text(s, v))),
    )

  test('raising the installed version never makes it affected by more', () => {
    fc.assert(
      fc.property(scheme, version, version, fc.array(version, { maxLength: 4 }), (s, a, b, builds) => {
        const [low, high] = [a, b].sort(
          (x, y) => Number(x.split('.')[0]) - Number(y.split('.')[0]) || Number(x.split('.')[1]) - Number(y.split('.')[1]),
        )
        const affected = (v: string | undefined) => builds.filter((build) => matched(s, v ?? '', [build]).length > 0)
        // An apk counts a leading zero behind a dot as a fraction, so that its order of these texts is another one.
        fc.pre(s !== 'apk' || ![a, b, ...builds].some((v) => v.endsWith('.0')))
        expect(affected(low)).toEqual(expect.arrayContaining(affected(high)))
      }),
      { numRuns: 300 },
    )
  })

  test('a host that got what it needed needs nothing any more', () => {
    fc.assert(
      fc.property(scheme, version, fc.array(version, { maxLength: 4 }), (s, installed, builds) => {
        const [match] = matched(s, installed, builds)
        if (!match) return
        const fixed = builds.map((v) => fixedIn(s, 'thing', text(s, v)))
        expect(run([install(s, 'thing', match.fixed)], fixed)).toEqual([])
      }),
    )
  })
})

describe('a notice that only names products', () => {
  const products = ['openjdk-17', 'openjdk-17-jre', 'openjdk', 'python3.11', 'google-chrome', 'chrome', 'chromedriver', '7zip']

  test.each([
    [['openjdk'], ['openjdk-17', 'openjdk']],
    [['OpenJDK 17'], ['openjdk-17', 'openjdk']],
    [['openjdk 11'], ['openjdk']],
    [['Google Chrome'], ['google-chrome']],
    [['chrome'], ['chrome']],
    [['python'], ['python3.11']],
    [['7zip'], ['7zip']],
    [['zip', 'jdk', 'chrom', ''], []],
  ])('%j may mean %j', (names, expected) => {
    expect(namedProducts(names, products)).toEqual(expected)
  })

  test('the evidence says what is known and what is not', () => {
    const assets = [host([install('dpkg', 'openjdk-17', '17.0.9+9-1'), install('dpkg', 'bash', '5.1')])]
    expect(possibleMatches({ vendorId: 'notice-7', names: ['openjdk'] }, assets)).toEqual([
      {
        host: 'web-01',
        product: 'openjdk-17',
        arch: 'amd64',
        scheme: 'dpkg',
        installed: '17.0.9+9-1',
        name: 'openjdk',
        rule: 'openjdk-17.amd64 17.0.9+9-1 is installed, and notice-7 names "openjdk" without saying which versions are affected.',
      },
    ])
  })

  test('a person says what is fixed: one build per scheme and stream, and the hosts below it match', () => {
    const assets = [
      host([install('dpkg', 'openjdk-17', '17.0.9-1')], ['Debian:12']),
      host([install('dpkg', 'openjdk-17', '17.0.10-1')], ['Debian:12', 'extra'], 'web-02'),
      host([install('dpkg', 'openjdk-17', '17.0.8-1')], [], 'web-03'),
    ]
    const builds = buildsFromPerson({ product: 'openjdk-17', fixedVersion: '17.0.10-1', assets })
    if (!builds.ok) throw new Error(builds.refusal.text)
    expect(builds.value.map((b) => [b.stream, b.scheme, b.arch])).toEqual([
      ['*', 'dpkg', '*'],
      ['Debian:12', 'dpkg', '*'],
      ['extra', 'dpkg', '*'],
    ])
    expect(matchBulletin({ vendorId: 'notice-7', fixed: builds.value, unfixed: [] }, assets).map((m) => m.host)).toEqual([
      'web-01',
      'web-03',
    ])
  })

  test.each([
    ['openjdk', '17.0.10-1', 'PRODUCT_UNKNOWN', 'No host of the inventory has a package "openjdk".'],
    ['openjdk-17', 'the newest', 'VERSION_UNREADABLE', 'Expected a version of dpkg such as 3.0.11-1~deb12u2, got "the newest".'],
  ])('%s %s is refused: %s', (product, fixedVersion, code, text) => {
    const assets = [host([install('dpkg', 'openjdk-17', '17.0.9-1')])]
    expect(buildsFromPerson({ product, fixedVersion, assets })).toEqual({ ok: false, refusal: { code, text } })
  })
})
