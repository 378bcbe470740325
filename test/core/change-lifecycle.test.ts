import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/core/change/command.ts'
import { elsewhereHosts } from '../../src/core/change/decide-elsewhere.ts'
import { reviewMayNotBeForgotten } from '../../src/core/change/decide-review.ts'
import { isAwaiting } from '../../src/core/change/decide-wait.ts'
import { isOver } from '../../src/core/change/guard.ts'
import { thinRoles } from '../../src/core/evaluate/roles.ts'
import type { Policy } from '../../src/core/policy.ts'
import { aVulnerability } from '../support/bulletin.ts'
import {
  aHost,
  approvedBy,
  classified,
  DIGEST,
  elsewhere,
  evolved,
  facts,
  given,
  HOSTS,
  later,
  letWait,
  NOW,
  opened,
  policy,
  T0,
  UNTIL,
} from '../support/change.ts'

const BLANK = ' \n\t'
const medium = { ...classified, class: 'medium', reason: 'x' } as const
const low = { ...classified, class: 'low', reason: 'x' } as const

describe('await a rollup or service pack', () => {
  const wait = (own: Partial<Extract<Command, { kind: 'await' }>> = {}): Command => ({ kind: 'await', what: 'the December rollup', ...own })

  test.each([
    ['medium', medium],
    ['low', low],
  ] as const)('%s may', (_, event) => {
    given([event]).when(wait(), 'ana').yields({ kind: 'awaiting begun', by: 'ana', what: 'the December rollup', until: null })
  })
  test.each(['high', 'critical'] as const)('%s has to start', (chosen) => {
    given([{ ...classified, class: chosen }])
      .when(wait(), 'ana')
      .refuses('CANNOT_WAIT', /has to start/)
  })
  test('any class that the policy gives no time to start', () => {
    const rules: Policy = { ...policy, classes: { ...policy.classes, high: { ...policy.classes.high, startHours: null } } }
    given([classified])
      .when(wait(), 'ana', { rules })
      .yields({ kind: 'awaiting begun', by: 'ana', what: 'the December rollup', until: null })
  })
  test('not before it has a class, nor once a plan is being decided', () => {
    given([]).when(wait(), 'ana').refuses('STALE')
    given(UNTIL.deciding).when(wait(), 'ana').refuses('STALE')
  })
  test('it says what it waits for', () =>
    given([low])
      .when(wait({ what: BLANK }), 'ana')
      .refuses('TEXT_NEEDED'))
  test('until a day to come', () => {
    given([low])
      .when(wait({ until: NOW }), 'ana')
      .refuses('UNTIL_PAST')
    expect(
      given([low])
        .when(wait({ until: later(9000) }), 'ana')
        .state().awaiting,
    ).toEqual({
      what: 'the December rollup',
      by: 'ana',
      since: NOW,
      until: later(9000),
    })
  })
  test.each(['emil', 'greta', 'kofi'])('not by %s', (by) => given([low]).when(wait(), by).refuses('ROLE_MISSING'))
  test('reminders can ask', () => {
    expect(isAwaiting(evolved(opened(), UNTIL.awaiting))).toBe(true)
    expect(isAwaiting(evolved(opened(), UNTIL.testing))).toBe(false)
  })
})

describe('the end of the waiting', () => {
  const end: Command = { kind: 'end-waiting', reason: 'the rollup is late' }
  test('by a person, with a reason', () => {
    given(UNTIL.awaiting).when(end, 'ana').yields({ kind: 'awaiting ended', by: 'ana', reason: 'the rollup is late' })
    given(UNTIL.awaiting)
      .when({ ...end, reason: BLANK } as Command, 'ana')
      .refuses('REASON_NEEDED')
    given(UNTIL.testing).when(end, 'ana').refuses('STALE')
  })
  test('it goes on where it was, and its clocks have run on', () => {
    const state = given(UNTIL.awaiting).when(end, 'ana').state()
    expect(state).toMatchObject({ phase: 'testing', clocks: { zero: T0 } })
    expect(state.awaiting).toBeUndefined()
    const passed =
      medium &&
      policy.classes.medium.tests.map(({ id }) => ({ kind: 'test recorded', by: 'ben', test: id, passed: true, note: '' }) as const)
    expect(
      given([medium, ...passed, { kind: 'tests passed' }, letWait])
        .when(end, 'ana')
        .state().phase,
    ).toBe('planning')
  })
  test('a new class ends it, too', () => {
    const state = given(UNTIL.awaiting).when({ kind: 'classify', class: 'critical', reason: 'exploited' }, 'ana').state()
    expect(state).toMatchObject({ phase: 'testing', classification: { class: 'critical' }, clocks: { zero: T0 } })
    expect(state.awaiting).toBeUndefined()
  })
  test('new builds of a revision are tested again, while it waits', () => {
    const hosts = HOSTS.map((h) => aHost(h, { packages: [{ name: 'zlib', arch: 'x86_64', stream: 's', from: '0:1-1', to: '0:2-1' }] }))
    const state = given(UNTIL.awaiting)
      .when({ kind: 'revise', bulletin: { ...facts, revision: '4' }, hosts, differences: ['more'] }, null)
      .state()
    expect(state).toMatchObject({ phase: 'awaiting', awaiting: { what: 'the update rollup of December' } })
  })
})

describe('done elsewhere', () => {
  const record = (own: Partial<Extract<Command, { kind: 'done-elsewhere' }>> = {}): Command => ({
    kind: 'done-elsewhere',
    hosts: HOSTS,
    reason: 'by hand',
    when: T0,
    ...own,
  })

  test.each(['alerted', 'awaiting', 'testing', 'planning'] as const)('before a plan: %s', (phase) => {
    given(UNTIL[phase])
      .when(record(), 'chiara')
      .yields({ kind: 'done elsewhere', by: 'chiara', hosts: HOSTS, reason: 'by hand', when: T0, voidsPlan: false })
    expect(given(UNTIL[phase]).when(record(), 'chiara').state().phase).toBe('done elsewhere')
  })
  test.each(['deciding', 'approved'] as const)('a plan that was for these hosts is void: %s', (phase) => {
    const state = given(UNTIL[phase])
      .when(record({ hosts: ['web-01'] }), 'chiara')
      .state()
    expect(state).toMatchObject({ phase: 'planning', elsewhere: [{ host: 'web-01', by: 'chiara' }] })
    expect(state.submission).toBeUndefined()
    expect(state.rollout).toBeUndefined()
  })
  test.each(['announced', 'pilotRuns', 'reviewing', 'closed', 'notRelevant'] as const)('not later: %s', (phase) =>
    given(UNTIL[phase]).when(record(), 'chiara').refuses('STALE'))
  test.each(['dana', 'greta', 'kofi'])('not by %s', (by) => given([]).when(record(), by).refuses('ROLE_MISSING'))
  test('of its hosts only, with a reason, and not ahead of time', () => {
    given([])
      .when(record({ hosts: ['web-99'] }), 'chiara')
      .refuses('HOST_UNKNOWN', /web-99/)
    given([])
      .when(record({ hosts: [] }), 'chiara')
      .refuses('NOTHING_TO_DO')
    given([elsewhere()]).when(record(), 'chiara').refuses('STALE')
    given([])
      .when(record({ reason: BLANK }), 'chiara')
      .refuses('REASON_NEEDED')
    given([])
      .when(record({ when: later(1, NOW) }), 'chiara')
      .refuses('WHEN_FUTURE')
  })

  test('some of them: the others go on', () => {
    const state = given(UNTIL.testing)
      .when(record({ hosts: ['web-01'] }), 'chiara')
      .state()
    expect(state.phase).toBe('testing')
    expect(elsewhereHosts(state)).toEqual(['web-01'])
    given([], state)
      .when(record({ hosts: ['web-01'] }), 'chiara')
      .refuses('NOTHING_TO_DO')
  })

  test('silence is never success: only what the inventory shows ends it', () => {
    const see = (hosts: readonly string[]): Command => ({ kind: 'seen-fixed', hosts })
    const most = given(UNTIL.doneElsewhere)
      .when(see(['web-01', 'web-99']), null)
      .state()
    expect(most.phase).toBe('done elsewhere')
    expect(most.elsewhere.filter((e) => e.seenAt).map((e) => e.host)).toEqual(['web-01'])
    given([], most)
      .when(see(['web-01']), null)
      .yields()
    const all = given([], most).when(see(HOSTS), null).state()
    expect(all).toMatchObject({ phase: 'reviewing', review: { openedAt: NOW } })
    expect(given([], all).when({ kind: 'close-review' }, 'greta').state().phase).toBe('closed')
    given(UNTIL.doneElsewhere).when(see(HOSTS), 'ana').refuses('HOUSE_ONLY')
  })

  test('new builds of a revision were not done by that', () => {
    const hosts = [aHost('web-01', { packages: [{ name: 'openssl', arch: 'x86_64', stream: 's', from: '0:1-1', to: '0:3-1' }] })]
    const state = given([elsewhere(), { kind: 'seen fixed', hosts: ['web-01'] }])
      .when({ kind: 'revise', bulletin: { ...facts, revision: '4' }, hosts, differences: ['a later build'] }, null)
      .state()
    expect(state).toMatchObject({ phase: 'done elsewhere', elsewhere: [{ host: 'web-01' }] })
    expect(state.elsewhere[0]?.seenAt).toBeUndefined()
  })
  test('a host that a revision adds is nobody’s report', () => {
    const state = given(UNTIL.doneElsewhere)
      .when({ kind: 'revise', bulletin: facts, hosts: [...HOSTS, 'new-01'].map((h) => aHost(h)), differences: ['x'] }, null)
      .state()
    expect(state.phase).toBe('testing')
  })
})

describe('leave hosts out', () => {
  const leave = (own: Partial<Extract<Command, { kind: 'leave-out' }>> = {}): Command => ({
    kind: 'leave-out',
    hosts: ['web-01'],
    reason: 'a crane hangs on it',
    control: 'no way in',
    ...own,
  })
  test.each(['testing', 'planning'] as const)('before a plan, as long as the policy lets it last: %s', (phase) => {
    given(UNTIL[phase])
      .when(leave(), 'ana')
      .yields({
        kind: 'hosts left out',
        by: 'ana',
        hosts: ['web-01'],
        reason: 'a crane hangs on it',
        control: 'no way in',
        until: later(policy.exemptionDays * 24 * 60, NOW),
        voidsPlan: false,
      })
  })
  test('a plan that waits was for other hosts: it is void', () => {
    const state = given(UNTIL.deciding).when(leave(), 'ana').state()
    expect(state.phase).toBe('planning')
    expect(state.submission).toBeUndefined()
  })
  test.each<[string, Command, string]>([
    ['without a host', leave({ hosts: [] }), 'NOTHING_TO_DO'],
    ['of another change', leave({ hosts: ['web-99'] }), 'HOST_UNKNOWN'],
    ['without a reason', leave({ reason: BLANK }), 'REASON_NEEDED'],
    ['until yesterday', leave({ until: T0 }), 'UNTIL_PAST'],
  ])('not %s', (_, command, code) => given(UNTIL.planning).when(command, 'ana').refuses(code))
  test.each(['alerted', 'awaiting', 'approved', 'pilotRuns', 'closed'] as const)('not in its time: %s', (phase) =>
    given(UNTIL[phase]).when(leave(), 'ana').refuses('STALE'))
  test('not by security', () => given(UNTIL.planning).when(leave(), 'dana').refuses('ROLE_MISSING'))
})

describe('hand-over', () => {
  const accept = (number = 1): Command => ({ kind: 'accept-handover', number })
  test('each phase ends in one, a new class in none', () => {
    const from = (phase: keyof typeof UNTIL) => evolved(opened(), UNTIL[phase]).handovers.map((h) => `${h.from} by ${h.by}`)
    expect(from('alerted')).toEqual([])
    expect(from('testing')).toEqual(['identify by ana'])
    expect(from('approved')).toEqual(['identify by ana', 'evaluate by ana'])
    expect(from('reviewing')).toEqual(['identify by ana', 'evaluate by ana', 'deploy by null'])
    expect(evolved(opened(), [classified, low]).handovers).toHaveLength(1)
  })
  test('is accepted once, with a name', () => {
    given(UNTIL.testing).when(accept(), 'ben').yields({ kind: 'hand-over accepted', by: 'ben', number: 1 })
    const state = given(UNTIL.testing).when(accept(), 'ben').state()
    expect(state.handovers).toEqual([{ number: 1, from: 'identify', by: 'ana', at: T0, accepted: { by: 'ben', at: NOW } }])
    given([], state)
      .when(accept(), 'chiara')
      .refuses('ALREADY_DONE', /Ben Okafor has already taken it over/)
  })
  test('by who goes on', () => {
    given(UNTIL.testing).when(accept(), 'dana').refuses('ROLE_MISSING')
    given(UNTIL.reviewing).when(accept(3), 'greta').yields({ kind: 'hand-over accepted', by: 'greta', number: 3 })
  })
  test('nothing waits for it, so an old one is over', () =>
    given(UNTIL.approved)
      .when(accept(1), 'ben')
      .refuses('STALE', /newest/))
  test('none that is not there', () => given([]).when(accept(1), 'ben').refuses('STALE'))
  test('not of what is closed', () => given(UNTIL.closed).when(accept(3), 'ben').refuses('STALE'))
})

describe('the type of a change', () => {
  const exploited = opened({ vulnerabilities: [aVulnerability({ knownExploited: 'yes' })], severity: 'critical' })
  const classify = (own: Partial<Extract<Command, { kind: 'classify' }>> = {}): Command => ({
    kind: 'classify',
    class: 'critical',
    reason: '',
    ...own,
  })
  test('critical and known exploited is an emergency, anything else is normal', () => {
    expect(given([], exploited).when(classify(), 'ana').state().classification?.type).toBe('emergency')
    const reasoned = { reason: 'x' }
    expect(
      given([], exploited)
        .when(classify({ class: 'high', ...reasoned }), 'ana')
        .state().classification?.type,
    ).toBe('normal')
    expect(given([]).when(classify(reasoned), 'ana').state().classification?.type).toBe('normal')
  })
  test('another type needs a reason', () => {
    given([], exploited)
      .when(classify({ type: 'normal' }), 'ana')
      .refuses('REASON_NEEDED', /of type emergency/)
    given([])
      .when(classify({ class: 'high', type: 'standard' }), 'ana')
      .refuses('REASON_NEEDED')
    given([])
      .when(classify({ class: 'high', type: 'standard', reason: 'monthly' }), 'ana')
      .yields({ kind: 'classified', by: 'ana', class: 'high', type: 'standard', reason: 'monthly' })
  })
  test('only the type may change, too', () => {
    given(UNTIL.testing)
      .when(classify({ class: 'high', type: 'emergency', reason: 'attackers are in' }), 'ana')
      .yields({ kind: 'classified', by: 'ana', class: 'high', type: 'emergency', reason: 'attackers are in' })
  })

  const short: Policy = {
    ...policy,
    classes: {
      ...policy.classes,
      high: {
        ...policy.classes.high,
        emergencyQuorum: [{ role: 'security', count: 1 }],
        standardQuorum: [{ role: 'operations', count: 1 }],
      },
    },
  }
  const deciding = (type: 'emergency' | 'standard' | 'normal') =>
    UNTIL.deciding.map((e) => (e.kind === 'classified' ? { ...e, type, reason: 'x' } : e))
  const approve: Command = { kind: 'approve', digest: DIGEST }
  test('has its own quorum, where the policy gives it one', () => {
    const decided = (by: string) => [approvedBy(by), { kind: 'plan approved', by: [by] }] as const
    given(deciding('emergency'))
      .when(approve, 'dana', { rules: short })
      .yields(...decided('dana'))
    given(deciding('emergency')).when(approve, 'emil', { rules: short }).refuses('ROLE_MISSING')
    given(deciding('standard'))
      .when(approve, 'emil', { rules: short })
      .yields(...decided('emil'))
    given(deciding('normal')).when(approve, 'dana', { rules: short }).yields(approvedBy('dana'))
    given(deciding('emergency')).when(approve, 'dana').yields(approvedBy('dana'))
  })
  test('also for a resume', () => {
    const halted = UNTIL.halted.map((e) => (e.kind === 'classified' ? { ...e, type: 'emergency' as const } : e))
    const state = evolved(opened(), halted)
    const resume: Command = { kind: 'resume', digest: `halt-1-${state.rollout?.halt?.at}` }
    expect(given(halted).when(resume, 'dana', { rules: short }).state().rollout?.status).toBe('running')
  })
  test('the review of an emergency is always reminded of', () => {
    const reviewed = UNTIL.reviewing.map((e) => (e.kind === 'classified' ? { ...e, type: 'emergency' as const } : e))
    expect(reviewMayNotBeForgotten(evolved(opened(), reviewed))).toBe(true)
    expect(reviewMayNotBeForgotten(evolved(opened(), UNTIL.reviewing))).toBe(false)
    expect(reviewMayNotBeForgotten(evolved(opened(), [...reviewed, { kind: 'review closed', by: 'ana' }]))).toBe(false)
  })
})

describe('known exploited', () => {
  const cve = 'CVE-2023-0286'
  const told = (unpatched: readonly string[] = []): Command => ({
    kind: 'exploited',
    cve,
    addedOn: '2026-11-23',
    dueOn: '2026-12-14',
    catalogue: '2026.11.23',
    unpatched,
  })
  const retracted: Command = { kind: 'exploited-retracted', cve, catalogue: '2026.11.24' }

  test('raises the proposal by one class and says where it comes from', () => {
    const state = given([]).when(told(), null).state()
    expect(state.bulletin.vulnerabilities[0]).toMatchObject({
      knownExploited: 'yes',
      exploitedEvidence: 'catalogue 2026.11.23, added 2026-11-23, due 2026-12-14',
      exploitedSince: '2026-11-23T00:00:00.000Z',
    })
    expect(state.proposal).toMatchObject({ class: 'critical' })
    expect(state.acts.at(-1)?.what).toMatch(/learned that CVE-2023-0286 is known exploited/)
  })
  test.each<[keyof typeof UNTIL, readonly string[], boolean]>([
    ['alerted', [], false],
    ['testing', ['web-01'], false],
    ['pilotRuns', ['web-01'], false],
    ['awaiting', [], true],
    ['notRelevant', [], true],
    ['closed', ['web-01'], true],
    ['closed', [], false],
  ])('needs an alert of its own where the change is over or asleep: %s %j %s', (phase, unpatched, newAlert) => {
    given(UNTIL[phase]).when(told(unpatched), null).yields({
      kind: 'exploited told',
      cve,
      evidence: 'catalogue 2026.11.23, added 2026-11-23, due 2026-12-14',
      since: '2026-11-23T00:00:00.000Z',
      unpatched,
      newAlert,
    })
  })
  test('once, and only where the change is about it', () => {
    const state = given([]).when(told(), null).state()
    given([], state).when(told(), null).yields()
    given([], opened({ vulnerabilities: [] }))
      .when(told(), null)
      .yields()
  })
  test('is not a person’s to say', () => given([]).when(told(), 'dana').refuses('HOUSE_ONLY'))
  test('is taken back with evidence', () => {
    const state = given([]).when(told(), null).state()
    const back = given([], state).when(retracted, null).state()
    expect(back.bulletin.vulnerabilities[0]).toMatchObject({ knownExploited: 'no', exploitedEvidence: 'no longer in catalogue 2026.11.24' })
    expect(back.bulletin.vulnerabilities[0]).not.toHaveProperty('exploitedSince')
    expect(back.proposal.class).toBe('high')
    given([]).when(retracted, null).yields()
  })
  test('a revision that leaves it open, or denies it, does not take it back', () => {
    const state = given([]).when(told(), null).state()
    for (const knownExploited of ['unknown', 'no'] as const) {
      const bulletin = { ...facts, revision: '4', vulnerabilities: [aVulnerability({ cve, knownExploited })] }
      const after = given([], state)
        .when({ kind: 'revise', bulletin, hosts: state.hosts, differences: ['x'] }, null)
        .state()
      expect(after.bulletin.vulnerabilities[0]?.knownExploited).toBe('yes')
    }
  })
})

describe('a drill', () => {
  const drill = { ...opened(), drill: { by: 'ana', at: later(-60) } }
  test('goes through the same steps, and ends when the quorum is there', () => {
    const deciding = given([...UNTIL.deciding, approvedBy('dana')], drill)
    deciding.when({ kind: 'approve', digest: DIGEST }, 'emil').yields(approvedBy('emil'), { kind: 'drill finished' })
    const state = deciding.when({ kind: 'approve', digest: DIGEST }, 'emil').state()
    expect(state).toMatchObject({ phase: 'reviewing', submission: { decided: { verdict: 'approved', by: ['dana', 'emil'] } } })
    expect(state.rollout).toBeUndefined()
  })
  test.each<Command>([
    { kind: 'announce', what: 'x', why: 'x' },
    { kind: 'tell-end-users' },
    { kind: 'start-ring', ring: 1, hosts: ['web-01'] },
    { kind: 'retry', hosts: ['web-01'] },
    { kind: 'roll-back', reason: 'x' },
    { kind: 'await', what: 'x' },
    { kind: 'done-elsewhere', hosts: HOSTS, reason: 'x', when: T0 },
  ])('nothing of it is carried out or told: $kind', (command) => {
    const by = command.kind === 'tell-end-users' || command.kind === 'start-ring' ? null : 'chiara'
    given(UNTIL.approved, drill).when(command, by).refuses('DRILL')
  })
  test('its review is closed like any other', () => {
    const state = given([...UNTIL.deciding, approvedBy('dana')], drill)
      .when({ kind: 'approve', digest: DIGEST }, 'emil')
      .state()
    expect(isOver(given([], state).when({ kind: 'close-review' }, 'greta').state())).toBe(true)
    given([], state).when({ kind: 'plan-again' }, 'ana').refuses('NOT_ROLLED_BACK')
  })
  test('finds roles that one human holds; a delegate is no second one', () => {
    expect(thinRoles(policy).map(({ role, only }) => `${role}: ${only?.name}`)).toEqual(['admin: Nora Yilmaz'])
    const few: Policy = { ...policy, people: policy.people.filter((p) => p.id !== 'farah' && !p.roles.includes('admin')) }
    expect(thinRoles(few).map(({ role, only }) => `${role}: ${only?.name}`)).toEqual(['security: Dana Kowalska', 'admin: undefined'])
  })
})
