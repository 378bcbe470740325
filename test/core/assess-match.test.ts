import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kernelFlavour } from '../../src/core/assess/kernel.ts'
import { matchBulletin } from '../../src/core/assess/match.ts'
import { compareEvr } from '../../src/core/assess/rpm.ts'
import { asset, build, bulletin, nevra, STREAM } from './assess-support.ts'

const openssl = bulletin('RHSA-2023:3408', [
  build(STREAM, 'openssl-1:1.1.1k-9.el8_6.x86_64'),
  build(STREAM, 'openssl-libs-1:1.1.1k-9.el8_6.x86_64'),
  build(STREAM, 'openssl-libs-1:1.1.1k-9.el8_6.i686'),
  build(STREAM, 'openssl-1:1.1.1k-9.el8_6.src'),
])

describe('an ordinary package', () => {
  test.each<[string, string | null, string]>([
    ['openssl-1:1.1.1k-7.el8_6.x86_64', 'affected', 'a lower release'],
    ['openssl-1:1.1.1g-15.el8_3.x86_64', 'affected', 'a lower version with a higher release'],
    ['openssl-3.0.7-1.el8.x86_64', 'affected', 'a lower epoch, whatever the version'],
    ['openssl-1:1.1.1k-9.el8_6.x86_64', null, 'the fixed build itself, though upstream says that 1.1.1k is open'],
    ['openssl-1:1.1.1k-10.el8_6.x86_64', null, 'a later build, which a string compare puts before'],
    ['openssl-1:1.1.1k-7.el8_6.aarch64', null, 'an architecture that the bulletin does not name'],
    ['openssl-pkcs11-0.4.10-2.el8.x86_64', null, 'a name that only begins alike'],
    ['compat-openssl10-1:1.0.2o-4.el8_6.x86_64', null, 'a name that only contains it'],
  ])('%s: %s, %s', (installed, status) => {
    expect(matchBulletin(openssl, [asset('web-01', [installed])]).map((match) => match.status)).toEqual(status ? [status] : [])
  })

  test('the same package from another stream never matches', () => {
    const other = asset('app-01', ['openssl-1:1.1.1k-7.el8_6.x86_64'], { streams: ['BaseOS-8.9.0.Z.MAIN'] })
    expect(matchBulletin(openssl, [other])).toEqual([])
  })

  test('the match carries the evidence as a sentence', () => {
    expect(matchBulletin(openssl, [asset('web-01', ['openssl-1:1.1.1k-7.el8_6.x86_64'])])).toEqual([
      {
        host: 'web-01',
        product: 'openssl',
        arch: 'x86_64',
        stream: STREAM,
        installed: '1:1.1.1k-7.el8_6',
        fixed: '1:1.1.1k-9.el8_6',
        status: 'affected',
        rule: 'openssl.x86_64 1:1.1.1k-7.el8_6 is lower than 1:1.1.1k-9.el8_6, which RHSA-2023:3408 names as fixed in BaseOS-8.6.0.Z.EUS.',
      },
    ])
  })

  test('one match per product and architecture, sorted', () => {
    const installs = ['openssl-libs-1:1.1.1k-7.el8_6.x86_64', 'openssl-libs-1:1.1.1k-7.el8_6.i686', 'openssl-1:1.1.1k-7.el8_6.x86_64']
    const matches = matchBulletin(openssl, [asset('web-02', installs), asset('web-01', installs)])
    expect(matches.map(({ host, product, arch }) => `${host} ${product}.${arch}`)).toEqual([
      'web-01 openssl.x86_64',
      'web-01 openssl-libs.i686',
      'web-01 openssl-libs.x86_64',
      'web-02 openssl.x86_64',
      'web-02 openssl-libs.i686',
      'web-02 openssl-libs.x86_64',
    ])
  })

  test('an old build that an unfinished update left beside the fixed one still counts', () => {
    const twice = asset('web-01', ['openssl-1:1.1.1k-9.el8_6.x86_64', 'openssl-1:1.1.1k-7.el8_6.x86_64'])
    expect(matchBulletin(openssl, [twice])).toMatchObject([{ installed: '1:1.1.1k-7.el8_6', status: 'affected' }])
  })

  test('a bulletin without fixed builds matches nothing', () => {
    expect(matchBulletin(bulletin('VA-24-201-01', []), [asset('web-01', ['openssl-1:1.1.1k-7.el8_6.x86_64'])])).toEqual([])
  })
})

describe('kernels, which install side by side', () => {
  const RT = 'RT-9.2.0.Z.MAIN.EUS'
  const NFV = 'NFV-9.2.0.Z.MAIN.EUS'
  const fixed = 'kernel-rt-core-5.14.0-284.25.1.rt14.310.el9_2.x86_64'
  const old = 'kernel-rt-core-5.14.0-284.18.1.rt14.303.el9_2.x86_64'
  const oldest = 'kernel-rt-core-5.14.0-284.11.1.rt14.296.el9_2.x86_64'
  const newer = 'kernel-rt-core-5.14.0-284.30.1.rt14.315.el9_2.x86_64'
  const kernel = bulletin('RHSA-2023:4378', [build(RT, fixed), build(NFV, fixed)])
  const run = (installs: readonly string[], running?: string) =>
    matchBulletin(kernel, [asset('crane-01', installs, { streams: [RT, NFV], ...(running ? { runningKernel: nevra(running) } : {}) })])

  test.each([
    [[old], old, 'affected', '0:5.14.0-284.18.1.rt14.303.el9_2', 'only the old one is there'],
    [[oldest, old], oldest, 'affected', '0:5.14.0-284.18.1.rt14.303.el9_2', 'two old ones: the newer counts'],
    [[old, fixed], old, 'reboot pending', '0:5.14.0-284.25.1.rt14.310.el9_2', 'fixed installed, old running'],
    [[fixed, old], old, 'reboot pending', '0:5.14.0-284.25.1.rt14.310.el9_2', 'the same in another order'],
    [[old, newer], old, 'reboot pending', '0:5.14.0-284.30.1.rt14.315.el9_2', 'newer than fixed installed, old running'],
  ])('%j running %s: %s', (installs, running, status, installed) => {
    expect(run(installs, running)).toMatchObject([{ host: 'crane-01', status, installed }])
  })

  test.each<[string[], string | undefined, string]>([
    [[old, fixed], fixed, 'fixed installed and running'],
    [[old, newer], newer, 'newer than fixed running'],
    [[old, fixed], undefined, 'fixed installed, what runs is not known'],
    [[old, fixed], 'kernel-core-5.14.0-284.11.1.el9_2.x86_64', 'the host runs a kernel of another flavour'],
  ])('%j running %s does not match: %s', (installs, running) => {
    expect(run(installs, running)).toEqual([])
  })

  test('two streams that name the same build make one match, in the first stream by name', () => {
    expect(run([old], old).map((match) => match.stream)).toEqual([NFV])
  })

  test('the sentence names the kernel that runs', () => {
    expect(run([old, fixed], old)[0]?.rule).toBe(
      'kernel-rt-core.x86_64 0:5.14.0-284.25.1.rt14.310.el9_2 is installed, but the host runs kernel-rt-core 0:5.14.0-284.18.1.rt14.303.el9_2, ' +
        'lower than 0:5.14.0-284.25.1.rt14.310.el9_2, which RHSA-2023:4378 names as fixed in NFV-9.2.0.Z.MAIN.EUS.',
    )
  })

  test('headers for building are never what runs', () => {
    const devel = bulletin('RHSA-2023:4378', [build(RT, fixed.replace('core', 'devel'))])
    const host = asset('crane-01', [fixed.replace('core', 'devel')], { streams: [RT], runningKernel: nevra(old) })
    expect(matchBulletin(devel, [host])).toEqual([])
  })

  test.each([
    ['kernel', 'kernel'],
    ['kernel-modules-extra', 'kernel'],
    ['kernel-rt', 'kernel-rt'],
    ['kernel-rt-kvm', 'kernel-rt'],
    ['kernel-rt-debug-modules-core', 'kernel-rt-debug'],
    ['kernel-64k-core', 'kernel-64k'],
    ['kernel-tools', null],
    ['kernel-headers', null],
    ['kernelshark', null],
    ['microcode_ctl', null],
  ])('%s belongs to %s', (name, flavour) => {
    expect(kernelFlavour(name)).toBe(flavour)
  })
})

describe('for any inventory', () => {
  const arch = fc.constantFrom('x86_64', 'i686', 'noarch')
  const name = fc.constantFrom('openssl', 'openssl-libs', 'bind')
  const stream = fc.constantFrom('one', 'two', 'three')
  const part = fc.constantFrom('1', '1.0', '1.10', '1.9', '1.9~rc1', '1.9^git', '2', 'a')
  const evr = fc.record({ epoch: fc.nat(1), version: part, release: part })
  const install = fc.record({ name, arch, evr }).map(({ evr, ...rest }) => ({ scheme: 'rpm' as const, ...rest, ...evr }))
  const host = fc.record({ installs: fc.array(install, { maxLength: 5 }), streams: fc.uniqueArray(stream) })
  const assets = fc.array(host, { maxLength: 4 }).map((all) => all.map((more, i) => asset(`host-${i}`, [], more)))
  const fixed = fc.array(fc.record({ name, arch, stream, evr, scheme: fc.constant('rpm' as const), cves: fc.constant([]) }), {
    maxLength: 6,
  })

  test('a match is a lower build in one of the host’s own streams, and every such build is matched', () => {
    fc.assert(
      fc.property(assets, fixed, (assets, fixed) => {
        const expected = assets.flatMap(({ host, installs, streams }) =>
          installs
            .filter((i) =>
              fixed.some((b) => b.name === i.name && b.arch === i.arch && streams.includes(b.stream) && compareEvr(i, b.evr) < 0),
            )
            .map((i) => `${host} ${i.name}.${i.arch}`),
        )
        const found = matchBulletin(bulletin('X', fixed), assets).map(({ host, product, arch }) => `${host} ${product}.${arch}`)
        expect(new Set(found)).toEqual(new Set(expected))
        expect(found.length).toBe(new Set(found).size)
      }),
      { numRuns: 500 },
    )
  })

  test('a host at or above every fixed build never matches', () => {
    fc.assert(
      fc.property(
        fixed.filter((all) => all.length > 0),
        (fixed) => {
          const highest = fixed.map((b) => b.evr).reduce((a, b) => (compareEvr(a, b) < 0 ? b : a))
          const installs = fixed.map(({ name, arch }) => ({ scheme: 'rpm' as const, name, arch, ...highest }))
          expect(matchBulletin(bulletin('X', fixed), [asset('host', [], { installs, streams: ['one', 'two', 'three'] })])).toEqual([])
        },
      ),
    )
  })

  test('the order of hosts, installs, streams and builds does not matter', () => {
    fc.assert(
      fc.property(assets, fixed, (assets, fixed) => {
        const turned = assets.map((a) => ({ ...a, installs: a.installs.toReversed(), streams: a.streams.toReversed() })).toReversed()
        expect(matchBulletin(bulletin('X', fixed.toReversed()), turned)).toEqual(matchBulletin(bulletin('X', fixed), assets))
      }),
    )
  })
})
