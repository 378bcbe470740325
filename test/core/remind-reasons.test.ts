import { describe, expect, test } from 'vitest'
import type { PatchFileResult } from '../../src/core/change/state.ts'
import type { Policy, Role } from '../../src/core/policy.ts'
import { endingOf } from '../../src/core/remind/ending.ts'
import { changeStandings, standings } from '../../src/core/remind/reasons.ts'
import type { HouseView, Standing } from '../../src/core/remind/reminder.ts'
import { evolved, given, later, NOW, opened, policy, stopped, T0, UNTIL, WINDOW } from '../support/change.ts'
import { aPatchFile } from '../support/patch-files.ts'

const at = (point: keyof typeof UNTIL) => given(UNTIL[point]).state
const view = (own: Partial<HouseView> = {}): HouseView => ({ policy, changes: [], delays: [], exceptions: [], ...own })
const pending = (point: keyof typeof UNTIL): Standing | undefined =>
  changeStandings(at(point), policy).find((s) => s.kind === 'decisionPending')

describe('a step that only people can take', () => {
  test.each<[keyof typeof UNTIL, RegExp, readonly Role[], string]>([
    ['alerted', /^openssl \(change 12\) waits for its classification$/, ['patch-team', 'security'], 'alert'],
    ['testing', /waits for 5 of 5 tests/, ['patch-team', 'operations'], 'test'],
    ['planning', /waits for a plan/, ['patch-team', 'operations'], 'test'],
    ['deciding', /waits for go or no-go/, ['security', 'operations'], 'decision'],
    ['approved', /is approved and waits for its announcement/, ['patch-team', 'operations'], 'decision'],
    ['halted', /stands still until the quorum resumes it/, ['security', 'operations'], 'progress'],
    ['stopped', /stands still until the quorum resumes it/, ['security', 'operations'], 'progress'],
    ['pilotSettled', /waits for the outcome of its pilot/, ['patch-team', 'operations'], 'progress'],
  ])('%s', (point, line, roles, card) => {
    const reason = pending(point)
    expect(reason?.line).toMatch(line)
    expect(reason?.roles).toEqual(roles)
    expect(reason?.under?.card).toBe(card)
  })

  test('what stands still before it has begun waits for its quorum, too', () => {
    const still = given([...UNTIL.announced, stopped]).state
    expect(changeStandings(still, policy).find((s) => s.kind === 'decisionPending')?.line).toMatch(
      /stands still until the quorum resumes it/,
    )
  })

  test.each<[keyof typeof UNTIL, RegExp]>([
    ['deciding', /waits for security to decide on a bad patch file/],
    ['approved', /waits for security to decide on a bad patch file/],
    ['announced', /waits for security to decide on a bad patch file/],
    ['halted', /stands still until security decides on a patch file/],
  ])('is of security alone while a patch file is bad: %s', (point, line) => {
    const standing = (file: PatchFileResult) =>
      changeStandings({ ...at(point), patchFiles: [file] }, policy).find((s) => s.kind === 'decisionPending')
    const bad = aPatchFile({}, 'fail')
    expect(standing(bad)?.line).toMatch(line)
    expect(standing(bad)?.roles).toEqual(['security'])
    expect(`${standing({ ...bad, accepted: { by: 'dana', at: bad.at } })?.line}`).not.toMatch(/patch file/)
  })

  test.each<keyof typeof UNTIL>([
    'announced',
    'told',
    'pilotRuns',
    'reviewing',
    'closed',
    'notRelevant',
    'rollingBack',
  ])('%s waits for nobody', (point) => expect(pending(point)).toBeUndefined())

  test('who has approved is not asked again', () => {
    const half = evolved(at('deciding'), [{ kind: 'approval given', by: 'dana', digest: at('deciding').submission?.digest ?? '' }])
    expect(changeStandings(half, policy).find((s) => s.kind === 'decisionPending')?.roles).toEqual(['operations'])
  })

  test('an unconfirmed bulletin waits for security', () => {
    const [first] = changeStandings(opened({ verdict: 'UNCONFIRMED' }), policy)
    expect(first).toMatchObject({ roles: ['security'], line: expect.stringMatching(/security to vouch/) })
  })
})

describe('the two clocks', () => {
  const clocks = (point: keyof typeof UNTIL, rules: Policy = policy) => changeStandings(at(point), rules).filter((s) => s.kind === 'clocks')

  test('each at half, four fifths and the end, to the instant', () => {
    const [start, complete] = clocks('deciding')
    expect(start?.marks).toEqual([
      {
        at: '2026-11-26T21:00:00.000Z',
        key: '0.5:2026-11-30T09:00:00.000Z',
        line: '50 % of the time to start openssl (change 12) is over',
      },
      {
        at: '2026-11-28T23:24:00.000Z',
        key: '0.8:2026-11-30T09:00:00.000Z',
        line: '80 % of the time to start openssl (change 12) is over',
      },
      {
        at: '2026-11-30T09:00:00.000Z',
        key: '1:2026-11-30T09:00:00.000Z',
        line: 'MISSED: openssl (change 12) has not been started by its deadline',
        final: '2026-11-30T09:00:00.000Z',
      },
    ])
    expect(complete?.marks?.at(-1)).toMatchObject({ at: '2026-12-07T09:00:00.000Z' })
  })

  test.each<[keyof typeof UNTIL, readonly string[]]>([
    ['alerted', []],
    ['deciding', ['change:12/start', 'change:12/complete']],
    ['pilotRuns', ['change:12/complete']],
    ['reviewing', []],
    ['closed', []],
  ])('%s: those run that are not met', (point, subjects) => {
    expect(clocks(point).map((s) => s.subject)).toEqual(subjects)
  })
  test('switched off', () => expect(clocks('deciding', { ...policy, reminders: { ...policy.reminders, clocks: null } })).toEqual([]))
})

describe('a window with an approved change', () => {
  const kinds = (point: keyof typeof UNTIL) => changeStandings(at(point), policy).filter((s) => s.kind.startsWith('window'))

  test('the day before at the time of the schedule, and an hour before it opens', () => {
    const [tomorrow, soon] = kinds('announced')
    expect(tomorrow?.marks?.map((m) => m.at)).toEqual(['2026-11-23T14:00:00.000Z'])
    expect(soon?.marks?.map((m) => m.at)).toEqual(['2026-11-24T20:00:00.000Z'])
    expect(soon).toMatchObject({ over: WINDOW.start, line: 'the window "Weekday night" opens for openssl (change 12)' })
  })
  test('one that nobody has announced says so', () => expect(kinds('approved')[0]?.line).toMatch(/nobody has announced it yet$/))
  test.each<keyof typeof UNTIL>(['deciding', 'pilotRuns', 'closed'])('%s: no', (point) => expect(kinds(point)).toEqual([]))
})

describe('reviews and waiting changes', () => {
  test('a review is due a week after it was opened', () => {
    expect(changeStandings(at('reviewing'), policy)).toMatchObject([{ kind: 'reviewDue', since: later(7 * 1440) }])
  })
  test('a change that was let wait for a rollup says for what, and until when', () => {
    const event = { kind: 'awaiting begun', by: 'ana', what: 'the rollup of March', until: later(1440) } as const
    const waits = evolved(at('testing'), [event], later(5))
    expect(changeStandings(waits, policy).filter((s) => s.kind !== 'clocks')).toMatchObject([
      { kind: 'awaiting', line: 'openssl (change 12) still waits for: the rollup of March', since: later(5), until: later(1440) },
    ])
  })
})

describe('roles', () => {
  const without = (...ids: readonly string[]): Policy => ({ ...policy, people: policy.people.filter((p) => !ids.includes(p.id)) })
  const about = (rules: Policy, kind: Standing['kind']) =>
    standings(view({ policy: rules }))
      .filter((s) => s.kind === kind)
      .map((s) => s.line)

  test.each([
    ['everybody is there', policy, [], ['Nora Yilmaz alone holds the role admin, and has no delegate']],
    [
      'nobody of operations',
      without('emil', 'chiara'),
      ['nobody holds the role operations'],
      ['Nora Yilmaz alone holds the role admin, and has no delegate'],
    ],
    // Oskar is her delegate, so a holiday of hers stops nothing.
    ['security is Dana, with a delegate', without('farah', 'nora'), ['nobody holds the role admin'], []],
    [
      'security is Farah alone',
      without('dana', 'oskar', 'nora'),
      ['nobody holds the role admin'],
      ['Farah Haddad alone holds the role security, and has no delegate'],
    ],
  ])('%s', (_, rules, unfilled, alone) => {
    expect(about(rules, 'roleNotFilled')).toEqual(unfilled)
    expect(about(rules, 'delegateMissing')).toEqual(alone)
  })
})

describe('other reasons', () => {
  test('an exception is a reason from two weeks before its end until its end', () => {
    const until = later(30 * 1440)
    const [reason] = standings(view({ exceptions: [{ subject: 'sponsor:web-01', what: 'the sponsorship of web-01 ends', until }] }))
    expect(reason).toMatchObject({ kind: 'exceptionExpiring', since: later(16 * 1440), until, over: until })
  })
  test('a request for a delay waits for the role of the class', () => {
    const delays = [{ id: 3, changeId: 12, askedAt: T0, until: later(1440) }]
    const reason = standings(view({ changes: [at('announced')], delays })).find((s) => s.subject === 'delay:3')
    expect(reason).toMatchObject({ kind: 'decisionPending', roles: ['operations'], under: { card: 'request' } })
  })
  test('a kind that is switched off gives none', () => {
    const off = { ...policy, reminders: { ...policy.reminders, decisionPending: null, auditHead: null } }
    const kinds = standings(view({ policy: off, changes: [at('alerted')] })).map((s) => s.kind)
    expect(kinds).toEqual(['delegateMissing', 'dailySummary'])
  })
})

describe('how a reason ended', () => {
  test.each<[string, Standing['kind'], string, keyof typeof UNTIL, string]>([
    ['classified', 'decisionPending', 'change:12/alerted', 'testing', 'Classified high by Ana Ferreira'],
    ['not relevant', 'decisionPending', 'change:12/alerted', 'notRelevant', 'Decided to be not relevant by Ana Ferreira'],
    ['planned', 'decisionPending', 'change:12/planning', 'deciding', 'Planned by Ana Ferreira'],
    ['decided', 'decisionPending', 'change:12/deciding', 'approved', 'Approved by Dana Kowalska and Emil Sørensen'],
    ['decided, and long past it', 'decisionPending', 'change:12/deciding', 'reviewing', 'Approved by Dana Kowalska and Emil Sørensen'],
    ['announced', 'decisionPending', 'change:12/approved', 'announced', 'Announced by Ana Ferreira'],
    ['resumed', 'decisionPending', 'change:12/rolling-out', 'pilotPassed', 'It is being rolled out now'],
    ['started', 'clocks', 'change:12/start', 'pilotRuns', 'Started'],
    ['completed', 'clocks', 'change:12/complete', 'reviewing', 'Completed'],
    ['given up', 'clocks', 'change:12/complete', 'notRelevant', 'Decided to be not relevant by Ana Ferreira'],
    ['closed', 'reviewDue', 'change:12', 'closed', 'Closed by Greta Vogel'],
    ['the window has come', 'windowSoon', 'change:12', 'pilotRuns', 'It is being rolled out now'],
  ])('%s', (_, kind, subject, point, what) => {
    expect(endingOf({ kind, subject }, at(point), policy, NOW).what).toBe(what)
  })
  test('a window that has opened', () => {
    expect(endingOf({ kind: 'windowSoon', subject: 'change:12' }, at('announced'), policy, WINDOW.start)).toEqual({
      what: 'The window has opened',
      at: WINDOW.start,
    })
  })
})
