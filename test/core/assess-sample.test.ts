import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { affectedHosts, countAffected } from '../../src/core/assess/affected.ts'
import { baselineStatus, moveBaseline } from '../../src/core/assess/baseline.ts'
import { loadFleet } from '../../src/core/assess/fleet.ts'
import { matchBulletin } from '../../src/core/assess/match.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { policySchema } from '../../src/core/policy.ts'
import { asset, build, bulletin } from './assess-support.ts'

// The facts that manifests/sample/README.md promises, against the fixed builds of the real documents.
const NOW = new Date('2026-11-23T12:00:00.000Z')
const json = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../manifests/sample/${name}`, import.meta.url), 'utf8'))
const fleet = loadFleet(json('fleet.json'), NOW)
const policy = policySchema.parse(json('policy.json'))

const each = (streams: readonly string[], names: readonly string[], rest: string) =>
  streams.flatMap((stream) => names.map((name) => build(stream, `${name}-${rest}`)))

const openssl = bulletin('RHSA-2023:3408', [
  ...each(['BaseOS-8.6.0.Z.EUS'], ['openssl', 'openssl-libs', 'openssl-devel', 'openssl-perl'], '1:1.1.1k-9.el8_6.x86_64'),
  ...each(['BaseOS-8.6.0.Z.EUS'], ['openssl-libs', 'openssl-devel'], '1:1.1.1k-9.el8_6.i686'),
])
const kernelRt = bulletin('RHSA-2023:4378', [
  ...each(
    ['NFV-9.2.0.Z.MAIN.EUS', 'RT-9.2.0.Z.MAIN.EUS'],
    ['kernel-rt', 'kernel-rt-core', 'kernel-rt-modules', 'kernel-rt-modules-core'],
    '0:5.14.0-284.25.1.rt14.310.el9_2.x86_64',
  ),
  ...each(['NFV-9.2.0.Z.MAIN.EUS'], ['kernel-rt-kvm'], '0:5.14.0-284.25.1.rt14.310.el9_2.x86_64'),
])
const rhc = bulletin(
  'RHSA-2023:5835',
  each(['7Client-7.9.Z', '7Server-7.9.Z', '7Workstation-7.9.Z'], ['rhc-worker-script'], '0:0.5-1.el7_9.x86_64'),
)
const microcode = bulletin(
  'RHSA-2021:3029',
  each(['7ComputeNode-7.7.EUS', '7Server-7.7.EUS'], ['microcode_ctl'], '2:2.1-53.18.el7_7.x86_64'),
)
const cAres = bulletin('RHSA-2023:7207', each(['BaseOS-8.9.0.Z.MAIN'], ['c-ares', 'c-ares-devel'], '0:1.13.0-9.el8_9.1.x86_64'))
const tigervnc = bulletin('RHSA-2024:0010', [
  ...each(['AppStream-9.3.0.Z.MAIN'], ['tigervnc-server', 'tigervnc-server-minimal'], '0:1.13.1-3.el9_3.3.x86_64'),
  ...each(['AppStream-9.3.0.Z.MAIN'], ['tigervnc-license'], '0:1.13.1-3.el9_3.3.noarch'),
])
const bind = bulletin(
  'RHSA-2025:23414',
  each(
    ['6Server-ELS.EXTENSION', '6Server-optional-ELS.EXTENSION'],
    ['bind', 'bind-libs', 'bind-utils'],
    '32:9.8.2-0.68.rc1.el6_10.17.x86_64',
  ),
)

const affected = (document: Bulletin) => affectedHosts(matchBulletin(document, fleet), fleet, NOW, policy.staleAfterDays)
const names = (document: Bulletin) => affected(document).map(({ host }) => host)
const which = (
  document: Bulletin,
  what: 'missionCritical' | 'unmanaged' | 'stale' | 'remote' | 'foreign' | 'workstation' | 'rebootPending',
) => affected(document).flatMap((host) => (host[what] ? [host.host] : []))
const named = (name: string) => {
  const found = fleet.find(({ host }) => host === name)
  if (found === undefined) throw new Error(`no host ${name}`)
  return found
}

test('the fleet has 61 hosts', () => {
  expect(fleet).toHaveLength(61)
})

test.each<[string, Bulletin, string[]]>([
  [
    'openssl',
    openssl,
    [
      'api-01',
      'db-01',
      'db-02',
      'edge-03',
      'file-01',
      'gate-01',
      'lap-kofi',
      'patch-01',
      'test-web-01',
      'web-01',
      'web-02',
      'ws-ines',
      'ws-lena',
      'ws-mateo',
    ],
  ],
  ['kernel-rt', kernelRt, ['crane-01', 'crane-02', 'crane-03', 'crane-04', 'crane-05']],
  ['rhc-worker-script', rhc, ['cad-01', 'erp-01', 'erp-02', 'kiosk-01']],
  ['microcode_ctl', microcode, ['hyper-01', 'hyper-03']],
  ['c-ares', cAres, ['app-01', 'app-02', 'app-04', 'mail-01']],
  ['tigervnc', tigervnc, ['desk-01', 'desk-02', 'lap-jonas']],
  ['bind', bind, ['dns-01', 'dns-02']],
])('%s is for exactly these hosts', (_, document, hosts) => {
  expect(names(document)).toEqual(hosts)
})

describe('the openssl advisory', () => {
  test('has the figures of the first card', () => {
    expect(countAffected(affected(openssl))).toEqual({
      hosts: 14,
      missionCritical: 2,
      unmanaged: 1,
      stale: 1,
      remote: 1,
      foreign: 0,
      workstation: 4,
      rebootPending: 0,
    })
  })

  test.each<[Parameters<typeof which>[1], string[]]>([
    ['missionCritical', ['db-02', 'gate-01']],
    ['unmanaged', ['edge-03']],
    ['stale', ['file-01']],
    ['remote', ['lap-kofi']],
    ['workstation', ['lap-kofi', 'ws-ines', 'ws-lena', 'ws-mateo']],
  ])('%s: %j', (what, hosts) => {
    expect(which(openssl, what)).toEqual(hosts)
  })

  test('its workstations belong to end users of the policy, who can ask for a delay', () => {
    const endUsers = policy.people.filter(({ roles }) => roles.includes('end-user')).map(({ email }) => email)
    for (const host of affected(openssl).filter(({ workstation }) => workstation)) expect(endUsers).toContain(host.owner)
  })

  test('it has production hosts to pilot on that are not mission critical, managed and seen lately', () => {
    const pilots = affected(openssl).filter(
      (h) => h.environment === 'production' && !h.missionCritical && !h.unmanaged && !h.stale && !h.workstation,
    )
    expect(pilots.map(({ host }) => host)).toEqual(expect.arrayContaining(['web-01', 'web-02']))
  })

  test.each([
    ['web-03', 'openssl', '1:1.1.1k-9.el8_6', 'the backport: 1.1.1k looks older than upstream’s fixed 1.1.1t'],
    ['web-04', 'openssl', '1:1.1.1k-10.el8_6', 'a string compare puts 10 before 9'],
    ['portal-01', 'compat-openssl10', '1:1.0.2o-4.el8_6', 'a lower version of another package'],
    ['erp-04', 'openssl11-libs', '1:1.1.1k-5.el7', 'another package of another stream'],
    ['app-01', 'openssl', '1:1.1.1k-7.el8_6', 'the same lower build, on a host of stream 8.9'],
  ])('%s has %s %s and does not match: %s', (host, product, version) => {
    const installs = named(host).installs.map((i) => `${i.name} ${i.epoch}:${i.version}-${i.release}`)
    expect(installs).toContain(`${product} ${version}`)
    expect(names(openssl)).not.toContain(host)
  })
})

describe('the others', () => {
  test('crane-04 has the fixed kernel and runs the old one; crane-06 has restarted', () => {
    expect(which(kernelRt, 'rebootPending')).toEqual(['crane-04'])
    expect(named('crane-04').runningKernel?.release).toBe('284.18.1.rt14.303.el9_2')
    expect(named('crane-06').runningKernel?.release).toBe('284.25.1.rt14.310.el9_2')
  })

  test('foreign hosts: a vendor’s crane, a customer’s kiosk, a contractor’s hypervisor, a laptop from home', () => {
    expect([kernelRt, rhc, microcode, tigervnc].map((document) => which(document, 'foreign'))).toEqual([
      ['crane-05'],
      ['kiosk-01'],
      ['hyper-03'],
      ['lap-jonas'],
    ])
  })

  test('epochs decide before versions: hyper-03 and dns-02 have later versions of a lower epoch', () => {
    expect(matchBulletin(microcode, fleet).find(({ host }) => host === 'hyper-03')?.installed).toBe('1:2.1-73.9.el7')
    expect(matchBulletin(bind, fleet).find(({ host }) => host === 'dns-02')?.installed).toBe('0:9.11.37-1.local')
  })

  test('app-04 has the build before the rebuild that fixes', () => {
    expect(matchBulletin(cAres, fleet).find(({ host }) => host === 'app-04')?.installed).toBe('0:1.13.0-9.el8_9')
  })
})

test('an older openssl advisory, after the review of this one, finds verified hosts at the baseline and the rest below', () => {
  const updated = ['web-01', 'web-02'].map((host) => ({
    ...named(host),
    installs: asset(host, ['openssl-1:1.1.1k-9.el8_6.x86_64']).installs,
  }))
  const baseline = moveBaseline([], updated, openssl.fixed)
  expect(updated.map((host) => baselineStatus(host, baseline).status)).toEqual(['at', 'at'])
  expect(baselineStatus(named('test-web-01'), baseline).status).toBe('below')
  expect(baselineStatus(named('web-04'), baseline).status).toBe('above')
  expect(baselineStatus(named('db-01'), baseline).status).toBe('none')
})

describe('a fleet file that is wrong', () => {
  const good = { hosts: [(json('fleet.json') as { hosts: Record<string, unknown>[] }).hosts[0]] }
  test.each<[string, unknown, string]>([
    ['not a fleet', [], 'expected object'],
    [
      'a package that cannot be read',
      { hosts: [{ ...good.hosts[0], installs: ['openssl'] }] },
      'hosts.0.installs.0: expected name-epoch:version-release.arch, received "openssl"',
    ],
    ['a host twice', { hosts: [good.hosts[0], good.hosts[0]] }, 'hosts.1.host: "web-01" is there twice'],
    ['a name in capitals', { hosts: [{ ...good.hosts[0], host: 'WEB-01' }] }, 'expected a host name in lower case'],
    ['a field that nobody knows', { hosts: [{ ...good.hosts[0], colour: 'red' }] }, 'colour'],
  ])('%s is refused and says where', (_, file, message) => {
    expect(() => loadFleet(file, NOW)).toThrow(message)
  })

  test('hours since the last sign of life count back from now', () => {
    const [one] = loadFleet({ hosts: [{ ...good.hosts[0], seenHoursAgo: 25.5 }] }, NOW)
    expect(one?.lastSeen).toBe('2026-11-22T10:30:00.000Z')
  })
})
