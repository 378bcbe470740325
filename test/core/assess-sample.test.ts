import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parse } from '../../adapters/sources/csaf/parse.ts'
import { affectedHosts, countAffected } from '../../src/core/assess/affected.ts'
import type { Asset } from '../../src/core/assess/asset.ts'
import { baselineStatus, moveBaseline } from '../../src/core/assess/baseline.ts'
import { loadFleet } from '../../src/core/assess/fleet.ts'
import { matchBulletin } from '../../src/core/assess/match.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { policySchema } from '../../src/core/policy.ts'
import { asset } from './assess-support.ts'

// The facts that manifests/sample/README.md promises, against the sample's documents.
const NOW = new Date('2026-11-23T12:00:00.000Z')
const json = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../manifests/sample/${name}`, import.meta.url), 'utf8'))
const fleet = loadFleet(json('fleet.json'), NOW)
const policy = policySchema.parse(json('policy.json'))

/** A real document of the sample, read as the source reads it. */
function real(file: string): Bulletin {
  const parsed = parse('sample-csaf', json(`csaf/${file}.json`))
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.bulletin
}

const openssl = real('arrivals/01-openssl/rhsa-2023_3408')
const kernelRt = real('arrivals/02-kernel-rt/rhsa-2023_4378')
const rhc = real('arrivals/03-known-exploited/rhsa-2023_5835')
const webMethods = real('arrivals/04-webmethods/va-24-254-01')
const older = real('arrivals/07-openssl-derived/sample-2022_0001')
const microcode = real('history/rhsa-2021_3029')
const cAres = real('history/rhsa-2023_7207')
const tigervnc = real('history/rhsa-2024_0010')
const bind = real('history/rhsa-2025_23414')

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
  ['the CISA advisory', webMethods, []],
  ['the older openssl advisory', older, ['api-01', 'edge-03']],
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
      noFix: 0,
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

test('the policy pins the sample’s key', () => {
  expect(policy.sources).toMatchObject([
    z.object({ keyFingerprint: z.string(), keyOwner: z.string(), namespaces: z.array(z.string()) }).parse(json('csaf/index.json')),
  ])
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

test('after the review: patched hosts are at the baseline and out of the older advisory, the one left behind is below and in it', () => {
  const patch = (host: Asset): Asset => ({ ...host, installs: asset(host.host, ['openssl-1:1.1.1k-9.el8_6.x86_64']).installs })
  const patched = affected(openssl)
    .filter(({ unmanaged }) => !unmanaged)
    .map(({ host }) => patch(named(host)))
  const baseline = moveBaseline([], [...patched, patch(named('edge-01'))], openssl.fixed)
  const after = fleet.map((host) => patched.find((one) => one.host === host.host) ?? host)

  expect(new Set(patched.map((host) => baselineStatus(host, baseline).status))).toEqual(new Set(['at']))
  expect(matchBulletin(older, after).map(({ host }) => host)).toEqual(['edge-03', 'edge-03'])
  expect(baselineStatus(named('edge-03'), baseline).status).toBe('below')
  expect(baselineStatus(named('web-04'), baseline).status).toBe('above')
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
