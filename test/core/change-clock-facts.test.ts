import { describe, expect, test } from 'vitest'
import { clockFactsOf, clockReasonOf, clocksOf, clockWordsOf } from '../../src/core/change/clock-facts.ts'
import type { Policy } from '../../src/core/policy.ts'
import { aVulnerability } from '../support/bulletin.ts'
import { aHost, facts, NOW, opened, policy } from '../support/change.ts'

const internet = aHost('web-01', { exposure: 'internet' })
const internal = aHost('db-01', { exposure: 'internal' })
const nobodySaid = aHost('db-02')
const inputs = (...of: Parameters<typeof opened>) => clockFactsOf(opened(...of)).inputs
const cve = (own: Parameters<typeof aVulnerability>[0]) => ({ vulnerabilities: [aVulnerability(own)] })

describe('what the clocks hang on', () => {
  test.each([
    ['any host on the internet', [internal, internet], true],
    ['all internal', [internal, internal], false],
    ['somebody has not said', [internal, nobodySaid], undefined],
    ['on the internet, whatever nobody has said', [nobodySaid, internet], true],
    ['no host at all', [], undefined],
  ])('exposed: %s', (_, hosts, exposed) => {
    expect(inputs({}, hosts).exposed).toBe(exposed)
  })

  test.each([
    ['yes', true],
    ['no', false],
    ['unknown', undefined],
  ] as const)('known exploited %s', (knownExploited, exploited) => {
    expect(inputs(cve({ knownExploited })).exploited).toBe(exploited)
  })

  test('automatable and impact as far as somebody has said', () => {
    expect(inputs(cve({}))).not.toHaveProperty('automatable')
    expect(inputs(cve({ automatable: 'no', impact: 'total' }))).toMatchObject({ automatable: false, 'total impact': true })
    expect(inputs({ vulnerabilities: [aVulnerability({ impact: 'partial' }), aVulnerability({})] })).not.toHaveProperty('total impact')
  })

  test('a kernel is the operating system', () => {
    const kernel = aHost('web-01', { packages: [{ name: 'kernel-rt', arch: 'x86_64', stream: 's', from: '1', to: '2' }] })
    expect(inputs({}, [kernel])['operating system']).toBe(true)
    expect(inputs({}, [internal])).not.toHaveProperty('operating system')
  })

  test('the earliest listing of what is exploited, and the release', () => {
    const two = [
      aVulnerability({ knownExploited: 'yes', exploitedSince: '2026-11-02T00:00:00.000Z' }),
      aVulnerability({ knownExploited: 'yes', exploitedSince: '2026-11-01T00:00:00.000Z' }),
    ]
    expect(clockFactsOf(opened({ vulnerabilities: two }))).toMatchObject({
      exploitedSince: '2026-11-01T00:00:00.000Z',
      publishedAt: facts.publishedAt,
    })
  })
})

const { startHours: _s, completeHours: _c, ...bare } = policy.classes.high
const bod: Policy = {
  ...policy,
  preset: 'bod-26-04',
  classes: { ...policy.classes, high: bare },
}

test('why, and what is not known, is said in a line', () => {
  const state = opened(cve({ knownExploited: 'yes', automatable: 'yes' }), [internal])
  expect(clockWordsOf(state, bod, 'high')).toBe('start within 3 days, complete within 3 days')
  expect(clockReasonOf(state, bod, 'high')).toBe(
    'known exploited, not internet-facing, automatable, total impact: 3 days and forensic triage (bod-26-04). Not known: whether its impact is partial or total; counted as the worst case.',
  )
  expect(clocksOf(state, bod, 'high', NOW)).toMatchObject({ missing: { inputs: ['total impact'] }, zero: facts.publishedAt })
  expect(clockReasonOf(state, policy, 'high'), 'the badge says the class').toBe('')
})
