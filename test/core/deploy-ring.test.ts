import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planRings, type RingCandidate, type RingTerms } from '../../src/core/deploy/ring.ts'
import type { RingRule } from '../../src/core/policy.ts'

const NOW = '2026-11-23T12:00:00.000Z'
const FRESH: RingTerms = {
  now: NOW,
  staleAfterDays: 7,
  foreign: { plan: 'with-sponsor', sponsorDays: 90 },
  remote: { lastRing: true, silentAfterMinutes: 1440 },
}
const host = (name: string, more: Partial<RingCandidate> = {}): RingCandidate => ({
  host: name,
  environment: 'production',
  criticality: 'normal',
  patchTeam: false,
  managed: true,
  lastSeen: '2026-11-23T08:00:00.000Z',
  location: 'data centre',
  ownership: 'company',
  ...more,
})
const ring = (id: string, share: number, atLeast: number): RingRule => ({
  id,
  name: id,
  share,
  atLeast,
  soakMinutes: 30,
  maxFailures: 1,
  minVerified: 0.95,
})
const RULES = [ring('pilot', 0.1, 2), ring('early', 0.3, 1), ring('rest', 1, 1)]
const TEN = Array.from({ length: 10 }, (_, i) => host(`web-${i}`))
const placed = (hosts: readonly RingCandidate[], rules = RULES) =>
  planRings(hosts, rules, FRESH).rings.map(({ id, hosts: inside }) => `${id}: ${inside.join(' ')}`)

describe('planning rings', () => {
  test('shares are of what is left, rounded up, at least the minimum; the last ring takes the rest', () => {
    expect(placed(TEN)).toEqual(['pilot: web-0 web-1', 'early: web-2 web-3 web-4', 'rest: web-5 web-6 web-7 web-8 web-9'])
  })

  test('the pilot is on production systems that are not mission critical, the patch team’s own first', () => {
    const hosts = [
      host('a-test', { environment: 'test' }),
      host('b-critical', { criticality: 'mission-critical' }),
      host('c-plain'),
      host('d-plain'),
      host('z-own', { patchTeam: true }),
    ]
    expect(placed(hosts)).toEqual(['pilot: z-own c-plain', 'early: d-plain', 'rest: a-test b-critical'])
  })

  test('mission critical and stale hosts are in the last ring, the stale ones at its end', () => {
    const hosts = [host('a', { lastSeen: '2026-11-10T00:00:00.000Z' }), host('b', { criticality: 'mission-critical' }), ...TEN]
    expect(planRings(hosts, RULES, FRESH).rings.at(-1)?.hosts.slice(-2)).toEqual(['b', 'a'])
  })

  test('a host that nobody can say was seen is stale', () => {
    expect(
      planRings([host('a', { lastSeen: '' }), ...TEN], RULES, FRESH)
        .rings.at(-1)
        ?.hosts.at(-1),
    ).toBe('a')
  })

  test('unmanaged hosts are not planned, and named with the reason', () => {
    const plan = planRings([...TEN, host('kiosk', { managed: false })], RULES, FRESH)
    expect(plan.leftOut).toEqual([{ host: 'kiosk', reason: 'unmanaged: no runner can reach it' }])
    expect(plan.rings.flatMap(({ hosts }) => hosts)).not.toContain('kiosk')
  })

  test('without an ordinary production system the pilot is as small as can be, and a note says what it is', () => {
    const plan = planRings(
      ['a', 'b', 'c', 'd'].map((name) => host(name, { criticality: 'mission-critical' })),
      RULES,
      FRESH,
    )
    expect(plan.rings.map(({ hosts }) => hosts)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    expect(plan.notes).toEqual(['No ordinary production system to pilot on; the pilot is a (mission critical), b (mission critical).'])
  })

  const inDays = (days: number): string => new Date(Date.parse(FRESH.now) + days * 86_400_000).toISOString()
  const sponsored = (until: string) => host('kiosk', { ownership: 'customer', sponsor: { email: 'ines@example.com', until } })
  test.each<[string, RingTerms['foreign']['plan'], RingCandidate, string | null]>([
    ['never', 'never', sponsored('2027-01-01T00:00:00.000Z'), 'it belongs to a customer, and the policy plans no foreign hosts'],
    ['with a sponsor', 'with-sponsor', sponsored('2027-01-01T00:00:00.000Z'), null],
    [
      'whose sponsorship is over',
      'with-sponsor',
      sponsored('2026-11-23T12:00:00.000Z'),
      'it belongs to a customer, and its sponsor ines@example.com answered for it until 2026-11-23',
    ],
    ['whose sponsorship ends on the last day that the policy allows', 'with-sponsor', sponsored(inDays(90)), null],
    [
      'whose sponsorship ends a day later than that',
      'with-sponsor',
      sponsored(inDays(91)),
      `it belongs to a customer, and its sponsorship by ines@example.com ends on ${inDays(91).slice(0, 10)}, later than the 90 days that the policy allows`,
    ],
    [
      'whose end nobody can read',
      'with-sponsor',
      sponsored('soon'),
      'it belongs to a customer, and its sponsor ines@example.com answered for it until soon',
    ],
    [
      'without anybody',
      'with-sponsor',
      host('kiosk', { ownership: 'home' }),
      "it belongs to somebody's home, and nobody of the organisation answers for it: it needs a sponsor",
    ],
    ['always', 'always', host('kiosk', { ownership: 'contractor' }), null],
    ['of the organisation, whatever the policy says', 'never', host('kiosk'), null],
  ])('a foreign host %s', (_, plan, kiosk, reason) => {
    const planned = planRings([...TEN, kiosk], RULES, { ...FRESH, foreign: { ...FRESH.foreign, plan } })
    expect(planned.leftOut).toEqual(reason === null ? [] : [{ host: 'kiosk', reason }])
    expect(planned.rings.flatMap(({ hosts }) => hosts).includes('kiosk')).toBe(reason === null)
  })

  test('a remote host is in the last ring, the patch team’s own too, where the policy has it so', () => {
    const hosts = [host('a-remote', { location: 'remote', patchTeam: true }), ...TEN]
    expect(placed(hosts).at(-1)).toMatch(/a-remote$/)
    expect(planRings(hosts, RULES, { ...FRESH, remote: { ...FRESH.remote, lastRing: false } }).rings[0]?.hosts[0]).toBe('a-remote')
  })

  test('empty rings are left out; a ring keeps its thresholds', () => {
    expect(planRings([host('a')], RULES, FRESH).rings).toEqual([
      { id: 'pilot', name: 'pilot', hosts: ['a'], soakMinutes: 30, maxFailures: 1, minVerified: 0.95 },
    ])
    expect(planRings([], RULES, FRESH)).toEqual({ rings: [], leftOut: [], notes: [] })
  })

  test('a host that comes twice would run twice: a fault', () => {
    expect(() => planRings([host('a'), host('a')], RULES, FRESH)).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }))
  })
})

describe('properties of the rings', () => {
  const candidates = fc.uniqueArray(
    fc.record({
      host: fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'b', 'c', '1', '2') }),
      environment: fc.constantFrom('production' as const, 'test' as const),
      criticality: fc.constantFrom('mission-critical' as const, 'normal' as const),
      patchTeam: fc.boolean(),
      managed: fc.boolean(),
      lastSeen: fc.constantFrom('2026-11-23T08:00:00.000Z', '2026-10-01T00:00:00.000Z'),
      location: fc.constantFrom('office' as const, 'remote' as const),
      ownership: fc.constantFrom('company' as const, 'vendor' as const),
    }),
    { selector: ({ host: name }) => name, maxLength: 40 },
  )
  const rules = fc.array(
    fc
      .record({ share: fc.double({ min: 0.01, max: 1, noNaN: true }), atLeast: fc.integer({ min: 1, max: 5 }) })
      .map(({ share, atLeast }) => ring('r', share, atLeast)),
    { minLength: 1, maxLength: 4 },
  )
  const pilotable = (one: RingCandidate) =>
    one.managed &&
    one.environment === 'production' &&
    one.criticality === 'normal' &&
    one.lastSeen > '2026-11-16' &&
    one.location === 'office' &&
    one.ownership === 'company'

  test('no host twice, none lost, the pilot large enough and on ordinary production systems where there are some', () => {
    fc.assert(
      fc.property(candidates, rules, (hosts, of) => {
        const plan = planRings(hosts, of, FRESH)
        const everybody = [...plan.rings.flatMap((one) => one.hosts), ...plan.leftOut.map((one) => one.host)]
        expect(everybody.toSorted()).toEqual(hosts.map((one) => one.host).toSorted())
        const good = hosts.filter(pilotable).map((one) => one.host)
        const first = plan.rings[0]?.hosts ?? []
        expect(first.length).toBeGreaterThanOrEqual(Math.min(of[0]?.atLeast ?? 0, good.length))
        if (of.length > 1 && good.length > 0) expect(first.every((name) => good.includes(name))).toBe(true)
      }),
    )
  })

  test('the order of the input does not matter', () => {
    fc.assert(
      fc.property(candidates, rules, (hosts, of) => {
        expect(planRings(hosts.toReversed(), of, FRESH)).toEqual(planRings(hosts, of, FRESH))
      }),
    )
  })
})
