import { Fault } from '../fault.ts'
import type { Instant } from '../result.ts'
import { type HostProgress, inFlight, isDelayed, isStartable } from './progress.ts'
import type { Ring } from './ring.ts'
import type { OpenAt } from './window.ts'

/** A planned ring and how far it is. `state` of a settled ring stays; hosts caught up later change its hosts, not its state. */
export interface RingView extends Ring {
  /** From 1; ring 1 is the pilot. */
  readonly number: number
  readonly state: 'waiting' | 'running' | 'settled'
  readonly startedAt?: Instant
  readonly settledAt?: Instant
  /** Failed hosts that the quorum accepted at the last resume; see `acceptAsItIs`. */
  readonly failuresAccepted: number
  /** Share of verified hosts that the quorum accepted at the last resume, where it lay below `minVerified`. */
  readonly shareAccepted?: number
}

export interface RolloutView {
  /** `waiting`: scheduled, nothing started. `halted`: by a threshold. `stopped`: by a person. */
  readonly status: 'waiting' | 'running' | 'halted' | 'stopped' | 'finished'
  /** In order. */
  readonly rings: readonly RingView[]
  readonly hosts: readonly HostProgress[]
  /** The window of the plan, now. */
  readonly window: OpenAt
  /** When it opens next, where known. */
  readonly nextOpening?: Instant
  /** Recorded by a person. */
  readonly pilotOutcome?: 'passed' | 'failed'
}

export type WaitReason = 'not running' | 'reports' | 'pilot outcome' | 'soak' | 'window closed' | 'delay'

/** What happens next. `hosts` are never empty; `ring` is a number. */
export type Step =
  | { readonly kind: 'start-ring'; readonly ring: number; readonly hosts: readonly string[] }
  | { readonly kind: 'verify'; readonly ring: number; readonly hosts: readonly string[] }
  | { readonly kind: 'settle-ring'; readonly ring: number }
  | { readonly kind: 'halt'; readonly ring: number; readonly reason: string }
  | { readonly kind: 'wait'; readonly reason: WaitReason; readonly until?: Instant; readonly text: string }
  | { readonly kind: 'needs-people'; readonly hosts: readonly string[]; readonly text: string }
  | { readonly kind: 'finish' }

/**
 * Decides the one next step of a rollout. The caller saves its effect and asks again until it is told to wait, so that
 * nothing is decided on old facts. The order matters: thresholds come before everything that starts something.
 *
 * A rollout that is not running starts nothing, checks included. Hosts start only while the window is open; checks of installed
 * hosts may run after it has closed, they change nothing on the host. Ring 2 needs the recorded outcome of ring 1. A host whose delay
 * has run out starts in the next open window, however far its ring is.
 * Throws STATE_CORRUPT when a settled ring has no readable `settledAt`.
 */
export function nextStep(rollout: RolloutView, now: Instant): Step {
  if (rollout.status !== 'running' && rollout.status !== 'waiting') {
    return wait('not running', `The rollout is ${rollout.status}; it starts nothing.`)
  }
  return (
    halt(rollout) ??
    verify(rollout) ??
    startInRunning(rollout, now) ??
    settle(rollout, now) ??
    startNext(rollout, now) ??
    catchUpLater(rollout, now) ??
    end(rollout)
  )
}

/** Failed hosts of a ring, those that people took out excepted. */
const failuresIn = (ring: RingView, hosts: readonly HostProgress[]): number =>
  hosts.filter((host) => host.ring === ring.number && host.status === 'failed').length

/** Share of verified hosts among those that have ended, 0 to 1; unknown ones count against it. 1 when none has ended. */
export function verifiedShare(ring: RingView, hosts: readonly HostProgress[]): number {
  const ended = hosts.filter(
    ({ ring: of, status }) => of === ring.number && ['verified', 'failed', 'unknown', 'rolled back'].includes(status),
  )
  return ended.length === 0 ? 1 : ended.filter(({ status }) => status === 'verified').length / ended.length
}

/** The ring after a resume: what has gone wrong so far is accepted, anything more halts again. */
export function acceptAsItIs(ring: RingView, hosts: readonly HostProgress[]): RingView {
  const share = verifiedShare(ring, hosts)
  const { shareAccepted: _before, ...kept } = ring
  const accepted = { ...kept, failuresAccepted: failuresIn(ring, hosts) }
  return share < ring.minVerified ? { ...accepted, shareAccepted: share } : accepted
}

/** The ring after a retry: an accepted failure that is gone makes no room for a new one. */
export const lowerAccepted = (ring: RingView, hosts: readonly HostProgress[]): RingView => ({
  ...ring,
  failuresAccepted: Math.min(ring.failuresAccepted, failuresIn(ring, hosts)),
})

const counted = (hosts: number): string => (hosts === 1 ? '1 host' : `${hosts} hosts`)

const wait = (reason: WaitReason, text: string, until?: Instant): Step => ({
  kind: 'wait',
  reason,
  text,
  ...(until === undefined ? {} : { until }),
})

const names = (hosts: readonly HostProgress[]): readonly string[] => hosts.map(({ host }) => host)

const hostsOf = (rollout: RolloutView, ring: RingView): readonly HostProgress[] => rollout.hosts.filter((host) => host.ring === ring.number)

function halt(rollout: RolloutView): Step | null {
  for (const ring of rollout.rings) {
    if (ring.state === 'waiting') continue
    const failures = failuresIn(ring, rollout.hosts)
    if (failures - ring.failuresAccepted > ring.maxFailures) {
      return { kind: 'halt', ring: ring.number, reason: `${failures} failed in ${ring.name}, ${tolerated(ring)}.` }
    }
    const share = verifiedShare(ring, rollout.hosts)
    if (ring.state === 'settled' && share < Math.min(ring.minVerified, ring.shareAccepted ?? 1)) {
      return {
        kind: 'halt',
        ring: ring.number,
        reason: `${percent(share)} verified in ${ring.name}, expected at least ${percent(ring.minVerified)}.`,
      }
    }
  }
  const isNextAfterPilot = rollout.rings.some(({ number, state }) => number > 1 && state === 'waiting')
  if (rollout.pilotOutcome === 'failed' && isNextAfterPilot) return { kind: 'halt', ring: 1, reason: 'The pilot was recorded as failed.' }
  return null
}

const tolerated = ({ maxFailures, failuresAccepted }: RingView): string =>
  failuresAccepted === 0 ? `at most ${maxFailures} tolerated` : `at most ${maxFailures} tolerated beside ${failuresAccepted} accepted`

/** Rounded down: 94.9 % must not read as the 95 % that were expected. */
const percent = (share: number): string => `${Math.floor(share * 100 + 1e-9)} %`

/** Installed hosts whose check was not ordered in this try. */
function verify(rollout: RolloutView): Step | null {
  for (const ring of rollout.rings) {
    const hosts = hostsOf(rollout, ring).filter(needsCheck)
    if (hosts.length > 0) return { kind: 'verify', ring: ring.number, hosts: names(hosts) }
  }
  return null
}

const needsCheck = ({ status, facts }: HostProgress): boolean => status === 'installed' && facts.verifyOrderedAt === undefined

/** What is left of rings that have begun: stopped half way, retried, or delayed until now. */
function startInRunning(rollout: RolloutView, now: Instant): Step | null {
  if (!rollout.window.open) return null
  for (const ring of rollout.rings) {
    const hosts = ring.state === 'waiting' ? [] : hostsOf(rollout, ring).filter((host) => isStartable(host, now))
    if (hosts.length > 0) return { kind: 'start-ring', ring: ring.number, hosts: names(hosts) }
  }
  return null
}

/** Settles a running ring in which nothing is to come but delayed hosts; waits for one that has hosts to start or on the way. */
function settle(rollout: RolloutView, now: Instant): Step | null {
  const ring = rollout.rings.find(({ state }) => state === 'running')
  if (ring === undefined) return null
  const hosts = hostsOf(rollout, ring)
  if (hosts.some(inFlight)) return waitForReports(hosts)
  if (hosts.some((host) => isStartable(host, now))) return windowClosed(rollout)
  return { kind: 'settle-ring', ring: ring.number }
}

function startNext(rollout: RolloutView, now: Instant): Step | null {
  const ring = rollout.rings.find(({ state }) => state === 'waiting')
  if (ring === undefined) return null
  const gate = pilotGate(rollout, ring) ?? soakGate(rollout, ring, now)
  if (gate !== null) return gate
  const hosts = hostsOf(rollout, ring).filter((host) => isStartable(host, now))
  if (hosts.length === 0) return { kind: 'settle-ring', ring: ring.number }
  return rollout.window.open ? { kind: 'start-ring', ring: ring.number, hosts: names(hosts) } : windowClosed(rollout)
}

function pilotGate(rollout: RolloutView, ring: RingView): Step | null {
  if (ring.number === 1 || rollout.pilotOutcome === 'passed') return null
  return wait('pilot outcome', `${ring.name} waits for the recorded outcome of the pilot.`)
}

function soakGate(rollout: RolloutView, ring: RingView, now: Instant): Step | null {
  if (ring.number === 1) return null
  const before = rollout.rings.find(({ number }) => number === ring.number - 1)
  const settledAt = Date.parse(before?.settledAt ?? '')
  if (Number.isNaN(settledAt)) {
    throw new Fault(
      'STATE_CORRUPT',
      `Expected the time at which the ring before ring ${ring.number} settled, found "${before?.settledAt}".`,
    )
  }
  const until = settledAt + ring.soakMinutes * 60_000
  if (Date.parse(now) >= until) return null
  return wait('soak', `${ring.name} starts after ${ring.soakMinutes} minutes of observing the ring before.`, new Date(until).toISOString())
}

/** All rings have run: hosts on the way, hosts to be started in the next window, hosts that are still delayed. */
function catchUpLater(rollout: RolloutView, now: Instant): Step | null {
  if (rollout.hosts.some(inFlight)) return waitForReports(rollout.hosts)
  if (rollout.hosts.some((host) => isStartable(host, now))) return windowClosed(rollout)
  const delayed = rollout.hosts.filter((host) => isDelayed(host, now))
  if (delayed.length === 0) return null
  const until = delayed.map(({ delayedUntil }) => delayedUntil ?? '').sort()[0]
  return wait('delay', `${counted(delayed.length)} still to come: delayed.`, until)
}

function end(rollout: RolloutView): Step {
  const open = rollout.hosts.filter(({ status }) => status === 'failed' || status === 'unknown')
  if (open.length === 0) return { kind: 'finish' }
  return {
    kind: 'needs-people',
    hosts: names(open),
    text: `${counted(open.length)} failed or unknown: retry, roll back or exclude each of them.`,
  }
}

const waitForReports = (hosts: readonly HostProgress[]): Step =>
  wait('reports', `Waiting for the reports of ${counted(hosts.filter(inFlight).length)}.`)

const windowClosed = ({ window, nextOpening }: RolloutView): Step =>
  wait('window closed', window.open ? 'The window is open.' : window.why, nextOpening)
