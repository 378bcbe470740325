import { describe, expect, test } from 'vitest'
import { clocksFor, clockWords } from '../../src/core/evaluate/clocks.ts'
import { BOD_26_04_TABLE, type PresetName } from '../../src/core/evaluate/presets.ts'
import { type ClockFacts, durationWords, missingInputWords, termsFor } from '../../src/core/evaluate/terms.ts'
import type { ChangeClass, ClassRule, Policy } from '../../src/core/policy.ts'
import { policy } from '../support/change.ts'

const ZERO = '2026-11-23T09:00:00.000Z'
const RELEASE = '2026-11-20T09:00:00.000Z'
const facts = (inputs: ClockFacts['inputs'] = {}, own: Partial<ClockFacts> = {}): ClockFacts => ({ inputs, publishedAt: RELEASE, ...own })

/** The policy of a preset, with rules of its own for one class where they are given. */
function under(preset: PresetName, own: Partial<Policy> = {}, rule: Partial<ClassRule> = {}): Policy {
  const bare = ({ startHours: _s, startMonths: _m, completeHours: _c, ...rest }: ClassRule): ClassRule => ({ ...rest, ...rule })
  const { critical, high, medium, low } = policy.classes
  return { ...policy, preset, classes: { critical: bare(critical), high: bare(high), medium: bare(medium), low: bare(low) }, ...own }
}
const clocks = (rules: Policy, changeClass: ChangeClass, known: ClockFacts = facts(), at = ZERO) =>
  clocksFor({ policy: rules, class: changeClass, facts: known, at })

describe('chapter: both deadlines run from the classification', () => {
  test.each<[ChangeClass, string | null, string | null]>([
    ['critical', '2026-11-24T09:00:00.000Z', '2026-11-26T09:00:00.000Z'],
    ['high', '2026-11-30T09:00:00.000Z', '2026-12-07T09:00:00.000Z'],
    ['medium', '2026-12-23T09:00:00.000Z', '2027-01-07T09:00:00.000Z'],
    ['low', null, null],
  ])('%s', (name, startBy, completeBy) => {
    expect(clocks(policy, name)).toEqual({ zero: ZERO, startBy, completeBy, why: `${name} (chapter)` })
    expect(clocks(under('chapter'), name), 'hours that the file leaves out').toMatchObject({ zero: ZERO, startBy, completeBy })
  })
})

describe('essential-eight', () => {
  test.each<[string, ChangeClass, ClockFacts['inputs'], string, string]>([
    [
      'exposed and exploited',
      'low',
      { exposed: true, exploited: true },
      '2026-11-22T09:00:00.000Z',
      'internet-facing and known exploited: 48 h (essential-eight)',
    ],
    [
      'exposed and critical',
      'critical',
      { exposed: true, exploited: false },
      '2026-11-22T09:00:00.000Z',
      'internet-facing and critical: 48 h (essential-eight)',
    ],
    [
      'exposed, neither',
      'high',
      { exposed: true, exploited: false },
      '2026-12-04T09:00:00.000Z',
      'internet-facing, neither critical nor known exploited: 14 days (essential-eight)',
    ],
    [
      'internal operating system',
      'critical',
      { exposed: false, exploited: true, 'operating system': true },
      '2026-12-20T09:00:00.000Z',
      'internal operating system: 1 month (essential-eight)',
    ],
    [
      'internal application',
      'critical',
      { exposed: false, exploited: true, 'operating system': false },
      '2026-12-04T09:00:00.000Z',
      'internal application: 14 days (essential-eight)',
    ],
  ])('%s, from the release', (_, name, inputs, completeBy, why) => {
    const found = clocks(under('essential-eight'), name, facts(inputs))
    expect(found).toMatchObject({ zero: RELEASE, completeBy, why })
    expect(found.missing).toBeUndefined()
    expect(found.startBy && Date.parse(found.startBy), 'what is complete has started').toBeLessThanOrEqual(Date.parse(completeBy))
  })

  test('what nobody knows counts as the policy says, and is named where it matters', () => {
    const worst = clocks(under('essential-eight'), 'high', facts({ exploited: true }))
    expect(worst).toMatchObject({
      completeBy: '2026-11-22T09:00:00.000Z',
      missing: { inputs: ['exposed', 'operating system'], counted: 'worst' },
    })
    const best = clocks(under('essential-eight', { missingInputs: 'best' }), 'high', facts({ exploited: true }))
    expect(best).toMatchObject({ completeBy: '2026-12-20T09:00:00.000Z', missing: { counted: 'best' } })
    // An exposed host makes the operating system irrelevant.
    expect(clocks(under('essential-eight'), 'high', facts({ exposed: true })).missing).toEqual({ inputs: ['exploited'], counted: 'worst' })
  })
})

describe('pci-dss', () => {
  test.each<[ChangeClass, string | null]>([
    ['critical', '2026-12-20T09:00:00.000Z'],
    ['high', null],
    ['low', null],
  ])('%s, from the release', (name, completeBy) => {
    expect(clocks(under('pci-dss'), name)).toMatchObject({ zero: RELEASE, completeBy })
  })
})

describe('bod-26-04', () => {
  const known = (code: string): ClockFacts['inputs'] => ({
    exploited: code[0] === 'Y',
    exposed: code[1] === 'Y',
    automatable: code[2] === 'Y',
    'total impact': code[3] === 'T',
  })

  // The directive's own table, row by row.
  test.each([
    ['NNNP', null, false],
    ['YNNP', 14, false],
    ['NYNP', 60, false],
    ['NNYP', 60, false],
    ['NNNT', null, false],
    ['YYNP', 14, false],
    ['YNYP', 14, false],
    ['NYYP', 14, false],
    ['YNNT', 14, false],
    ['NYNT', 14, false],
    ['NNYT', 60, false],
    ['YYYP', 3, false],
    ['YYNT', 3, true],
    ['YNYT', 3, true],
    ['NYYT', 3, false],
    ['YYYT', 3, true],
  ])('%s: %s days, forensic triage %s', (code, days, triage) => {
    const found = clocks(under('bod-26-04', { zone: 'UTC' }), 'critical', facts(known(code)))
    expect(found.completeBy).toBe(days === null ? null : new Date(Date.parse(RELEASE) + days * 86_400_000).toISOString())
    expect(found.triage).toEqual(
      triage
        ? { scopeBy: '2026-11-23T11:00:00.000Z', evidenceBy: '2026-11-24T09:00:00.000Z', escalateBy: '2026-11-26T09:00:00.000Z' }
        : undefined,
    )
    if (days === null)
      expect(found).toMatchObject({ startBy: null, why: expect.stringMatching(/at the next scheduled upgrade \(bod-26-04\)$/) })
  })

  test('the table has each of the sixteen answers once', () => {
    expect(new Set(BOD_26_04_TABLE.map(([code]) => code)).size).toBe(16)
  })

  test('says all four answers', () => {
    expect(clocks(under('bod-26-04'), 'high', facts(known('YYNT'))).why).toBe(
      'known exploited, internet-facing, not automatable, total impact: 3 days and forensic triage (bod-26-04)',
    )
  })

  test('a known exploited one counts from its listing, any other from the release', () => {
    const since = { exploitedSince: '2026-11-22T00:00:00.000Z' }
    expect(clocks(under('bod-26-04'), 'high', facts(known('YNNP'), since)).zero).toBe(since.exploitedSince)
    expect(clocks(under('bod-26-04'), 'high', facts(known('NYNP'), since)).zero).toBe(RELEASE)
  })

  test('nothing known: the worst case is 3DF, the best the next upgrade', () => {
    const worst = termsFor(under('bod-26-04'), 'high', facts())
    expect(worst).toMatchObject({ complete: { days: 3 }, triage: true, missing: ['exploited', 'exposed', 'automatable', 'total impact'] })
    expect(termsFor(under('bod-26-04', { missingInputs: 'best' }), 'high', facts())).toMatchObject({ complete: 'upgrade', triage: false })
    expect(missingInputWords(worst.missing.slice(1), 'worst')).toBe(
      'Not known: whether its hosts face the internet, whether an exploit can be automated, whether its impact is partial or total; counted as the worst case.',
    )
  })
})

describe('clock zero', () => {
  test('is not moved by another class, and a triage that runs goes on', () => {
    const inputs = { exploited: true, exposed: true, automatable: true, 'total impact': true }
    const before = clocks(under('bod-26-04'), 'high', facts(inputs))
    const after = clocksFor({ policy: under('bod-26-04'), class: 'low', facts: facts(inputs), at: '2026-12-01T09:00:00.000Z', before })
    expect(after).toMatchObject({ zero: before.zero, triage: before.triage })
    const later = { policy, class: 'critical' as const, facts: facts(), at: '2026-12-01T09:00:00.000Z' }
    expect(clocksFor({ ...later, before: clocks(policy, 'high') })).toMatchObject({ zero: ZERO, startBy: '2026-11-24T09:00:00.000Z' })
  })

  test('a release in the future gives no time away', () => {
    expect(clocks(under('pci-dss'), 'critical', facts({}, { publishedAt: '2027-01-01T00:00:00.000Z' })).zero).toBe(ZERO)
  })
})

describe("the policy's own hours win over the preset's", () => {
  test('to complete', () => {
    const own = under('essential-eight', {}, { completeHours: 24 })
    expect(clocks(own, 'high', facts({ exposed: true }))).toEqual({
      zero: RELEASE,
      startBy: '2026-11-21T09:00:00.000Z',
      completeBy: '2026-11-21T09:00:00.000Z',
      why: "high: hours of the policy's own",
    })
    expect(clocks(under('pci-dss', {}, { completeHours: null }), 'critical').completeBy).toBeNull()
  })

  test('to start, and a null awaits a rollup', () => {
    expect(clocks(under('essential-eight', {}, { startHours: 1 }), 'low', facts({ exposed: true })).startBy).toBe(
      '2026-11-20T10:00:00.000Z',
    )
    expect(clocks(under('essential-eight', {}, { startHours: null }), 'critical', facts({ exposed: true })).startBy).toBeNull()
  })
})

describe('a month is a calendar month in the zone of the organisation', () => {
  const month = (zone: string): Policy => ({ ...under('chapter', {}, { startHours: null, startMonths: 1, completeHours: null }), zone })
  test.each([
    ['31 January: the last day of February', '2026-01-31T09:00:00.000Z', 'Europe/Berlin', '2026-02-28T09:00:00.000Z'],
    ['31 January of a leap year', '2028-01-31T09:00:00.000Z', 'Europe/Berlin', '2028-02-29T09:00:00.000Z'],
    ['30 April: 30 May', '2026-04-30T09:00:00.000Z', 'Europe/Berlin', '2026-05-30T09:00:00.000Z'],
    ['across the spring change: the same time of day', '2026-03-15T09:00:00.000Z', 'Europe/Berlin', '2026-04-15T08:00:00.000Z'],
    ['across the autumn change: the same time of day', '2026-10-15T08:00:00.000Z', 'Europe/Berlin', '2026-11-15T09:00:00.000Z'],
    ['already the 31st in Berlin, and April has 30 days', '2026-03-30T23:30:00.000Z', 'Europe/Berlin', '2026-04-29T23:30:00.000Z'],
    ['the same instant is the 30th in New York', '2026-03-30T23:30:00.000Z', 'America/New_York', '2026-04-30T23:30:00.000Z'],
    [
      '5 in the morning UTC on 1 March is 28 February in Honolulu',
      '2026-03-01T05:00:00.000Z',
      'Pacific/Honolulu',
      '2026-03-29T05:00:00.000Z',
    ],
  ])('%s', (_, zero, zone, startBy) => {
    expect(clocks(month(zone), 'high', facts(), zero).startBy).toBe(startBy)
  })

  test('hours are elapsed time: 24 of them across the spring change end an hour later on the wall', () => {
    const rules = under('chapter', {}, { startHours: 24, completeHours: 48 })
    expect(clocks(rules, 'high', facts(), '2026-03-28T11:00:00.000Z')).toMatchObject({
      startBy: '2026-03-29T11:00:00.000Z',
      completeBy: '2026-03-30T11:00:00.000Z',
    })
  })
})

describe('what cannot be read is a fault, never a deadline', () => {
  test.each([
    ['an unknown zone', ZERO, 'Europe/Norderhafen'],
    ['no instant', 'yesterday', 'Europe/Berlin'],
  ])('%s', (_, at, zone) => {
    expect(() => clocks({ ...policy, zone }, 'high', facts(), at)).toThrow(expect.objectContaining({ code: 'ZONE_INVALID' }))
  })
})

describe('in words', () => {
  test.each<[ChangeClass, string]>([
    ['critical', 'start within 24 hours, complete within 72 hours'],
    ['high', 'start within 1 week, complete within 2 weeks'],
    ['medium', 'start within 1 month, complete within 45 days'],
    ['low', 'await a rollup or service pack, no deadline to complete'],
  ])('%s', (name, words) => {
    expect(clockWords(policy, name, facts())).toBe(words)
    expect(clockWords(under('chapter'), name, facts())).toBe(words)
  })

  test('two months, and the next upgrade', () => {
    const months = under('chapter', {}, { startMonths: 2, completeHours: null })
    expect(clockWords(months, 'high', facts())).toBe('start within 2 months, no deadline to complete')
    const none = { exploited: false, exposed: false, automatable: false, 'total impact': false }
    expect(clockWords(under('bod-26-04'), 'high', facts(none))).toBe('fix at the next scheduled upgrade')
  })

  test.each([
    [1, '1 hour'],
    [24, '24 hours'],
    [72, '72 hours'],
    [96, '4 days'],
    [100, '100 hours'],
    [168, '1 week'],
    [336, '2 weeks'],
    [1080, '45 days'],
  ])('%i hours: %s', (hours, words) => {
    expect(durationWords(hours)).toBe(words)
  })
})
