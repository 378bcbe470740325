import type { AffectedHost, AffectedPackage } from '../assess/affected.ts'
import { compareToBound, compareVersions, parseBound, parseVersion } from '../assess/scheme.ts'
import type { FixedBuild, Scheme } from '../identify/bulletin.ts'

/** Hosts of several bulletins as one list. */
export interface United {
  readonly hosts: readonly AffectedHost[]
  /** Where two builds of one package were named: which one counts, each in words. */
  readonly conflicts: readonly string[]
  /** Builds of which nobody can say which is the higher one: such bulletins cannot be one change. */
  readonly incomparable: readonly string[]
}

/** Negative when `a` is the lower build, 0 when they are the same, null when that cannot be said. */
function compareBuilds(a: string, b: string, [one = 'rpm', two = 'rpm']: readonly [Scheme | undefined, Scheme | undefined]): number | null {
  if (one !== two) return null
  if (a === b) return 0
  const [first, second] = [parseVersion(one, a), parseVersion(one, b)]
  return first && second ? compareVersions(one, first, second) : null
}

const keyOf = ({ name, arch, stream }: Pick<AffectedPackage, 'name' | 'arch' | 'stream'>): string => `${name}.${arch} ${stream}`

/**
 * Unites the hosts of two matches. Of one package on one host the highest fixed build counts, whichever bulletin names it; what is
 * known of a host beside its packages is what the newer match says.
 */
export function uniteHosts(older: readonly AffectedHost[], newer: readonly AffectedHost[]): United {
  const conflicts = new Set<string>()
  const incomparable = new Set<string>()
  const higher = (a: AffectedPackage, b: AffectedPackage): AffectedPackage => {
    // One bulletin has a fix, and the other has none yet: the fix is what can be done.
    if (a.noFix || b.noFix) return b.noFix ? { ...a, from: b.from } : b
    const order = compareBuilds(a.to, b.to, [a.scheme, b.scheme])
    if (order === null) incomparable.add(`${a.name}: ${a.to} or ${b.to}`)
    const best = order !== null && order > 0 ? a : b
    if (order !== 0 && order !== null) conflicts.add(`${a.name}: ${best.to} counts, not ${best === a ? b.to : a.to}`)
    return { ...best, from: b.from }
  }
  const both = (old: AffectedHost, now: AffectedHost): AffectedHost => {
    const known = new Map(old.packages.map((p) => [keyOf(p), p]))
    for (const p of now.packages) known.set(keyOf(p), mine(known.get(keyOf(p)), p))
    return withMarks(now, [...known.values()], old)
  }
  const mine = (old: AffectedPackage | undefined, now: AffectedPackage): AffectedPackage => (old ? higher(old, now) : now)
  const byHost = new Map(older.map((h) => [h.host, h]))
  for (const host of newer) {
    const old = byHost.get(host.host)
    byHost.set(host.host, old ? both(old, host) : host)
  }
  const hosts = [...byHost.values()].sort((a, b) => (a.host < b.host ? -1 : 1))
  return { hosts, conflicts: [...conflicts], incomparable: [...incomparable] }
}

/** Nothing can be done while every package waits for a fix; only a reboot is missing when that is so in each match that can be met. */
function withMarks(young: AffectedHost, packages: readonly AffectedPackage[], old: AffectedHost): AffectedHost {
  const { noFix: _, ...now } = young
  const meetable = [old, young].filter((h) => !h.noFix)
  return {
    ...now,
    packages,
    rebootPending: meetable.length > 0 && meetable.every((h) => h.rebootPending),
    ...(packages.every((p) => p.noFix) ? { noFix: true } : {}),
  }
}

/**
 * Does a later bulletin make an earlier change needless? It does when, for every build that the change was to bring to a host, it
 * names the same or a higher one for the same package in the same stream. What cannot be compared is not covered.
 */
export function supersedes(later: readonly FixedBuild[], earlier: readonly AffectedHost[]): boolean {
  const wanted = earlier.flatMap((h) => h.packages).filter((p) => !p.noFix)
  return wanted.length > 0 && wanted.every((p) => later.some((build) => covers(build, p)))
}

function covers(build: FixedBuild, { name, arch, stream, from, to, scheme = 'rpm' }: AffectedPackage): boolean {
  if (build.name !== name || build.stream !== stream || (build.arch !== '*' && build.arch !== arch)) return false
  const [installed, wanted] = [parseVersion(scheme, from), parseVersion(scheme, to)]
  const begin = build.introduced === undefined ? null : parseBound(scheme, build.introduced)
  if (build.scheme !== scheme || !installed || !wanted || (begin && compareToBound(scheme, installed, begin) < 0)) return false
  return compareVersions(scheme, build.evr, wanted) >= 0
}

/** Builds that a list of hosts is to get, each once. */
export const buildsOf = (hosts: readonly AffectedHost[]): ReadonlySet<string> =>
  new Set(hosts.flatMap((h) => h.packages.filter((p) => !p.noFix).map((p) => `${p.name} ${p.to}`)))
