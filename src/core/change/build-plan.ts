import type { AffectedHost } from '../assess/affected.ts'
import { planRings, type RingCandidate } from '../deploy/ring.ts'
import { nextOpenings } from '../deploy/window.ts'
import type { Plan } from '../evaluate/plan.ts'
import type { Policy } from '../policy.ts'
import { allow, type Instant, type Ruled, refuse } from '../result.ts'
import type { ChangeState } from './state.ts'

export interface PlanInputs {
  readonly window: string
  readonly runner: string
  readonly reboot: boolean
  readonly silent: boolean
  readonly undo: string
}

/** Last sign of life by host; a host that is not in it has left the inventory. */
export type Signs = ReadonlyMap<string, Instant>

/** What a plan is made of. */
export interface Planning {
  readonly state: ChangeState
  readonly inputs: PlanInputs
  readonly signs: Signs
  readonly now: Instant
  readonly policy: Policy
  /** Of the policy. */
  readonly hash: string
  /** Names of the runners there are. */
  readonly runners: readonly string[]
}

/** Freezes a plan: the hosts as matched, the rings of the policy, one opening of a window. */
export function buildPlan({ state, inputs, signs, now, policy, hash, runners }: Planning): Ruled<Plan> {
  const [windowId, start] = inputs.window.split('|')
  const rule = policy.windows.find((w) => w.id === windowId)
  const opening = rule ? nextOpenings(rule, policy.blackouts, now, 30).find((o) => o.start === start) : undefined
  if (!rule || !opening) return refuse('WINDOW_UNKNOWN', 'This window does not open then (any more). Please choose one of the list.')
  if (!runners.includes(inputs.runner))
    return refuse('RUNNER_UNKNOWN', `There is no runner "${inputs.runner}"; expected ${runners.join(' or ')}.`)
  const there = state.hosts.filter((h) => signs.has(h.host))
  const fixable = there.filter((h) => !h.noFix)
  const open = fixable.filter((h) => !h.rebootPending || inputs.reboot)
  const { rings, leftOut } = planRings(
    open.map((h) => candidate(h, signs)),
    policy.rings,
    { now: now, staleAfterDays: policy.staleAfterDays },
  )
  const planned = new Set(rings.flatMap((r) => r.hosts))
  return allow({
    changeId: state.id,
    bulletins: [
      {
        source: state.bulletin.source,
        vendorId: state.bulletin.vendorId,
        revision: state.bulletin.revision,
        digest: state.bulletin.digest,
      },
    ],
    hosts: open
      .filter((h) => planned.has(h.host))
      .map((h) => ({ host: h.host, packages: h.packages.filter((p) => !p.noFix).map(({ name, from, to }) => ({ name, from, to })) })),
    rings,
    leftOut: [
      ...leftOut,
      ...state.hosts.filter((h) => !there.includes(h)).map((h) => ({ host: h.host, reason: 'the inventory no longer has it' })),
      ...there.filter((h) => h.noFix).map((h) => ({ host: h.host, reason: 'no fix has been published' })),
      ...fixable
        .filter((h) => !open.includes(h))
        .map((h) => ({ host: h.host, reason: 'only its reboot is missing, and this plan reboots nothing' })),
    ],
    window: { id: rule.id, name: rule.name, zone: rule.zone, start: opening.start, end: opening.end },
    options: { reboot: inputs.reboot, silent: inputs.silent },
    undo: inputs.undo,
    runner: inputs.runner,
    patchHashes: [],
    policyHash: hash,
  })
}

const candidate = (h: AffectedHost, signs: Signs): RingCandidate => ({
  host: h.host,
  environment: h.environment,
  criticality: h.missionCritical ? 'mission-critical' : 'normal',
  patchTeam: h.patchTeam,
  managed: !h.unmanaged,
  lastSeen: signs.get(h.host) ?? h.lastSeen,
})
