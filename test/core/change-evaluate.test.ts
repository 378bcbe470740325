import { describe, expect, test } from 'vitest'
import type { ChangeEvent, Command } from '../../src/core/change/command.ts'
import { planDigest } from '../../src/core/evaluate/plan.ts'
import type { Verdict } from '../../src/core/identify/verification.ts'
import type { Policy } from '../../src/core/policy.ts'
import {
  aHost,
  aPlan,
  approvedBy,
  classified,
  DIGEST,
  evolved,
  facts,
  given,
  HOSTS,
  later,
  NOW,
  opened,
  PLAN,
  person,
  planApproved,
  policy,
  submitted,
  T0,
  UNTIL,
  WINDOW,
} from '../support/change.ts'

const classify = (own: Partial<Extract<Command, { kind: 'classify' }>> = {}): Command => ({
  kind: 'classify',
  class: 'high',
  reason: '',
  ...own,
})
const vouch: Command = { kind: 'vouch', reason: 'read it at the publisher' }
const vouched: ChangeEvent = { kind: 'vouched', by: 'dana', reason: 'read it at the publisher', bulletin: facts.digest }
const unconfirmed = opened({ verdict: 'UNCONFIRMED' })
const BLANK = ' \n\t'

describe('vouch', () => {
  test('a person of security vouches for what is UNCONFIRMED', () => {
    given([], unconfirmed).when(vouch, 'dana').yields(vouched)
  })

  test.each(['ana', 'emil', 'greta', 'kofi'])('%s is not of security', (by) => {
    given([], unconfirmed)
      .when(vouch, by)
      .refuses('ROLE_MISSING', /Dana Kowalska, Oskar Lindqvist, Farah Haddad/)
  })

  test('the house vouches for nothing', () => {
    given([], unconfirmed).when(vouch, null).refuses('PERSON_NEEDED')
  })

  test.each<Verdict>(['AUTHENTIC', 'CORROBORATED', 'QUARANTINED', 'BOGUS'])('%s is not to be vouched for', (verdict) => {
    given([], opened({ verdict })).when(vouch, 'dana').refuses('VOUCH_NOT_NEEDED')
  })

  test('once is enough', () => {
    given([vouched], unconfirmed).when(vouch, 'farah').refuses('ALREADY_DONE', 'Dana Kowalska has already vouched for it.')
  })

  test.each(['', BLANK])('not without a reason (%j)', (reason) => {
    given([], unconfirmed)
      .when({ ...vouch, reason } as Command, 'dana')
      .refuses('REASON_NEEDED')
  })

  test('not once a plan is being decided', () => {
    given(UNTIL.deciding, unconfirmed)
      .when(vouch, 'dana')
      .refuses('STALE', /waits for go or no-go/)
  })
})

describe('classify', () => {
  test('as proposed, without a reason', () => {
    given([]).when(classify(), 'ana').yields(classified)
  })

  test('otherwise with one', () => {
    given([])
      .when(classify({ class: 'low' }), 'ana')
      .refuses('REASON_NEEDED', /The proposal is high/)
    given([])
      .when(classify({ class: 'low', reason: BLANK }), 'ana')
      .refuses('REASON_NEEDED')
    given([])
      .when(classify({ class: 'low', reason: 'not reachable' }), 'ana')
      .yields({ ...classified, class: 'low', reason: 'not reachable' } as ChangeEvent)
  })

  test.each(['emil', 'greta', 'kofi', 'nora'])('%s may not', (by) => {
    given([]).when(classify(), by).refuses('ROLE_MISSING')
  })

  test('UNCONFIRMED: only after somebody vouched', () => {
    given([], unconfirmed)
      .when(classify(), 'ana')
      .refuses('NOT_VOUCHED', /has to vouch for it first/)
    given([vouched], unconfirmed).when(classify(), 'ana').yields(classified)
  })

  test.each<Verdict>(['QUARANTINED', 'BOGUS'])('%s: never, not even vouched for', (verdict) => {
    given([], opened({ verdict })).when(classify(), 'ana').refuses('NOT_TRUSTED')
    given([vouched], opened({ verdict })).when(classify(), 'dana').refuses('NOT_TRUSTED')
  })

  test('CORROBORATED needs no voucher', () => {
    given([], opened({ verdict: 'CORROBORATED' }))
      .when(classify(), 'ana')
      .yields(classified)
  })

  test('the same class twice', () => {
    given(UNTIL.testing).when(classify(), 'ben').refuses('ALREADY_DONE')
  })

  test.each(['deciding', 'approved', 'pilotRuns', 'closed', 'notRelevant'] as const)('not when it is too late: %s', (phase) => {
    given(UNTIL[phase])
      .when(classify({ class: 'low', reason: 'x' }), 'ana')
      .refuses('STALE')
  })
})

describe('a classified change', () => {
  test('starts both clocks and has the checklist of its class', () => {
    const state = given([]).when(classify(), 'ana', { at: T0 }).state()
    expect(state).toMatchObject({ phase: 'testing', clocks: { zero: T0, startBy: later(168 * 60), completeBy: later(336 * 60) } })
    expect(state.tests).toEqual(policy.classes.high.tests)
  })

  test('keeps its clock zero when it is classified anew, and needs a reason even for the proposal', () => {
    const low = given([])
      .when(classify({ class: 'low', reason: 'guess' }), 'ana', { at: T0 })
      .state()
    given([], low)
      .when(classify(), 'ana')
      .refuses('REASON_NEEDED', /It is classified low/)
    const high = given([], low)
      .when(classify({ reason: 'reachable after all' }), 'ana', { at: later(3 * 24 * 60) })
      .state()
    expect(high.clocks).toMatchObject({ zero: T0, startBy: later(168 * 60), completeBy: later(336 * 60) })
  })

  test('keeps the outcomes of tests that both classes ask for', () => {
    const medium = given(UNTIL.planning)
      .when(classify({ class: 'medium', reason: 'calmer' }), 'ana')
      .state()
    expect(medium.phase).toBe('testing')
    expect(medium.tests.filter((t) => t.outcome).map((t) => t.id)).toEqual(policy.classes.high.tests.map((t) => t.id))
  })

  test('goes on to planning when the new class asks for nothing that has not passed', () => {
    const state = given(UNTIL.planning)
      .when(classify({ class: 'critical', reason: 'now exploited' }), 'ana')
      .state()
    expect(state).toMatchObject({ phase: 'planning', classification: { class: 'critical' } })
  })
})

describe('not relevant', () => {
  const decide: Command = { kind: 'not-relevant', reason: 'not in use here' }
  test.each(['alerted', 'testing', 'planning'] as const)('is a person’s decision, with a reason: %s', (phase) => {
    given(UNTIL[phase]).when(decide, 'ana').yields({ kind: 'declared not relevant', by: 'ana', reason: 'not in use here' })
    given(UNTIL[phase])
      .when({ ...decide, reason: BLANK }, 'ana')
      .refuses('REASON_NEEDED')
  })
  test('of the patch team or security', () => given([]).when(decide, 'emil').refuses('ROLE_MISSING'))
  test('not while a plan is being decided', () => given(UNTIL.deciding).when(decide, 'ana').refuses('STALE'))
  test('ends it', () =>
    given(UNTIL.notRelevant)
      .when(classify(), 'ana')
      .refuses('STALE', /was decided to be not relevant/))
})

describe('record a test', () => {
  const [first, ...others] = policy.classes.high.tests.map((t) => t.id)
  const record = (test = first ?? '', passed = true, note = 'on vm-1'): Command => ({ kind: 'record-test', test, passed, note })
  const recorded = (test = first ?? '', passed = true): ChangeEvent => ({ kind: 'test recorded', by: 'ben', test, passed, note: 'on vm-1' })

  test('is recorded with its name', () => given(UNTIL.testing).when(record(), 'ben').yields(recorded()))
  test('the last one to pass ends the testing', () => {
    const before = [...UNTIL.testing, ...others.map((id) => recorded(id))]
    given(before).when(record(), 'ben').yields(recorded(), { kind: 'tests passed' })
    given(before).when(record(first, false), 'ben').yields(recorded(first, false))
  })
  test('a failed one is in the way until it passes', () => {
    const before = [...UNTIL.testing, recorded(first, false), ...others.map((id) => recorded(id))]
    expect(evolved(opened(), before).phase).toBe('testing')
    given(before).when(record(), 'ben').yields(recorded(), { kind: 'tests passed' })
  })
  test('a failure says what failed', () =>
    given(UNTIL.testing)
      .when(record(first, false, BLANK), 'ben')
      .refuses('REASON_NEEDED'))
  test('of another class', () =>
    given(UNTIL.testing)
      .when(record('observed-a-week'), 'ben')
      .refuses('TEST_UNKNOWN', /expected one of files-verified/))
  test('by security', () => given(UNTIL.testing).when(record(), 'dana').refuses('ROLE_MISSING'))
  test.each(['alerted', 'planning', 'deciding'] as const)('when nothing is being tested: %s', (phase) => {
    given(UNTIL[phase]).when(record(), 'ben').refuses('STALE')
  })
})

describe('submit a plan', () => {
  const submit = (plan = PLAN): Command => ({ kind: 'submit-plan', plan })

  test('is bound to its digest from then on', () => given(UNTIL.planning).when(submit(), 'ana').yields(submitted()))
  test.each(['dana', 'greta', 'kofi'])('%s may not', (by) => given(UNTIL.planning).when(submit(), by).refuses('ROLE_MISSING'))
  test.each(['alerted', 'testing', 'approved', 'pilotRuns', 'reviewing'] as const)('not in its time: %s', (phase) => {
    given(UNTIL[phase]).when(submit(), 'ana').refuses('STALE')
  })

  test.each([
    ['of another change', aPlan({ changeId: 13 }), 'PLAN_WRONG'],
    ['without hosts', aPlan({ hosts: [], rings: [] }), 'PLAN_EMPTY'],
    [
      'for another revision',
      aPlan({ bulletins: [{ source: 'sample-csaf', vendorId: facts.vendorId, revision: '2', digest: 'b'.repeat(64) }] }),
      'PLAN_WRONG',
    ],
    ['for no bulletin', aPlan({ bulletins: [] }), 'PLAN_WRONG'],
    ['with a host that is in no ring', aPlan({ rings: PLAN.rings.slice(0, 2) }), 'PLAN_WRONG'],
    ['with a host in a ring that is not told', aPlan({ hosts: PLAN.hosts.slice(1) }), 'PLAN_WRONG'],
    ['with a host in two rings', aPlan({ rings: PLAN.rings.map((r) => ({ ...r, hosts: [...r.hosts, 'db-01'] })) }), 'PLAN_WRONG'],
    ['with a host told twice', aPlan({ hosts: [...PLAN.hosts, ...PLAN.hosts.slice(0, 1)] }), 'PLAN_WRONG'],
    ['whose window begins now', aPlan({ window: { ...WINDOW, start: NOW } }), 'WINDOW_PAST'],
    ['whose window cannot be read', aPlan({ window: { ...WINDOW, start: 'tonight' } }), 'WINDOW_PAST'],
    ['whose window ends before it begins', aPlan({ window: { ...WINDOW, end: NOW } }), 'PLAN_WRONG'],
  ] as const)('%s', (_, plan, code) => {
    given(UNTIL.planning).when(submit(plan), 'ana').refuses(code)
  })

  test('the plan that waits already', () => given(UNTIL.deciding).when(submit(), 'ben').refuses('PLAN_SAME'))

  test('a new one replaces it and its approvals, and the old one stays readable', () => {
    const other = aPlan({ undo: 'restore the snapshot' })
    const state = given([...UNTIL.deciding, approvedBy('dana')])
      .when(submit(other), 'ben')
      .state()
    expect(state.submission).toMatchObject({ digest: planDigest(other), approvals: [], submitted: { by: 'ben' } })
    expect(state.pastSubmissions).toMatchObject([{ digest: DIGEST, approvals: [{ person: 'dana' }] }])
  })

  test('the same plan again after it was rejected: a new round without approvals', () => {
    const rejected: readonly ChangeEvent[] = [
      ...UNTIL.deciding,
      approvedBy('dana'),
      { kind: 'plan rejected', by: 'emil', reason: 'not tonight' },
    ]
    const state = given(rejected).when(submit(), 'ana').state()
    expect(state).toMatchObject({ phase: 'deciding', submission: { approvals: [] } })
    expect(state.submission?.decided).toBeUndefined()
  })

  test('not on a bulletin for which nobody vouches any more', () => {
    given(UNTIL.planning, unconfirmed).when(submit(), 'ana').refuses('NOT_VOUCHED')
  })
})

describe('go: approve', () => {
  const approve = (digest = DIGEST): Command => ({ kind: 'approve', digest })

  test('the first of two', () => given(UNTIL.deciding).when(approve(), 'dana').yields(approvedBy('dana')))
  test('the second of two decides', () => {
    given([...UNTIL.deciding, approvedBy('dana')])
      .when(approve(), 'emil')
      .yields(approvedBy('emil'), planApproved)
  })
  test('in either order', () => {
    given([...UNTIL.deciding, approvedBy('emil')])
      .when(approve(), 'dana')
      .yields(approvedBy('dana'), { kind: 'plan approved', by: ['emil', 'dana'] })
  })
  test('two of the same role do not decide', () => {
    given([...UNTIL.deciding, approvedBy('dana')])
      .when(approve(), 'farah')
      .yields(approvedBy('farah'))
  })
  test('an approved change has a rollout that waits, with all its rings', () => {
    const state = given([...UNTIL.deciding, approvedBy('dana')])
      .when(approve(), 'emil')
      .state()
    expect(state).toMatchObject({
      phase: 'approved',
      rollout: { status: 'waiting', rings: [{ state: 'waiting' }, { state: 'waiting' }, { state: 'waiting' }] },
    })
    expect(state.submission?.decided).toEqual({ verdict: 'approved', at: NOW, by: ['dana', 'emil'] })
  })

  test.each(['ana', 'greta', 'kofi', 'nora'])('%s holds no role that the quorum asks for', (by) => {
    given(UNTIL.deciding)
      .when(approve(), by)
      .refuses('ROLE_MISSING', /Dana Kowalska/)
  })
  test('the house approves nothing', () => given(UNTIL.deciding).when(approve(), null).refuses('PERSON_NEEDED'))

  test('nobody approves their own request', () => {
    given([...UNTIL.planning, submitted(PLAN, 'chiara')])
      .when(approve(), 'chiara')
      .refuses('OWN_REQUEST', /someone else has to decide. Waiting for 1 of security, 1 of operations\.$/)
  })
  test('nor does who acts for them, or for whom they act', () => {
    const rules: Policy = { ...policy, people: policy.people.map((p) => (p.id === 'emil' ? { ...p, delegateOf: 'ana' } : p)) }
    given(UNTIL.deciding).when(approve(), 'emil', { rules }).refuses('OWN_REQUEST')
    const turned: Policy = { ...policy, people: policy.people.map((p) => (p.id === 'ana' ? { ...p, delegateOf: 'emil' } : p)) }
    given(UNTIL.deciding).when(approve(), 'emil', { rules: turned }).refuses('OWN_REQUEST')
  })

  test('nobody twice, and not by a delegate either', () => {
    given([...UNTIL.deciding, approvedBy('dana')])
      .when(approve(), 'dana')
      .refuses('ALREADY_DONE', /Waiting for 1 of operations/)
    given([...UNTIL.deciding, approvedBy('dana')])
      .when(approve(), 'oskar')
      .refuses('ALREADY_DONE', /You \(or who acts for you\)/)
  })

  test('a plan that changed since', () => {
    const state = evolved(evolved(opened(), UNTIL.deciding), [submitted(aPlan({ undo: 'other' }), 'ben')], later(30))
    given([], state)
      .when(approve(), 'dana')
      .refuses('PLAN_CHANGED', /This plan changed at 10:30 \(by Ben Okafor\)\. Please look at the new one: plan [0-9a-f]{8}\./)
  })
  test.each(['', 'deadbeef', `${DIGEST} `])('a digest that is not the plan’s: %j', (digest) => {
    given(UNTIL.deciding).when(approve(digest), 'dana').refuses('PLAN_CHANGED')
  })
  test.each(['alerted', 'testing', 'planning'] as const)('where there is no plan: %s', (phase) => {
    given(UNTIL[phase]).when(approve(), 'dana').refuses('STALE')
  })
  test('a plan whose window is over', () => {
    given(UNTIL.deciding).when(approve(), 'dana', { at: WINDOW.end }).refuses('WINDOW_PAST')
    given(UNTIL.deciding)
      .when(approve(), 'dana', { at: later(-1, WINDOW.end) })
      .yields(approvedBy('dana'))
  })

  test.each(['approved', 'announced', 'pilotRuns', 'reviewing', 'closed'] as const)('a late click: %s', (phase) => {
    given(UNTIL[phase]).when(approve(), 'farah').refuses('ALREADY_DECIDED', 'Already approved by Dana Kowalska and Emil Sørensen at 09:00.')
  })
  test('the time of it is the reader’s, with the date on another day', () => {
    given(UNTIL.approved)
      .when(approve(), 'dana', { at: later(24 * 60) })
      .refuses('ALREADY_DECIDED', /on 23 Nov at 10:00/)
  })
})

describe('no-go: reject', () => {
  const reject: Command = { kind: 'reject', digest: DIGEST, reason: 'not before Easter' }
  const rejected: ChangeEvent = { kind: 'plan rejected', by: 'emil', reason: 'not before Easter' }

  test('one ends the round, whatever was approved before', () => {
    given([...UNTIL.deciding, approvedBy('dana')])
      .when(reject, 'emil')
      .yields(rejected)
    const state = evolved(opened(), [...UNTIL.deciding, approvedBy('dana'), rejected])
    expect(state).toMatchObject({
      phase: 'planning',
      submission: { decided: { verdict: 'rejected', by: ['emil'], reason: 'not before Easter' } },
    })
    given([], state)
      .when({ kind: 'approve', digest: DIGEST }, 'farah')
      .refuses('ALREADY_DECIDED', /^Already rejected by Emil Sørensen/)
  })
  test('also by who approved before', () =>
    given([...UNTIL.deciding, approvedBy('emil')])
      .when(reject, 'emil')
      .yields(rejected))
  test('with a reason', () =>
    given(UNTIL.deciding)
      .when({ ...reject, reason: BLANK }, 'emil')
      .refuses('REASON_NEEDED'))
  test('not by the requester', () =>
    given([...UNTIL.planning, submitted(PLAN, 'emil')])
      .when(reject, 'emil')
      .refuses('OWN_REQUEST'))
  test('not by another role', () => given(UNTIL.deciding).when(reject, 'ben').refuses('ROLE_MISSING'))
  test('not a plan that was replaced', () =>
    given(UNTIL.deciding)
      .when({ ...reject, digest: 'x' }, 'emil')
      .refuses('PLAN_CHANGED'))
  test('not after the approval', () => given(UNTIL.approved).when(reject, 'farah').refuses('ALREADY_DECIDED'))
})

describe('two named humans, where the bulletin is not AUTHENTIC', () => {
  /** A class whose quorum is one of security alone. */
  const alone: Policy = {
    ...policy,
    classes: { ...policy.classes, high: { ...policy.classes.high, quorum: [{ role: 'security', count: 1 }] } },
  }
  const approve: Command = { kind: 'approve', digest: DIGEST }
  const way = UNTIL.deciding

  test('AUTHENTIC: one is enough where the policy says one', () => {
    given(way)
      .when(approve, 'dana', { rules: alone })
      .yields(approvedBy('dana'), { kind: 'plan approved', by: ['dana'] })
  })
  test('CORROBORATED: one is not', () => {
    const corroborated = opened({ verdict: 'CORROBORATED' })
    given(way, corroborated).when(approve, 'dana', { rules: alone }).yields(approvedBy('dana'))
    given([...way, approvedBy('dana')], corroborated)
      .when(approve, 'oskar', { rules: alone })
      .refuses('ALREADY_DONE', /Waiting for a second named person/)
    given([...way, approvedBy('dana')], corroborated)
      .when(approve, 'farah', { rules: alone })
      .yields(approvedBy('farah'), { kind: 'plan approved', by: ['dana', 'farah'] })
  })
  test.each([
    ['dana', false, 'the voucher alone is one human'],
    ['oskar', false, 'so is the voucher’s delegate'],
    ['farah', true, 'the voucher and somebody else are two'],
  ])('vouched for by Dana, approved by %s: %s (%s)', (by, enough) => {
    const state = given([vouched, ...way], unconfirmed)
      .when(approve, by, { rules: alone })
      .state()
    expect(state.phase).toBe(enough ? 'approved' : 'deciding')
  })
  test('UNCONFIRMED and nobody vouches: nobody approves', () => {
    given(way, unconfirmed).when(approve, 'dana').refuses('NOT_VOUCHED')
  })
})

describe('a revision of the bulletin', () => {
  const revised = { ...facts, revision: '4', digest: 'b'.repeat(64) }
  const revise = (own: Partial<Extract<Command, { kind: 'revise' }>> = {}): Command => ({
    kind: 'revise',
    bulletin: revised,
    hosts: HOSTS.map((host) => aHost(host)),
    differences: ['severity Important -> Critical'],
    ...own,
  })

  test.each(['deciding', 'approved', 'announced', 'told'] as const)('voids a plan that waits: %s', (phase) => {
    const state = given(UNTIL[phase]).when(revise(), null).state()
    expect(state).toMatchObject({ phase: 'planning', bulletin: { revision: '4' }, pastSubmissions: [{ digest: DIGEST }] })
    expect([state.submission, state.announcement, state.rollout]).toEqual([undefined, undefined, undefined])
    given([], state).when({ kind: 'approve', digest: DIGEST }, 'dana').refuses('STALE')
    given([], state)
      .when({ kind: 'submit-plan', plan: PLAN }, 'ana')
      .refuses('PLAN_WRONG', /another revision/)
    given([], state)
      .when({ kind: 'start-ring', ring: 1, hosts: ['web-01'] }, null)
      .refuses('STALE')
  })

  test.each(['pilotRuns', 'pilotPassed', 'halted', 'rollingBack', 'reviewing'] as const)('leaves a rollout alone: %s', (phase) => {
    const before = given(UNTIL[phase])
    const after = before.when(revise(), null).state()
    expect(after).toMatchObject({ phase: before.state.phase, submission: before.state.submission, rollout: before.state.rollout })
  })

  test('without a changed fact voids nothing', () => {
    expect(
      given(UNTIL.approved)
        .when(revise({ differences: [] }), null)
        .state(),
    ).toMatchObject({ phase: 'approved', submission: { digest: DIGEST } })
  })

  test.each<Verdict>([
    'QUARANTINED',
    'BOGUS',
  ])('the very one that it rests on is %s now: the plan is void, and nobody decides', (verdict) => {
    const same = { ...facts, verdict }
    const state = given(UNTIL.approved)
      .when(revise({ bulletin: same, differences: [] }), null)
      .state()
    expect(state).toMatchObject({ phase: 'planning', bulletin: { verdict } })
    expect(state.submission).toBeUndefined()
    given([], state).when({ kind: 'submit-plan', plan: PLAN }, 'ana').refuses('NOT_TRUSTED')
    given(UNTIL.approved)
      .when(revise({ bulletin: { ...revised, verdict } }), null)
      .refuses('NOT_TRUSTED')
  })

  test.each<[Verdict, string]>([
    ['AUTHENTIC', 'approved'],
    ['CORROBORATED', 'planning'],
    ['UNCONFIRMED', 'planning'],
  ])('without a changed fact, but %s now: %s', (verdict, phase) => {
    expect(
      given(UNTIL.approved)
        .when(revise({ differences: [], bulletin: { ...revised, verdict } }), null)
        .state().phase,
    ).toBe(phase)
  })

  test.each<Verdict>(['QUARANTINED', 'BOGUS'])('%s is held and changes nothing', (verdict) => {
    given(UNTIL.approved)
      .when(revise({ bulletin: { ...revised, verdict } }), null)
      .refuses('NOT_TRUSTED')
  })

  test.each(['closed', 'notRelevant'] as const)('of what is over changes nothing: %s', (phase) => {
    given(UNTIL[phase]).when(revise(), null).yields()
  })

  test('brings its own proposal, and the deadlines stay', () => {
    const state = given(UNTIL.testing)
      .when(revise({ bulletin: { ...revised, severity: 'critical' } }), null)
      .state()
    expect(state.proposal).toEqual({ class: 'critical', reasons: ['the publisher says critical'] })
    expect(state).toMatchObject({ classification: { class: 'high' }, clocks: { zero: T0 } })
  })

  test('a vouch was for the bytes that were seen: it is lost, and given anew before the next plan', () => {
    const later_ = revise({ bulletin: { ...revised, verdict: 'UNCONFIRMED' }, differences: [] })
    const state = given([vouched, ...UNTIL.deciding], unconfirmed)
      .when(later_, null)
      .state()
    expect(state).toMatchObject({ phase: 'planning' })
    expect(state.vouch).toBeUndefined()
    const plan = aPlan({ bulletins: [{ ...PLAN.bulletins[0], digest: revised.digest } as (typeof PLAN.bulletins)[0]] })
    given([], state).when({ kind: 'submit-plan', plan }, 'ana').refuses('NOT_VOUCHED')
    const again = given([], state).when(vouch, 'farah').state()
    given([], again).when({ kind: 'submit-plan', plan }, 'ana').yields(submitted(plan))
  })

  test('the same bytes keep their vouch, and so does a revision that proves itself', () => {
    const same = revise({ bulletin: { ...facts, verdict: 'UNCONFIRMED' }, differences: [] })
    expect(
      given([vouched, ...UNTIL.deciding], unconfirmed)
        .when(same, null)
        .state(),
    ).toMatchObject({ phase: 'deciding', vouch: { by: 'dana' } })
    const proven = revise({ bulletin: { ...revised, verdict: 'AUTHENTIC' }, differences: [] })
    expect(given([vouched], unconfirmed).when(proven, null).state()).toMatchObject({ vouch: { by: 'dana' } })
  })

  describe('with builds that nobody has tested', () => {
    const newer = HOSTS.map((host) => aHost(host, { packages: aHost(host).packages.map((p) => ({ ...p, to: '1:1.1.1k-10.el8_6' })) }))
    test.each(['testing', 'planning', 'deciding', 'approved'] as const)('sends it back to testing: %s', (phase) => {
      const state = given(UNTIL[phase])
        .when(revise({ hosts: newer }), null)
        .state()
      expect(state.phase).toBe('testing')
      expect(state.tests).toEqual(policy.classes.high.tests)
    })
    test('leaves a rollout and what is not classified yet where they are', () => {
      expect(
        given(UNTIL.pilotRuns)
          .when(revise({ hosts: newer }), null)
          .state().phase,
      ).toBe('rolling out')
      expect(
        given(UNTIL.alerted)
          .when(revise({ hosts: newer }), null)
          .state().phase,
      ).toBe('alerted')
    })
    test('another host with the same build has been tested', () => {
      const more = [...HOSTS, 'web-05'].map((host) => aHost(host))
      expect(
        given(UNTIL.planning)
          .when(revise({ hosts: more }), null)
          .state().phase,
      ).toBe('planning')
    })
  })

  test('is not a person’s to command', () => given(UNTIL.approved).when(revise(), 'ana').refuses('HOUSE_ONLY'))
})

describe('plan again', () => {
  const again: Command = { kind: 'plan-again' }
  test.each(['approved', 'announced', 'told', 'rolledBack'] as const)('%s', (phase) => {
    const state = given(UNTIL[phase]).when(again, 'ana').state()
    expect(state).toMatchObject({ phase: 'planning', pastSubmissions: [{ digest: DIGEST }] })
    expect([state.submission, state.announcement, state.rollout, state.review]).toEqual([undefined, undefined, undefined, undefined])
  })
  test.each(['alerted', 'testing', 'planning', 'deciding', 'pilotRuns', 'halted', 'closed'] as const)('not %s', (phase) => {
    given(UNTIL[phase]).when(again, 'ana').refuses('STALE')
  })
  test('not what was rolled out', () => given(UNTIL.reviewing).when(again, 'ana').refuses('NOT_ROLLED_BACK'))
  test('not by everybody', () => given(UNTIL.approved).when(again, 'dana').refuses('ROLE_MISSING'))
  test('a failure of the next rollout is not taken care of by a claim of the one before; an incident still is', () => {
    const claims: readonly ChangeEvent[] = [
      { kind: 'incident reported', by: 'kofi', number: 1, text: 'no print' },
      { kind: 'claimed', by: 'ana', key: 'incident-1', what: 'it' },
      { kind: 'claimed', by: 'ana', key: 'ring-1-abc', what: 'web-01' },
    ]
    expect(
      Object.keys(
        given([...UNTIL.rolledBack, ...claims])
          .when(again, 'ana')
          .state().claims,
      ),
    ).toEqual(['incident-1'])
  })
})

describe('whoever decides is named in what happened', () => {
  test('acts are in order, each with its time', () => {
    expect(evolved(opened(), UNTIL.approved).acts.map((a) => `${person(a.who).name}: ${a.what}`)).toEqual([
      'Ana Ferreira: classified it high',
      ...policy.classes.high.tests.map((t) => `Ben Okafor: recorded test "${t.id}": passed, on vm-1`),
      `Ana Ferreira: submitted plan ${DIGEST.slice(0, 8)}`,
      `Dana Kowalska: approved plan ${DIGEST.slice(0, 8)}`,
      `Emil Sørensen: approved plan ${DIGEST.slice(0, 8)}`,
    ])
  })
})

describe('a plan is decided on under the policy that it was made under', () => {
  test('another policy in force makes it void', () => {
    given(UNTIL.deciding)
      .when({ kind: 'approve', digest: DIGEST }, 'dana', { policyHash: 'q'.repeat(64) })
      .refuses('POLICY_CHANGED', /made under policy pppppppp; in force is qqqqqqqq now, so it is void\. Please make the plan anew/)
  })

  test('it can still be rejected, or made anew', () => {
    const rules = { policyHash: 'q'.repeat(64) }
    given(UNTIL.deciding).when({ kind: 'reject', digest: DIGEST, reason: 'void anyway' }, 'dana', rules).state()
    given(UNTIL.deciding)
      .when({ kind: 'submit-plan', plan: aPlan(rules) }, 'ana', rules)
      .state()
    given(UNTIL.deciding)
      .when({ kind: 'submit-plan', plan: aPlan({ undo: 'reinstall' }) }, 'ana', rules)
      .refuses('POLICY_CHANGED')
  })

  test('an approved one goes on', () => {
    given(UNTIL.told)
      .when({ kind: 'start-ring', ring: 1, hosts: ['web-01'] }, null, { policyHash: 'q'.repeat(64) })
      .state()
  })

  test('no ring starts under a policy that nobody has bought off', () => {
    given(UNTIL.told)
      .when({ kind: 'start-ring', ring: 1, hosts: ['web-01'] }, null, { policyApproved: false })
      .refuses('POLICY_NOT_APPROVED')
  })
})
