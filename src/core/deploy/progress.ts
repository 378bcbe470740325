import type { Instant } from '../result.ts'

export const HOST_STATUSES = [
  'waiting',
  'ordered',
  'arrived',
  'attempted',
  'installed',
  'verified',
  'failed',
  'not attempted',
  'unknown',
  'excluded',
  'delayed',
  'skipped',
  'rolled back',
] as const
export type HostStatus = (typeof HOST_STATUSES)[number]

/** Versions as epoch:version-release. */
export interface PackageStep {
  readonly name: string
  readonly from: string
  readonly to: string
}

/**
 * What is known of the current try. `arrivedAt`, `attemptedAt` and `installedAt` keep the earliest report, the others the
 * latest one: so the order in which reports come in makes no difference.
 */
export interface Facts {
  readonly orderedAt?: Instant
  readonly arrivedAt?: Instant
  readonly attemptedAt?: Instant
  readonly installedAt?: Instant
  /** When the independent check was ordered. */
  readonly verifyOrderedAt?: Instant
  readonly verifiedAt?: Instant
  readonly failedAt?: Instant
  readonly rolledBackAt?: Instant
  /** Date of the newest report of any kind. */
  readonly heardAt?: Instant
  /** Date of the report that `version` comes from. */
  readonly versionAt?: Instant
}

/** One host of one rollout. */
export interface HostProgress {
  readonly host: string
  /** Number of its ring, from 1. */
  readonly ring: number
  readonly packages: readonly PackageStep[]
  /** What the current try does. */
  readonly action: 'install' | 'uninstall'
  readonly facts: Facts
  readonly status: HostStatus
  /** Of the last failure of this try, or why the host is skipped. */
  readonly cause?: string
  /** The version that the newest report of this try told, if any did. */
  readonly version?: string
  /** It was `unknown` and was heard of again. */
  readonly late?: boolean
  /** Orders to install or uninstall that it was part of. */
  readonly tries: number
  readonly excluded?: { readonly by: string; readonly reason: string; readonly at: Instant }
  /** A granted delay: not started before. */
  readonly delayedUntil?: Instant
  /** Person who looks after its failure. */
  readonly claimedBy?: string
}

/** A host of a fresh rollout. */
export const newProgress = (host: string, ring: number, packages: readonly PackageStep[]): HostProgress => ({
  host,
  ring,
  packages,
  action: 'install',
  facts: {},
  status: 'waiting',
  tries: 0,
})

/**
 * The status that the facts alone give; silence, exclusion and delay are laid over it elsewhere. The outcome with the latest date
 * counts, the worst one when dates are equal; an installation reported after a failure or a roll back still has to be verified.
 */
export function statusOf(facts: Facts): HostStatus {
  const { installedAt, verifiedAt, failedAt, rolledBackAt } = facts
  const bad = [failedAt, rolledBackAt]
    .filter((at) => at !== undefined)
    .sort()
    .at(-1)
  if (verifiedAt !== undefined && isCheckOfThisTry(facts) && (bad === undefined || verifiedAt > bad)) return 'verified'
  if (installedAt !== undefined && (bad === undefined || installedAt > bad)) return 'installed'
  if (bad !== undefined) return bad === failedAt ? 'failed' : 'rolled back'
  if (facts.attemptedAt !== undefined) return 'attempted'
  if (facts.arrivedAt !== undefined) return 'arrived'
  return facts.orderedAt === undefined ? 'waiting' : 'ordered'
}

/**
 * A check made before the installation verifies nothing. One that answers our order does, even if the host's own clock runs ahead
 * and dates the installation later: we order it only after we heard of the installation.
 */
function isCheckOfThisTry({ installedAt, verifyOrderedAt, verifiedAt = '' }: Facts): boolean {
  return installedAt === undefined || verifiedAt >= installedAt || (verifyOrderedAt !== undefined && verifiedAt >= verifyOrderedAt)
}

/** An order is out and its end is not known yet. `installed` counts: its check is still to come. */
export const inFlight = ({ status }: HostProgress): boolean => ['ordered', 'arrived', 'attempted', 'installed'].includes(status)

/** A granted delay holds it back; an unreadable date holds it back too. */
export const isDelayed = (host: HostProgress, now: Instant): boolean =>
  isIdle(host) && host.delayedUntil !== undefined && !(Date.parse(host.delayedUntil) <= Date.parse(now))

/** It may be given an order now, as far as it alone decides. */
export const isStartable = (host: HostProgress, now: Instant): boolean => isIdle(host) && !isDelayed(host, now)

const isIdle = ({ status }: HostProgress): boolean => status === 'waiting' || status === 'not attempted' || status === 'delayed'

/** What must be found after the installation: the version, or all distinct ones, sorted and joined by `, `. */
export const versionAfter = (packages: readonly PackageStep[]): string => joined(packages.map(({ to }) => to))

/** What must be found after an uninstallation. */
export const versionBefore = (packages: readonly PackageStep[]): string => joined(packages.map(({ from }) => from))

/** Equal versions; rpm's epoch 0 may be left out. */
export const sameVersion = (a: string, b: string): boolean => joined(a.split(',')) === joined(b.split(','))

const joined = (versions: readonly string[]): string => [...new Set(versions.map((v) => v.trim().replace(/^0:/, '')))].sort().join(', ')
