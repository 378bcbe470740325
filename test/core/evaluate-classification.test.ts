import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { proposeClass } from '../../src/core/evaluate/classification.ts'
import type { KnownExploited, Severity, Vulnerability } from '../../src/core/identify/bulletin.ts'
import { type ChangeClass, CLASSES } from '../../src/core/policy.ts'
import { aVulnerability } from '../support/bulletin.ts'

const scored = (score: number | null, knownExploited: KnownExploited = 'no'): Vulnerability => {
  const { cvss: _, ...rest } = aVulnerability({ knownExploited })
  return score === null ? rest : { ...rest, cvss: { version: '3.1', vector: 'CVSS:3.1/A', score } }
}

const class_ = (severity: Severity, vulnerabilities: readonly Vulnerability[]): ChangeClass =>
  proposeClass({ severity, vulnerabilities }).class

describe('the publisher’s word decides, whatever the scores say', () => {
  test.each<[Severity, ChangeClass]>([
    ['critical', 'critical'],
    ['important', 'high'],
    ['moderate', 'medium'],
    ['low', 'low'],
  ])('%s -> %s', (severity, expected) => {
    expect(class_(severity, [])).toBe(expected)
    expect(class_(severity, [scored(9.8)])).toBe(expected)
    expect(class_(severity, [scored(0.1)])).toBe(expected)
  })
})

describe('without a word the highest base score decides, by the borders of CVSS', () => {
  test.each<[string, readonly (number | null)[], ChangeClass]>([
    ['10', [10], 'critical'],
    ['9.0', [9], 'critical'],
    ['8.9', [8.9], 'high'],
    ['7.0', [7], 'high'],
    ['6.9', [6.9], 'medium'],
    ['4.0', [4], 'medium'],
    ['3.9', [3.9], 'low'],
    ['0.1', [0.1], 'low'],
    ['the highest of several', [3, 9.1, 5], 'critical'],
    ['one of them without a score', [null, 7.5], 'high'],
    ['no score at all', [null], 'medium'],
    ['no vulnerability named', [], 'medium'],
  ])('%s', (_, scores, expected) => {
    expect(
      class_(
        'none',
        scores.map((s) => scored(s)),
      ),
    ).toBe(expected)
  })
})

describe('known exploited', () => {
  test.each<[Severity, ChangeClass]>([
    ['low', 'medium'],
    ['moderate', 'high'],
    ['important', 'critical'],
    ['critical', 'critical'],
  ])('raises %s to %s: one step and no further', (severity, expected) => {
    expect(class_(severity, [scored(5, 'yes'), scored(5, 'yes')])).toBe(expected)
  })

  test('also raises what the score alone proposed', () => {
    expect(class_('none', [scored(4.5, 'yes')])).toBe('high')
  })

  test.each<KnownExploited>(['no', 'unknown'])('%s raises nothing', (known) => {
    expect(class_('moderate', [scored(9.8, known)])).toBe('medium')
  })

  test('never lowers anything', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Severity>('critical', 'important', 'moderate', 'low', 'none'),
        fc.array(fc.float({ min: 0, max: 10, noNaN: true }), { maxLength: 4 }),
        (severity, scores) => {
          const plain = class_(
            severity,
            scores.map((s) => scored(s)),
          )
          const exploited = class_(severity, [...scores.map((s) => scored(s)), scored(0, 'yes')])
          const step = CLASSES.indexOf(plain) - CLASSES.indexOf(exploited)
          expect(step).toBe(plain === 'critical' ? 0 : 1)
        },
      ),
    )
  })
})

describe('the reasons', () => {
  test.each<[string, Severity, readonly Vulnerability[], readonly string[]]>([
    ['of a word', 'important', [], ['the publisher says important']],
    ['of a score', 'none', [scored(7.5)], ['the publisher says no severity; the highest CVSS base score is 7.5']],
    ['of nothing', 'none', [], ['the publisher says neither severity nor score']],
    ['of a step', 'moderate', [scored(5, 'yes')], ['the publisher says moderate', 'one step up, known exploited: CVE-2026-0001']],
    ['of no step left', 'critical', [scored(5, 'yes')], ['the publisher says critical', 'known exploited: CVE-2026-0001']],
  ])('%s', (_, severity, vulnerabilities, reasons) => {
    expect(proposeClass({ severity, vulnerabilities }).reasons).toEqual(reasons)
  })
})
