import { describe, expect, test } from 'vitest'
import { buildPlan } from '../../src/core/change/build-plan.ts'
import type { PatchFileResult } from '../../src/core/change/state.ts'
import { silentMinutes } from '../../src/core/deploy/report.ts'
import { planDigest } from '../../src/core/evaluate/plan.ts'
import type { Policy } from '../../src/core/policy.ts'
import { aHost, NOW, opened, policy } from '../support/change.ts'
import { aPatchFile } from '../support/patch-files.ts'

const OPENING = { window: 'weekday-night|2026-11-24T21:00:00.000Z', runner: 'manual', reboot: false, silent: true, undo: 'downgrade' }
const [weekday, ...others] = policy.windows
if (!weekday) throw new Error('the sample has windows')

function planned(rules: Policy, hosts = opened().hosts, patchFiles: readonly PatchFileResult[] = []) {
  const signs = new Map(hosts.map(({ host, lastSeen }) => [host, lastSeen]))
  const built = buildPlan({
    state: { ...opened({}, [...hosts]), patchFiles },
    inputs: OPENING,
    signs,
    now: NOW,
    policy: rules,
    hash: 'p'.repeat(64),
    exempt: new Map(),
    runners: [{ name: 'manual', rehearsal: false }],
  })
  if (!built.ok) throw new Error(built.refusal.text)
  return built.value
}

describe('a plan', () => {
  test('leaves out hosts that its window is not for, and says which one is', () => {
    const hosts = [aHost('web-01'), aHost('web-02'), aHost('db-01', { assetClass: 'databases' })]
    const forWeb = { ...policy, windows: [{ ...weekday, hosts: { assetClasses: ['web servers'] } }, ...others] }
    const plan = planned(forWeb, hosts)
    expect(plan.hosts.map(({ host }) => host)).toEqual(['web-01', 'web-02'])
    expect(plan.leftOut).toEqual([{ host: 'db-01', reason: 'the window "Weekday night" is not for it: its window is "Saturday evening"' }])
  })

  test('names the files that are proved by then, each once, and no others', () => {
    const [a, b] = ['b'.repeat(64), 'a'.repeat(64)]
    const files = [
      aPatchFile({ url: 'https://vendor.example/1', sha256: a }),
      aPatchFile({ url: 'https://vendor.example/2', sha256: a }),
      aPatchFile({ url: 'https://vendor.example/3', sha256: b }),
      aPatchFile({ url: 'https://vendor.example/4', sha256: 'c' }, 'fail'),
      aPatchFile({ url: 'https://vendor.example/5', sha256: 'd' }, 'unavailable'),
    ]
    expect(planned(policy).patchHashes).toEqual([])
    const plan = planned(policy, opened().hosts, files)
    expect(plan.patchHashes).toEqual([b, a])
    expect(planDigest(plan)).not.toBe(planDigest(planned(policy)))
  })

  test('leaves out foreign hosts without a sponsor, and puts remote ones last', () => {
    const rules: Policy = {
      ...policy,
      foreign: { plan: 'with-sponsor', sponsorDays: 90 },
      remote: { lastRing: true, silentAfterMinutes: 1440 },
    }
    const sponsor = { email: 'ines@norderhafen.example', until: '2027-01-01T00:00:00.000Z' }
    const plan = planned(rules, [
      ...['web-01', 'web-02', 'web-03', 'web-04', 'web-05'].map((host) => aHost(host)),
      aHost('a-lap', { remote: true }),
      aHost('kiosk-01', { foreign: true, ownership: 'customer' }),
      aHost('kiosk-02', { foreign: true, ownership: 'customer', sponsor }),
    ])
    expect(plan.rings.at(-1)?.hosts).toContain('a-lap')
    expect(plan.leftOut.map(({ host }) => host)).toEqual(['kiosk-01'])
    expect(plan.hosts.map(({ host }) => host)).toContain('kiosk-02')
  })
})

test.each([
  [false, 10],
  [true, 1440],
])('remote %s: silent for %i minutes', (remote, minutes) => {
  expect(silentMinutes({ silentAfterMinutes: 10, remote: { lastRing: true, silentAfterMinutes: 1440 } }, remote)).toBe(minutes)
  expect(silentMinutes({ silentAfterMinutes: 60, remote: { lastRing: true, silentAfterMinutes: 5 } }, remote), 'never shorter').toBe(60)
})
