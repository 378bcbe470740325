import type { Bulletin, FixedBuild, Scheme, UnfixedRange } from '../identify/bulletin.ts'
import type { Asset, Install } from './asset.ts'
import { countingInstall, type Installs, runningKernelOf } from './kernel.ts'
import { compareToBound, compareVersions, formatVersion, installedVersion, parseBound } from './scheme.ts'

/** Why one installed package of one host needs a bulletin's fix (or only a reboot, or a fix that nobody has published). */
export interface Match {
  readonly host: string
  readonly product: string
  readonly arch: string
  readonly stream: string
  /** How the versions are written; `rpm` where it is not given. */
  readonly scheme?: Scheme
  /** As the scheme writes it, for an rpm epoch:version-release. */
  readonly installed: string
  /** The version that fixes it, as the scheme writes it; empty where there is none. */
  readonly fixed: string
  /**
   * `affected`: a lower build is installed. `reboot pending`: the fix is installed, an older kernel still runs. `no fix`: the
   * installed version is affected, and no version that fixes it has been published.
   */
  readonly status: 'affected' | 'reboot pending' | 'no fix'
  /** The rule that matched, as a sentence with the facts in it. */
  readonly rule: string
}

export type MatchBulletin = (bulletin: Pick<Bulletin, 'vendorId' | 'fixed' | 'unfixed'>, assets: readonly Asset[]) => readonly Match[]

type Verdict = Pick<Match, 'status' | 'rule'>
type Found = Omit<Match, 'host'>

/** Neither names nor versions of packages hold a line break, so that one keeps the parts of a key apart. */
const key = (...parts: readonly string[]): string => parts.join('\n')

/** Code-unit order: the same on every machine, whatever its language. */
const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

const byHostAndProduct = (a: Match, b: Match): number =>
  compareText(a.host, b.host) || compareText(a.product, b.product) || compareText(a.arch, b.arch)

const byName = <T extends { readonly name: string }>(all: readonly T[]): ReadonlyMap<string, readonly T[]> =>
  Map.groupBy(all, ({ name }) => name)

/** A build or a range is about an install of its name, scheme and architecture, on a host that takes packages from its stream (`*`: any). */
const isFor = (streams: readonly string[], install: Install, { stream, scheme, arch }: FixedBuild | UnfixedRange): boolean =>
  scheme === install.scheme && (arch === '*' || arch === install.arch) && (stream === '*' || streams.includes(stream))

/** An unreadable beginning of a range counts as none: rather one alert too many than one host forgotten. */
function hasBegun({ scheme, introduced }: FixedBuild | UnfixedRange, installed: Install): boolean {
  const bound = introduced === undefined ? null : parseBound(scheme, introduced)
  return bound === null || compareToBound(scheme, installed, bound) >= 0
}

function hasEnded({ scheme, lastAffected }: UnfixedRange, installed: Install): boolean {
  const bound = lastAffected === undefined ? null : parseBound(scheme, lastAffected)
  return bound !== null && compareToBound(scheme, installed, bound) > 0
}

/**
 * The build that a host should have: of the streams it takes packages from, and of the ranges that its version has reached, the
 * highest; among equals the first stream by name.
 */
function buildFor(streams: readonly string[], install: Install, builds: readonly FixedBuild[]): FixedBuild | undefined {
  return builds
    .filter((build) => isFor(streams, install, build) && hasBegun(build, install))
    .sort((a, b) => compareVersions(install.scheme, b.evr, a.evr) || compareText(a.stream, b.stream))[0]
}

const named = (install: Install): string => `${install.name}.${install.arch} ${installedVersion(install)}`

/** The rule itself: publishers name fixed builds, so affected is what is lower in the same stream, name and architecture. */
function judge(vendorId: string, installed: Install, build: FixedBuild, running: Install | null): Verdict | null {
  const { scheme, introduced } = build
  const since = introduced === undefined ? '' : ` (affected from ${introduced} on)`
  const fix = `${formatVersion(scheme, build.evr)}, which ${vendorId} names as fixed in ${build.stream}${since}`
  if (compareVersions(scheme, installed, build.evr) < 0) return { status: 'affected', rule: `${named(installed)} is lower than ${fix}.` }
  if (running === null || compareVersions(scheme, running, build.evr) >= 0) return null
  return {
    status: 'reboot pending',
    rule: `${named(installed)} is installed, but the host runs ${running.name} ${installedVersion(running)}, lower than ${fix}.`,
  }
}

const rangeWords = ({ introduced, lastAffected }: UnfixedRange): string =>
  [...(introduced === undefined ? [] : [`from ${introduced}`]), ...(lastAffected === undefined ? [] : [`up to ${lastAffected}`])].join(
    ' ',
  ) || 'in every version'

function unfixedFor(vendorId: string, streams: readonly string[], install: Install, ranges: readonly UnfixedRange[]): Found | null {
  const [range] = ranges
    .filter((one) => isFor(streams, install, one) && hasBegun(one, install) && !hasEnded(one, install))
    .sort((a, b) => compareText(a.stream, b.stream))
  if (!range) return null
  const rule = `${named(install)} is affected: ${vendorId} names ${range.name} ${rangeWords(range)} in ${range.stream}, and no fixed version.`
  return { ...about(install), stream: range.stream, fixed: '', status: 'no fix', rule }
}

const about = (install: Install) => ({
  product: install.name,
  arch: install.arch,
  ...(install.scheme === 'rpm' ? {} : { scheme: install.scheme }),
  installed: installedVersion(install),
})

/** Installs of the named products, one list per scheme, name and architecture. */
function installsByProduct(asset: Asset, names: ReadonlySet<string>): readonly Installs[] {
  const groups = new Map<string, [Install, ...Install[]]>()
  for (const install of asset.installs) {
    if (!names.has(install.name)) continue
    const product = key(install.scheme, install.name, install.arch)
    const group = groups.get(product)
    if (group) group.push(install)
    else groups.set(product, [install])
  }
  return [...groups.values()]
}

/** Which install of a host counts, with all that the answer depends on: many hosts ask the same question. */
type Ask = (streams: readonly string[], installed: Install, running: Install | null) => Found | null

function once(ask: Ask): Ask {
  const known = new Map<string, Found | null>()
  return (streams, installed, running) => {
    const runs = running === null ? '' : `${running.name} ${installedVersion(running)}`
    const question = key(installed.scheme, installed.name, installed.arch, installedVersion(installed), runs, ...streams)
    const before = known.get(question)
    if (before !== undefined) return before
    const answer = ask(streams, installed, running)
    known.set(question, answer)
    return answer
  }
}

/** Names of all packages that a bulletin is about: what of an inventory has to be looked at. */
export const productsOf = ({ fixed, unfixed }: Pick<Bulletin, 'fixed' | 'unfixed'>): readonly string[] => [
  ...new Set([...fixed, ...unfixed].map(({ name }) => name)),
]

/**
 * Which installs of which hosts a bulletin is about: one match per (host, scheme, product, architecture), in the order of host,
 * product, architecture. A host without the product stream, or at or above the fixed build, does not match, nor one whose version
 * is before the range. Of kernels the newest install counts; when it is fixed and the host is known to run an older one, the match
 * is `reboot pending`. A range without a fix counts where no fix helps: `no fix`.
 */
export const matchBulletin: MatchBulletin = ({ vendorId, fixed, unfixed }, assets) => {
  const [builds, ranges] = [byName(fixed), byName(unfixed)]
  const names = new Set([...builds.keys(), ...ranges.keys()])
  const ask = once((streams, installed, running): Found | null => {
    const build = buildFor(streams, installed, builds.get(installed.name) ?? [])
    const verdict = build ? judge(vendorId, installed, build, running) : null
    if (build && verdict) return { ...about(installed), stream: build.stream, fixed: formatVersion(build.scheme, build.evr), ...verdict }
    return unfixedFor(vendorId, streams, installed, ranges.get(installed.name) ?? [])
  })
  const matchProduct = (asset: Asset, installs: Installs): readonly Match[] => {
    const installed = countingInstall(installs)
    const found = ask(asset.streams, installed, runningKernelOf(asset, installed.name))
    return found ? [{ host: asset.host, ...found }] : []
  }
  return assets
    .flatMap((asset) => installsByProduct(asset, names).flatMap((installs) => matchProduct(asset, installs)))
    .sort(byHostAndProduct)
}
