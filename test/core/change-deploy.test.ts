import { describe, expect, test } from 'vitest'
import type { ChangeEvent, Command } from '../../src/core/change/command.ts'
import type { RingAcceptance } from '../../src/core/change/state.ts'
import type { Policy } from '../../src/core/policy.ts'
import {
  DIGEST,
  evolved,
  finished,
  given,
  halted,
  haltOf,
  later,
  NOW,
  opened,
  PLAN,
  pilotPassed,
  planApproved,
  policy,
  rolledBack,
  settled,
  started,
  stopped,
  submitted,
  T0,
  UNTIL,
  WINDOW,
} from '../support/change.ts'

const BLANK = ' \n\t'
const without = (ring: number): Command => ({ kind: 'settle-ring', ring, figures: '0 of 0' })
const startRing = (ring: number, hosts = PLAN.rings[ring - 1]?.hosts ?? []): Command => ({ kind: 'start-ring', ring, hosts })
const settleRing = (ring: number): Command => ({ kind: 'settle-ring', ring, figures: '2 verified of 2' })

describe('announce', () => {
  const announce: Command = { kind: 'announce', what: 'A hole is closed.', why: 'Attackers use it.' }
  const at = (start: string): readonly ChangeEvent[] => [
    ...UNTIL.planning,
    submitted({ ...PLAN, window: { ...WINDOW, start, end: later(90, start) } }),
    planApproved,
  ]
  const said = (endUsersAt: string): ChangeEvent => ({
    kind: 'announced',
    by: 'ana',
    what: 'A hole is closed.',
    why: 'Attackers use it.',
    endUsersAt,
  })

  test('representatives hear at once, end users after the lead time', () => {
    given(UNTIL.approved)
      .when(announce, 'ana')
      .yields(said(later(policy.representativeLeadMinutes, NOW)))
  })
  test('a window exactly as far as the lead time leaves just enough', () => {
    given(at(later(60, NOW)))
      .when(announce, 'ana')
      .yields(said(later(60, NOW)))
  })
  test('a nearer window leaves none: everybody hears at once', () => {
    given(at(later(59, NOW)))
      .when(announce, 'ana')
      .yields(said(NOW))
    given(at(later(-10, NOW)))
      .when(announce, 'ana')
      .yields(said(NOW))
  })
  test('not for a window that is over: the time told would be wrong', () => {
    given(UNTIL.approved)
      .when(announce, 'ana', { at: WINDOW.end })
      .refuses('WINDOW_PAST', /Please plan again/)
  })
  test.each(['dana', 'greta', 'ines'])('%s may not', (by) => given(UNTIL.approved).when(announce, by).refuses('ROLE_MISSING'))
  test.each(['deciding', 'announced', 'pilotRuns', 'closed'] as const)('not in its time: %s', (phase) => {
    given(UNTIL[phase]).when(announce, 'ana').refuses('STALE')
  })
  test.each([
    ['what', { ...announce, what: BLANK }],
    ['why', { ...announce, why: '' }],
  ] as const)('not without words for %s', (_, command) => given(UNTIL.approved).when(command, 'ana').refuses('TEXT_NEEDED'))
})

describe('tell the end users', () => {
  const tell: Command = { kind: 'tell-end-users' }
  test('when the lead time has passed, and once', () => {
    given(UNTIL.announced)
      .when(tell, null, { at: later(60) })
      .yields({ kind: 'end users told' })
    given(UNTIL.told).when(tell, null).yields()
  })
  test('not before, whatever row of an earlier plan is due', () =>
    given(UNTIL.announced)
      .when(tell, null, { at: later(59) })
      .yields())
  test('nothing was announced', () => given(UNTIL.approved).when(tell, null).yields())
  test('nobody presses it', () => given(UNTIL.announced).when(tell, 'ana').refuses('HOUSE_ONLY'))
})

describe('a ring starts', () => {
  test('the pilot first', () => given(UNTIL.told).when(startRing(1), null).yields(started(1)))
  test('and the change is being rolled out', () => {
    expect(given(UNTIL.told).when(startRing(1), null).state()).toMatchObject({
      phase: 'rolling out',
      rollout: {
        status: 'running',
        startedAt: NOW,
        rings: [{ state: 'running', startedAt: NOW }, { state: 'waiting' }, { state: 'waiting' }],
      },
    })
  })
  test('the next after the pilot’s outcome', () => given(UNTIL.pilotPassed).when(startRing(2), null).yields(started(2)))
  test('some of its hosts, others are delayed', () =>
    given(UNTIL.told)
      .when(startRing(1, ['web-02']), null)
      .yields(started(1, ['web-02'])))

  test.each(['alerted', 'planning', 'deciding', 'approved', 'reviewing', 'rolledBack', 'closed'] as const)('never: %s', (phase) => {
    given(UNTIL[phase]).when(startRing(1), null).refuses('STALE')
  })
  test('not before the end users are told', () => given(UNTIL.announced).when(startRing(1), null).refuses('NOT_ANNOUNCED'))
  test.each(['halted', 'stopped', 'rollingBack'] as const)('not while it stands still: %s', (phase) => {
    given(UNTIL[phase]).when(startRing(1), null).refuses('STANDS_STILL')
  })
  test('not after a STOP before the first ring', () =>
    given([...UNTIL.told, stopped])
      .when(startRing(1), null)
      .refuses('STANDS_STILL'))
  test('not on a plan that is not the approved one', () => {
    given([...UNTIL.told, submitted({ ...PLAN, undo: 'x' })])
      .when(startRing(1), null)
      .refuses('STALE')
    const state = evolved(opened(), UNTIL.told)
    given([], { ...state, submission: { ...state.submission, decided: undefined } as never })
      .when(startRing(1), null)
      .refuses('NOT_APPROVED')
  })
  test.each([
    ['a host of another ring', 1, ['web-01', 'web-03']],
    ['a host that nobody planned', 1, ['web-99']],
    ['no host', 1, []],
    ['a ring that does not exist', 4, ['web-01']],
    ['ring 0', 0, ['web-01']],
  ] as const)('not %s', (_, ring, hosts) => given(UNTIL.pilotPassed).when(startRing(ring, hosts), null).refuses('NOT_PLANNED'))
  test.each(['pilotRuns', 'pilotSettled'] as const)('ring 2 waits for the pilot’s outcome: %s', (phase) => {
    given(UNTIL[phase]).when(startRing(2), null).refuses('PILOT_OPEN')
  })
  test('ring 2 does not start on a failed pilot', () => {
    given([...UNTIL.pilotSettled, { ...pilotPassed, passed: false } as ChangeEvent])
      .when(startRing(2), null)
      .refuses('PILOT_OPEN')
  })
  test('ring 3 waits for ring 2', () => {
    given(UNTIL.pilotPassed).when(startRing(3), null).refuses('RING_ORDER')
    given([...UNTIL.pilotPassed, started(2)])
      .when(startRing(3), null)
      .refuses('RING_ORDER')
    given([...UNTIL.pilotPassed, started(2), settled(2)])
      .when(startRing(3), null)
      .yields(started(3))
  })
  test('hosts of a settled ring may be caught up at any time, and it stays settled', () => {
    const state = given([...UNTIL.pilotPassed, started(2)])
      .when(startRing(1, ['web-02']), null, { at: later(90) })
      .state()
    expect(state.rollout?.rings[0]).toMatchObject({ state: 'settled', settledAt: T0, startedAt: T0 })
  })
  test('a ring that settled before any of its hosts had started begins now', () => {
    const state = given([...UNTIL.told, settled(1)])
      .when(startRing(1), null)
      .state()
    expect(state.rollout?.rings[0]).toMatchObject({ state: 'running', startedAt: NOW })
  })
  test('by itself: nobody presses it', () => given(UNTIL.told).when(startRing(1), 'ana').refuses('HOUSE_ONLY'))
})

describe('a ring settles', () => {
  test('once', () => {
    given(UNTIL.pilotRuns).when(settleRing(1), null).yields(settled(1))
    given(UNTIL.pilotSettled).when(settleRing(1), null).yields()
  })
  test('without having run, when none of its hosts is to start', () => {
    given(UNTIL.told).when(without(1), null).yields({ kind: 'ring settled', ring: 1, figures: '0 of 0' })
  })
  test.each(['halted', 'stopped', 'rollingBack'] as const)('not while it stands still: %s', (phase) => {
    given(UNTIL[phase]).when(settleRing(2), null).refuses('STANDS_STILL')
  })
  test('none that does not exist', () => given(UNTIL.pilotRuns).when(settleRing(9), null).refuses('STALE'))
  test('none of a change without a rollout', () => given(UNTIL.deciding).when(settleRing(1), null).refuses('STALE'))
})

describe('the outcome of the pilot', () => {
  const record = (passed: boolean, note = 'they serve'): Command => ({ kind: 'record-pilot', passed, note })

  test.each(['ana', 'emil', 'chiara'])('is recorded by a person: %s', (by) => {
    given(UNTIL.pilotSettled).when(record(true), by).yields({ kind: 'pilot recorded', by, passed: true, note: 'they serve' })
  })
  test('passed needs no words', () => {
    given(UNTIL.pilotSettled).when(record(true, ''), 'ana').yields({ kind: 'pilot recorded', by: 'ana', passed: true, note: '' })
  })
  test('failed says why, and stops the rollout', () => {
    given(UNTIL.pilotSettled).when(record(false, BLANK), 'ana').refuses('REASON_NEEDED')
    given(UNTIL.pilotSettled)
      .when(record(false, 'no TLS'), 'ana')
      .yields(
        { kind: 'pilot recorded', by: 'ana', passed: false, note: 'no TLS' },
        { kind: 'halted', by: 'ana', ring: 1, reason: 'the pilot failed: no TLS' },
      )
  })
  test('failed while it stands still already: one halt is enough', () => {
    given([...UNTIL.pilotSettled, stopped])
      .when(record(false, 'no TLS'), 'ana')
      .yields({ kind: 'pilot recorded', by: 'ana', passed: false, note: 'no TLS' })
  })
  test('a failed one is forgotten by the resume, and recorded again before ring 2', () => {
    const failed: readonly ChangeEvent[] = [...UNTIL.pilotSettled, { ...pilotPassed, passed: false } as ChangeEvent, stopped]
    const state = evolved(opened(), [...failed, { kind: 'resumed', by: ['dana', 'emil'], accepted: [] }])
    expect(state.rollout?.pilot).toBeUndefined()
    given([], state).when(startRing(2), null).refuses('PILOT_OPEN')
    given([], state).when(record(true), 'ana').yields({ kind: 'pilot recorded', by: 'ana', passed: true, note: 'they serve' })
  })
  test('a good one outlives a halt', () => {
    expect(evolved(opened(), [...UNTIL.pilotPassed, halted, { kind: 'resumed', by: [], accepted: [] }]).rollout?.pilot?.passed).toBe(true)
  })
  test('not while it runs', () => given(UNTIL.pilotRuns).when(record(true), 'ana').refuses('PILOT_RUNNING'))
  test('not twice', () => given(UNTIL.pilotPassed).when(record(true), 'ana').refuses('ALREADY_DONE'))
  test('not of a pilot on which nothing ran', () =>
    given([...UNTIL.told, settled(1)])
      .when(record(true), 'ana')
      .refuses('STALE'))
  test.each(['dana', 'greta', 'kofi'])('not by %s', (by) => given(UNTIL.pilotSettled).when(record(true), by).refuses('ROLE_MISSING'))
  test('not by the house', () => given(UNTIL.pilotSettled).when(record(true), null).refuses('PERSON_NEEDED'))
  test.each(['announced', 'reviewing'] as const)('not in its time: %s', (phase) =>
    given(UNTIL[phase]).when(record(true), 'ana').refuses('STALE'))
})

describe('STOP', () => {
  const stop: Command = { kind: 'stop', reason: 'customs is down' }

  test.each(['ana', 'ben', 'dana', 'emil'])('%s may, at once and alone', (by) => {
    given(UNTIL.pilotRuns).when(stop, by).yields({ kind: 'halted', by, ring: null, reason: 'customs is down' })
  })
  test('needs no words', () => {
    given(UNTIL.pilotRuns)
      .when({ kind: 'stop', reason: BLANK }, 'ana')
      .yields({ kind: 'halted', by: 'ana', ring: null, reason: 'no reason given' })
  })
  test.each(['greta', 'ines', 'kofi', 'nora'])('%s may not', (by) => given(UNTIL.pilotRuns).when(stop, by).refuses('ROLE_MISSING'))
  test.each(['approved', 'announced', 'told', 'pilotRuns', 'pilotSettled', 'pilotPassed', 'allSettled'] as const)('stops: %s', (phase) => {
    const state = given(UNTIL[phase]).when(stop, 'ben').state()
    expect(state.rollout).toMatchObject({ status: 'stopped', halt: { by: 'ben', number: 1 } })
    given([], state).when(stop, 'ana').yields()
  })
  test.each(
    Object.keys(UNTIL) as (keyof typeof UNTIL)[],
  )('is never refused to the team, and pressing it twice is pressing it once: %s', (phase) => {
    const once = given(UNTIL[phase]).when(stop, 'ben').state()
    given([], once).when(stop, 'ben').yields()
  })
})

describe('a halt by threshold', () => {
  const halt: Command = { kind: 'halt', ring: 1, reason: '1 failed in Pilot, at most 0 tolerated.' }
  test('of what runs', () => given(UNTIL.pilotRuns).when(halt, null).yields(halted))
  test.each(['told', 'halted', 'stopped', 'rollingBack', 'reviewing'] as const)('changes nothing: %s', (phase) =>
    given(UNTIL[phase]).when(halt, null).yields())
  test('is counted, and forgets who had agreed to the last resume', () => {
    const again = evolved(opened(), [
      ...UNTIL.halted,
      { kind: 'resume approved', by: 'dana', digest: 'x' },
      { kind: 'resumed', by: [], accepted: [] },
      halted,
    ])
    expect(again.rollout).toMatchObject({ status: 'halted', halt: { number: 2 }, resumeApprovals: [] })
  })
  test('is not a person’s', () => given(UNTIL.pilotRuns).when(halt, 'ana').refuses('HOUSE_ONLY'))
})

describe('resume', () => {
  const accepted: readonly RingAcceptance[] = [{ failuresAccepted: 1 }, { failuresAccepted: 0 }, { failuresAccepted: 0 }]
  const resume = (digest: string): Command => ({ kind: 'resume', digest })
  const at = (phase: 'halted' | 'stopped') => haltOf(evolved(opened(), UNTIL[phase]))
  const agreed = (by: string, digest: string): ChangeEvent => ({ kind: 'resume approved', by, digest })

  test.each(['halted', 'stopped'] as const)('needs the quorum: %s', (phase) => {
    const digest = at(phase)
    given(UNTIL[phase]).when(resume(digest), 'dana').yields(agreed('dana', digest))
    given([...UNTIL[phase], agreed('dana', digest)])
      .when(resume(digest), 'emil', { acceptable: accepted })
      .yields(agreed('emil', digest), { kind: 'resumed', by: ['dana', 'emil'], accepted })
  })
  test('goes on with what was accepted', () => {
    const digest = at('halted')
    const state = given([...UNTIL.halted, agreed('dana', digest)])
      .when(resume(digest), 'emil', { acceptable: accepted })
      .state()
    expect(state.rollout).toMatchObject({ status: 'running', rings: [{ accepted: { failuresAccepted: 1 } }, {}, {}] })
  })
  test('before the first ring it waits again', () => {
    const state = evolved(opened(), [...UNTIL.told, stopped, { kind: 'resumed', by: [], accepted: [] }])
    expect(state.rollout?.status).toBe('waiting')
  })
  test('two of one role are not the quorum', () => {
    const digest = at('halted')
    given([...UNTIL.halted, agreed('dana', digest)])
      .when(resume(digest), 'farah')
      .yields(agreed('farah', digest))
  })
  test('nobody twice, nor by a delegate', () => {
    const digest = at('halted')
    given([...UNTIL.halted, agreed('dana', digest)])
      .when(resume(digest), 'dana')
      .refuses('ALREADY_DONE')
    given([...UNTIL.halted, agreed('dana', digest)])
      .when(resume(digest), 'oskar')
      .refuses('ALREADY_DONE')
  })
  test('not by who asked for the plan', () => {
    const own = [...UNTIL.planning, submitted(PLAN, 'chiara'), planApproved, ...UNTIL.told.slice(UNTIL.approved.length), started(1), halted]
    given(own)
      .when(resume(haltOf(evolved(opened(), own))), 'chiara')
      .refuses('OWN_REQUEST')
  })
  test.each(['ana', 'greta'])('not by %s', (by) =>
    given(UNTIL.halted)
      .when(resume(at('halted')), by)
      .refuses('ROLE_MISSING'))
  test('of an earlier halt', () => {
    const twice = [...UNTIL.halted, { kind: 'resumed', by: [], accepted: [] } as ChangeEvent, halted]
    given(twice)
      .when(resume(at('halted')), 'dana')
      .refuses('STALE', /halted again/)
  })
  test('of a halt of the plan before: its first halt is not this one’s first', () => {
    const before = evolved(opened(), [...UNTIL.halted, rolledBack, finished, { kind: 'planned again', by: 'ana' }])
    const next = evolved(before, [submitted(), planApproved, ...UNTIL.told.slice(UNTIL.approved.length), started(1), halted], later(600))
    expect(next.rollout?.halt?.number).toBe(1)
    given([], next)
      .when(resume(at('halted')), 'dana')
      .refuses('STALE')
  })
  test.each(['approved', 'pilotRuns', 'rollingBack', 'reviewing'] as const)('of what does not stand still: %s', (phase) => {
    given(UNTIL[phase])
      .when(resume(at('halted')), 'dana')
      .refuses('STALE')
  })
})

describe('retry', () => {
  const retry = (hosts: readonly string[] = ['web-01']): Command => ({ kind: 'retry', hosts })
  test.each(['pilotRuns', 'halted', 'stopped'] as const)('lets hosts wait for their next order: %s', (phase) => {
    given(UNTIL[phase])
      .when(retry(), 'ana')
      .yields({ kind: 'hosts retried', by: 'ana', hosts: ['web-01'], accepted: [] })
  })
  test('does not resume anything', () => expect(given(UNTIL.halted).when(retry(), 'ana').state().rollout?.status).toBe('halted'))
  test('takes the accepted failures back that it retries', () => {
    const acceptable = [{ failuresAccepted: 0 }]
    expect(given(UNTIL.pilotRuns).when(retry(), 'ana', { acceptable }).state().rollout?.rings[0]?.accepted).toEqual({ failuresAccepted: 0 })
  })
  test('of nothing', () => given(UNTIL.pilotRuns).when(retry([]), 'ana').refuses('NOTHING_TO_DO'))
  test('of a host that nobody planned', () =>
    given(UNTIL.pilotRuns)
      .when(retry(['web-99']), 'ana')
      .refuses('NOT_PLANNED', /web-99/))
  test('not while it is taken back', () =>
    given(UNTIL.rollingBack)
      .when(retry(), 'ana')
      .refuses('STALE', /rolled back/))
  test.each(['told', 'reviewing'] as const)('not in its time: %s', (phase) => given(UNTIL[phase]).when(retry(), 'ana').refuses('STALE'))
  test('not by security', () => given(UNTIL.pilotRuns).when(retry(), 'dana').refuses('ROLE_MISSING'))
})

describe('exclude', () => {
  const exclude = (hosts: readonly string[] = ['web-01'], reason = 'broken disk'): Command => ({ kind: 'exclude', hosts, reason })
  test.each(['approved', 'announced', 'pilotRuns', 'halted'] as const)('with a name and a reason: %s', (phase) => {
    given(UNTIL[phase])
      .when(exclude(), 'emil')
      .yields({
        kind: 'hosts excluded',
        by: 'emil',
        hosts: ['web-01'],
        reason: 'broken disk',
        control: '',
        until: later(90 * 24 * 60, NOW),
      })
  })
  test('until a day, with what protects it meanwhile', () => {
    const until = later(14 * 24 * 60)
    given(UNTIL.pilotRuns)
      .when({ ...exclude(), control: 'no way in', until } as Command, 'emil')
      .yields({ kind: 'hosts excluded', by: 'emil', hosts: ['web-01'], reason: 'broken disk', control: 'no way in', until })
    given(UNTIL.pilotRuns)
      .when({ ...exclude(), until: NOW } as Command, 'emil')
      .refuses('UNTIL_PAST')
  })
  test('not without a reason', () =>
    given(UNTIL.pilotRuns)
      .when(exclude(['web-01'], BLANK), 'emil')
      .refuses('REASON_NEEDED', /they stay unpatched/))
  test('of nothing', () => given(UNTIL.pilotRuns).when(exclude([]), 'emil').refuses('NOTHING_TO_DO'))
  test('of a host that nobody planned', () =>
    given(UNTIL.pilotRuns)
      .when(exclude(['web-99']), 'emil')
      .refuses('NOT_PLANNED'))
  test('not by security', () => given(UNTIL.pilotRuns).when(exclude(), 'dana').refuses('ROLE_MISSING'))
  test.each(['deciding', 'reviewing'] as const)('not in its time: %s', (phase) =>
    given(UNTIL[phase]).when(exclude(), 'emil').refuses('STALE'))
})

describe('roll back', () => {
  const rollBack: Command = { kind: 'roll-back', reason: 'programs crash' }
  test.each(['pilotRuns', 'halted', 'stopped', 'reviewing'] as const)('%s', (phase) => {
    const state = given(UNTIL[phase]).when(rollBack, 'chiara').state()
    expect(state).toMatchObject({ phase: 'rolling out', rollout: { status: 'rolling back', rolledBack: { by: 'chiara' } } })
    given([], state).when(startRing(1), null).refuses('STANDS_STILL')
  })
  test('needs a reason', () =>
    given(UNTIL.pilotRuns)
      .when({ ...rollBack, reason: BLANK }, 'chiara')
      .refuses('REASON_NEEDED'))
  test('once', () => given(UNTIL.rollingBack).when(rollBack, 'ana').refuses('ALREADY_DONE'))
  test.each(['told', 'closed'] as const)('not in its time: %s', (phase) => given(UNTIL[phase]).when(rollBack, 'ana').refuses('STALE'))
  test('not by security', () => given(UNTIL.pilotRuns).when(rollBack, 'dana').refuses('ROLE_MISSING'))
  test('ends in a review, and can be planned again', () => {
    const state = given(UNTIL.rollingBack).when({ kind: 'finish', figures: '2 rolled back of 5' }, null).state()
    expect(state).toMatchObject({ phase: 'reviewing', rollout: { status: 'finished' } })
    expect(given([], state).when({ kind: 'plan-again' }, 'ana').state().phase).toBe('planning')
  })
})

describe('finish', () => {
  const finish: Command = { kind: 'finish', figures: '5 verified of 5' }
  test('when every ring has settled', () => {
    given(UNTIL.allSettled).when(finish, null).yields(finished)
    expect(evolved(opened(), UNTIL.reviewing)).toMatchObject({ phase: 'reviewing', review: { openedAt: T0, lessons: [] } })
  })
  test('also when nothing was left to start', () => {
    given([...UNTIL.told, settled(1), settled(2), settled(3)])
      .when(finish, null)
      .yields(finished)
  })
  test.each(['told', 'pilotRuns', 'pilotPassed'] as const)('not before: %s', (phase) =>
    given(UNTIL[phase]).when(finish, null).refuses('RING_ORDER'))
  test.each(['halted', 'stopped'] as const)('not what stands still: %s', (phase) =>
    given(UNTIL[phase]).when(finish, null).refuses('STANDS_STILL'))
  test('once', () => given(UNTIL.reviewing).when(finish, null).yields())
  test('nothing without a rollout', () => given(UNTIL.deciding).when(finish, null).refuses('STALE'))
  test('is not a person’s', () => given(UNTIL.allSettled).when(finish, 'ana').refuses('HOUSE_ONLY'))
})

describe('people are needed', () => {
  const need: Command = { kind: 'need-people', text: '1 host(s) failed' }
  const needed: ChangeEvent = { kind: 'people needed', text: '1 host(s) failed' }
  test('is said once, until something is done about it', () => {
    given(UNTIL.allSettled).when(need, null).yields(needed)
    given([...UNTIL.allSettled, needed])
      .when(need, null)
      .yields()
    given([
      ...UNTIL.allSettled,
      needed,
      { kind: 'hosts excluded', by: 'ana', hosts: ['web-01'], reason: 'x', control: '', until: later(60) },
    ])
      .when(need, null)
      .yields(needed)
  })
  test('not without a rollout', () => given(UNTIL.deciding).when(need, null).yields())
})

describe('incidents and claims', () => {
  const incident: Command = { kind: 'report-incident', text: 'no print' }
  const reported = (number: number): ChangeEvent => ({ kind: 'incident reported', by: 'kofi', number, text: 'no print' })
  const claim: Command = { kind: 'claim', key: 'incident-1', what: 'no print' }

  test('anybody may say that it went wrong, each is numbered', () => {
    given(UNTIL.pilotRuns).when(incident, 'kofi').yields(reported(1))
    given([...UNTIL.pilotRuns, reported(1)])
      .when(incident, 'kofi')
      .yields(reported(2))
  })
  test.each(['announced', 'reviewing', 'closed'] as const)('also %s', (phase) =>
    given(UNTIL[phase]).when(incident, 'kofi').yields(reported(1)))
  test('with a sentence', () =>
    given(UNTIL.pilotRuns)
      .when({ ...incident, text: BLANK } as Command, 'kofi')
      .refuses('TEXT_NEEDED'))
  test('not by the house', () => given(UNTIL.pilotRuns).when(incident, null).refuses('PERSON_NEEDED'))
  test('not of what nobody has heard of', () => given(UNTIL.deciding).when(incident, 'kofi').refuses('STALE'))

  test('the first claim counts', () => {
    given(UNTIL.pilotRuns).when(claim, 'ana').yields({ kind: 'claimed', by: 'ana', key: 'incident-1', what: 'no print' })
    const taken = [...UNTIL.pilotRuns, { kind: 'claimed', by: 'ana', key: 'incident-1', what: 'no print' } as ChangeEvent]
    given(taken).when(claim, 'ana').yields()
    given(taken).when(claim, 'ben').refuses('ALREADY_DONE', 'Ana Ferreira already takes care of it.')
  })
  test.each(['__proto__', 'constructor', 'toString'])('a key such as %s is a key like any other', (key) => {
    const state = given(UNTIL.pilotRuns)
      .when({ ...claim, key } as Command, 'ana')
      .state()
    expect(Object.hasOwn(state.claims, key)).toBe(true)
  })
  test('not by end users', () => given(UNTIL.pilotRuns).when(claim, 'kofi').refuses('ROLE_MISSING'))
})

describe('review', () => {
  const lesson: Command = { kind: 'write-lesson', text: 'ask customs first' }
  const close: Command = { kind: 'close-review' }
  test('lessons are written by who took part', () => {
    const state = given(UNTIL.reviewing).when(lesson, 'greta').state()
    expect(state.review?.lessons).toEqual([{ by: 'greta', at: NOW, text: 'ask customs first' }])
    given(UNTIL.reviewing).when(lesson, 'kofi').refuses('ROLE_MISSING')
    given(UNTIL.reviewing)
      .when({ ...lesson, text: BLANK } as Command, 'ana')
      .refuses('TEXT_NEEDED')
    given(UNTIL.allSettled).when(lesson, 'ana').refuses('STALE')
  })
  test('closing it ends the change', () => {
    expect(given(UNTIL.reviewing).when(close, 'ana').state()).toMatchObject({ phase: 'closed', review: { closed: { by: 'ana', at: NOW } } })
    given(UNTIL.reviewing).when(close, 'kofi').refuses('ROLE_MISSING')
    given(UNTIL.closed)
      .when(close, 'ana')
      .refuses('STALE', /is closed/)
    given(UNTIL.closed).when(lesson, 'ana').refuses('STALE')
  })
})

describe('whoever asks', () => {
  const forPeople: readonly Command[] = [
    { kind: 'vouch', reason: 'x' },
    { kind: 'classify', class: 'high', reason: 'x' },
    { kind: 'not-relevant', reason: 'x' },
    { kind: 'record-test', test: 'files-verified', passed: true, note: '' },
    { kind: 'submit-plan', plan: PLAN },
    { kind: 'approve', digest: DIGEST },
    { kind: 'reject', digest: DIGEST, reason: 'x' },
    { kind: 'announce', what: 'x', why: 'x' },
    { kind: 'record-pilot', passed: true, note: '' },
    { kind: 'stop', reason: '' },
    { kind: 'retry', hosts: ['web-01'] },
    { kind: 'exclude', hosts: ['web-01'], reason: 'x' },
    { kind: 'roll-back', reason: 'x' },
    { kind: 'claim', key: 'k', what: 'x' },
    { kind: 'plan-again' },
    { kind: 'write-lesson', text: 'x' },
    { kind: 'close-review' },
  ]
  const phaseOf: Readonly<Record<string, keyof typeof UNTIL>> = { approve: 'deciding', reject: 'deciding', 'report-incident': 'pilotRuns' }

  test.each(forPeople.map((c) => [c.kind, c] as const))('%s: neither the house nor an end user', (kind, command) => {
    const at = given(UNTIL[phaseOf[kind] ?? 'pilotRuns'])
    at.when(command, null).refuses('PERSON_NEEDED')
    at.when(command, 'kofi').refuses('ROLE_MISSING')
  })

  test('a role that nobody holds says so', () => {
    const rules: Policy = { ...policy, people: policy.people.filter((p) => !p.roles.includes('security')) }
    given([], opened({ verdict: 'UNCONFIRMED' }))
      .when({ kind: 'vouch', reason: 'x' }, 'ana', { rules })
      .refuses('ROLE_MISSING', /nobody holds it yet/)
  })
})
