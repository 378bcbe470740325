import type { Policy } from '../policy.ts'
import type { Instant } from '../result.ts'
import { type Facts, type HostProgress, inFlight, sameVersion, statusOf, versionAfter, versionBefore } from './progress.ts'

/** What a host says about one step; the same shape as `HostReport` in ports.ts, which core may not import. */
export interface Report {
  readonly host: string
  readonly step: 'arrived' | 'attempted' | 'installed' | 'failed' | 'rolled back' | 'verified'
  readonly at: Instant
  readonly cause?: string | undefined
  readonly version?: string | undefined
}

export interface Folded {
  readonly progress: HostProgress
  readonly changed: boolean
  /** Why the report did not count. */
  readonly note?: string
}

/**
 * Moves one host by one report. The same report twice, or reports in another order, end the same. Nothing becomes a success
 * without a report that says so: `installed` or `verified` with another version than planned is a failure, `verified` without a
 * version counts for nothing. A report dated before the order belongs to an earlier try. An excluded host keeps the facts and
 * stays excluded. One that was `unknown` moves on and is marked late.
 */
export function foldReport(progress: HostProgress, report: Report): Folded {
  const ignored = whyIgnored(progress, report)
  if (ignored !== null) return { progress, changed: false, note: ignored }
  const at = new Date(report.at).toISOString()
  const wrong = wrongVersion(progress, report)
  const step = wrong === null ? report.step : 'failed'
  const told = toldVersion(progress, at, report.version)
  const cause = step === 'failed' ? toldCause(progress, at, wrong ?? report.cause) : progress.cause
  const facts = {
    ...addFact(progress.facts, step, at),
    heardAt: later(progress.facts.heardAt, at),
    ...(told === null ? {} : { versionAt: at }),
  }
  const next = settle(progress, {
    ...progress,
    facts,
    ...(cause === undefined ? {} : { cause }),
    ...(told === null ? {} : { version: told }),
  })
  const changed = JSON.stringify(next) !== JSON.stringify(progress)
  return { progress: changed ? next : progress, changed }
}

/** Minutes without a report after which a host is `unknown`: a remote one may be switched off for longer. */
export const silentMinutes = (policy: Pick<Policy, 'silentAfterMinutes' | 'remote'>, remote: boolean): number =>
  remote ? Math.max(policy.silentAfterMinutes, policy.remote.silentAfterMinutes) : policy.silentAfterMinutes

/**
 * What silence makes of a host. Ordered, arrived, attempted, or installed and asked for its check, and no news for
 * `silentAfterMinutes`: `unknown`, which is neither failure nor success. In a stopped rollout a host that was never ordered is
 * `not attempted`; when the rollout goes on it waits again.
 */
export function silence(progress: HostProgress, now: Instant, silentAfterMinutes: number, stopped: boolean): HostProgress {
  if (stopped && progress.status === 'waiting') return { ...progress, status: 'not attempted' }
  if (!stopped && progress.status === 'not attempted') return { ...progress, status: 'waiting' }
  const asked = progress.status !== 'installed' || progress.facts.verifyOrderedAt !== undefined
  if (!inFlight(progress) || !asked) return progress
  const quiet = Date.parse(now) - lastNews(progress.facts, now) >= silentAfterMinutes * 60_000
  return quiet ? { ...progress, status: 'unknown' } : progress
}

/** Milliseconds of the newest fact that is not in the future: a clock that runs ahead must not hide silence. */
function lastNews(facts: Facts, now: Instant): number {
  const limit = Date.parse(now)
  return Math.max(
    0,
    ...Object.values(facts)
      .map((at: Instant) => Date.parse(at))
      .filter((at) => at <= limit),
  )
}

function whyIgnored({ host, facts, action }: HostProgress, report: Report): string | null {
  if (report.host !== host) return `the report is of ${report.host}, not of ${host}`
  const at = Date.parse(report.at)
  if (Number.isNaN(at)) return `"${report.at}" is not a time`
  if (facts.orderedAt === undefined) return 'nothing was ordered for this host yet'
  if (at < Date.parse(facts.orderedAt)) return `dated ${report.at}, before the order of this try (${facts.orderedAt})`
  if (action === 'uninstall' && (report.step === 'installed' || report.step === 'verified'))
    return `"${report.step}" while the host is being rolled back`
  if (report.step === 'verified' && report.version === undefined) return '"verified" without the version that was found'
  return null
}

/** The failure that a success report with another version is; null when the version is right or not told. */
function wrongVersion({ packages }: HostProgress, { step, version }: Report): string | null {
  if (version === undefined || (step !== 'installed' && step !== 'verified' && step !== 'rolled back')) return null
  const expected = step === 'rolled back' ? versionBefore(packages) : versionAfter(packages)
  return sameVersion(version, expected) ? null : `wrong version: found ${version}, expected ${expected}`
}

function addFact(facts: Facts, step: Report['step'], at: Instant): Facts {
  switch (step) {
    case 'arrived':
      return { ...facts, arrivedAt: earlier(facts.arrivedAt, at) }
    case 'attempted':
      return { ...facts, attemptedAt: earlier(facts.attemptedAt, at) }
    case 'installed':
      return { ...facts, installedAt: earlier(facts.installedAt, at) }
    case 'verified':
      return { ...facts, verifiedAt: later(facts.verifiedAt, at) }
    case 'failed':
      return { ...facts, failedAt: later(facts.failedAt, at) }
    case 'rolled back':
      return { ...facts, rolledBackAt: later(facts.rolledBackAt, at) }
    default:
      return step satisfies never
  }
}

const earlier = (known: Instant | undefined, at: Instant): Instant => (known !== undefined && known < at ? known : at)
const later = (known: Instant | undefined, at: Instant): Instant => (known !== undefined && known > at ? known : at)

/** The cause of the latest failure; of two at the same instant the first by the alphabet, whichever came in first. */
function toldCause({ facts, cause }: HostProgress, at: Instant, told = 'no cause given'): string {
  if (facts.failedAt === undefined || cause === undefined || at > facts.failedAt) return told
  return at === facts.failedAt && told < cause ? told : cause
}

/** The version when it is news: of a newer report, or of two at the same instant the last by the alphabet. */
function toldVersion({ facts: { versionAt }, version }: HostProgress, at: Instant, told: string | undefined): string | null {
  if (told === undefined || (versionAt !== undefined && at < versionAt)) return null
  return at === versionAt && version !== undefined && told < version ? null : told
}

/** Lays the new status over the old one: people's decisions stay, `unknown` ends only by a new fact. */
function settle(before: HostProgress, after: HostProgress): HostProgress {
  if (before.status === 'excluded' || before.status === 'skipped') return after
  const news = JSON.stringify(before.facts) !== JSON.stringify(after.facts)
  if (before.status !== 'unknown') return { ...after, status: statusOf(after.facts) }
  return news ? { ...after, status: statusOf(after.facts), late: true } : after
}
