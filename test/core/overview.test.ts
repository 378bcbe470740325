import { describe, expect, test } from 'vitest'
import type { ChangeState, Rollout, TestItem } from '../../src/core/change/state.ts'
import { type HostProgress, newProgress } from '../../src/core/deploy/progress.ts'
import { calendarOf, type Planned } from '../../src/core/overview/calendar.ts'
import { clockLine } from '../../src/core/overview/clocks.ts'
import { complianceOf } from '../../src/core/overview/compliance.ts'
import { mayOversee, type OtherTask, type OverviewFacts, overviewOf } from '../../src/core/overview/overview.ts'
import { waitOf } from '../../src/core/overview/wait.ts'
import { acts, mayRead } from '../../src/core/policy/readers.ts'
import { aHost, aPlan, HOSTS, later, NOW, opened, PLAN, person, policy, T0, WINDOW } from '../support/change.ts'
import { aPatchFile } from '../support/patch-files.ts'
import { asset } from './assess-support.ts'

const act = (by: string) => ({ by, at: T0 })
const tests = (...outcomes: readonly (boolean | null)[]): readonly TestItem[] =>
  outcomes.map((passed, i) => ({ id: `t${i}`, label: `test ${i}`, ...(passed === null ? {} : { outcome: { ...act('ben'), passed } }) }))
const submission = { plan: PLAN, digest: 'd', submitted: act('chiara'), approvals: [] }
const rollout: Rollout = {
  status: 'running',
  startedAt: later(10),
  rings: PLAN.rings.map(() => ({ state: 'waiting', accepted: { failuresAccepted: 0 } })),
  resumeApprovals: [],
}
const classified = (own: Partial<ChangeState> = {}): ChangeState => ({
  ...opened(),
  classification: { ...act('ana'), class: 'high', type: 'normal' },
  clocks: { zero: T0, startBy: later(60 * 168), completeBy: later(60 * 336) },
  ...own,
})
const progress = (own: Partial<HostProgress> = {}): readonly HostProgress[] =>
  HOSTS.map((host, i) => ({ ...newProgress(host, Math.min(3, Math.floor(i / 2) + 1), []), ...own }))
const announcement = { what: '', why: '', by: 'ana', at: T0, endUsersAt: later(120) }

const SECURITY = ['dana', 'oskar', 'farah']
const TEAM = ['ana', 'ben', 'chiara', 'emil']

const BAD = aPatchFile({}, 'fail')
const DECIDE = 'Decide on the patch file that failed its check'

const awaiting = (until?: string) =>
  classified({ phase: 'awaiting', awaiting: { what: 'the October rollup', by: 'ana', since: T0, ...(until ? { until } : {}) } })

describe('what a change waits for, and whose turn it is', () => {
  const wait = (state: ChangeState, now = NOW, hosts = progress(), approved = true) => waitOf({ state, hosts, policy, approved, now })

  test.each<[string, ChangeState, string, readonly string[]]>([
    ['alerted', opened(), 'Classify it', ['ana', 'ben', 'chiara', ...SECURITY]],
    ['UNCONFIRMED', opened({ verdict: 'UNCONFIRMED' }), 'Vouch for RHSA-2023:3408: it is UNCONFIRMED', SECURITY],
    [
      'UNCONFIRMED and vouched',
      { ...opened({ verdict: 'UNCONFIRMED' }), vouch: act('dana') },
      'Classify it',
      ['ana', 'ben', 'chiara', ...SECURITY],
    ],
    ['testing', classified({ phase: 'testing', tests: tests(true, null, null) }), 'Record 2 of 3 tests', TEAM],
    ['a failed test', classified({ phase: 'testing', tests: tests(false, null) }), 'Record 1 of 2 tests; 1 failed', TEAM],
    ['only failed ones left', classified({ phase: 'testing', tests: tests(true, false) }), 'Repeat the failed tests', TEAM],
    ['planning', classified({ phase: 'planning' }), 'Make the plan', TEAM],
    ['deciding', classified({ phase: 'deciding', submission }), 'Approve or reject the plan', [...SECURITY, 'emil']],
    ['approved', classified({ phase: 'approved', submission }), 'Announce the deployment', TEAM],
    ['deciding, with a bad patch file', classified({ phase: 'deciding', submission, patchFiles: [BAD] }), DECIDE, SECURITY],
    ['approved, with a bad patch file', classified({ phase: 'approved', submission, patchFiles: [BAD] }), DECIDE, SECURITY],
    [
      'approved, with one that security let pass',
      classified({ phase: 'approved', submission, patchFiles: [{ ...BAD, accepted: act('dana') }] }),
      'Announce the deployment',
      TEAM,
    ],
    [
      'held by a bad patch file',
      classified({ phase: 'rolling out', submission, patchFiles: [BAD], rollout: { ...rollout, status: 'halted' } }),
      DECIDE,
      SECURITY,
    ],
    [
      'halted',
      classified({ phase: 'rolling out', submission, rollout: { ...rollout, status: 'halted' } }),
      'Resume or roll back: it halted',
      [...SECURITY, 'emil'],
    ],
    [
      'needs people',
      classified({ phase: 'rolling out', submission, rollout: { ...rollout, needsPeople: '2 failed.' } }),
      'Decide: 2 failed.',
      TEAM,
    ],
    ['awaiting', awaiting(), 'It awaits the October rollup', []],
    [
      'awaiting until a day that has come',
      awaiting(NOW),
      'Look at it again: it awaits the October rollup',
      ['ana', 'ben', 'chiara', ...SECURITY],
    ],
    [
      'done elsewhere',
      classified({ phase: 'done elsewhere' }),
      'It was done outside Patchcrier and waits for the inventory to show it',
      [],
    ],
    [
      'reviewing',
      classified({ phase: 'reviewing', review: { openedAt: T0, lessons: [] } }),
      'Write a lesson and close the review',
      [...TEAM, ...SECURITY, 'greta', 'henry'],
    ],
    [
      'rolled back',
      classified({ phase: 'reviewing', rollout: { ...rollout, status: 'finished', rolledBack: act('ben') } }),
      'Plan again, or close the review',
      [...TEAM, ...SECURITY, 'greta', 'henry'],
    ],
  ])('%s', (_name, state, text, people) => {
    const answer = wait(state)
    expect([answer.text, [...answer.people].sort()]).toEqual([text, [...people].sort()])
  })

  test('nobody who has spoken, nor their delegate, is asked to approve again; nor who asked', () => {
    const approvals = [{ person: 'oskar', at: T0, digest: 'd' }]
    const answer = wait(classified({ phase: 'deciding', submission: { ...submission, approvals } }))
    expect([answer.roles, answer.people]).toEqual([['operations'], ['emil']])
  })

  test('a second person is asked for where one seat is not enough', () => {
    const classes = { ...policy.classes, high: { ...policy.classes.high, emergencyQuorum: [{ role: 'security' as const, count: 1 }] } }
    const state = classified({
      phase: 'deciding',
      bulletin: { ...opened().bulletin, verdict: 'CORROBORATED' },
      classification: { ...act('ana'), class: 'high', type: 'emergency' },
      submission: { ...submission, approvals: [{ person: 'dana', at: T0, digest: 'd' }] },
    })
    const answer = waitOf({ state, hosts: [], policy: { ...policy, classes }, approved: true, now: NOW })
    expect([answer.roles, answer.people]).toEqual([['security'], ['farah']])
  })

  test.each(['deciding', 'approved'] as const)('%s: a plan whose window is over has to be made anew', (phase) => {
    const answer = wait(classified({ phase, submission }), WINDOW.end)
    expect(answer.text).toMatch(/window of this (one|plan) is over/)
    expect([...answer.people].sort()).toEqual(TEAM)
  })

  test('what goes on by itself is nobody’s turn, and says when', () => {
    const announced = classified({ phase: 'announced', submission, announcement, rollout: { ...rollout, status: 'waiting' } })
    expect(wait(announced)).toEqual({ text: 'The end users are told', roles: [], people: [], until: later(120) })
    const told = { ...announced, announcement: { ...announcement, endUsersToldAt: later(120) } }
    expect(wait(told, later(130))).toMatchObject({ people: [], until: WINDOW.start })
  })

  test('a pilot that is through waits for its recorded outcome', () => {
    const rest = rollout.rings.slice(1)
    const rings = [
      { state: 'settled' as const, startedAt: WINDOW.start, settledAt: WINDOW.start, accepted: { failuresAccepted: 0 } },
      ...rest,
    ]
    const hosts = progress().map((host) => (host.ring === 1 ? { ...host, status: 'verified' as const } : host))
    const answer = wait(classified({ phase: 'rolling out', submission, rollout: { ...rollout, rings } }), WINDOW.start, hosts)
    expect([answer.text, [...answer.people].sort()]).toEqual(['Record the outcome of the pilot', TEAM])
  })

  test('a policy that nobody has approved holds every rollout up', () => {
    const answer = wait(
      classified({ phase: 'announced', submission, announcement, rollout: { ...rollout, status: 'waiting' } }),
      NOW,
      progress(),
      false,
    )
    expect(answer.text).toMatch(/managers approve the policy/)
  })
})

describe('a clock of ten hours', () => {
  const at = (hours: number) => later(hours * 60)
  test.each<[string, number | null, number, ReturnType<typeof clockLine>['state'], number]>([
    ['just begun', null, 0, 'running', 0],
    ['a little before a fifth is left', null, 7.9, 'running', 0.79],
    ['a fifth left', null, 8, 'near', 0.8],
    ['its last instant', null, 10, 'near', 1],
    ['over', null, 11, 'overdue', 1.1],
    ['done at its last instant', 10, 20, 'met', 1],
    ['done late', 12, 20, 'missed', 1.2],
    ['a machine whose time runs behind', null, -1, 'running', 0],
  ])('%s', (_name, done, now, state, used) => {
    expect(clockLine(T0, at(10), done === null ? null : at(done), at(now))).toMatchObject({ state, used })
  })

  test('no deadline: idle, whatever the time', () => {
    expect(clockLine(T0, null, null, at(1000))).toEqual({ by: null, doneAt: null, state: 'idle', used: 0 })
  })
})

describe('the calendar', () => {
  const change = { id: 12, name: 'openssl', approved: true, card: null }
  const planned = (start: string, end: string, id = WINDOW.id): Planned => ({
    window: { id, name: 'Weekday night', start, end },
    change,
    opens: false,
  })

  test('four weeks of openings by time, the planned change in its own', () => {
    const { openings, to } = calendarOf(policy, [planned(WINDOW.start, WINDOW.end)], NOW)
    expect(to).toBe('2026-12-21T10:00:00.000Z')
    expect(openings).toHaveLength(16)
    expect(openings.map(({ start }) => start)).toEqual(openings.map(({ start }) => start).toSorted())
    expect(openings.filter(({ changes }) => changes.length > 0).map(({ start }) => start)).toEqual([WINDOW.start])
  })

  test('one that is open now is there until it closes', () => {
    expect(calendarOf(policy, [], '2026-11-24T22:29:00.000Z').openings[0]?.start).toBe(WINDOW.start)
    expect(calendarOf(policy, [], WINDOW.end).openings[0]?.start).toBe('2026-11-25T21:00:00.000Z')
  })

  test('a freeze is shown, and what was planned into it is said not to open', () => {
    const freeze = { name: 'Freeze', reason: 'x', from: '2026-11-24T20:00:00.000Z', to: '2026-11-24T23:00:00.000Z' }
    const { openings, blackouts } = calendarOf({ ...policy, blackouts: [freeze] }, [planned(WINDOW.start, WINDOW.end)], NOW)
    expect(blackouts).toEqual([freeze])
    expect(openings[0]).toMatchObject({ start: WINDOW.start, opens: false, changes: [change] })
    expect(openings.slice(1).every(({ opens }) => opens)).toBe(true)
  })

  test('a window says whom it is for', () => {
    const [rule] = policy.windows
    const windows = rule ? [{ ...rule, hosts: { assetClasses: ['web servers', 'kiosks'], sites: ['London'] } }] : []
    expect(calendarOf({ ...policy, windows }, [], NOW).openings[0]?.hosts).toBe('web servers, kiosks · London')
  })
})

describe('compliance', () => {
  const openssl = (version: string) => [`openssl-1:${version}-9.el8_6.x86_64`]
  const entry = {
    assetClass: 'web servers',
    product: 'openssl',
    scheme: 'rpm' as const,
    arch: 'x86_64',
    stream: 'BaseOS-8.6.0.Z.EUS',
    version: '1:1.1.1k-9.el8_6',
  }
  const facts = { assets: [], needing: [], baselines: [], exempt: new Set<string>(), staleAfterDays: 7, now: NOW }

  test('a host counts once however many open changes are for it, and as overdue when one of them is', () => {
    const assets = [asset('a', []), asset('b', []), asset('c', []), asset('d', [], { assetClass: 'kiosks' })]
    const needing = [
      { host: 'a', overdue: false },
      { host: 'a', overdue: true },
      { host: 'b', overdue: false },
      { host: 'gone', overdue: true },
    ]
    expect(complianceOf({ ...facts, assets, needing }).patches).toEqual([
      { assetClass: 'web servers', hosts: 3, clear: 1, open: 1, overdue: 1 },
      { assetClass: 'kiosks', hosts: 1, clear: 1, open: 0, overdue: 0 },
    ])
  })

  test('hosts at, below, above and exempt of each baseline; one without the product is in none', () => {
    const assets = [
      asset('at', openssl('1.1.1k')),
      asset('below', openssl('1.1.1j')),
      asset('above', openssl('1.1.1l')),
      asset('excused', openssl('1.1.1a')),
      asset('without', []),
      asset('elsewhere', openssl('1.1.1a'), { streams: ['AppStream-9'] }),
    ]
    expect(complianceOf({ ...facts, assets, baselines: [entry], exempt: new Set(['excused']) }).baselines).toEqual([
      {
        assetClass: 'web servers',
        product: 'openssl',
        versions: ['1:1.1.1k-9.el8_6'],
        at: 1,
        below: 1,
        above: 1,
        exempt: 1,
        named: { below: ['below'], above: ['above'] },
      },
    ])
  })

  test('every count shows how fresh it is: silent and unmanaged hosts, and the latest sign of life', () => {
    const assets = [
      asset('a', []),
      asset('b', [], { lastSeen: later(-60 * 24 * 8) }),
      asset('c', [], { lastSeen: 'never' }),
      asset('d', [], { managed: false }),
    ]
    expect(complianceOf({ ...facts, assets })).toMatchObject({
      hosts: 4,
      stale: 2,
      unmanaged: 1,
      lastSeen: '2026-11-23T12:00:00.000Z',
      baselines: [],
    })
    expect(complianceOf(facts)).toMatchObject({ hosts: 0, lastSeen: null, patches: [] })
  })
})

describe('the overview of one person', () => {
  const card = { place: 'patch-team', post: '1' }
  const facts = (...states: readonly ChangeState[]): OverviewFacts => ({
    now: NOW,
    policy,
    approved: true,
    changes: states.map((state) => ({ state, name: 'openssl', hosts: [], policy, card })),
    others: [],
    assets: [],
    baselines: [],
    exempt: new Set(),
    sources: [],
  })
  const due = (id: number, minutes: number | null) =>
    classified({ id, phase: 'planning', clocks: { zero: T0, startBy: minutes === null ? null : later(minutes), completeBy: null } })

  test('who has the role only by a group is marked', () => {
    const granted = ['patch-team' as const]
    const member = { id: 'mira.0123456789', name: 'Mira Sato', email: 'mira@example.com', zone: 'Asia/Tokyo', roles: granted, granted }
    const groups = [{ platform: 'slack' as const, ref: 'SPATCH', name: 'Patchers', roles: granted }]
    const rules = { ...policy, groups, people: [...policy.people, member] }
    const all = facts(opened())
    const { changes } = overviewOf({ ...all, policy: rules, changes: all.changes.map((one) => ({ ...one, policy: rules })) }, person('ana'))
    expect(changes[0]?.wait.names).toEqual(expect.arrayContaining([person('ana').name, 'Mira Sato (by group)', 'anybody of Patchers']))
  })

  test('what is overdue comes first, then what nobody has classified, then the nearest deadline, what has none last', () => {
    const all = facts(due(1, null), due(2, 500), due(3, 100), { ...opened(), id: 4 }, due(5, 30))
    const held: OtherTask = { role: 'patch-team', notFor: [], text: 'x', about: 'x', due: later(200), card: null }
    const { changes, waitsForYou } = overviewOf({ ...all, others: [held] }, person('ana'))
    expect(changes.map(({ id }) => id)).toEqual([5, 4, 3, 2, 1])
    expect(waitsForYou.map(({ about }) => about.replace('openssl, change ', ''))).toEqual(['5', '4', '3', 'x', '2', '1'])
  })

  test('only what this person can do now waits for them, with the card to do it on', () => {
    const all = facts(due(1, 100), { ...classified({ phase: 'deciding', submission }), id: 2 })
    expect(overviewOf(all, person('ana')).waitsForYou).toEqual([
      { text: 'Make the plan', about: 'openssl, change 1', due: later(100), card },
    ])
    expect(overviewOf(all, person('dana')).waitsForYou.map(({ text }) => text)).toEqual(['Approve or reject the plan'])
    expect(overviewOf(all, person('nora')).waitsForYou).toEqual([])
  })

  test('nobody decides what they asked for, nor does their delegate', () => {
    const task = (askedBy: string): OtherTask => ({
      role: 'security',
      notFor: [askedBy],
      text: 'Decide',
      about: 'x',
      due: null,
      card: null,
    })
    const of = (who: string, askedBy: string) => overviewOf({ ...facts(), others: [task(askedBy)] }, person(who)).waitsForYou.length
    expect([of('dana', 'lena'), of('dana', 'dana'), of('oskar', 'dana'), of('farah', 'dana'), of('ana', 'lena')]).toEqual([1, 0, 0, 1, 0])
  })

  test('verified hosts are done; those that people took out are not counted', () => {
    const hosts = progress().map((host, i) => ({
      ...host,
      status: (['verified', 'failed', 'unknown', 'excluded', 'installed'] as const)[i] ?? host.status,
    }))
    const state = classified({ phase: 'rolling out', submission, rollout })
    const { changes } = overviewOf({ ...facts(), changes: [{ state, name: 'openssl', hosts, policy, card }] }, person('ana'))
    expect(changes[0]?.hosts).toEqual({ total: 4, done: 1, failed: 1, unknown: 1 })
  })

  test('hosts that are left for the next window stand in it', () => {
    const state = classified({ phase: 'rolling out', submission, rollout })
    const all = { ...facts(), now: '2026-11-25T08:00:00.000Z', changes: [{ state, name: 'openssl', hosts: progress(), policy, card }] }
    const { openings } = overviewOf(all, person('ana')).calendar
    expect(openings.filter(({ changes }) => changes.length > 0).map(({ start }) => start)).toEqual(['2026-11-25T21:00:00.000Z'])
  })

  test('a rollout goes by the policy of its plan: a window that has left the policy since opens for it all the same', () => {
    const state = classified({ phase: 'announced', submission, announcement, rollout: { ...rollout, status: 'waiting' } })
    const today = { ...policy, windows: policy.windows.filter(({ id }) => id !== WINDOW.id) }
    const freeze = { name: 'Freeze', reason: 'x', from: WINDOW.start, to: WINDOW.end }
    const first = (standing: typeof policy) =>
      overviewOf(
        { ...facts(), policy: today, changes: [{ state, name: 'openssl', hosts: progress(), policy: standing, card }] },
        person('ana'),
      ).calendar.openings[0]
    expect(first(policy)).toMatchObject({ start: WINDOW.start, opens: true })
    expect(first({ ...policy, blackouts: [freeze] })).toMatchObject({ start: WINDOW.start, opens: false })
    expect(first(today)).toMatchObject({ start: WINDOW.start, opens: false })
  })

  test('a plan that is not approved yet says so in the calendar', () => {
    const { openings } = overviewOf(facts(classified({ phase: 'deciding', submission })), person('ana')).calendar
    expect(openings[0]?.changes).toMatchObject([{ id: 12, approved: false }])
  })

  test('a rehearsal, a known exploited hole and a halt are said', () => {
    const bulletin = opened().bulletin
    const vulnerabilities = bulletin.vulnerabilities.map((one) => ({ ...one, knownExploited: 'yes' as const }))
    const state = classified({
      phase: 'rolling out',
      bulletin: { ...bulletin, vulnerabilities },
      submission: { ...submission, plan: aPlan({ runner: 'rehearsal' }) },
      rollout: { ...rollout, status: 'stopped' },
    })
    expect(overviewOf(facts(state), person('ana')).changes[0]).toMatchObject({
      rehearsal: true,
      knownExploited: true,
      standsStill: 'stopped',
    })
  })

  test('a host that was patched elsewhere is done once it was seen so; a drill is about no host', () => {
    const elsewhere = HOSTS.map((host, i) => ({ host, ...act('ana'), when: T0, reason: 'x', ...(i < 2 ? { seenAt: NOW } : {}) }))
    const assets = HOSTS.map((host) => asset(host, [], { assetClass: aHost(host).assetClass }))
    const of = (own: Partial<ChangeState>) =>
      overviewOf({ ...facts(classified({ phase: 'done elsewhere', elsewhere, ...own })), assets }, person('ana')).compliance.patches
    expect(of({})).toMatchObject([{ hosts: 5, clear: 2, open: 3 }])
    expect(of({ drill: act('ana') })).toMatchObject([{ hosts: 5, clear: 5, open: 0 }])
  })

  test('an open change past its deadline makes its hosts overdue, verified ones excepted', () => {
    const state = classified({ phase: 'rolling out', submission, rollout, clocks: { zero: T0, startBy: later(1), completeBy: later(2) } })
    const hosts = progress().map((host, i) => ({ ...host, status: i === 0 ? ('verified' as const) : host.status }))
    const assets = HOSTS.map((host) => asset(host, [], { assetClass: aHost(host).assetClass }))
    const all = { ...facts(), changes: [{ state, name: 'openssl', hosts, policy, card }], assets }
    expect(overviewOf(all, person('ana')).compliance.patches).toMatchObject([{ hosts: 5, clear: 1, open: 0, overdue: 4 }])
  })

  test.each([
    ['ana', true],
    ['greta', true],
    ['nora', true],
    ['lena', false],
    ['ines', false],
    ['mallory', false],
  ])('%s may see it: %s', (id, may) => {
    expect(mayOversee(policy, id).ok).toBe(may)
  })
})

describe('who reads the places of an audience', () => {
  test.each([
    ['end users', ['end-user'], true],
    ['patch team', ['end-user'], false],
    ['representatives', ['end-user'], false],
    ['representatives', ['representative'], true],
    ['patch team', ['representative'], false],
    ['patch team', ['manager'], true],
    ['security', ['patch-team', 'admin', 'manager', 'operations'], false],
    ['security', ['end-user', 'security'], true],
    ['admin', ['end-user', 'representative'], false],
    ['admin', ['admin'], true],
    ['an audience that nobody knows', ['admin', 'security'], false],
    ['toString', ['admin'], false],
    ['end users', ['nobody'], false],
    ['end users', [], false],
  ])('%s, with the roles %j: %s', (audience, roles, may) => {
    expect(mayRead(audience, roles)).toBe(may)
  })

  test('those act who do more than being told', () => {
    expect([acts(['end-user', 'representative']), acts(['end-user', 'operations'])]).toEqual([false, true])
  })
})
