import type { AffectedHost } from '../assess/affected.ts'
import { planRings, type RingCandidate } from '../deploy/ring.ts'
import { nextOpenings } from '../deploy/window.ts'
import { notForWords, windowIsFor } from '../deploy/window-hosts.ts'
import type { Plan } from '../evaluate/plan.ts'
import type { Policy } from '../policy.ts'
import { allow, type Instant, type Ruled, refuse } from '../result.ts'
import { bulletinsOf } from './bulletins.ts'
import { elsewhereHosts } from './decide-elsewhere.ts'
import { provedHashes } from './patch-files.ts'
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
  /** Hosts that are left out for a while, with the reason. */
  readonly exempt: ReadonlyMap<string, string>
  readonly now: Instant
  readonly policy: Policy
  /** Of the policy. */
  readonly hash: string
  /** The runners there are; `rehearsal` ones only pretend. */
  readonly runners: readonly { readonly name: string; readonly rehearsal: boolean }[]
}

/** Freezes a plan: the hosts as matched, the rings of the policy, one opening of a window. */
export function buildPlan({ state, inputs, signs, exempt, now, policy, hash, runners }: Planning): Ruled<Plan> {
  const [windowId, start] = inputs.window.split('|')
  const rule = policy.windows.find((w) => w.id === windowId)
  const opening = rule ? nextOpenings(rule, policy.blackouts, now, 30).find((o) => o.start === start) : undefined
  if (!rule || !opening) return refuse('WINDOW_UNKNOWN', 'This window does not open then (any more). Please choose one of the list.')
  const runner = runners.find((r) => r.name === inputs.runner)
  if (!runner)
    return refuse('RUNNER_UNKNOWN', `There is no runner "${inputs.runner}"; expected ${runners.map((r) => r.name).join(' or ')}.`)
  if (state.drill && !runner.rehearsal) return refuse('DRILL', 'This is a drill: it is planned with a runner that only pretends.')
  const out = notPlanned(state, signs, exempt)
  const there = state.hosts.filter((h) => !out.has(h.host))
  const theirs = there.filter((h) => windowIsFor(rule, h))
  const [first] = there
  if (theirs.length === 0 && first)
    return refuse(
      'WINDOW_NOT_THEIRS',
      `No host of this change may be changed in it. For ${first.host}, ${notForWords(rule, first, policy.windows)}.`,
    )
  const open = theirs.filter((h) => !h.rebootPending || inputs.reboot)
  const { rings, leftOut } = planRings(
    open.map((h) => candidate(h, signs)),
    policy.rings,
    { now, ...policy },
  )
  const planned = new Set(rings.flatMap((r) => r.hosts))
  return allow({
    changeId: state.id,
    bulletins: bulletinsOf(state).map(({ source, vendorId, revision, digest }) => ({ source, vendorId, revision, digest })),
    hosts: open
      .filter((h) => planned.has(h.host))
      .map((h) => ({ host: h.host, packages: h.packages.filter((p) => !p.noFix).map(({ name, from, to }) => ({ name, from, to })) })),
    rings,
    leftOut: [
      ...leftOut,
      ...[...out].map(([host, reason]) => ({ host, reason })),
      ...there.filter((h) => !theirs.includes(h)).map((h) => ({ host: h.host, reason: notForWords(rule, h, policy.windows) })),
      ...theirs
        .filter((h) => !open.includes(h))
        .map((h) => ({ host: h.host, reason: 'only its reboot is missing, and this plan reboots nothing' })),
    ],
    window: { id: rule.id, name: rule.name, zone: rule.zone, start: opening.start, end: opening.end },
    options: { reboot: inputs.reboot, silent: inputs.silent },
    undo: inputs.undo,
    runner: inputs.runner,
    patchHashes: provedHashes(state),
    policyHash: hash,
  })
}

/** Hosts that no plan is for now, each with its reason. */
function notPlanned(state: ChangeState, signs: Signs, exempt: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const elsewhere = new Set(elsewhereHosts(state))
  const reason = ({ host, noFix }: AffectedHost): string | undefined => {
    if (elsewhere.has(host)) return 'reported as done elsewhere'
    if (!signs.has(host)) return 'the inventory no longer has it'
    return noFix ? 'no fix has been published' : exempt.get(host)
  }
  return new Map(
    state.hosts.flatMap((h) => {
      const why = reason(h)
      return why === undefined ? [] : [[h.host, why] as const]
    }),
  )
}

const candidate = (h: AffectedHost, signs: Signs): RingCandidate => ({
  host: h.host,
  environment: h.environment,
  criticality: h.missionCritical ? 'mission-critical' : 'normal',
  patchTeam: h.patchTeam,
  managed: !h.unmanaged,
  lastSeen: signs.get(h.host) ?? h.lastSeen,
  location: h.remote ? 'remote' : 'office',
  ownership: h.ownership,
  ...(h.sponsor === undefined ? {} : { sponsor: h.sponsor }),
})
