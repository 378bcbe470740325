import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from '../../adapters/sources/csaf/parse.ts'
import { loadFleet } from '../../src/core/assess/fleet.ts'
import { canonicalJson, sha256Hex } from '../../src/core/canonical.ts'
import type { Policy } from '../../src/core/policy.ts'
import type { DatedBulletin } from '../../src/core/replay/course.ts'
import { type Delays, readDelays } from '../../src/core/replay/delays.ts'
import { type Replayed, replay } from '../../src/core/replay/replay.ts'
import { policy } from '../support/change.ts'
import { sampleFile, sampleIndex } from '../support/csaf.ts'

const fleet = JSON.parse(readFileSync(new URL('../../manifests/sample/fleet.json', import.meta.url), 'utf8')) as unknown
const assets = loadFleet(fleet, new Date('2023-01-01T00:00:00Z'))

const told = (file: string): DatedBulletin => {
  const bytes = sampleFile(file)
  const read = parse('sample', JSON.parse(bytes.toString('utf8')))
  if (!read.ok) throw new Error(read.problem)
  return { bulletin: read.bulletin, digest: sha256Hex(bytes.toString('utf8')) }
}
const bulletins = [...sampleIndex.history, ...sampleIndex.arrivals.filter((a) => !a.id.includes('tampered')).map((a) => a.file)].map(told)

const delays = (...texts: string[]): Delays => {
  const read = readDelays(texts)
  if (!read.ok) throw new Error(read.refusal.text)
  return read.value
}
const run = (some: Partial<{ delays: Delays; bulletins: readonly DatedBulletin[]; policy: Policy }> = {}): Replayed =>
  replay({ policy, policyHash: 'h'.repeat(64), assets, bulletins, delays: delays(), ...some })

describe('a year of bulletins through policy and fleet', () => {
  const replayed = run()

  test('every bulletin is accounted for', () => {
    const { bulletins: all, unmatched, revisedWhileOpen, changes } = replayed
    expect(all).toBe(bulletins.length)
    expect(changes.length).toBeGreaterThan(2)
    expect(unmatched).toBeGreaterThan(0)
    expect(changes.length + unmatched + revisedWhileOpen).toBeLessThanOrEqual(all)
  })

  test('a change is rolled out to every host that a runner can reach, inside a window', () => {
    const change = replayed.changes.find(({ bulletin }) => bulletin === 'RHSA-2023:3408')
    expect(change).toMatchObject({ class: 'medium', start: 'met', complete: 'met' })
    expect(change?.stuck).toBeUndefined()
    expect(change?.verified).toBe((change?.hosts ?? 0) - (change?.leftOut ?? 0))
    expect(Date.parse(change?.startedAt ?? '')).toBeGreaterThan(Date.parse(change?.openedAt ?? ''))
  })

  test('what was patched is no longer affected: the older openssl advisory, told again later, opens nothing', () => {
    const openssl = bulletins.find(({ bulletin }) => bulletin.vendorId === 'RHSA-2023:3408')
    if (!openssl) throw new Error('the sample has no openssl')
    const again = { ...openssl, bulletin: { ...openssl.bulletin, vendorId: 'RHSA-2023:9999', updatedAt: '2023-12-01T00:00:00.000Z' } }
    const { changes } = run({ bulletins: [openssl, again] })
    const second = changes.filter(({ bulletin }) => bulletin === 'RHSA-2023:9999')
    // Only hosts that no plan could take are still open.
    expect(second.map(({ hosts }) => hosts)).toEqual(changes[0]?.leftOut ? [changes[0].leftOut] : [])
  })

  test('the same input gives the same bytes, in whatever order the bulletins come', () => {
    expect(canonicalJson(run())).toBe(canonicalJson(replayed))
    expect(canonicalJson(run({ bulletins: bulletins.toReversed() }))).toBe(canonicalJson(replayed))
  })

  test('a policy without a window leaves every change stuck, and says why', () => {
    const never = {
      ...policy,
      blackouts: [{ name: 'Freeze', from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', reason: 'for ever' }],
    }
    const { changes, totals } = run({ policy: never })
    expect(totals.stuck).toBe(changes.filter(({ start }) => start !== 'awaits a rollup').length)
    expect(changes[0]?.stuck).toContain('no window')
  })

  test('a quorum that nobody can meet is said', () => {
    const people = policy.people.filter(({ roles }) => !roles.includes('security'))
    const { changes } = run({ policy: { ...policy, people } })
    expect(changes.some(({ stuck }) => stuck === 'the quorum of the policy cannot be met')).toBe(true)
  })

  test('property: people who take longer never meet more deadlines', () => {
    const met = ({ totals }: Replayed): number => totals.start.met + totals.complete.met
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), (a, b) => {
        const [short, long] = [Math.min(a, b), Math.max(a, b)]
        const all = (h: number) => delays(`patch-team=${h}h`, `operations=${h}h`, `security=${h}h`)
        expect(met(run({ delays: all(long) }))).toBeLessThanOrEqual(met(run({ delays: all(short) })))
      }),
      { numRuns: 25 },
    )
  })
})

describe('delays', () => {
  test.each([
    ['security=4h', 'security', 4 * 3_600_000],
    ['patch-team=30m', 'patch-team', 1_800_000],
    ['operations=2d', 'operations', 172_800_000],
  ] as const)('%s', (text, role, ms) => {
    expect(delays(text)[role]).toBe(ms)
    expect(delays(text).manager).toBe(3_600_000)
  })

  test.each([
    '',
    'security',
    'security=',
    'security=4',
    'security=4w',
    'nobody=4h',
    'security=-4h',
    'security=4h ',
    '__proto__=4h',
  ])('"%s" is refused', (text) => {
    expect(readDelays([text])).toMatchObject({ ok: false, refusal: { code: 'DELAY_INVALID' } })
  })
})
