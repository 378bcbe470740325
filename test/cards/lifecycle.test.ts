import { describe, expect, test } from 'vitest'
import { alertCard } from '../../src/cards/alert.ts'
import type { Card } from '../../src/cards/card.ts'
import { drillReviewCard } from '../../src/cards/drill.ts'
import { type ExemptionView, exemptionCard, exemptionsCard } from '../../src/cards/exemption.ts'
import { handoverCard } from '../../src/cards/handover.ts'
import { changesCard, statusCard } from '../../src/cards/lists.ts'
import { threadNote } from '../../src/cards/notes.ts'
import type { ChangeEvent, Command } from '../../src/core/change/command.ts'
import { decide } from '../../src/core/change/decide.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import { approvedBy, classified, elsewhere, evolved, later, letWait, NOW, opened, policy, T0, UNTIL } from '../support/change.ts'
import { ALERT, cardOf, cardsOf, expectShowable, figuresOf, labelsOf, stateAt, wordsOf } from '../support/change-cards.ts'

const low = { ...classified, class: 'low', reason: 'not reachable' } as const
const noted = (before: ChangeState, event: ChangeEvent): Card => {
  const note = threadNote(before, evolved(before, [event]), event)
  if (!note) throw new Error('no note')
  expect(note.under).toBe('alert')
  expectShowable(note.card)
  return note.card
}

describe('a change that waits', () => {
  test('may be let wait by a button only where its class allows it', () => {
    expect(labelsOf(cardOf(evolved(opened(), [low]), 'test'))).toEqual([
      'Record a test',
      'Reclassify',
      'Let it wait',
      'Done elsewhere',
      'Leave hosts out',
    ])
    expect(labelsOf(cardOf(stateAt('testing'), 'test'))).not.toContain('Let it wait')
  })
  test('says what for, since when, by whom, and until when', () => {
    const until = later(9000)
    const words = wordsOf(cardOf(evolved(opened(), [low, { ...letWait, until } as ChangeEvent]), 'test'))
    expect(words).toContain(`Waits for: the update rollup of December. Since Ana Ferreira, ${T0}, to be looked at again ${until}.`)
    expect(words).toMatch(/Next: nothing, until it is taken over or somebody ends the waiting\./)
    expect(wordsOf(cardOf(stateAt('awaiting'), 'alert'))).toMatch(/Waits for: the update rollup of December/)
  })
  test('warns where the waiting outlasts the deadline', () => {
    const medium = { ...low, class: 'medium' } as const
    const words = wordsOf(cardOf(evolved(opened(), [medium, { ...letWait, until: later(60 * 24 * 60) } as ChangeEvent]), 'test'))
    expect(words).toMatch(/That is after its deadline to complete\./)
  })
  test('stands in the lists with what it waits for', () => {
    expect(wordsOf(changesCard([stateAt('awaiting')]))).toMatch(/waits for: the update rollup of December/)
    const view = { open: [stateAt('awaiting')], closed: 0, hosts: 1, bulletins: 1, held: 0, sources: [] }
    expect(wordsOf(statusCard(view))).toMatch(/change 12 \(openssl\) waits for: the update rollup of December/)
  })
})

describe('a change that is part of another', () => {
  test('points there and offers nothing', () => {
    for (const [phase, words] of [
      ['merged', /Part of change 9, by Ana Ferreira/],
      ['superseded', /Taken over by change 14, by itself/],
    ] as const)
      for (const name of ['alert', 'test'] as const) {
        expect(wordsOf(cardOf(stateAt(phase), name))).toMatch(words)
        expect(labelsOf(cardOf(stateAt(phase), name))).toEqual([])
      }
    expect(wordsOf(changesCard([stateAt('merged')]))).toMatch(/goes on as part of change 9/)
  })

  const context = { ...ALERT, covers: [{ change: 7, label: 'change 7: openssl' }] }
  test('is named by its number; what is covered is chosen, and comes first', () => {
    const card = alertCard(opened(), context)
    expect(labelsOf(card)).toEqual([
      'Classify',
      'Not relevant',
      'Take it over',
      'Join with another change',
      'Done elsewhere',
      'Details',
      'Affected hosts',
      'Evidence',
    ])
    expect(wordsOf(card)).toMatch(/Brings every build of change 7: openssl\./)
    expectShowable(card)
    expect(labelsOf(alertCard(stateAt('closed'), context))).not.toContain('Join with another change')
  })

  test('the other one says in its thread what came in', () => {
    const change: ChangeState = { ...evolved(opened({ vendorId: 'RHSA-2' }), UNTIL.testing, later(-600)), id: 20 }
    const command: Command = { kind: 'join', change, how: 'merged' }
    const ruled = decide(stateAt('deciding'), command, {
      now: NOW,
      actor: null,
      policy,
      policyHash: '',
      policyApproved: true,
      acceptable: [],
    })
    const [event] = ruled.ok ? ruled.value : []
    if (!event) throw new Error('not joined')
    const words = wordsOf(noted(stateAt('deciding'), event))
    expect(words).toMatch(/Change 20 is part of this one now/)
    expect(words).toMatch(/RHSA-2 and no further host\./)
    expect(words).toContain(`The clocks run since ${later(-600)}.`)
    expect(words).toMatch(/The plan that was waiting is void/)
    const both = evolved(stateAt('deciding'), [event])
    expect(wordsOf(cardOf(both, 'alert'))).toMatch(/Also: RHSA-2 \(AUTHENTIC\)/)
    for (const card of cardsOf(both).values()) expectShowable(card)
  })
})

describe('done elsewhere', () => {
  test('is a report until something shows it', () => {
    const words = wordsOf(cardOf(stateAt('doneElsewhere'), 'test'))
    expect(words).toMatch(/Done outside Patchcrier, says Chiara Ricci: 5 hosts \(web-01, web-02, web-03, web-04 \(\+1 more\)\)/)
    expect(words).toMatch(/Not seen at the fixed version yet: .*They do not count as patched\./)
  })
  test('the review says by whom it was done', () => {
    const state = stateAt('seenElsewhere')
    const words = wordsOf(cardOf(state, 'review', []))
    expect(words).toMatch(/Result: 5 hosts done outside Patchcrier and seen at the fixed version$/m)
    expect(words).toMatch(/says Chiara Ricci/)
    expect(figuresOf(state, []).total).toBe(0)
  })
  test('what was never seen is never called patched', () => {
    const state = evolved(opened(), [...UNTIL.planning, elsewhere(['web-01'])])
    expect(wordsOf(cardOf(state, 'test'))).toMatch(/Not seen at the fixed version yet: web-01/)
  })
})

describe('the hand-over', () => {
  const words = (phase: keyof typeof UNTIL): string => wordsOf(cardOf(stateAt(phase), 'hand-over'))
  test.each<[keyof typeof UNTIL, readonly RegExp[]]>([
    [
      'testing',
      [
        /identification to testing and planning/,
        /Findings: AUTHENTIC, high by Ana Ferreira$/m,
        /Options: services restart/,
        /Open questions: none/,
      ],
    ],
    ['approved', [/testing and planning to deployment/, /on vm-1 \(Ben Okafor\)/, /Plan: [0-9a-f]{8}: pilot on web-01 and web-02/]],
    ['reviewing', [/deployment to review/, /pilot passed \(Chiara Ricci\)/]],
    ['rolledBack', [/rolled back: programs crash/]],
  ])('says what the next role needs: %s', (phase, facts) => {
    for (const fact of facts) expect(words(phase)).toMatch(fact)
  })
  test('names whoever took over, and the next card says so', () => {
    const taken = stateAt('testing', { kind: 'hand-over accepted', by: 'ben', number: 1 })
    expect(wordsOf(cardOf(taken, 'hand-over'))).toMatch(/Taken over by Ben Okafor/)
    expect(labelsOf(cardOf(taken, 'hand-over'))).not.toContain('I take over')
    expect(wordsOf(cardOf(taken, 'test'))).toMatch(/In the hands of Ben Okafor/)
    expect(wordsOf(cardOf(stateAt('testing'), 'test'))).toMatch(/Nobody has taken over testing and planning yet\. Nothing waits/)
    expect(wordsOf(cardOf(stateAt('pilotRuns'), 'progress'))).toMatch(/Nobody has taken over deployment yet/)
    expect(wordsOf(cardOf(stateAt('pilotRuns'), 'test'))).not.toMatch(/Nobody has taken over/)
  })
  test('of a plan that was given up says so', () => {
    for (const phase of ['approved', 'rolledBack'] as const) {
      const card = cardOf(stateAt(phase, { kind: 'planned again', by: 'ana' }), 'hand-over')
      expect(wordsOf(card)).toMatch(/this plan was given up/)
      expectShowable(card)
    }
  })
  test('an old one is only to be read', () => {
    const state = stateAt('approved')
    const [first] = state.handovers
    expect(first && labelsOf(handoverCard(state, first, policy))).toEqual(['Evidence', 'Affected hosts'])
  })
})

describe('the type of a change', () => {
  test('stands on the decision, and as a badge where it is not the usual one', () => {
    const emergency = UNTIL.deciding.map((e) => (e.kind === 'classified' ? { ...e, type: 'emergency' as const } : e))
    const card = cardOf(evolved(opened(), emergency), 'decision')
    expect(card.badges.map((b) => b.text)).toEqual(['HIGH', 'EMERGENCY', 'AUTHENTIC'])
    expect(card.subtitle).toMatch(/^emergency change 12 · /)
  })
  test('is chosen with what each needs', () => {
    const type = alertCard(opened(), ALERT).actions[0]?.form?.fields.find((f) => f.id === 'type')
    expect(type).toMatchObject({ value: 'usual' })
    expect(type?.kind === 'choice' && type.options.map((o) => o.label)).toEqual([
      'As usual: a normal change',
      'Standard: needs 1 of security, 1 of operations',
      'Normal: needs 1 of security, 1 of operations',
      'Emergency: needs 1 of security, 1 of operations',
    ])
  })
})

describe('known exploited, later', () => {
  const told: ChangeEvent = {
    kind: 'exploited told',
    cve: 'CVE-2023-0286',
    evidence: 'catalogue 7, added 2026-11-23, due 2026-12-14',
    since: '2026-11-23T00:00:00.000Z',
    unpatched: ['web-01', 'db-01'],
    newAlert: true,
  }
  test('is told in the thread with its source, and stands on the card', () => {
    const words = wordsOf(noted(stateAt('closed'), told))
    expect(words).toMatch(/CVE-2023-0286 is now known exploited\n.*\nSource: catalogue 7, added 2026-11-23, due 2026-12-14\./)
    expect(words).toMatch(/2 hosts without the fix: web-01, db-01\./)
    expect(words).toMatch(/Proposed is critical now, not high\./)
    expect(words).toMatch(/an alert of its own/)
    expect(wordsOf(alertCard(evolved(opened(), [told]), ALERT))).toMatch(/^CRITICAL AUTHENTIC KNOWN EXPLOITED$/m)
  })
  test('what was classified before warns', () => {
    expect(wordsOf(cardOf(evolved(opened(), [classified, told]), 'test'))).toMatch(/Proposed is critical: .*known exploited: CVE-2023-0286/)
  })
  test('and so is its end', () =>
    expect(
      wordsOf(
        noted(evolved(opened(), [told]), { kind: 'exploited retracted', cve: 'CVE-2023-0286', evidence: 'no longer in catalogue 8' }),
      ),
    ).toMatch(/is not known exploited after all/))
})

describe('an exemption', () => {
  const one: ExemptionView = {
    id: 3,
    host: 'web-01',
    changeId: 12,
    reason: 'new disk',
    control: 'off the network',
    until: later(9000),
    by: 'ben',
    at: T0,
    endedAt: null,
    endedBy: null,
  }
  test('says until when, what protects it, and can be ended', () => {
    const card = exemptionCard([one, { ...one, id: 4, host: 'web-02' }], policy)
    expect(card && wordsOf(card)).toMatch(
      /Excluded: web-01 and web-02\n.*\nBen Okafor: new disk\nExempt until .*Meanwhile: off the network/,
    )
    expect(card?.actions[0]).toMatchObject({ verb: 'end-exemption', id: 'change:12' })
    if (card) expectShowable(card)
  })
  test('without a control it says so', () =>
    expect(wordsOf(exemptionCard([{ ...one, control: '' }], policy) as Card)).toMatch(/Nothing protects/))
  test('ended: by whom, and nothing to press', () => {
    const card = exemptionCard([{ ...one, endedAt: NOW, endedBy: 'dana' }], policy)
    expect(card && wordsOf(card)).toMatch(/web-01: ended by Dana Kowalska.*counts as unpatched again/)
    expect(card?.actions).toEqual([])
  })
  test('all that last, as a list', () => {
    expect(wordsOf(exemptionsCard([one], policy))).toMatch(/web-01 until .*, change 12, Ben Okafor: new disk\. Meanwhile: off the network/)
    expect(wordsOf(exemptionsCard([], policy))).toMatch(/No host is exempt/)
  })
  test('counts apart from what is below the baseline', () => {
    const baseline = { at: 3, below: 8, above: 0, exempt: 1 }
    expect(wordsOf(alertCard(opened(), { ...ALERT, baseline }))).toMatch(/Baseline: 3 at, 8 below, 1 exempt$/m)
  })
})

describe('a drill', () => {
  const drill = { ...opened(), drill: { by: 'ana', at: later(-60) } }
  const ended = evolved(drill, [...UNTIL.deciding, approvedBy('dana'), approvedBy('emil'), { kind: 'drill finished' }], later(30))
  test('is marked on every card', () => {
    const states = [drill, evolved(drill, UNTIL.testing), evolved(drill, UNTIL.deciding), ended]
    for (const state of states)
      for (const [name, card] of cardsOf(state))
        if (!['timeline', 'is this real', 'hosts'].includes(name))
          expect(
            card.badges.map((b) => b.text),
            `${state.phase}: ${name}`,
          ).toContain('DRILL')
  })
  test('its review has the time of every human step, and the roles that hang on one person', () => {
    const card = drillReviewCard(ended, ended.review ?? { openedAt: NOW, lessons: [] }, policy)
    expect(card.title).toBe('Review of the drill: 1 h 30 min from the alert to the decision')
    expect(wordsOf(card)).toMatch(/Step \| Who \| Took\nclassified it high \| Ana Ferreira \| 1 h 30 min/)
    expect(wordsOf(card)).toMatch(/Finding: only Nora Yilmaz holds the role admin\./)
    expect(labelsOf(card)).toEqual(['Write a lesson', 'Who did what', 'Close the review'])
    expectShowable(card)
  })
  test('it is not let wait', () => {
    expect(labelsOf(cardOf(evolved(drill, [low]), 'test'))).not.toContain('Let it wait')
  })
})
