import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bulletinsOf } from '../../src/core/change/bulletins.ts'
import type { ChangeEvent, Command, Context } from '../../src/core/change/command.ts'
import { decide } from '../../src/core/change/decide.ts'
import { evolve } from '../../src/core/change/evolve.ts'
import type { BulletinFacts, ChangeState } from '../../src/core/change/state.ts'
import { CHANGE_TYPES } from '../../src/core/evaluate/classification.ts'
import { planDigest } from '../../src/core/evaluate/plan.ts'
import type { FixedBuild } from '../../src/core/identify/bulletin.ts'
import { CLASSES, type Role } from '../../src/core/policy.ts'
import type { Instant } from '../../src/core/result.ts'
import { aHost, aPlan, classified, evolved, frozen, HOSTS, haltOf, later, opened, person, policy, T0, UNTIL } from '../support/change.ts'
import { aPatchFile } from '../support/patch-files.ts'

/** One thing that somebody tries. `pick` chooses among what the state offers, or something foreign. */
interface Try {
  readonly kind: Command['kind']
  readonly by: string | null
  readonly pick: number
  readonly minutes: number
  readonly good: boolean
}

const KINDS: readonly Command['kind'][] = [
  ...([
    'vouch',
    'classify',
    'not-relevant',
    'record-test',
    'submit-plan',
    'approve',
    'reject',
    'announce',
    'record-pilot',
    'stop',
  ] as const),
  ...(['resume', 'retry', 'exclude', 'roll-back', 'claim', 'report-incident', 'plan-again', 'write-lesson', 'close-review'] as const),
  ...(['revise', 'rematch', 'tell-end-users', 'start-ring', 'settle-ring', 'halt', 'need-people', 'finish'] as const),
  ...(['await', 'end-waiting', 'merge', 'supersede', 'join', 'done-elsewhere', 'seen-fixed', 'accept-handover', 'leave-out'] as const),
  ...(['exploited', 'exploited-retracted', 'note-patch-file', 'accept-patch-file', 'note-held', 'decide-held'] as const),
]
const HOUSE: ReadonlySet<Command['kind']> = new Set([
  'revise',
  'rematch',
  'tell-end-users',
  'start-ring',
  'settle-ring',
  'halt',
  'need-people',
  'finish',
  'seen-fixed',
  'exploited',
  'exploited-retracted',
  'note-held',
])
/** What leads somewhere is tried more often than what ends or undoes it. */
const LIKELY: readonly Command['kind'][] = [
  ...([
    'record-test',
    'approve',
    'submit-plan',
    'announce',
    'tell-end-users',
    'start-ring',
    'settle-ring',
    'record-pilot',
    'resume',
    'classify',
  ] as const),
]

const aTry: fc.Arbitrary<Try> = fc.record({
  kind: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...LIKELY) }, { weight: 2, arbitrary: fc.constantFrom(...KINDS) }),
  by: fc.oneof(fc.constant('able' as const), fc.constantFrom(...policy.people.map((p) => p.id), null)),
  pick: fc.nat(1000),
  minutes: fc.oneof({ weight: 9, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(3000) }),
  good: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
})

const start = fc.record({
  verdict: fc.constantFrom<BulletinFacts['verdict']>('AUTHENTIC', 'AUTHENTIC', 'CORROBORATED', 'UNCONFIRMED', 'QUARANTINED'),
  phase: fc.constantFrom<keyof typeof UNTIL>(
    'alerted',
    'awaiting',
    'planning',
    'deciding',
    'approved',
    'told',
    'pilotSettled',
    'halted',
    'reviewing',
  ),
})

const FIXED: readonly FixedBuild[] = [
  {
    stream: 'BaseOS-8.6.0.Z.EUS',
    scheme: 'rpm',
    name: 'openssl',
    arch: 'x86_64',
    evr: { epoch: 1, version: '1.1.1k', release: '9.el8_6' },
    cves: [],
  },
]
/** Another change that could be joined: earlier or later, classified or not. */
const another = (pick: number): ChangeState => {
  const bulletin = {
    vendorId: `RHSA-${pick}`,
    digest: `${pick}`.padStart(64, 'c'),
    verdict: pick % 5 === 0 ? 'UNCONFIRMED' : 'AUTHENTIC',
  } as const
  const host = aHost(pick % 2 === 0 ? 'web-01' : 'app-01')
  const begun = { ...opened(bulletin, [host]), id: pick % 9 === 0 ? 12 : 13 + pick }
  return evolved(begun, pick % 3 === 0 ? [] : [classified], later((pick % 200) - 100))
}

const oneOf = <T>(all: readonly T[], pick: number): T => all[pick % all.length] as T

/** The command of a try in this state; where it is not `good`, something in it is foreign or old. */
function commandFor({ kind, pick, good }: Try, state: ChangeState, now: Instant): Command {
  const reason = good ? 'because' : ''
  const digest = good ? (state.submission?.digest ?? '') : (state.pastSubmissions[0]?.digest ?? 'halt-1')
  const hosts = good ? [oneOf(HOSTS, pick)] : ['web-99']
  const ring = (pick % 4) + (good ? 1 : 0)
  switch (kind) {
    case 'classify':
      return { kind, class: oneOf(CLASSES, pick), reason, ...(pick % 7 === 0 ? { type: oneOf(CHANGE_TYPES, pick) } : {}) }
    case 'await':
      return { kind, what: reason, ...(pick % 2 === 0 ? { until: later(pick - 100, now) } : {}) }
    case 'merge':
      return { kind, into: another(pick) }
    case 'supersede':
      return { kind, into: another(pick), fixed: pick % 2 === 0 ? FIXED : [] }
    case 'join':
      return { kind, change: another(pick), how: pick % 2 === 0 ? 'merged' : 'superseded' }
    case 'done-elsewhere':
      return { kind, hosts: pick % 3 === 0 ? state.hosts.map((h) => h.host) : hosts, reason, when: later(-pick, now) }
    case 'leave-out':
      return { kind, hosts, reason, control: '' }
    case 'seen-fixed':
      return { kind, hosts: pick % 2 === 0 ? state.elsewhere.map((e) => e.host) : hosts }
    case 'accept-handover':
      return { kind, number: good ? state.handovers.length : pick }
    case 'exploited':
      return { kind, cve: good ? 'CVE-2023-0286' : 'CVE-1', addedOn: '2026-11-23', dueOn: '2026-12-14', catalogue: '1', unpatched: hosts }
    case 'note-patch-file':
      return { kind, file: aPatchFile({ url: `https://vendor.example/${pick % 3}.rpm`, sha256: `${pick}` }, good ? 'pass' : 'fail') }
    case 'accept-patch-file':
      return { kind, sha256: state.patchFiles?.at(-1)?.sha256 ?? '', reason }
    case 'exploited-retracted':
      return { kind, cve: 'CVE-2023-0286', catalogue: '2' }
    case 'record-test':
      return {
        kind,
        test: good ? (state.tests.find((t) => !t.outcome?.passed)?.id ?? '') : 'none',
        passed: good || pick % 2 === 0,
        note: reason,
      }
    case 'submit-plan': {
      const [leading, ...others] = bulletinsOf(state).map((b) => ({
        source: b.source,
        vendorId: b.vendorId,
        revision: b.revision,
        digest: b.digest,
      }))
      const begin = later(60 + (pick % 3000), now)
      const window = { id: 'weekend', name: 'Weekend', zone: 'Europe/Berlin', start: begin, end: later(240, begin) }
      return {
        kind,
        plan: aPlan({ window, bulletins: [...(leading ? [{ ...leading, ...(good ? {} : { digest: 'other' }) }] : []), ...others] }),
      }
    }
    case 'approve':
      return { kind, digest }
    case 'reject':
      return { kind, digest, reason }
    case 'announce':
      return { kind, what: reason, why: reason }
    case 'record-pilot':
      return { kind, passed: good, note: reason }
    case 'resume':
      return { kind, digest: good ? haltOf(state) : digest }
    case 'retry':
      return { kind, hosts }
    case 'exclude':
      return { kind, hosts, reason }
    case 'claim':
      return { kind, key: oneOf(['incident-1', 'ring-1-aa', '__proto__'], pick), what: 'it' }
    case 'report-incident':
    case 'write-lesson':
    case 'need-people':
      return { kind, text: reason }
    case 'revise':
      return {
        kind,
        bulletin: {
          ...state.bulletin,
          revision: `${Number(state.bulletin.revision) + 1}`,
          digest: pick % 3 === 0 ? state.bulletin.digest : `${pick}`.padStart(64, '0'),
          verdict: oneOf(['AUTHENTIC', 'CORROBORATED', 'UNCONFIRMED', 'QUARANTINED'] as const, pick),
        },
        hosts: HOSTS.map((host) => aHost(host)),
        differences: good ? ['CVE-2026-0002 added'] : [],
      }
    case 'rematch':
      return { kind, hosts: (good ? HOSTS : ['web-99']).map((host) => aHost(host)), why: reason }
    case 'start-ring':
      return { kind, ring, hosts: good ? (state.submission?.plan.rings[ring - 1]?.hosts ?? []) : ['web-99'] }
    case 'settle-ring':
      return { kind, ring, figures: '' }
    case 'halt':
      return { kind, ring, reason }
    case 'note-held':
      return { kind, document: { rowId: 100 + (pick % 3), name: 'copy.json', reason: 'QUARANTINED: Other bytes.', own: false } }
    case 'decide-held':
      return { kind, rowId: 100 + (pick % 3), goesOn: good, reason: good ? 'compared by hand' : reason }
    case 'finish':
      return { kind, figures: '' }
    case 'vouch':
    case 'not-relevant':
    case 'end-waiting':
    case 'stop':
    case 'roll-back':
      return { kind, reason }
    case 'plan-again':
    case 'close-review':
    case 'tell-end-users':
      return { kind }
    default:
      return kind satisfies never
  }
}

/** Somebody who may do such a thing, as far as roles go. */
function ableTo({ kind, pick }: Try): string | null {
  if (HOUSE.has(kind)) return null
  if (kind === 'vouch' || kind === 'accept-patch-file' || kind === 'decide-held') return oneOf(['dana', 'oskar', 'farah'], pick)
  if (kind === 'approve' || kind === 'reject' || kind === 'resume') return oneOf(['dana', 'oskar', 'farah', 'emil', 'chiara'], pick)
  return oneOf(['ana', 'ben', 'chiara'], pick)
}

interface Step {
  readonly before: ChangeState
  readonly command: Command
  readonly by: string | null
  readonly event: ChangeEvent
  readonly after: ChangeState
}

/** Everything that happened on the way. Whatever is given to the core is frozen: writing to it would throw. */
function walk(begin: { verdict: BulletinFacts['verdict']; phase: keyof typeof UNTIL }, tries: readonly Try[]): readonly Step[] {
  const first = opened({ verdict: begin.verdict })
  // A bulletin that may not be trusted has got nowhere yet.
  const trusted = begin.verdict === 'AUTHENTIC' || begin.verdict === 'CORROBORATED'
  let state = evolved(first, trusted ? UNTIL[begin.phase] : [])
  let now = later(60)
  const steps: Step[] = []
  for (const one of tries) {
    now = later(one.minutes, now)
    const command = frozen(commandFor(one, state, now))
    const by = one.by === 'able' ? ableTo(one) : one.by
    const standing = { policy, policyHash: aPlan().policyHash, policyApproved: true }
    const context: Context = frozen({ now, actor: by === null ? null : person(by), ...standing, acceptable: [] })
    const decision = decide(state, command, context)
    expect(decide(state, command, context)).toEqual(decision)
    if (!decision.ok) continue
    for (const event of decision.value) {
      const after = frozen(evolve(state, frozen(event), { now, policy }))
      steps.push({ before: state, command, by, event, after })
      state = after
    }
  }
  return steps
}

const walked = fc.tuple(start, fc.array(aTry, { minLength: 1, maxLength: 70, size: 'max' })).map(([begin, tries]) => walk(begin, tries))
const always = (holds: (step: Step) => void): void => {
  fc.assert(
    fc.property(walked, (steps) => {
      for (const step of steps) holds(step)
    }),
    { numRuns: 400 },
  )
}

/** Said apart from the code under test: who is behind an account. */
const human = (id: string): string => policy.people.find((p) => p.id === id)?.delegateOf ?? id
const holds = (id: string, role: Role): boolean => person(id).roles.includes(role)

describe('whatever anybody tries, in any order', () => {
  test('nothing is approved but by one of security and one of operations, two humans, neither of them the requester', () => {
    always(({ event, before }) => {
      if (event.kind !== 'plan approved') return
      const { submission } = before
      const approvals = submission?.approvals ?? []
      const humans = approvals.map((a) => human(a.person))
      expect(new Set(humans).size, 'a person counts once').toBe(humans.length)
      expect(humans).not.toContain(human(submission?.submitted.by ?? ''))
      expect(approvals.some((a) => holds(a.person, 'security') && approvals.some((b) => b !== a && holds(b.person, 'operations')))).toBe(
        true,
      )
      expect(approvals.every((a) => a.digest === submission?.digest)).toBe(true)
      expect(event.by).toEqual(approvals.map((a) => a.person))
    })
  })

  test('nothing is approved on a bulletin that nobody may trust', () => {
    always(({ event, before: { bulletin, bulletins, vouch, submission } }) => {
      if (event.kind !== 'plan approved') return
      for (const b of [{ ...bulletin, vouch }, ...bulletins]) {
        expect(['AUTHENTIC', 'CORROBORATED', 'UNCONFIRMED']).toContain(b.verdict)
        if (b.verdict === 'UNCONFIRMED') expect(b.vouch).toBeDefined()
      }
      // A revision in which no fact changed has other bytes, and leaves the plan as it was.
      expect(submission?.plan.bulletins.map((b) => b.vendorId)).toEqual([bulletin, ...bulletins].map((b) => b.vendorId))
    })
  })

  test('nothing is approved while a patch file is bad and security has not let it pass', () => {
    always(({ event, before: { patchFiles = [] } }) => {
      if (event.kind !== 'plan approved') return
      for (const { checks, accepted } of patchFiles)
        if (checks.some(({ outcome }) => outcome === 'fail')) expect(holds(accepted?.by ?? '', 'security')).toBe(true)
    })
  })

  test('beside a bad patch file no rollout is on its way: the first thing after it is its halt, and nobody is told a date', () => {
    always(({ event, before: { patchFiles = [], rollout } }) => {
      const bad = patchFiles.some(({ checks, accepted }) => !accepted && checks.some(({ outcome }) => outcome === 'fail'))
      if (!bad || event.kind === 'halted') return
      expect(['waiting', 'running']).not.toContain(rollout?.status)
      expect(['announced', 'ring started', 'resume approved', 'resumed']).not.toContain(event.kind)
    })
  })

  test('nothing goes on while a document is held against it: the first thing after it is the halt; only security, or the same bytes with a proof, settle it', () => {
    always(({ event, by, before: { held = [], rollout } }) => {
      if (event.kind === 'held document decided') expect(by === null || holds(by, 'security')).toBe(true)
      if (!held.some(({ decided }) => !decided) || event.kind === 'halted') return
      expect(['waiting', 'running']).not.toContain(rollout?.status)
      expect(['approval given', 'plan approved', 'announced', 'ring started', 'resume approved', 'resumed']).not.toContain(event.kind)
    })
  })

  test('a ring starts only on an approved plan that is announced, in order, while nothing stands still', () => {
    always(({ event, before: { submission, announcement, rollout } }) => {
      if (event.kind !== 'ring started' || !submission) return
      expect(submission.decided?.verdict).toBe('approved')
      expect(submission.digest).toBe(planDigest(submission.plan))
      expect(announcement?.endUsersToldAt).toBeDefined()
      expect(['waiting', 'running']).toContain(rollout?.status)
      expect(submission.plan.rings[event.ring - 1]?.hosts).toEqual(expect.arrayContaining([...event.hosts]))
      if (event.ring > 1) expect(rollout?.pilot?.passed).toBe(true)
    })
  })

  test('the phase "rolling out" is never without an approved plan on its digest, told to the end users', () => {
    always(({ after: { phase, submission, announcement } }) => {
      if (phase !== 'rolling out') return
      expect(submission?.decided?.verdict).toBe('approved')
      expect(submission && planDigest(submission.plan)).toBe(submission?.digest)
      expect(announcement?.endUsersToldAt).toBeDefined()
    })
  })

  test('between a halt and its resume nothing starts, and the resume has two humans of both roles', () => {
    always(({ event, before, after }) => {
      const stands = before.rollout?.status === 'halted' || before.rollout?.status === 'stopped'
      if (stands && event.kind !== 'resumed') expect(['running', 'waiting']).not.toContain(after.rollout?.status)
      if (event.kind !== 'resumed') return
      const humans = event.by.map(human)
      expect(new Set(humans).size).toBe(humans.length)
      expect(humans).not.toContain(human(before.submission?.submitted.by ?? ''))
      expect(event.by.some((id) => holds(id, 'security')) && event.by.some((id) => holds(id, 'operations'))).toBe(true)
      // Everybody who is counted agreed to this halt, after it.
      const digests = before.rollout?.resumeApprovals.map((a) => a.digest) ?? []
      expect(new Set([...digests, haltOf(before)])).toEqual(new Set([haltOf(before)]))
    })
  })

  test('a person’s yes is there once, and only for the plan it was said to', () => {
    always(({ after: { submission, rollout } }) => {
      for (const votes of [submission?.approvals ?? [], rollout?.resumeApprovals ?? []]) {
        const humans = votes.map((a) => human(a.person))
        expect(new Set(humans).size).toBe(humans.length)
      }
      expect((submission?.approvals ?? []).every((a) => a.digest === submission?.digest)).toBe(true)
    })
  })

  test('acts are only added, clock zero never moves later, past plans stay', () => {
    always(({ before, event, after }) => {
      expect(after.acts.slice(0, before.acts.length)).toEqual(before.acts)
      const [was, is] = [before.clocks?.zero ?? before.inheritedZero, after.clocks?.zero ?? after.inheritedZero]
      if (was) expect(Date.parse(is ?? '')).toBeLessThanOrEqual(Date.parse(was))
      // Only another change can bring an earlier one along.
      if (was && event.kind !== 'change joined') expect(is).toBe(was)
      expect(after.pastSubmissions.slice(0, before.pastSubmissions.length)).toEqual(before.pastSubmissions)
      if (before.submission && after.submission?.submitted !== before.submission.submitted)
        expect(after.pastSubmissions).toContainEqual(before.submission)
    })
  })

  test('what is told and told again is the house’s: no person starts, settles, halts, finishes or revises', () => {
    always(({ command, by }) => {
      // Joining is the house's where a change waits for it, and a person's otherwise; so is a held document where its bytes came again with a proof.
      if (command.kind === 'join' || command.kind === 'supersede' || command.kind === 'decide-held') return
      expect(by === null).toBe(HOUSE.has(command.kind))
    })
  })

  test('a change that is part of another takes nothing any more', () => {
    always(({ before }) => {
      expect(['merged', 'superseded']).not.toContain(before.phase)
    })
  })

  test('the hosts of a plan that waits or is approved are those that were approved: nothing joins behind its back', () => {
    always(({ before, after }) => {
      const kept = before.submission && after.submission?.submitted === before.submission.submitted
      if (!kept || !['deciding', 'approved', 'announced', 'rolling out'].includes(after.phase)) return
      expect(after.submission?.digest).toBe(before.submission?.digest)
      expect(after.bulletins.map((b) => b.vendorId)).toEqual(before.bulletins.map((b) => b.vendorId))
    })
  })

  test('what is reported as done elsewhere is reviewed only once every host was seen', () => {
    always(({ before, event, after }) => {
      if (event.kind !== 'seen fixed' || after.phase === before.phase) return
      expect(after.elsewhere.every((e) => e.seenAt !== undefined)).toBe(true)
      expect(after.elsewhere.map((e) => e.host)).toEqual(expect.arrayContaining(after.hosts.map((h) => h.host)))
    })
  })

  test('the walks go everywhere: every kind of event and every phase', () => {
    const seen = new Set<string>()
    const steps = fc.sample(walked, { numRuns: 1500, seed: 20261123 }).flat()
    for (const { event, after } of steps) seen.add(event.kind).add(`phase ${after.phase}`)
    expect([...seen].sort()).toEqual(
      [
        ...[
          'announced',
          'approval given',
          'bulletin revised',
          'claimed',
          'classified',
          'declared not relevant',
          'document held',
          'held document decided',
          'end users told',
          'halted',
        ],
        ...[
          'hosts excluded',
          'hosts retried',
          'incident reported',
          'lesson written',
          'patch file accepted',
          'patch file checked',
          'people needed',
          'pilot recorded',
          'plan approved',
        ],
        ...[
          'plan rejected',
          'plan submitted',
          'planned again',
          'resume approved',
          'resumed',
          'review closed',
          'ring settled',
          'ring started',
        ],
        ...['rolled back', 'rollout finished', 'test recorded', 'tests passed', 'vouched'],
        ...['awaiting begun', 'awaiting ended', 'change joined', 'done elsewhere', 'exploited retracted', 'exploited told'],
        ...['hand-over accepted', 'hosts left out', 'hosts renewed', 'merged', 'seen fixed', 'superseded'],
        ...['announced', 'approved', 'closed', 'deciding', 'not relevant', 'planning', 'reviewing', 'rolling out', 'testing'].map(
          (p) => `phase ${p}`,
        ),
        ...['awaiting', 'done elsewhere', 'merged', 'superseded'].map((p) => `phase ${p}`),
        ...(seen.has('phase alerted') ? ['phase alerted'] : []),
      ].sort(),
    )
  })
})

test('what happened can be kept as JSON and read back: the state is plain data', () => {
  for (const events of Object.values(UNTIL)) {
    const state = evolved(opened(), events, T0)
    expect(JSON.parse(JSON.stringify(state))).toEqual(state)
  }
})
