import { expect, test } from 'vitest'
import { affectedHosts, countAffected } from '../../src/core/assess/affected.ts'
import type { Match } from '../../src/core/assess/match.ts'
import { asset, STREAM } from './assess-support.ts'

const NOW = new Date('2026-11-23T12:00:00.000Z')

function match(host: string, more: Partial<Match> = {}): Match {
  return {
    host,
    product: 'openssl',
    arch: 'x86_64',
    stream: STREAM,
    installed: '1:1.1.1k-7.el8_6',
    fixed: '1:1.1.1k-9.el8_6',
    status: 'affected',
    rule: 'because',
    ...more,
  }
}

test('one summary per matched host, sorted by name, with its packages from and to', () => {
  const assets = [asset('web-02', []), asset('idle-01', []), asset('web-01', [])]
  const hosts = affectedHosts([match('web-02'), match('web-01'), match('web-01', { product: 'openssl-libs' })], assets, NOW, 7)
  expect(hosts.map(({ host, packages }) => [host, packages.map(({ name, from, to }) => `${name} ${from} -> ${to}`)])).toEqual([
    ['web-01', ['openssl 1:1.1.1k-7.el8_6 -> 1:1.1.1k-9.el8_6', 'openssl-libs 1:1.1.1k-7.el8_6 -> 1:1.1.1k-9.el8_6']],
    ['web-02', ['openssl 1:1.1.1k-7.el8_6 -> 1:1.1.1k-9.el8_6']],
  ])
})

test('a host that only has to restart keeps its build: never a downgrade from a newer one to the fixed one', () => {
  const pending = match('crane-04', { status: 'reboot pending', installed: '0:5.14.0-284.30.1.el9_2', fixed: '0:5.14.0-284.25.1.el9_2' })
  const [host] = affectedHosts([pending], [asset('crane-04', [])], NOW, 7)
  expect(host).toMatchObject({ rebootPending: true, packages: [{ from: '0:5.14.0-284.30.1.el9_2', to: '0:5.14.0-284.30.1.el9_2' }] })
})

test('a host with one thing to install and one to restart is not merely waiting for a restart', () => {
  const matches = [match('crane-04', { status: 'reboot pending' }), match('crane-04', { product: 'openssl-libs' })]
  expect(affectedHosts(matches, [asset('crane-04', [])], NOW, 7)[0]?.rebootPending).toBe(false)
})

test.each([
  ['2026-11-16T12:00:00.000Z', false, 'exactly seven days ago'],
  ['2026-11-16T11:59:59.999Z', true, 'a millisecond longer'],
  ['2026-11-24T12:00:00.000Z', false, 'in the future: its clock is ahead'],
  ['never', true, 'unreadable counts as stale, not as fresh'],
])('last seen %s: stale is %s, %s', (lastSeen, stale) => {
  expect(affectedHosts([match('web-01')], [asset('web-01', [], { lastSeen })], NOW, 7)[0]?.stale).toBe(stale)
})

test('a host may count in several figures', () => {
  const assets = [
    asset('a', [], { criticality: 'mission-critical', managed: false }),
    asset('b', [], { location: 'remote', workstation: true, ownership: 'home' }),
    asset('c', [], { ownership: 'customer', lastSeen: '2026-11-01T00:00:00.000Z' }),
  ]
  const matches = [match('a'), match('b'), match('c', { status: 'reboot pending' })]
  expect(countAffected(affectedHosts(matches, assets, NOW, 7))).toEqual({
    hosts: 3,
    missionCritical: 1,
    unmanaged: 1,
    stale: 1,
    remote: 1,
    foreign: 2,
    workstation: 1,
    rebootPending: 1,
    noFix: 0,
  })
})
