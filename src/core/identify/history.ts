import type { Instant } from '../result.ts'
import type { Bulletin } from './bulletin.ts'
import type { Check, CheckOutcome, Verdict } from './verification.ts'

/** A revision that is stored: what a newcomer is compared with. */
export interface KnownRevision {
  readonly vendorId: string
  readonly revision: string
  readonly updatedAt: Instant
  /** SHA-256 of the bytes, hex. */
  readonly digest: string
  readonly verdict: Verdict
  /** What its own checks come to, where an independent origin contradicts it. */
  readonly alone?: Verdict
  /** Null when the document could not be read. */
  readonly bulletin: Bulletin | null
}

/** What identifies the document that came in. */
export type Incoming = Pick<KnownRevision, 'vendorId' | 'revision' | 'updatedAt' | 'digest'>

const INTEGER = /^(0|[1-9]\d*)$/
const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/

/** Compares two runs of digits without leading zeros, of any length. */
const compareNumerals = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)

const compareIdentifiers = (a: string, b: string): number => {
  const numeric = [INTEGER.test(a), INTEGER.test(b)]
  if (numeric[0] && numeric[1]) return compareNumerals(a, b)
  if (numeric[0] || numeric[1]) return numeric[0] ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Semantic Versioning 2.0.0, section 11: a version with a prerelease is lower than the same without. */
const comparePrereleases = (a: string | undefined, b: string | undefined): number => {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1
  const left = a.split('.')
  const right = b.split('.')
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareIdentifiers(left[i] ?? '', right[i] ?? '')
    if (order !== 0) return order
  }
  return left.length - right.length
}

/**
 * Orders two CSAF tracking versions (CSAF 2.0, 3.1.11: an integer or a semantic version, build metadata ignored).
 * Null when they cannot be compared: the two schemes mixed, or neither.
 */
export const compareRevisions = (a: string, b: string): number | null => {
  if (INTEGER.test(a) && INTEGER.test(b)) return compareNumerals(a, b)
  const left = SEMVER.exec(a)
  const right = SEMVER.exec(b)
  if (left === null || right === null) return null
  for (const part of [1, 2, 3]) {
    const order = compareNumerals(left[part] ?? '', right[part] ?? '')
    if (order !== 0) return order
  }
  return comparePrereleases(left[4], right[4])
}

/** Milliseconds from b to a; null when one of them is no instant. */
const compareInstants = (a: Instant, b: Instant): number | null => {
  const difference = Date.parse(a) - Date.parse(b)
  return Number.isNaN(difference) ? null : difference
}

const check = (name: 'rollback' | 'contradiction', outcome: CheckOutcome, evidence: string): Check => ({ name, outcome, evidence })
const named = (revision: Incoming): string => `version ${revision.revision} of ${revision.updatedAt}`

/**
 * Version and date never go backwards, against each of `known` (revisions of the same id).
 * What cannot be compared is `unavailable`, which never counts as pass.
 */
export const rollbackCheck = (incoming: Incoming, known: readonly Incoming[]): Check => {
  if (known.length === 0) return check('rollback', 'not applicable', `Nothing of ${incoming.vendorId} was known before.`)
  for (const old of known) {
    const versions = compareRevisions(incoming.revision, old.revision)
    const dates = compareInstants(incoming.updatedAt, old.updatedAt)
    if ((versions !== null && versions < 0) || (dates !== null && dates < 0))
      return check('rollback', 'fail', `${incoming.vendorId} came as ${named(incoming)}, but ${named(old)} is known already.`)
    if (versions === null || dates === null)
      return check('rollback', 'unavailable', `${named(incoming)} and ${named(old)} of ${incoming.vendorId} cannot be put in order.`)
  }
  return check('rollback', 'pass', `${named(incoming)} is not older than what is known of ${incoming.vendorId}.`)
}

/**
 * The same version with other bytes: with the same date always a contradiction; with a later date a regeneration, which
 * only a good signature makes credible (real vendors do it).
 */
export const contradictionCheck = (incoming: Incoming, known: readonly Incoming[], signed: boolean): Check => {
  if (known.length === 0) return check('contradiction', 'not applicable', `Nothing of ${incoming.vendorId} was known before.`)
  const same = known.filter((old) => old.digest !== incoming.digest && compareRevisions(incoming.revision, old.revision) === 0)
  const clash = same.find((old) => compareInstants(incoming.updatedAt, old.updatedAt) === 0)
  if (clash !== undefined)
    return check(
      'contradiction',
      'fail',
      `${incoming.vendorId}, ${named(incoming)}, is known with other bytes (SHA-256 ${clash.digest}; this one has ${incoming.digest}).`,
    )
  const earlier = same[0]
  if (earlier === undefined)
    return check('contradiction', 'pass', `No other bytes of ${incoming.vendorId} version ${incoming.revision} are known.`)
  const story = `Version ${incoming.revision} of ${incoming.vendorId} was dated ${earlier.updatedAt} before and is dated ${incoming.updatedAt} now, with other bytes`
  return signed
    ? check('contradiction', 'pass', `${story}: regenerated by the publisher, the signature is good.`)
    : check('contradiction', 'fail', `${story}, and without a good signature.`)
}

/** The newest of `known` by version, then date; the later stored one where neither decides. */
export const newestOf = <T extends Incoming>(known: readonly T[]): T | undefined =>
  known.reduce<T | undefined>((best, next) => {
    if (best === undefined) return next
    const order = compareRevisions(next.revision, best.revision) || compareInstants(next.updatedAt, best.updatedAt) || 0
    return order >= 0 ? next : best
  }, undefined)
