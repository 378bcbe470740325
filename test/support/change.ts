import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { AffectedHost } from '../../src/core/assess/affected.ts'
import type { ChangeEvent, Command, Context } from '../../src/core/change/command.ts'
import { decide } from '../../src/core/change/decide.ts'
import { haltDigest } from '../../src/core/change/decide-deploy.ts'
import { evolve } from '../../src/core/change/evolve.ts'
import { freshChange } from '../../src/core/change/fresh.ts'
import type { BulletinFacts, ChangeState, RingAcceptance } from '../../src/core/change/state.ts'
import { type Plan, planDigest } from '../../src/core/evaluate/plan.ts'
import { type Person, type Policy, policySchema } from '../../src/core/policy.ts'
import type { Instant } from '../../src/core/result.ts'
import { aVulnerability } from './bulletin.ts'

const text = readFileSync(new URL('../../manifests/sample/policy.json', import.meta.url), 'utf8')
export const policy: Policy = policySchema.parse(JSON.parse(text))

/** Monday morning, when everything that is given has happened. */
export const T0: Instant = '2026-11-23T09:00:00.000Z'
export const later = (minutes: number, from: Instant = T0): Instant => new Date(Date.parse(from) + minutes * 60_000).toISOString()
/** An hour later: when a command comes, unless the test says otherwise. */
export const NOW = later(60)
export const WINDOW = {
  id: 'weekday-night',
  name: 'Weekday night',
  zone: 'Europe/Berlin',
  start: '2026-11-24T21:00:00.000Z',
  end: '2026-11-24T22:30:00.000Z',
}

export function person(id: string): Person {
  const found = policy.people.find((p) => p.id === id)
  if (!found) throw new Error(`nobody is called ${id}`)
  return found
}

export const aHost = (host: string, own: Partial<AffectedHost> = {}): AffectedHost => ({
  host,
  packages: [{ name: 'openssl', arch: 'x86_64', stream: 'BaseOS-8.6.0.Z.EUS', from: '1:1.1.1k-7.el8_6', to: '1:1.1.1k-9.el8_6' }],
  rebootPending: false,
  missionCritical: false,
  unmanaged: false,
  stale: false,
  remote: false,
  foreign: false,
  workstation: false,
  patchTeam: false,
  environment: 'production',
  ownership: 'company',
  assetClass: 'web servers',
  owner: 'emil@norderhafen.example',
  department: 'Digital services',
  site: 'Norderhafen',
  operatingSystem: 'Red Hat Enterprise Linux 8.6 EUS',
  lastSeen: '2026-11-23T05:00:00.000Z',
  ...own,
})

export const facts: BulletinFacts = {
  rowId: 4,
  source: 'sample-csaf',
  vendorId: 'RHSA-2023:3408',
  revision: '3',
  digest: 'a'.repeat(64),
  title: 'Red Hat Security Advisory: openssl security update',
  publisher: 'Red Hat Product Security',
  publishedAt: '2023-05-31T09:00:00.000Z',
  updatedAt: '2023-06-01T09:00:00.000Z',
  severity: 'important',
  updateType: 'security patch',
  vulnerabilities: [
    aVulnerability({ cve: 'CVE-2023-0286', cvss: { version: '3.1', vector: 'CVSS:3.1/A', score: 7.4 }, knownExploited: 'no' }),
  ],
  restart: 'services',
  verdict: 'AUTHENTIC',
  verdictReason: 'Signed by the pinned key; hash, schema, file name and publisher agree',
  signedBy: "Patchcrier sample key, not the vendor's",
}

export const HOSTS = ['web-01', 'web-02', 'web-03', 'web-04', 'db-01']

/** A change on five hosts, just alerted; what matters to the test is given. */
export function opened(bulletin: Partial<BulletinFacts> = {}, hosts = HOSTS.map((host) => aHost(host))): ChangeState {
  return freshChange(12, later(-60), { ...facts, ...bulletin }, hosts)
}

export const aPlan = (own: Partial<Plan> = {}): Plan => ({
  changeId: 12,
  bulletins: [{ source: facts.source, vendorId: facts.vendorId, revision: facts.revision, digest: facts.digest }],
  hosts: HOSTS.map((host) => ({ host, packages: [{ name: 'openssl', from: '1:1.1.1k-7.el8_6', to: '1:1.1.1k-9.el8_6' }] })),
  rings: [
    { id: 'pilot', name: 'Pilot', hosts: ['web-01', 'web-02'], soakMinutes: 0, maxFailures: 0, minVerified: 1 },
    { id: 'early', name: 'Early', hosts: ['web-03', 'web-04'], soakMinutes: 10, maxFailures: 1, minVerified: 0.5 },
    { id: 'rest', name: 'Rest', hosts: ['db-01'], soakMinutes: 10, maxFailures: 3, minVerified: 0 },
  ],
  leftOut: [],
  window: WINDOW,
  options: { reboot: false, silent: true },
  undo: 'dnf downgrade, tried in the lab',
  runner: 'manual',
  patchHashes: [],
  policyHash: 'p'.repeat(64),
  ...own,
})

export const PLAN = aPlan()
export const DIGEST = planDigest(PLAN)

/** What is frozen throws when somebody writes to it. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) frozen(inner)
  }
  return value
}

export const evolved = (state: ChangeState, events: readonly ChangeEvent[], now: Instant = T0, rules: Policy = policy): ChangeState =>
  events.reduce((s, event) => frozen(evolve(s, frozen(event), { now, policy: rules })), frozen(state))

// What has happened, one event each; `UNTIL` strings them together.
export const classified = { kind: 'classified', by: 'ana', class: 'high', type: 'normal', reason: '' } as const satisfies ChangeEvent
const tested: readonly ChangeEvent[] = [
  ...policy.classes.high.tests.map(
    ({ id }): ChangeEvent => ({ kind: 'test recorded', by: 'ben', test: id, passed: true, note: 'on vm-1' }),
  ),
  { kind: 'tests passed' },
]
export const submitted = (plan: Plan = PLAN, by = 'ana'): ChangeEvent => ({ kind: 'plan submitted', by, plan, digest: planDigest(plan) })
export const approvedBy = (by: string, digest = DIGEST): ChangeEvent => ({ kind: 'approval given', by, digest })
export const planApproved: ChangeEvent = { kind: 'plan approved', by: ['dana', 'emil'] }
const announced: ChangeEvent = { kind: 'announced', by: 'ana', what: 'A hole is closed.', why: 'Attackers use it.', endUsersAt: later(60) }
const told: ChangeEvent = { kind: 'end users told' }
export const started = (ring: number, hosts = PLAN.rings[ring - 1]?.hosts ?? []): ChangeEvent => ({ kind: 'ring started', ring, hosts })
export const settled = (ring: number): ChangeEvent => ({ kind: 'ring settled', ring, figures: '2 verified of 2' })
export const pilotPassed: ChangeEvent = { kind: 'pilot recorded', by: 'chiara', passed: true, note: 'they serve' }
export const halted: ChangeEvent = { kind: 'halted', by: null, ring: 1, reason: '1 failed in Pilot, at most 0 tolerated.' }
export const stopped: ChangeEvent = { kind: 'halted', by: 'ben', ring: null, reason: 'customs is down' }
export const finished: ChangeEvent = { kind: 'rollout finished', figures: '5 verified of 5' }
export const rolledBack: ChangeEvent = { kind: 'rolled back', by: 'chiara', reason: 'programs crash' }

export const letWait: ChangeEvent = { kind: 'awaiting begun', by: 'ana', what: 'the update rollup of December', until: null }
export const elsewhere = (hosts: readonly string[] = HOSTS): ChangeEvent => ({
  kind: 'done elsewhere',
  by: 'chiara',
  hosts,
  reason: 'by hand, in the night of the outage',
  when: later(-600),
  voidsPlan: false,
})

const until = (before: readonly ChangeEvent[], ...more: readonly ChangeEvent[]): readonly ChangeEvent[] => [...before, ...more]
const TESTING = until([], classified)
const PLANNING = until(TESTING, ...tested)
const DECIDING = until(PLANNING, submitted())
const APPROVED = until(DECIDING, approvedBy('dana'), approvedBy('emil'), planApproved)
const ANNOUNCED = until(APPROVED, announced)
const TOLD = until(ANNOUNCED, told)
const PILOT_RUNS = until(TOLD, started(1))
const PILOT_SETTLED = until(PILOT_RUNS, settled(1))
const PILOT_PASSED = until(PILOT_SETTLED, pilotPassed)
const HALTED = until(PILOT_RUNS, halted)
const ALL_SETTLED = until(PILOT_PASSED, started(2), settled(2), started(3), settled(3))
const REVIEWING = until(ALL_SETTLED, finished)
const ROLLED_BACK = until(PILOT_SETTLED, rolledBack, finished)

/** The way of a change up to the point that the name says. */
export const UNTIL = {
  alerted: [] as readonly ChangeEvent[],
  testing: TESTING,
  planning: PLANNING,
  deciding: DECIDING,
  approved: APPROVED,
  announced: ANNOUNCED,
  told: TOLD,
  pilotRuns: PILOT_RUNS,
  pilotSettled: PILOT_SETTLED,
  pilotPassed: PILOT_PASSED,
  halted: HALTED,
  stopped: until(PILOT_RUNS, stopped),
  rollingBack: until(PILOT_SETTLED, rolledBack),
  allSettled: ALL_SETTLED,
  reviewing: REVIEWING,
  rolledBack: ROLLED_BACK,
  closed: until(REVIEWING, { kind: 'review closed', by: 'greta' }),
  awaiting: until([], { ...classified, class: 'medium', reason: 'not reachable' }, letWait),
  merged: until(TESTING, { kind: 'merged', by: 'ana', into: 9 }),
  superseded: until([], { ...classified, class: 'medium', reason: 'x' }, letWait, { kind: 'superseded', by: null, into: 14 }),
  doneElsewhere: until(TESTING, elsewhere()),
  seenElsewhere: until(TESTING, elsewhere(), { kind: 'seen fixed', hosts: HOSTS }),
  notRelevant: until([], { kind: 'declared not relevant', by: 'ana', reason: 'not in use' }),
} as const

/** What a resume names of the state's halt. */
export const haltOf = (state: ChangeState): string => (state.rollout ? haltDigest(state.rollout) : '')

interface When {
  readonly at?: Instant
  readonly rules?: Policy
  readonly acceptable?: readonly RingAcceptance[]
  readonly policyHash?: string
  readonly policyApproved?: boolean
}

/** given(what happened).when(somebody commands it).yields(what follows), or .refuses(with a code). */
export function given(events: readonly ChangeEvent[], before: ChangeState = opened()) {
  const state = evolved(before, events)
  return {
    state,
    when(
      command: Command,
      by: string | null,
      { at = NOW, rules = policy, acceptable = [], policyHash = PLAN.policyHash, policyApproved = true }: When = {},
    ) {
      const actor = by === null ? null : (rules.people.find((p) => p.id === by) ?? person(by))
      const context: Context = frozen({ now: at, actor, policy: rules, policyHash, policyApproved, acceptable })
      const decision = decide(state, frozen(command), context)
      expect(decide(state, command, context), 'the same question, the same answer').toEqual(decision)
      return {
        /** It is allowed, and this is what has happened then. */
        yields: (...events: readonly ChangeEvent[]): void => expect(decision).toEqual({ ok: true, value: events }),
        /** A rule says no. */
        refuses(code: string, words: string | RegExp = /./): void {
          expect(decision).toMatchObject({ ok: false, refusal: { code } })
          expect(decision.ok ? '' : decision.refusal.text).toMatch(words)
        },
        /** The state after what was decided. */
        state(): ChangeState {
          if (!decision.ok) throw new Error(`refused: ${decision.refusal.code} ${decision.refusal.text}`)
          return evolved(state, decision.value, at, rules)
        },
      }
    },
  }
}
