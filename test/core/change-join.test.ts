import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/core/change/command.ts'
import type { BulletinFacts, ChangeState } from '../../src/core/change/state.ts'
import { supersedes, uniteHosts } from '../../src/core/change/unite.ts'
import { planDigest } from '../../src/core/evaluate/plan.ts'
import type { FixedBuild } from '../../src/core/identify/bulletin.ts'
import {
  aHost,
  aPlan,
  approvedBy,
  classified,
  evolved,
  facts,
  given,
  HOSTS,
  later,
  letWait,
  NOW,
  opened,
  PLAN,
  submitted,
  T0,
  UNTIL,
} from '../support/change.ts'

const OLD = '1:1.1.1k-9.el8_6'
const NEW = '1:1.1.1k-12.el8_6'
const packageTo = (to: string, name = 'openssl') => ({ name, arch: 'x86_64', stream: 'BaseOS-8.6.0.Z.EUS', from: '1:1.1.1k-7.el8_6', to })
const host = (name: string, ...packages: readonly ReturnType<typeof packageTo>[]) => aHost(name, { packages })
const build = (release: string, own: Partial<FixedBuild> = {}): FixedBuild => ({
  stream: 'BaseOS-8.6.0.Z.EUS',
  scheme: 'rpm',
  name: 'openssl',
  arch: 'x86_64',
  evr: { epoch: 1, version: '1.1.1k', release },
  cves: [],
  ...own,
})

/** Change 20 about the next advisory, an hour after change 12. */
const next = (
  bulletin: Partial<BulletinFacts> = {},
  hosts = [host('web-01', packageTo(NEW)), host('app-01', packageTo(NEW))],
): ChangeState => ({
  ...opened({ vendorId: 'RHSA-2023:9999', digest: 'b'.repeat(64), rowId: 9, ...bulletin }, hosts),
  id: 20,
  openedAt: T0,
})
const merge = (into = next()): Command => ({ kind: 'merge', into })
const join = (change: ChangeState, how: 'merged' | 'superseded' = 'merged'): Command => ({ kind: 'join', change, how })
const supersede = (into = next(), fixed = [build('12.el8_6')]): Command => ({ kind: 'supersede', into, fixed })

describe('hosts of two bulletins', () => {
  test('of one package the highest build counts, and it is said which', () => {
    const { hosts, conflicts } = uniteHosts([host('web-01', packageTo(NEW))], [host('web-01', packageTo(OLD))])
    expect(hosts[0]?.packages).toEqual([packageTo(NEW)])
    expect(conflicts).toEqual([`openssl: ${NEW} counts, not ${OLD}`])
  })
  test('versions are compared by their scheme, not as text', () => {
    expect(uniteHosts([host('a', packageTo('0:2.9-1'))], [host('a', packageTo('0:2.10-1'))]).hosts[0]?.packages[0]?.to).toBe('0:2.10-1')
  })
  test('everything else is there once, by name', () => {
    const { hosts, conflicts } = uniteHosts(
      [host('web-02', packageTo(OLD)), host('web-01', packageTo(OLD))],
      [host('web-01', packageTo(OLD), packageTo('0:3-1', 'zlib'))],
    )
    expect(hosts.map((h) => [h.host, h.packages.map((p) => p.name)])).toEqual([
      ['web-01', ['openssl', 'zlib']],
      ['web-02', ['openssl']],
    ])
    expect(conflicts).toEqual([])
  })
  test('builds that nobody can compare are named', () => {
    expect(uniteHosts([host('a', packageTo('odd'))], [host('a', packageTo(NEW))]).incomparable).toEqual([`openssl: odd or ${NEW}`])
  })
  test('a reboot alone is missing only where neither brings a build', () => {
    const waits = (rebootPending: boolean) => aHost('a', { rebootPending })
    expect(uniteHosts([waits(true)], [waits(false)]).hosts[0]?.rebootPending).toBe(false)
    expect(uniteHosts([waits(true)], [waits(true)]).hosts[0]?.rebootPending).toBe(true)
  })
})

describe('a later bulletin supersedes', () => {
  const earlier = [host('web-01', packageTo(OLD))]
  test.each<[string, readonly FixedBuild[], boolean]>([
    ['the next build', [build('12.el8_6')], true],
    ['the same build', [build('9.el8_6')], true],
    ['for any architecture', [build('12.el8_6', { arch: '*' })], true],
    ['a lower build', [build('8.el8_6')], false],
    ['another stream', [build('12.el8_6', { stream: 'BaseOS-9' })], false],
    ['another architecture', [build('12.el8_6', { arch: 's390x' })], false],
    ['another package', [build('12.el8_6', { name: 'openssl-libs' })], false],
    ['another scheme', [build('12.el8_6', { scheme: 'dpkg' })], false],
    ['nothing', [], false],
  ])('%s', (_, fixed, is) => expect(supersedes(fixed, earlier)).toBe(is))
  test('only when it brings every build', () => {
    const two = [...earlier, host('db-01', packageTo('0:3-1', 'zlib'))]
    expect(supersedes([build('12.el8_6')], two)).toBe(false)
  })
  test('what has no host needs nothing taken over', () => expect(supersedes([build('12.el8_6')], [])).toBe(false))
})

describe('merge', () => {
  test.each(['alerted', 'awaiting', 'testing', 'planning', 'deciding'] as const)('before a decision: %s', (phase) => {
    given(UNTIL[phase]).when(merge(), 'ana').yields({ kind: 'merged', by: 'ana', into: 20 })
  })
  test.each([
    'approved',
    'announced',
    'pilotRuns',
    'reviewing',
    'closed',
    'notRelevant',
    'doneElsewhere',
  ] as const)('not later: %s', (phase) => given(UNTIL[phase]).when(merge(), 'ana').refuses('STALE'))
  test('not into one that is decided', () =>
    given([])
      .when(merge({ ...next(), phase: 'approved' }), 'ana')
      .refuses('STALE', /nothing joins it any more/))
  test('not into itself', () => given([]).when(merge(opened()), 'ana').refuses('SAME_CHANGE'))
  test.each(['emil', 'greta', 'kofi'])('not by %s', (by) => given([]).when(merge(), by).refuses('ROLE_MISSING'))
  test('not by the house', () => given([]).when(merge(), null).refuses('PERSON_NEEDED'))
  test('not where nobody knows which build is the higher one', () =>
    given([])
      .when(merge(next({}, [host('web-01', packageTo('odd'))])), 'ana')
      .refuses('NOT_COMPARABLE', /openssl/))
  test('never a drill with a real change', () =>
    given([])
      .when(merge({ ...next(), drill: { by: 'ana', at: T0 } }), 'ana')
      .refuses('DRILL'))
  test('ends it: its plan no longer counts, and it says where it went', () => {
    const state = given(UNTIL.deciding).when(merge(), 'ana').state()
    expect(state).toMatchObject({ phase: 'merged', joinedInto: { change: 20, by: 'ana', at: NOW } })
    expect(state.submission).toBeUndefined()
    expect(state.pastSubmissions).toHaveLength(1)
  })
})

describe('the change that goes on', () => {
  const joined = (before: ChangeState, change = next(), how: 'merged' | 'superseded' = 'merged') =>
    given([], before).when(join(change, how), 'ana').state()

  test('has both bulletins, all hosts, and the highest build of each package', () => {
    const state = joined(opened())
    expect(state.bulletins.map((b) => b.vendorId)).toEqual(['RHSA-2023:9999'])
    expect(state.hosts.map((h) => h.host)).toEqual(['app-01', ...HOSTS].sort())
    expect(state.hosts.find((h) => h.host === 'web-01')?.packages[0]?.to).toBe(NEW)
    expect(state.acts.at(-1)?.what).toBe('joined change 20')
  })

  test.each<[string, ChangeState, ChangeState, string | undefined]>([
    ['mine is earlier', evolved(opened(), [classified], later(-200)), evolved(next(), [classified], later(-100)), later(-200)],
    ['theirs is earlier', evolved(opened(), [classified], later(-100)), evolved(next(), [classified], later(-200)), later(-200)],
    ['only mine runs', evolved(opened(), [classified], later(-100)), next(), later(-100)],
  ])('clock zero is the earliest: %s', (_, mine, theirs, zero) => expect(joined(mine, theirs).clocks?.zero).toBe(zero))

  test('a clock that began with the other one is kept until a person classifies it', () => {
    const state = joined(opened(), evolved(next(), [classified], later(-300)))
    expect(state).toMatchObject({ phase: 'alerted', inheritedZero: later(-300), proposal: { class: 'high' } })
    expect(state.classification).toBeUndefined()
    const done = given([], state).when({ kind: 'classify', class: 'high', reason: '' }, 'ana').state()
    expect(done.clocks?.zero).toBe(later(-300))
    expect(done.inheritedZero).toBeUndefined()
  })

  test('proposal and class are the more urgent of both', () => {
    const low = evolved(opened(), [{ ...classified, class: 'low', reason: 'x' }])
    const both = joined(low, evolved(next({ severity: 'critical' }), [{ ...classified, class: 'critical', type: 'emergency' }]))
    expect(both).toMatchObject({ classification: { class: 'critical', type: 'emergency' }, proposal: { class: 'critical' } })
    expect(both.clocks?.startBy).toBe(later(24 * 60))
    const proposed = joined(low, next({ severity: 'critical' }))
    expect(proposed).toMatchObject({ classification: { class: 'low' }, proposal: { class: 'critical' } })
  })

  test('what a person decided for the other one is proposed for both', () => {
    const decided = evolved(next({ severity: 'low' }), [{ ...classified, class: 'critical', reason: 'reachable' }])
    expect(joined(opened({ severity: 'low' }), decided).proposal).toMatchObject({
      class: 'critical',
      reasons: ['change 20 was classified critical'],
    })
  })

  test('new builds are tested again; known ones are not', () => {
    const planning = evolved(opened(), UNTIL.planning)
    expect(joined(planning)).toMatchObject({ phase: 'testing' })
    expect(joined(planning).tests.every((t) => t.outcome === undefined)).toBe(true)
    const same = joined(planning, next({}, [host('app-01', packageTo(OLD))]))
    expect(same.phase).toBe('planning')
  })

  test('a plan that waited is void: no approval outlives it', () => {
    const state = joined(evolved(opened(), [...UNTIL.deciding, approvedBy('dana')]))
    expect(state).toMatchObject({ phase: 'testing', pastSubmissions: [{ approvals: [{ person: 'dana' }] }] })
    expect(state.submission).toBeUndefined()
  })

  test('each UNCONFIRMED bulletin needs its own vouch before anything is planned', () => {
    const bulletin = 'b'.repeat(64)
    const state = joined(evolved(opened(), UNTIL.planning), next({ verdict: 'UNCONFIRMED' }, [host('app-01', packageTo(OLD))]))
    const plan: Command = {
      kind: 'submit-plan',
      plan: aPlan({ bulletins: [facts, { ...facts, vendorId: 'RHSA-2023:9999', digest: bulletin }].map(bulletinOf) }),
    }
    given([], state)
      .when(plan, 'ana')
      .refuses('NOT_VOUCHED', /RHSA-2023:9999 is UNCONFIRMED/)
    given([], state).when({ kind: 'vouch', reason: 'read it' }, 'dana').yields({ kind: 'vouched', by: 'dana', reason: 'read it', bulletin })
    given([], state).when({ kind: 'vouch', reason: 'read it', bulletin: 'gone' }, 'dana').refuses('BULLETIN_CHANGED')
    const vouched = evolved(state, [{ kind: 'vouched', by: 'dana', reason: 'read it', bulletin }])
    expect(given([], vouched).when(plan, 'ana').state().phase).toBe('deciding')
    expect(vouched.vouch).toBeUndefined()
  })

  test('a plan names every bulletin, and no other', () => {
    const state = joined(evolved(opened(), UNTIL.planning), next({}, [host('app-01', packageTo(OLD))]))
    given([], state)
      .when({ kind: 'submit-plan', plan: PLAN }, 'ana')
      .refuses('PLAN_WRONG', /another revision of RHSA-2023:9999/)
    given(UNTIL.planning)
      .when({ kind: 'submit-plan', plan: aPlan({ bulletins: [...PLAN.bulletins, { ...bulletinOf(facts), vendorId: 'RHSA-1' }] }) }, 'ana')
      .refuses('PLAN_WRONG', /not part of this change/)
  })

  test('a revision of the second bulletin is taken for the second', () => {
    const state = joined(opened())
    const bulletin = { ...facts, vendorId: 'RHSA-2023:9999', revision: '4', digest: 'c'.repeat(64), severity: 'critical' as const }
    const after = given([], state)
      .when({ kind: 'revise', bulletin, hosts: state.hosts, differences: ['more'] }, null)
      .state()
    expect(after.bulletin).toEqual(state.bulletin)
    expect(after.bulletins).toMatchObject([{ revision: '4' }])
    expect(after.proposal).toEqual({ class: 'critical', reasons: ['RHSA-2023:9999: the publisher says critical'] })
  })

  test('it goes on waiting only where everything in it may wait', () => {
    const waits = evolved(opened(), [{ ...classified, class: 'medium', reason: 'x' }, letWait])
    expect(joined(waits, next({ severity: 'low' })).phase).toBe('awaiting')
    expect(joined(waits, next({ severity: 'critical' })).phase).toBe('testing')
  })

  test('a bulletin that it is about already is not there twice', () => {
    const again = { ...opened(), id: 20 }
    expect(given([]).when(join(again, 'superseded'), null).state().bulletins).toEqual([])
  })

  test('what joined it is reported as done elsewhere still', () => {
    const theirs = evolved(next(), [
      { kind: 'done elsewhere', by: 'chiara', hosts: ['app-01'], reason: 'by hand', when: T0, voidsPlan: false },
    ])
    expect(joined(opened(), theirs).elsewhere.map((e) => e.host)).toEqual(['app-01'])
  })
})

const bulletinOf = ({ source, vendorId, revision, digest }: BulletinFacts) => ({ source, vendorId, revision, digest })

describe('supersede', () => {
  const waiting = UNTIL.awaiting
  test('the house takes over what waits for it, and only that', () => {
    given(waiting).when(supersede(), null).yields({ kind: 'superseded', by: null, into: 20 })
    given(UNTIL.testing).when(supersede(), null).refuses('PERSON_NEEDED')
  })
  test.each([
    'alerted',
    'testing',
    'planning',
    'deciding',
    'awaiting',
  ] as const)('a person takes it over before the decision: %s', (phase) =>
    given(UNTIL[phase]).when(supersede(), 'ana').yields({ kind: 'superseded', by: 'ana', into: 20 }))
  test('not what it does not cover', () =>
    given(waiting)
      .when(supersede(next(), [build('8.el8_6')]), null)
      .refuses('NOT_COVERED'))
  test('never on the ground of a bulletin that nobody has proved', () => {
    given(waiting)
      .when(supersede(next({ verdict: 'UNCONFIRMED' })), null)
      .refuses('NOT_VOUCHED')
    given(waiting)
      .when(supersede(next({ verdict: 'QUARANTINED' })), 'ana')
      .refuses('NOT_TRUSTED')
  })
  test('not by operations', () => given(waiting).when(supersede(), 'emil').refuses('ROLE_MISSING'))

  test('the later change brings its own builds, keeps the earlier clock, and says who needs nothing any more', () => {
    const earlier = evolved(opened(), waiting, later(-500))
    const state = given([], next()).when(join(earlier, 'superseded'), null).state()
    expect(state.hosts).toEqual(next().hosts)
    expect(state).toMatchObject({ phase: 'alerted', inheritedZero: later(-500), bulletins: [{ vendorId: facts.vendorId }] })
    expect(state.acts.at(-1)).toMatchObject({ what: 'took over change 12', who: 'patchcrier' })
  })
})

describe('what is part of another change takes nothing any more', () => {
  const commands: readonly Command[] = [
    { kind: 'classify', class: 'high', reason: 'x' },
    { kind: 'vouch', reason: 'x' },
    { kind: 'not-relevant', reason: 'x' },
    merge(),
    join(next()),
    supersede(),
    { kind: 'submit-plan', plan: PLAN },
    { kind: 'approve', digest: planDigest(PLAN) },
    { kind: 'await', what: 'x' },
    { kind: 'end-waiting', reason: 'x' },
    { kind: 'done-elsewhere', hosts: ['web-01'], reason: 'x', when: T0 },
    { kind: 'accept-handover', number: 1 },
    { kind: 'report-incident', text: 'x' },
    { kind: 'close-review' },
  ]
  test.each(commands.map((c) => [c.kind, c] as const))('%s', (_, command) => {
    given(UNTIL.merged).when(command, 'ana').refuses('STALE', 'Change 12 goes on as part of change 9: please look there.')
    given(UNTIL.superseded)
      .when(command, 'ana')
      .refuses('STALE', /part of change 14/)
  })
  test('STOP is never too late, and stops nothing there', () => given(UNTIL.merged).when({ kind: 'stop', reason: '' }, 'ana').yields())
  test('a plan submitted before is no plan', () => {
    const merged = evolved(opened(), [...UNTIL.planning, submitted(), { kind: 'merged', by: 'ana', into: 9 }])
    given([], merged)
      .when({ kind: 'approve', digest: planDigest(PLAN) }, 'dana')
      .refuses('STALE')
  })
})
