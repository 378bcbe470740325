import { DateTime } from 'luxon'
import type { OpeningChoice, PlanChoices } from '../../cards/test.ts'
import type { AffectedHost } from '../../core/assess/affected.ts'
import type { ChangeState } from '../../core/change/state.ts'
import { planRings, type RingCandidate } from '../../core/deploy/ring.ts'
import { nextOpenings } from '../../core/deploy/window.ts'
import type { Plan } from '../../core/evaluate/plan.ts'
import type { Policy } from '../../core/policy.ts'
import { allow, type Instant, type Ruled, refuse } from '../../core/result.ts'
import type { House, Unit } from '../house.ts'
import { due } from '../time/due.ts'

const OPENINGS_PER_WINDOW = 4

/** The next openings of every window, in order; `value` is `windowId|start`. */
export function openingChoices(policy: Policy, from: Instant): readonly OpeningChoice[] {
  return policy.windows
    .flatMap((rule) => nextOpenings(rule, policy.blackouts, from, OPENINGS_PER_WINDOW).map((opening) => ({ rule, opening })))
    .filter(({ opening }) => Date.parse(opening.start) > Date.parse(from))
    .sort((a, b) => Date.parse(a.opening.start) - Date.parse(b.opening.start))
    .map(({ rule, opening }) => ({
      value: `${rule.id}|${opening.start}`,
      label: `${DateTime.fromISO(opening.start, { zone: rule.zone }).toFormat('ccc d LLL HH:mm')} ${rule.zone}, ${rule.name}`,
    }))
}

/** Writes down when the next window opens: from then on it can no longer be planned into. */
export async function dueOpening(unit: Unit): Promise<void> {
  const [next] = openingChoices(unit.house.inForce.policy, unit.now.toISOString())
  const start = next?.value.split('|')[1]
  if (start) await due(unit, 'opening', 'windows:0', new Date(start), next.label)
}

/** What can be chosen in the form of a plan. */
export function planChoices(house: House, from: Instant): PlanChoices {
  return {
    openings: openingChoices(house.inForce.policy, from),
    runners: [...house.runners.values()].map((r) => ({
      value: r.name,
      label: r.rehearsal ? 'rehearsal (pretends: no computer is touched)' : `${r.name} (hosts or people report)`,
    })),
  }
}

export interface PlanInputs {
  readonly window: string
  readonly runner: string
  readonly reboot: boolean
  readonly silent: boolean
  readonly undo: string
}

/** Last sign of life by host; a host that is not in it has left the inventory. */
export type Signs = ReadonlyMap<string, Instant>

/** Freezes a plan: the hosts as matched, the rings of the policy, one opening of a window. */
export function buildPlan(house: House, state: ChangeState, inputs: PlanInputs, signs: Signs, now: Date): Ruled<Plan> {
  const { policy, hash } = house.inForce
  const [windowId, start] = inputs.window.split('|')
  const rule = policy.windows.find((w) => w.id === windowId)
  const opening = rule ? nextOpenings(rule, policy.blackouts, now.toISOString(), 30).find((o) => o.start === start) : undefined
  if (!rule || !opening) return refuse('WINDOW_UNKNOWN', 'This window does not open then (any more). Please choose one of the list.')
  if (!house.runners.has(inputs.runner))
    return refuse('RUNNER_UNKNOWN', `There is no runner "${inputs.runner}"; expected ${[...house.runners.keys()].join(' or ')}.`)
  const there = state.hosts.filter((h) => signs.has(h.host))
  const open = there.filter((h) => !h.rebootPending || inputs.reboot)
  const { rings, leftOut } = planRings(
    open.map((h) => candidate(h, signs)),
    policy.rings,
    { now: now.toISOString(), staleAfterDays: policy.staleAfterDays },
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
      .map((h) => ({ host: h.host, packages: h.packages.map(({ name, from, to }) => ({ name, from, to })) })),
    rings,
    leftOut: [
      ...leftOut,
      ...state.hosts.filter((h) => !there.includes(h)).map((h) => ({ host: h.host, reason: 'the inventory no longer has it' })),
      ...there
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
