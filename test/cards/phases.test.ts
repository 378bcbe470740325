import { describe, expect, test } from 'vitest'
import type { ChangeEvent } from '../../src/core/change/command.ts'
import { approvedBy, evolved, finished, halted, opened, rolledBack, settled, started, stopped, UNTIL } from '../support/change.ts'
import { type CardName, cardOf, cardsOf, expectShowable, labelsOf, rehearsedAt, stateAt, wordsOf } from '../support/change-cards.ts'

const JOIN = 'Join with another change'
const LOOK = ['Details', 'Affected hosts', 'Evidence']
const PLAN = 'Full plan'
const TOLD = ['I have read it', 'Ask for a delay', 'Is this real?', 'It went wrong']
const OVER = ['I have read it', 'Is this real?', 'It went wrong']

/** Which buttons a card has, and when. What is not here has no button for anybody. */
const BUTTONS: readonly (readonly [keyof typeof UNTIL, CardName, readonly string[]])[] = [
  ['alerted', 'alert', ['Classify', 'Not relevant', JOIN, 'Done elsewhere', ...LOOK]],
  ['testing', 'alert', [JOIN, ...LOOK]],
  ['testing', 'test', ['Record a test', 'Reclassify', 'Done elsewhere', 'Leave hosts out']],
  ['testing', 'hand-over', ['I take over', 'Evidence', 'Affected hosts']],
  ['awaiting', 'alert', [JOIN, ...LOOK]],
  ['awaiting', 'test', ['End the waiting', 'Reclassify', 'Done elsewhere']],
  ['planning', 'alert', [JOIN, ...LOOK]],
  ['planning', 'test', ['Make the plan', 'Check a patch file', 'Reclassify', 'Done elsewhere', 'Leave hosts out']],
  ['deciding', 'test', ['Change the plan', 'Done elsewhere', 'Leave hosts out']],
  ['deciding', 'decision', ['Approve', 'Reject', 'Check a patch file', PLAN]],
  ['approved', 'test', ['Done elsewhere']],
  ['approved', 'decision', ['Announce', 'Plan again', 'Check a patch file', PLAN]],
  ['announced', 'decision', [PLAN]],
  ['announced', 'representatives', ['I have passed it on']],
  ['announced', 'progress', ['STOP', 'Details']],
  ['told', 'announcement', TOLD],
  ['pilotRuns', 'progress', ['STOP', 'Roll back', 'Details']],
  ['pilotRuns', 'announcement', TOLD],
  ['pilotSettled', 'progress', ['STOP', 'Record the pilot', 'Roll back', 'Details']],
  ['pilotPassed', 'progress', ['STOP', 'Roll back', 'Details']],
  ['halted', 'progress', ['Resume', 'Roll back', 'Details']],
  ['stopped', 'progress', ['Resume', 'Roll back', 'Details']],
  ['rollingBack', 'progress', ['Details']],
  ['reviewing', 'progress', ['Details']],
  ['reviewing', 'announcement', OVER],
  ['reviewing', 'decision', [PLAN]],
  ['reviewing', 'review', ['Write a lesson', 'Who did what', 'Close the review']],
  ['rolledBack', 'review', ['Write a lesson', 'Who did what', 'Plan again', 'Close the review']],
  ['reviewing', 'hand-over', ['I take over', 'Every host']],
  ['approved', 'hand-over', ['I take over', 'Full plan']],
  ['closed', 'hand-over', ['Every host']],
  ['doneElsewhere', 'alert', ['Look into the inventory', ...LOOK]],
  ['doneElsewhere', 'test', []],
  ['seenElsewhere', 'review', ['Write a lesson', 'Who did what', 'Close the review']],
  ['merged', 'alert', []],
  ['merged', 'test', []],
  ['superseded', 'alert', []],
  ['closed', 'review', ['Who did what']],
  ['closed', 'alert', LOOK],
  ['closed', 'management', []],
  ['closed', 'announcement', OVER],
  ['notRelevant', 'alert', LOOK],
]

describe('the buttons of a card in a phase', () => {
  test.each(BUTTONS)('%s: %s %j', (phase, name, labels) => {
    expect(labelsOf(cardOf(stateAt(phase), name))).toEqual(labels)
  })

  test.each<[string, readonly ChangeEvent[], readonly string[]]>([
    ['stopped before anything has started', [...UNTIL.told, stopped], ['Resume', 'Plan again', 'Details']],
    ['a pilot on which nothing was to start', [...UNTIL.told, settled(1)], ['STOP', 'Plan again', 'Details']],
    ['halted after the pilot', [...UNTIL.pilotPassed, started(2), halted], ['Resume', 'Roll back', 'Details']],
  ])('progress, %s', (_, events, labels) => {
    expect(labelsOf(cardOf(evolved(opened(), events), 'progress'))).toEqual(labels)
  })
})

describe('a button carries what it decides on', () => {
  test.each<[keyof typeof UNTIL, CardName, string]>([
    ['deciding', 'decision', 'Approve'],
    ['deciding', 'decision', 'Reject'],
    ['deciding', 'decision', 'Full plan'],
    ['halted', 'progress', 'Resume'],
  ])('%s: %s, %s has a digest', (phase, name, label) => {
    const state = stateAt(phase)
    const action = cardOf(state, name).actions.find((a) => a.label === label)
    expect(action?.id).toBe('change:12')
    expect(action?.digest).toBe(label === 'Resume' ? `halt-1-${state.rollout?.halt?.at}` : state.submission?.digest)
  })

  test('at most one button is the one to press', () => {
    for (const phase of Object.keys(UNTIL) as (keyof typeof UNTIL)[])
      for (const card of cardsOf(stateAt(phase)).values())
        expect(card.actions.filter((a) => a.style === 'primary').length, `${phase}: ${card.title}`).toBeLessThanOrEqual(1)
  })
})

describe('every card of every phase', () => {
  const states = (Object.keys(UNTIL) as (keyof typeof UNTIL)[]).map((phase) => [phase, stateAt(phase)] as const)

  test.each(states)('can be shown on both platforms: %s', (_, state) => {
    const cards = cardsOf(state)
    expect(cards.size).toBeGreaterThanOrEqual(3)
    for (const card of cards.values()) expectShowable(card)
  })

  test.each(states)('has no word of ours left open: %s', (_, state) => {
    for (const card of cardsOf(state).values())
      expect(wordsOf(card)).not.toMatch(/undefined|null|NaN|\[object|, ,|: :|;;|\bof \.|[^\S\n]$/m)
  })

  test.each(states)('says in a sentence what it is about, for who only hears it: %s', (_, state) => {
    for (const card of cardsOf(state).values()) expect(card.summary).toMatch(/^\S.{4,}\S$/)
  })
})

describe('REHEARSAL', () => {
  const MARKED: readonly CardName[] = [
    'test',
    'decision',
    'full plan',
    'representatives',
    'announcement',
    'progress',
    'review',
    'management',
  ]
  test.each(MARKED)('stands on the card: %s', (name) => {
    const badge = { text: 'REHEARSAL', tone: 'info' }
    expect(cardOf(rehearsedAt('reviewing'), name).badges).toContainEqual(badge)
    expect(cardOf(stateAt('reviewing'), name).badges).not.toContainEqual(badge)
  })
})

describe('who decided stands where the buttons were, in every later phase', () => {
  const said: readonly (readonly [CardName, RegExp])[] = [
    ['alert', /Classified high by Ana Ferreira\W+\d{4}-/],
    ['decision', /Approved by Dana Kowalska \(security\)\W+\d{4}-.*; Emil Sørensen \(operations\)\W+\d{4}-/],
  ]
  test.each(['approved', 'announced', 'pilotRuns', 'halted', 'reviewing', 'closed'] as const)('%s', (phase) => {
    for (const [name, words] of said) expect(wordsOf(cardOf(stateAt(phase), name))).toMatch(words)
  })
  test('and so do the pilot, the roll-back and the end of the review', () => {
    expect(wordsOf(cardOf(stateAt('pilotPassed'), 'progress'))).toMatch(/Pilot passed, recorded by Chiara Ricci\W.*: they serve/)
    expect(wordsOf(cardOf(stateAt('pilotSettled', rolledBack, finished), 'progress'))).toMatch(
      /Rolled back by Chiara Ricci\W.*: programs crash/,
    )
    expect(wordsOf(cardOf(stateAt('closed'), 'review'))).toMatch(/Closed by Greta Vogel/)
  })
  test('an approval before the decision does too', () => {
    expect(wordsOf(cardOf(stateAt('deciding', approvedBy('dana')), 'decision'))).toMatch(/Approved so far by Dana Kowalska \(security\)/)
  })
})
