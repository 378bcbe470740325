import { describe, expect, test } from 'vitest'
import type { AffectedHost, AffectedPackage } from '../../src/core/assess/affected.ts'
import { buildPlan } from '../../src/core/change/build-plan.ts'
import { supersedes, uniteHosts } from '../../src/core/change/unite.ts'
import { nextOpenings } from '../../src/core/deploy/window.ts'
import { aHost, evolved, given, NOW, opened, policy, UNTIL } from '../support/change.ts'
import { fixedIn } from './assess-support.ts'

const HOSTS = opened().hosts
const rematch = (hosts: readonly AffectedHost[]) => ({ kind: 'rematch', hosts, why: 'import 7' }) as const

describe('the hosts of a change follow the inventory', () => {
  const [gone, ...stay] = HOSTS
  const now = [...stay, aHost('web-99')]

  test.each(['alerted', 'testing', 'planning'] as const)('while it is %s', (phase) => {
    const before = given(UNTIL[phase])
    before
      .when(rematch(now), null)
      .yields({ kind: 'hosts renewed', hosts: now, added: ['web-99'], gone: [gone?.host ?? ''], why: 'import 7' })
    const after = before.when(rematch(now), null).state()
    expect([after.phase, after.hosts]).toEqual([before.state.phase, now])
  })

  test.each(['deciding', 'approved', 'told', 'reviewing'] as const)('not once it has its plan: %s', (phase) => {
    given(UNTIL[phase]).when(rematch(now), null).yields()
  })

  test('where nothing but a sign of life is new, nothing happens', () => {
    given(UNTIL.planning)
      .when(rematch(HOSTS.map((h) => ({ ...h, lastSeen: '2026-12-01T00:00:00.000Z' }))), null)
      .yields()
  })

  test('a build that nobody was to get before has to be tested', () => {
    const other = aHost('web-99', { packages: [{ name: 'openssl', arch: 'x86_64', stream: 'other', from: '1:1-1', to: '1:2-1' }] })
    const after = given(UNTIL.planning)
      .when(rematch([...HOSTS, other]), null)
      .state()
    expect([after.phase, after.tests.some((t) => t.outcome)]).toEqual(['testing', false])
  })

  test('no person does it', () => {
    given(UNTIL.planning).when(rematch(now), 'ana').refuses('HOUSE_ONLY')
  })
})

const one = (more: Partial<AffectedPackage>): AffectedPackage => ({
  name: 'curl',
  arch: 'amd64',
  stream: 'main',
  from: '7.88.1-10',
  to: '7.88.1-10',
  ...more,
})

describe('hosts for which no fix has been published', () => {
  const unfixed = one({ scheme: 'dpkg', noFix: true })
  const fixed = one({ scheme: 'dpkg', to: '7.88.1-10+deb12u5' })

  test('are left out of a plan, with the reason, and so are such packages of others', () => {
    const hosts = [
      aHost('web-01', { packages: [unfixed], noFix: true }),
      aHost('web-02', { packages: [unfixed, one({ name: 'bash', to: '5.2-3' })] }),
    ]
    const [rule] = policy.windows
    const opening = rule && nextOpenings(rule, policy.blackouts, NOW, 1)[0]
    const plan = buildPlan({
      state: { ...evolved(opened(), UNTIL.planning), hosts },
      inputs: { window: `${rule?.id}|${opening?.start}`, runner: 'manual', reboot: false, silent: true, undo: 'downgrade' },
      signs: new Map(hosts.map((h) => [h.host, h.lastSeen])),
      exempt: new Map(),
      now: NOW,
      policy,
      hash: 'p'.repeat(64),
      runners: [{ name: 'manual', rehearsal: false }],
    })
    expect(plan).toMatchObject({
      ok: true,
      value: {
        leftOut: [{ host: 'web-01', reason: 'no fix has been published' }],
        hosts: [{ host: 'web-02', packages: [{ name: 'bash', to: '5.2-3' }] }],
      },
    })
  })

  test.each([
    [unfixed, fixed],
    [fixed, unfixed],
  ])('of two bulletins, one of which has a fix, the fix counts: %#', (a, b) => {
    const noFix = (p: AffectedPackage) => (p.noFix ? ({ noFix: true } as const) : {})
    const { hosts } = uniteHosts([aHost('web-01', { packages: [a], ...noFix(a) })], [aHost('web-01', { packages: [b], ...noFix(b) })])
    expect(hosts.map((h) => [h.noFix ?? false, h.packages])).toEqual([[false, [fixed]]])
  })

  test('builds of any scheme are compared by its own order', () => {
    const higher = one({ scheme: 'dpkg', to: '7.88.1-10+deb12u12' })
    const united = uniteHosts([aHost('web-01', { packages: [higher] })], [aHost('web-01', { packages: [fixed] })])
    expect(united.hosts[0]?.packages).toEqual([higher])
    expect(united.incomparable).toEqual([])
    const later = fixedIn('dpkg', 'curl', '7.88.1-10+deb12u12')
    expect(supersedes([later], [aHost('web-01', { packages: [fixed] })])).toBe(true)
    expect(supersedes([{ ...later, introduced: '8.0' }], [aHost('web-01', { packages: [fixed] })]), 'its range begins later').toBe(false)
    expect(supersedes([later], [aHost('web-01', { packages: [unfixed] })]), 'there is nothing to bring').toBe(false)
  })
})
