import { describe, expect, test } from 'vitest'
import { announcementCard, type DelayView, delayCard, isThisRealCard } from '../../src/cards/announcement.ts'
import { durationOf, managementCard, timelineCard } from '../../src/cards/review.ts'
import type { ChangeEvent } from '../../src/core/change/command.ts'
import { aPlan, evolved, facts, later, opened, PLAN, policy, submitted, T0, UNTIL, WINDOW } from '../support/change.ts'
import { CHOICES, cardOf, expectShowable, figuresOf, hostsOf, labelsOf, stateAt, wordsOf } from '../support/change-cards.ts'

describe('the announcement to end users', () => {
  test('is plain, and looks like nothing else', () => {
    const card = cardOf(stateAt('told'), 'announcement')
    expect(card.look).toBe('announcement')
    expect(wordsOf(card)).toBe(
      [
        '',
        'Security update for your computer',
        '',
        'What happens: A hole is closed.',
        `When: ${WINDOW.start} (your time). Please leave your computer switched on.`,
        'Will I notice?: No restart. Some programs may reconnect.',
        'Why: Attackers use it.',
        'Real?: Patches never come by mail. This message is change 12, decided by the patch team of Norderhafen Logistics.',
        'Help: the IT help desk, extension 4000',
        '2 people read it.',
      ].join('\n'),
    )
  })

  test.each([
    ['a restart', { reboot: true, silent: true }, /Your computer restarts once: please save your work before\./],
    ['a question', { reboot: false, silent: false }, /You will be asked to confirm: press "Install"/],
  ])('says beforehand: %s', (_, options, words) => {
    const state = evolved(
      opened(),
      UNTIL.told.map((e) => (e.kind === 'plan submitted' ? submitted(aPlan({ options })) : e)),
    )
    expect(wordsOf(cardOf(state, 'announcement'))).toMatch(words)
  })

  test.each<[keyof typeof UNTIL, RegExp]>([
    ['halted', /The update is paused for now\. You need to do nothing\./],
    ['stopped', /The update is paused for now\./],
    ['rollingBack', /The update was taken back\. You need to do nothing\./],
    ['rolledBack', /The update was taken back\./],
    ['reviewing', /The update is done\. Is something broken\? Press "It went wrong"\./],
  ])('stays true: %s', (phase, words) => expect(wordsOf(cardOf(stateAt(phase), 'announcement'))).toMatch(words))

  test('nobody has read it yet: nothing is counted', () => {
    const state = stateAt('told')
    const { announcement, submission } = state
    const card = announcementCard(state, {
      policy,
      plan: submission?.plan ?? PLAN,
      announcement: announcement as never,
      acknowledged: 0,
      openings: CHOICES.openings,
    })
    expect(wordsOf(card)).not.toMatch(/read it/)
  })
})

test('representatives hear what, when, why, which departments, and until when they can prepare', () => {
  const words = wordsOf(cardOf(stateAt('announced'), 'representatives'))
  expect(words).toContain('Please pass on: security update, 5 computers')
  expect(words).toContain('Departments: Digital services')
  expect(words).toContain(`The end users are told ${later(60)}. Until then you can prepare them, or object.`)
  expect(words).toContain('2 passed it on.')
})

describe('"Is this real?"', () => {
  const real = (...args: Parameters<typeof stateAt>) => isThisRealCard(stateAt(...args), policy)
  test('yes: the number, the publisher, who checked and who approved', () => {
    const words = wordsOf(real('told'))
    expect(words).toContain('Yes, this is real')
    expect(words).toContain('It is change 12 of Norderhafen Logistics, based on RHSA-2023:3408 of Red Hat Product Security.')
    expect(words).toContain(`Approved by Dana Kowalska and Emil Sørensen, ${T0}.`)
    expect(words).toContain('Patches never come by mail or as an attachment.')
  })
  test('a notice that a person vouched for is told by that person', () => {
    const vouched: ChangeEvent = { kind: 'vouched', by: 'dana', reason: 'read it at the publisher', bulletin: facts.digest }
    const words = wordsOf(isThisRealCard(evolved(opened({ verdict: 'UNCONFIRMED' }), [vouched, ...UNTIL.told]), policy))
    expect(words).toContain('Dana Kowalska of security checked the notice: read it at the publisher')
    expect(words).not.toMatch(/UNCONFIRMED/)
  })
  test.each<[string, keyof typeof UNTIL, readonly ChangeEvent[]]>([
    ['nothing was announced yet', 'approved', []],
    ['it was given up', 'told', [{ kind: 'planned again', by: 'ana' }]],
    ['it is not relevant', 'notRelevant', []],
  ])('no: %s', (_, phase, more) => {
    const words = wordsOf(real(phase, ...more))
    expect(words).not.toMatch(/this is real/)
    expect(words).toMatch(/No update is announced under this number now/)
    expect(words).toContain('please ask the IT help desk, extension 4000.')
  })
})

describe('a request for a delay', () => {
  const delay: DelayView = {
    id: 3,
    changeId: 12,
    person: 'lena',
    hosts: ['ws-07'],
    reason: 'Month-end closing.',
    until: '2026-11-25T21:00:00.000Z',
    missesDeadline: false,
    decides: 'operations',
  }
  test('who, which computer, until when, why', () => {
    const card = delayCard(delay, policy)
    expect(wordsOf(card)).toBe(
      '\nLena Brandt asks for a delay of ws-07\n\nUntil: 2026-11-25T21:00:00.000Z\nReason: Month-end closing.\nDecides: operations',
    )
    expect(card.actions.map((a) => [a.label, a.id])).toEqual([
      ['Grant', 'delay:3'],
      ['Refuse', 'delay:3'],
    ])
    expectShowable(card)
  })
  test('that misses the deadline says so', () => {
    expect(wordsOf(delayCard({ ...delay, missesDeadline: true }, policy))).toContain(
      'The deadline to complete would be missed: the clock is not reset.',
    )
  })
  test.each([
    [true, '', 'Granted by Emil Sørensen'],
    [false, 'too late', 'Refused by Emil Sørensen'],
  ])('decided (%s): by whom, and no button', (granted, note, words) => {
    const card = delayCard({ ...delay, decided: { granted, by: 'emil', at: T0, note } }, policy)
    expect(wordsOf(card)).toMatch(new RegExp(`${words}\\W+${T0}${note ? `: ${note}` : ''}$`))
    expect(labelsOf(card)).toEqual([])
    expect(wordsOf(card)).not.toContain('Decides')
    expectShowable(card)
  })
})

describe('the review', () => {
  const hosts = hostsOf(stateAt('told')).map((h, i) => ({
    ...h,
    status: i === 4 ? ('excluded' as const) : ('verified' as const),
    tries: 1,
    facts: { orderedAt: T0, ...(i === 4 ? {} : { arrivedAt: later(1), verifiedAt: later(i + 1) }) },
  }))

  test('has the figures, both clocks, the slowest step, lessons, and what closing does', () => {
    const state = stateAt('reviewing', { kind: 'lesson written', by: 'chiara', text: 'Announce a day earlier.' })
    const words = wordsOf(cardOf(state, 'review', hosts))
    expect(words).toContain('Review: openssl\nchange 12 · RHSA-2023:3408')
    expect(words).toContain('Result: 4 verified, 1 excluded of 5 hosts')
    expect(words).toContain(`Started: ${T0}, 7 d before its deadline`)
    expect(words).toContain(`Completed: ${T0}, 14 d before its deadline`)
    expect(words).toMatch(/ verified: median 3 min, longest 4 min \(4 hosts\)/)
    expect(words).toMatch(/Lesson, Chiara Ricci\W+\d{4}-.*: Announce a day earlier\./)
    expect(words).toContain('Closing it moves the baseline of the verified hosts.')
  })

  test.each<[keyof typeof UNTIL, string]>([
    ['closed', 'The baseline of the verified hosts has moved.'],
    ['rolledBack', 'It was rolled back: the baseline stays as it is.'],
  ])('%s: %s', (phase, words) => expect(wordsOf(cardOf(stateAt(phase), 'review'))).toContain(words))

  test('a missed deadline is said in capitals', () => {
    const state = stateAt('reviewing')
    const late = { ...state, clocks: { zero: T0, startBy: later(-90), completeBy: null } }
    expect(wordsOf(cardOf(late, 'review'))).toContain(`Started: ${T0}, MISSED by 1 h 30 min`)
    expect(wordsOf(cardOf(late, 'review'))).toContain(`Completed: ${T0}, no deadline`)
  })
})

describe('the summary for management', () => {
  const summary = (state = stateAt('closed')) => wordsOf(managementCard(state, figuresOf(state)))
  test('says in a line how it went', () => {
    expect(summary()).toContain('Security update finished: openssl')
    expect(summary()).toContain('Deadlines were met.')
  })
  test('a missed deadline', () =>
    expect(summary({ ...stateAt('closed'), clocks: { zero: T0, startBy: later(-1), completeBy: null } })).toContain(
      'A deadline was missed.',
    ))
  test('no deadline is not a deadline met', () =>
    expect(summary({ ...stateAt('closed'), clocks: { zero: T0, startBy: null, completeBy: null } })).toContain('It had no deadline.'))
  test('taken back is not finished, and says why', () => {
    expect(summary(stateAt('rolledBack'))).toContain('Security update taken back: openssl')
    expect(summary(stateAt('rolledBack'))).toMatch(/Why: programs crash/)
    expect(summary(stateAt('rolledBack'))).not.toMatch(/Deadlines were met/)
  })
})

test('who did what when, oldest first, by name', () => {
  const lines = wordsOf(cardOf(stateAt('approved'), 'timeline'))
    .split('\n')
    .slice(3)
  expect(lines[0]).toMatch(/^2026-11-23T09:00:00\.000Z\W+Ana Ferreira\W+classified it high$/)
  expect(lines.at(-1)).toMatch(/Emil Sørensen approved plan [0-9a-f]{8}$/)
  expect(wordsOf(timelineCard({ id: 12, acts: [] }, policy))).toContain('Nothing has been done yet.')
})

test.each([
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [3599, '1 h'],
  [5400, '1 h 30 min'],
  [47 * 3600, '47 h'],
  [48 * 3600, '2 d'],
  [49 * 3600, '2 d 1 h'],
])('%i seconds read as %s', (seconds, words) => expect(durationOf(seconds)).toBe(words))
