import { describe, expect, test } from 'vitest'
import type { ChangeState } from '../../src/core/change/state.ts'
import { stoodAt } from '../../src/core/change/stood.ts'
import { evolved, later, opened, policy, submitted, UNTIL } from '../support/change.ts'

/** One step each hour, from the opening on. */
function hourly(): ChangeState {
  const steps = [
    UNTIL.testing,
    UNTIL.planning.slice(UNTIL.testing.length),
    UNTIL.deciding.slice(UNTIL.planning.length),
    UNTIL.approved.slice(UNTIL.deciding.length),
    UNTIL.announced.slice(UNTIL.approved.length),
    UNTIL.pilotRuns.slice(UNTIL.announced.length),
    UNTIL.reviewing.slice(UNTIL.pilotRuns.length),
    UNTIL.closed.slice(UNTIL.reviewing.length),
  ]
  return steps.reduce((state, events, hour) => evolved(state, events, later(60 * hour)), opened())
}

describe('what a change waited for at a moment that is past', () => {
  test.each([
    [-61, null],
    [-60, 'waits for its classification'],
    [-1, 'waits for its classification'],
    [0, 'is being tested'],
    [60, 'waits for a plan'],
    [120, 'waits for go or no-go'],
    [180, 'is approved and waits for its announcement'],
    [240, 'is announced and waits for its window'],
    [300, 'is being rolled out'],
    [360, 'is in review'],
    [420, null],
  ])('after %i minutes: %s', (minutes, words) => expect(stoodAt(hourly(), later(minutes))).toBe(words))

  test('a class that was changed later does not move the first one', () => {
    const again = evolved(
      hourly(),
      [{ kind: 'classified', by: 'ana', class: 'critical', type: 'normal', reason: 'used' }],
      later(90),
      policy,
    )
    expect(stoodAt({ ...again, phase: 'testing' }, later(30))).toBe('is being tested')
  })

  test('a plan that was rejected, and the next one', () => {
    const deciding = evolved(opened(), UNTIL.deciding, later(0))
    const rejected = evolved(deciding, [{ kind: 'plan rejected', by: 'dana', reason: 'too early' }], later(60))
    const again = evolved(rejected, [submitted()], later(120))
    expect([30, 90, 150].map((minute) => stoodAt(again, later(minute)))).toEqual([
      'waits for go or no-go',
      'waits for a plan',
      'waits for go or no-go',
    ])
  })

  test('not relevant: it had ended', () => expect(stoodAt(evolved(opened(), UNTIL.notRelevant, later(0)), later(1))).toBeNull())
})
