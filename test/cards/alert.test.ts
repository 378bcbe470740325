import { describe, expect, test } from 'vitest'
import { alertCard } from '../../src/cards/alert.ts'
import { testCard } from '../../src/cards/test.ts'
import type { ChangeEvent } from '../../src/core/change/command.ts'
import type { BulletinFacts } from '../../src/core/change/state.ts'
import type { Vulnerability } from '../../src/core/identify/bulletin.ts'
import { aVulnerability } from '../support/bulletin.ts'
import { aHost, classified, evolved, facts, HOSTS, later, opened, policy, T0, UNTIL } from '../support/change.ts'
import { ALERT, CHOICES, cardOf, expectShowable, labelsOf, stateAt, wordsOf } from '../support/change-cards.ts'

const words = (bulletin: Partial<BulletinFacts> = {}, hosts = HOSTS.map((h) => aHost(h))): string =>
  wordsOf(alertCard(opened(bulletin, hosts), ALERT))

describe('the alert says in a few lines what a decision needs', () => {
  test('as a reader sees it', () => {
    expect(words().split('\n').slice(0, 9)).toEqual([
      'HIGH AUTHENTIC',
      'openssl security update',
      'RHSA-2023:3408 rev 3 · Red Hat Product Security, 2023-06-01 · change 12',
      "Signed by: Patchcrier sample key, not the vendor's",
      'CVEs: CVE-2023-0286 CVSS 7.4 · not known exploited',
      'Affects: 5 of 61 hosts',
      'Fixed in: openssl 1:1.1.1k-9.el8_6 · restart of services needed',
      'Baseline: 3 at, 9 below',
      'Proposed: High (the publisher says important): start within 1 week, complete within 2 weeks, from classification',
    ])
  })

  test('without a signature it says what the verdict rests on', () => {
    const { signedBy: _, ...unsigned } = facts
    const said = wordsOf(
      alertCard(
        {
          ...opened(),
          bulletin: { ...unsigned, verdict: 'UNCONFIRMED', verdictReason: 'Looks official, nothing more (signature missing)' },
        },
        ALERT,
      ),
    )
    expect(said).toMatch(/Looks official, nothing more/)
    expect(said).not.toMatch(/Signed by/)
  })

  test('the hosts on which a decision hangs are counted and named', () => {
    const hosts = [
      aHost('db-01', { missionCritical: true }),
      aHost('db-02', { missionCritical: true, stale: true }),
      aHost('van-01', { unmanaged: true, remote: true, foreign: true }),
      aHost('rt-01', { rebootPending: true }),
    ]
    expect(words({}, hosts)).toMatch(
      /Affects: 4 of 61 hosts: 2 mission critical \(db-01, db-02\), 1 unmanaged \(van-01\), 1 stale \(db-02\), 1 remote \(van-01\), 1 foreign-owned \(van-01\), 1 reboot pending \(rt-01\)/,
    )
  })

  test('many of them are shortened: all are behind the button', () => {
    expect(
      words(
        {},
        HOSTS.map((h) => aHost(h, { stale: true })),
      ),
    ).toMatch(/5 stale \(web-01, web-02, web-03 \(\+2 more\)\)/)
  })

  test('one host is one host', () => {
    const card = alertCard(opened({}, [aHost('web-01')]), { ...ALERT, fleetSize: 1 })
    expect(wordsOf(card)).toMatch(/Affects: 1 of 1 host$/m)
    expect(card.summary).toBe('High: openssl security update, affects 1 host')
  })
})

describe('known exploited: yes, no and unknown are three things', () => {
  const cve = (n: number, knownExploited: Vulnerability['knownExploited'], score = 5): Vulnerability =>
    aVulnerability({ cve: `CVE-2026-000${n}`, knownExploited, cvss: { version: '3.1', vector: 'x', score } })

  test.each<[string, readonly Vulnerability[], string, boolean]>([
    ['no', [cve(1, 'no')], 'CVE-2026-0001 CVSS 5 · not known exploited', false],
    ['unknown', [cve(1, 'unknown')], 'CVE-2026-0001 CVSS 5 · known exploited: unknown', false],
    [
      'one unknown among noes',
      [cve(1, 'no'), cve(2, 'unknown')],
      'CVE-2026-0001 CVSS 5, CVE-2026-0002 CVSS 5 · known exploited: unknown',
      false,
    ],
    [
      'yes, and it comes first',
      [cve(1, 'unknown', 9), cve(2, 'yes', 4)],
      'CVE-2026-0002 CVSS 4 (known exploited), CVE-2026-0001 CVSS 9',
      true,
    ],
    [
      'the gravest come first, the rest are counted',
      [1, 2, 3, 4, 5].map((n) => cve(n, 'no', n)),
      'CVE-2026-0005 CVSS 5, CVE-2026-0004 CVSS 4, CVE-2026-0003 CVSS 3 (+2 more) · not known exploited',
      false,
    ],
    ['none named', [], 'none named', false],
  ])('%s', (_, vulnerabilities, line, badge) => {
    const card = alertCard(opened({ vulnerabilities }), ALERT)
    expect(wordsOf(card)).toContain(`CVEs: ${line}\n`)
    expect(card.badges.some((b) => b.text === 'KNOWN EXPLOITED' && b.tone === 'danger')).toBe(badge)
  })
})

describe('the verdict decides what is offered', () => {
  test.each<[BulletinFacts['verdict'], readonly string[]]>([
    ['AUTHENTIC', ['Classify', 'Not relevant']],
    ['CORROBORATED', ['Classify', 'Not relevant']],
    ['UNCONFIRMED', ['Vouch for it', 'Not relevant']],
    ['QUARANTINED', ['Not relevant']],
    ['BOGUS', ['Not relevant']],
  ])('%s', (verdict, labels) => {
    const card = alertCard(opened({ verdict }), ALERT)
    expect(labelsOf(card).slice(0, labels.length)).toEqual(labels)
    expect(labelsOf(card).slice(labels.length)).toEqual([
      'Join with another change',
      'Done elsewhere',
      'Details',
      'Affected hosts',
      'Evidence',
    ])
    expect(card.badges).toContainEqual(expect.objectContaining({ text: verdict }))
    expectShowable(card)
  })

  const vouched: ChangeEvent = { kind: 'vouched', by: 'dana', reason: 'read it at the publisher', bulletin: facts.digest }
  const lost: ChangeEvent = {
    kind: 'bulletin revised',
    bulletin: { ...facts, verdict: 'UNCONFIRMED', digest: 'b'.repeat(64) },
    hosts: HOSTS.map((h) => aHost(h)),
    differences: [],
    voidsPlan: false,
  }

  test('vouched for: the voucher stands there, and it can be classified', () => {
    const card = alertCard(evolved(opened({ verdict: 'UNCONFIRMED' }), [vouched]), ALERT)
    expect(wordsOf(card)).toMatch(/vouched for it.*Dana Kowalska.*: read it at the publisher/)
    expect(labelsOf(card)[0]).toBe('Classify')
  })

  test.each(['testing', 'planning'] as const)('a weaker revision asks for a voucher again: %s', (phase) => {
    const state = stateAt(phase, lost)
    expect(labelsOf(cardOf(state, 'alert'))[0]).toBe('Vouch for it')
    expect(wordsOf(cardOf(state, 'alert'))).toMatch(/somebody of security has to vouch for it before anything more is decided\./i)
    if (phase === 'planning') expect(wordsOf(cardOf(state, 'test'))).toMatch(/has to vouch for it before it can be planned/)
  })
})

describe('once decided', () => {
  test('the class, who and why, and both clocks', () => {
    const state = evolved(opened(), [{ ...classified, class: 'critical', reason: 'reachable from outside' } as ChangeEvent])
    const card = alertCard(state, ALERT)
    expect(card.badges[0]).toEqual({ text: 'CRITICAL', tone: 'danger' })
    expect(card.summary).toMatch(/^Critical:/)
    expect(wordsOf(card)).toContain(`Clocks: start by ${later(24 * 60)}, complete by ${later(72 * 60)}\n`)
    expect(wordsOf(card)).toMatch(new RegExp(`Classified critical by Ana Ferreira\\W+${T0}: reachable from outside`))
  })

  test('a class without deadlines awaits a rollup', () => {
    const state = evolved(opened(), [{ ...classified, class: 'low', reason: 'x' } as ChangeEvent])
    expect(wordsOf(alertCard(state, ALERT))).toContain('Clocks: await a rollup or service pack, no deadline to complete')
  })

  test('not relevant, by whom and why', () => {
    expect(wordsOf(alertCard(stateAt('notRelevant'), ALERT))).toMatch(
      new RegExp(`Not relevant, decided by Ana Ferreira\\W+${T0}: not in use`),
    )
    const later_ = evolved(opened(), [...UNTIL.testing, { kind: 'declared not relevant', by: 'ana', reason: 'not in use' }])
    expect(wordsOf(testCard(later_, policy, CHOICES))).toMatch(/Decided to be not relevant: nothing more is tested\./)
    expect(labelsOf(testCard(later_, policy, CHOICES))).toEqual([])
  })
})

describe('the form of a classification', () => {
  test('starts at the proposal, and says what every class means', () => {
    const form = alertCard(opened(), ALERT).actions[0]?.form
    expect(form?.intro).toBe('Proposed: high (the publisher says important).')
    expect(form?.fields[0]).toMatchObject({
      value: 'high',
      options: [
        { value: 'critical', label: 'Critical: start within 24 hours, complete within 72 hours' },
        { value: 'high', label: 'High: start within 1 week, complete within 2 weeks' },
        { value: 'medium', label: 'Medium: start within 1 month, complete within 45 days' },
        { value: 'low', label: 'Low: await a rollup or service pack, no deadline to complete' },
      ],
    })
  })
})
