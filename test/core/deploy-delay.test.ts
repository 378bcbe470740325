import { describe, expect, test } from 'vitest'
import { askDelay, type DelayAsk, type DelayDecision, decideDelay } from '../../src/core/deploy/delay.ts'

const ASK: DelayAsk = {
  person: { id: 'lea', email: 'Lea@example.org' },
  hosts: ['lap-7'],
  planned: [
    { host: 'lap-7', owner: 'lea@example.org', started: false },
    { host: 'lap-8', owner: 'lea@example.org', started: true },
    { host: 'web-1', owner: 'ops@example.org', started: false },
  ],
  until: '2026-11-26T06:00:00+01:00',
  reason: ' quarterly report ',
  now: '2026-11-23T12:00:00.000Z',
  plannedStart: '2026-11-24T21:00:00.000Z',
  openings: [
    { windowId: 'night', start: '2026-11-25T21:00:00.000Z', end: '2026-11-25T23:00:00.000Z' },
    { windowId: 'night', start: '2026-11-26T21:00:00.000Z', end: '2026-11-26T23:00:00.000Z' },
  ],
  granted: 0,
  rule: { delaysPerPerson: 1, delayRole: 'operations' },
  completeBy: '2026-11-30T12:00:00.000Z',
}

describe('asking for a delay', () => {
  test('a good request says who decides and when the update would come', () => {
    expect(askDelay(ASK)).toEqual({
      ok: true,
      value: {
        hosts: ['lap-7'],
        until: '2026-11-26T05:00:00.000Z',
        reason: 'quarterly report',
        role: 'operations',
        startsAt: '2026-11-26T21:00:00.000Z',
        missesDeadline: false,
        text: 'Decided by operations. The update follows in the next maintenance window after that time.',
      },
    })
  })

  const refused: [what: string, ask: Partial<DelayAsk>, code: string][] = [
    ['without a reason', { reason: ' \n' }, 'DELAY_NEEDS_REASON'],
    ['until a time that is none', { until: 'next week' }, 'DELAY_UNTIL_INVALID'],
    ['until a time that is over', { until: '2026-11-23T12:00:00.000Z' }, 'DELAY_UNTIL_PAST'],
    ['until before the plan starts', { until: '2026-11-24T21:00:00.000Z' }, 'DELAY_NO_EFFECT'],
    ['where the class allows none', { rule: { delaysPerPerson: 0, delayRole: 'operations' } }, 'DELAY_NOT_ALLOWED'],
    ['beyond the limit', { granted: 1 }, 'DELAY_LIMIT'],
    ['for no host', { hosts: [] }, 'DELAY_NO_HOST'],
    ['for a host outside the plan', { hosts: ['lap-7', 'lap-9'] }, 'DELAY_NOT_PLANNED'],
    ['for somebody else’s host', { hosts: ['web-1'] }, 'DELAY_NOT_OWNER'],
    ['for a host that has begun', { hosts: ['lap-8'] }, 'DELAY_TOO_LATE'],
  ]
  test.each(refused)('refused %s', (_what, more, code) => {
    expect(askDelay({ ...ASK, ...more })).toMatchObject({ ok: false, refusal: { code } })
  })

  const deadlines: [what: string, more: Partial<DelayAsk>, misses: boolean][] = [
    ['the window after it is before the deadline', {}, false],
    ['the window after it is exactly at the deadline', { completeBy: '2026-11-26T21:00:00.000Z' }, false],
    ['only the time itself is before the deadline', { completeBy: '2026-11-26T12:00:00.000Z' }, true],
    ['no window is known, and the time is after the deadline', { openings: [], completeBy: '2026-11-26T04:00:00.000Z' }, true],
    ['there is no deadline', { completeBy: null, until: '2027-11-26T06:00:00.000Z' }, false],
  ]
  test.each(deadlines)('it may be asked, and tells the deadline: %s', (_what, more, misses) => {
    const asked = askDelay({ ...ASK, ...more })
    expect(asked).toMatchObject({ ok: true, value: { missesDeadline: misses } })
    expect(asked.ok && asked.value.text.includes('will be missed; it is not moved')).toBe(misses)
  })

  test('no window after it is said, not guessed', () => {
    expect(askDelay({ ...ASK, openings: [] })).toMatchObject({
      ok: true,
      value: { startsAt: null, text: expect.stringContaining('No maintenance window') },
    })
  })
})

describe('deciding a delay', () => {
  const DECISION: DelayDecision = {
    askedBy: 'lea',
    until: '2026-11-26T05:00:00.000Z',
    decidedBy: null,
    decider: { id: 'emil', roles: ['operations'] },
    role: 'operations',
    grant: true,
    now: '2026-11-23T12:00:00.000Z',
    started: false,
    granted: 0,
    limit: 1,
  }

  test('the role decides', () => {
    expect(decideDelay(DECISION)).toEqual({ ok: true, value: 'granted' })
    expect(decideDelay({ ...DECISION, grant: false })).toEqual({ ok: true, value: 'declined' })
  })

  test('declining is possible when granting no longer is', () => {
    expect(decideDelay({ ...DECISION, grant: false, started: true, granted: 1, now: '2027-01-01T00:00:00.000Z' })).toMatchObject({
      ok: true,
    })
  })

  const refused: [what: string, more: Partial<DelayDecision>, code: string][] = [
    ['by the one who asked', { decider: { id: 'lea', roles: ['operations'] } }, 'DELAY_OWN'],
    ['by their delegate', { decider: { id: 'max', roles: ['operations'], delegateOf: 'lea' } }, 'DELAY_OWN'],
    ['by another role', { decider: { id: 'ana', roles: ['patch-team', 'end-user'] } }, 'DELAY_NOT_YOURS'],
    ['twice', { decidedBy: 'dana' }, 'DELAY_DECIDED'],
    ['when the host has begun', { started: true }, 'DELAY_TOO_LATE'],
    ['when its time is over', { now: '2026-11-26T05:00:00.000Z' }, 'DELAY_EXPIRED'],
    ['beyond the limit', { granted: 1 }, 'DELAY_LIMIT'],
  ]
  test.each(refused)('refused %s', (_what, more, code) => {
    expect(decideDelay({ ...DECISION, ...more })).toMatchObject({ ok: false, refusal: { code } })
  })
})
