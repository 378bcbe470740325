import { describe, expect, test } from 'vitest'
import { decisionCard, pastPlanCard } from '../../src/cards/decision.ts'
import { fullPlanCard } from '../../src/cards/full-plan.ts'
import { testCard } from '../../src/cards/test.ts'
import type { ChangeEvent } from '../../src/core/change/command.ts'
import {
  aPlan,
  approvedBy,
  DIGEST,
  evolved,
  later,
  opened,
  PLAN,
  planApproved,
  policy,
  submitted,
  UNTIL,
  WINDOW,
} from '../support/change.ts'
import { CHOICES, cardOf, expectShowable, labelsOf, stateAt, wordsOf } from '../support/change-cards.ts'

describe('the test card', () => {
  const failed: ChangeEvent = { kind: 'test recorded', by: 'ben', test: 'installs-on-vm', passed: false, note: 'no space left' }

  test('is a checklist with names, times and what was seen', () => {
    const card = cardOf(stateAt('testing', failed, { ...failed, test: 'files-verified', passed: true, note: '' }), 'test')
    const [first, second, third] = wordsOf(card).split('\n').slice(3)
    expect(first).toMatch(/^☑ Files come from the vendor .* passed\W+Ben Okafor\W+2026-11-23T09/)
    expect(second).toMatch(/^☒ Installs on a virtual machine.* FAILED\W+Ben Okafor\W+2026-11-23T09.*: no space left$/)
    expect(third).toBe('☐ Services start again after the installation, and after a reboot')
    expect(card.summary).toBe('Test openssl: 1 of 5 passed')
  })

  test('offers only what has not passed, a failed one again', () => {
    const form = cardOf(stateAt('testing', failed, { ...failed, test: 'files-verified', passed: true }), 'test').actions[0]?.form
    expect(form?.fields[0]).toMatchObject({ value: 'installs-on-vm' })
    expect(form?.fields[0]?.kind === 'choice' && form.fields[0].options.map((o) => o.value)).toEqual([
      'installs-on-vm',
      'services-start',
      'uninstalls-on-vm',
      'applications-work',
    ])
  })

  test('leads to the plan', () => expect(wordsOf(cardOf(stateAt('planning'), 'test'))).toMatch(/All tests passed\.\s+Next: .*plan/))
  test('after a rejection it says why', () => {
    const rejected = stateAt('deciding', { kind: 'plan rejected', by: 'emil', reason: 'not before Easter' })
    expect(wordsOf(cardOf(rejected, 'test'))).toMatch(/The last plan was rejected: not before Easter\.?\s+Next: .*better plan/)
  })
  test('without any window to come there is nothing to choose from, and it says so', () => {
    const card = testCard(stateAt('planning'), policy, { ...CHOICES, openings: [] })
    expect(labelsOf(card)).toEqual(['Check a patch file', 'Reclassify', 'Done elsewhere', 'Leave hosts out'])
    expect(wordsOf(card)).toMatch(/no maintenance window opens/)
  })
  test('the form of a plan asks for a reboot where the bulletin does', () => {
    const field = (restart: 'reboot' | 'services') =>
      testCard(evolved(opened({ restart }), UNTIL.planning), policy, CHOICES).actions[0]?.form?.fields.find((f) => f.id === 'reboot')
    expect([
      field('reboot')?.kind === 'choice' && field('reboot')?.value,
      field('services')?.kind === 'choice' && field('services')?.value,
    ]).toEqual(['yes', 'no'])
  })
})

describe('the decision card', () => {
  test('as an approver sees it', () => {
    const lines = wordsOf(cardOf(stateAt('deciding'), 'decision')).split('\n')
    expect(lines.slice(0, 10)).toEqual([
      'HIGH AUTHENTIC',
      'Go or no-go: openssl on 5 hosts',
      `normal change 12 · RHSA-2023:3408 · plan ${DIGEST.slice(0, 8)}`,
      'Does: 5 hosts to openssl 1:1.1.1k-9.el8_6 in 3 rings: Pilot 2 → Early 2 → Rest 1; no reboot, silent; by the manual runner',
      `When: ${WINDOW.start} to ${WINDOW.end} (Weekday night, Europe/Berlin)`,
      `Clocks: start by ${later(168 * 60)}, complete by ${later(336 * 60)}`,
      'Tested: 5 of 5 passed (Ben Okafor); ring 1 is the pilot, ring 2 waits for its outcome',
      'Patch files: no file was checked',
      'Undo: dnf downgrade, tried in the lab',
      'Needs: 1 of security, 1 of operations · not Ana Ferreira, who asked for it',
    ])
  })

  test('after one approval: who said yes, and who is still needed', () => {
    const words = wordsOf(cardOf(stateAt('deciding', approvedBy('emil')), 'decision'))
    expect(words).toMatch(/Approved so far by Emil Sørensen \(operations\)\W+\d{4}-[^;]*$/m)
    expect(words).toContain('Needs: 1 of security · not Ana Ferreira')
  })

  test('a second of the same role is named, and not taken for the missing one', () => {
    const words = wordsOf(cardOf(stateAt('deciding', approvedBy('dana'), approvedBy('farah')), 'decision'))
    expect(words).toMatch(/Approved so far by Dana Kowalska \(security\)\W.*; Farah Haddad \(more than needed\)\W/)
    expect(words).toContain('Needs: 1 of operations')
  })

  test('a quorum that is there, but one human only', () => {
    const alone = {
      ...policy,
      classes: { ...policy.classes, high: { ...policy.classes.high, quorum: [{ role: 'security' as const, count: 1 }] } },
    }
    const state = stateAt('deciding', approvedBy('dana'))
    const words = wordsOf(decisionCard(state, state.submission as NonNullable<typeof state.submission>, alone))
    expect(words).toContain('Needs: a second named person')
  })

  test('a window behind the deadline is said, one before it is not', () => {
    const late = aPlan({ window: { ...WINDOW, start: later(169 * 60), end: later(170 * 60) } })
    expect(wordsOf(cardOf(evolved(opened(), [...UNTIL.planning, submitted(late)]), 'decision'))).toContain(
      'this window is after the start deadline',
    )
    expect(wordsOf(cardOf(stateAt('deciding'), 'decision'))).not.toContain('after the start deadline')
  })

  test('who is left out stands there with the reason', () => {
    const plan = aPlan({ leftOut: ['van-01', 'van-02'].map((host) => ({ host, reason: 'unmanaged: no runner can reach it' })) })
    expect(wordsOf(cardOf(evolved(opened(), [...UNTIL.planning, submitted(plan)]), 'decision'))).toContain(
      'Left out: van-01 and van-02: unmanaged: no runner can reach it\n',
    )
  })

  test('rejected: by whom, when, why, and no button but to read', () => {
    const card = cardOf(
      stateAt('deciding', approvedBy('dana'), { kind: 'plan rejected', by: 'emil', reason: 'not before Easter' }),
      'decision',
    )
    expect(wordsOf(card)).toMatch(/Rejected by Emil Sørensen\W+\d{4}-.*: not before Easter$/)
    expect([labelsOf(card), card.tone]).toEqual([['Full plan'], 'warning'])
  })

  const replaced = evolved(opened(), [...UNTIL.deciding, approvedBy('dana'), submitted(aPlan({ undo: 'snapshot' }), 'ben')])
  const [replacedPlan] = replaced.pastSubmissions
  test('replaced while it was being decided', () => {
    const card = decisionCard(replaced, replacedPlan as NonNullable<typeof replacedPlan>, policy)
    expect(wordsOf(card)).toMatch(/This plan is no longer being decided: it was replaced/)
    expect([labelsOf(card), card.tone]).toEqual([['Full plan'], 'neutral'])
  })

  test('approved once, and given up since: the approval is history', () => {
    const state = stateAt('approved', { kind: 'planned again', by: 'ana' })
    const [past] = state.pastSubmissions
    const card = decisionCard(state, past as NonNullable<typeof past>, policy)
    expect(wordsOf(card)).toMatch(/Approved by Dana Kowalska .*\nThis plan no longer counts: /)
    expect([labelsOf(card), card.tone]).toEqual([['Full plan'], 'neutral'])
    expectShowable(card)
  })

  test('what was announced for a plan that is over says so, in the look of an announcement', () => {
    const state = stateAt('approved', { kind: 'planned again', by: 'ana' })
    for (const kind of ['announcement', 'representatives', 'progress', 'review']) {
      const card = pastPlanCard(state, kind, DIGEST)
      expect(wordsOf(card)).toMatch(/no longer counts/)
      expect([labelsOf(card), card.look]).toEqual([[], kind === 'announcement' || kind === 'representatives' ? 'announcement' : 'standard'])
      expectShowable(card)
    }
  })

  test('Announce offers words that somebody who knows nothing about computers understands', () => {
    const reboot = aPlan({ options: { reboot: true, silent: true } })
    const value = (plan: typeof PLAN) => {
      const state = evolved(opened(), [...UNTIL.planning, submitted(plan), approvedBy('dana'), approvedBy('emil'), planApproved])
      const field = cardOf(state, 'decision').actions[0]?.form?.fields[0]
      return field?.kind === 'text' ? field.value : ''
    }
    expect(value(PLAN)).toBe('A security hole in a part of your computer (openssl) is closed. It takes a few minutes.')
    expect(value(reboot)).toMatch(/ Your computer restarts once\.$/)
  })
})

describe('the full plan', () => {
  const state = stateAt('deciding')
  const words = wordsOf(fullPlanCard(state, state.submission as NonNullable<typeof state.submission>))
  test('has the whole digest, every host with its versions, and what halts it', () => {
    expect(words).toContain(`Digest: ${DIGEST}`)
    for (const { host } of PLAN.hosts)
      expect(words).toMatch(new RegExp(`(Pilot|Early|Rest) \\| ${host} \\| openssl \\| 1:1\\.1\\.1k-7\\.el8_6 \\| 1:1\\.1\\.1k-9\\.el8_6`))
    expect(words).toContain('Early | 10 min | 1 failure | 50 % verified')
    expect(words).toContain('Bulletins: RHSA-2023:3408 rev 3 · runner manual · policy pppppppp')
  })
})
