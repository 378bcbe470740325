import type { Bulletin, FixedBuild } from '../identify/bulletin.ts'
import type { Asset, Install } from './asset.ts'
import { countingInstall, type Installs, runningKernelOf } from './kernel.ts'
import { compareEvr, formatEvr } from './rpm.ts'

/** Why one installed package of one host needs a bulletin's fix (or only a reboot). */
export interface Match {
  readonly host: string
  readonly product: string
  readonly arch: string
  readonly stream: string
  /** epoch:version-release */
  readonly installed: string
  /** epoch:version-release of the build that fixes it. */
  readonly fixed: string
  /** `affected`: a lower build is installed. `reboot pending`: the fix is installed, an older kernel still runs. */
  readonly status: 'affected' | 'reboot pending'
  /** The rule that matched, as a sentence with the facts in it. */
  readonly rule: string
}

export type MatchBulletin = (bulletin: Bulletin, assets: readonly Asset[]) => readonly Match[]

type Verdict = Pick<Match, 'status' | 'rule'>
type Builds = ReadonlyMap<string, readonly FixedBuild[]>

/** Neither names nor versions hold a space, so that a space keeps the parts of a key apart. */
const key = (...parts: readonly string[]): string => parts.join(' ')

/** Code-unit order: the same on every machine, whatever its language. */
const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

const byHostAndProduct = (a: Match, b: Match): number =>
  compareText(a.host, b.host) || compareText(a.product, b.product) || compareText(a.arch, b.arch)

function buildsByName(builds: readonly FixedBuild[]): Builds {
  const index = new Map<string, FixedBuild[]>()
  for (const build of builds) index.set(build.name, [...(index.get(build.name) ?? []), build])
  return index
}

/** The build that a host should have: of the streams it takes packages from, the highest; among equals the first stream by name. */
function buildFor(asset: Asset, install: Install, builds: Builds): FixedBuild | undefined {
  const mine = (builds.get(install.name) ?? []).filter((build) => build.arch === install.arch && asset.streams.includes(build.stream))
  return mine.sort((a, b) => compareEvr(b.evr, a.evr) || compareText(a.stream, b.stream))[0]
}

/** Installs of the named products, one list per name and architecture. */
function installsByProduct(asset: Asset, builds: Builds): readonly Installs[] {
  const groups = new Map<string, [Install, ...Install[]]>()
  for (const install of asset.installs) {
    if (!builds.has(install.name)) continue
    const group = groups.get(key(install.name, install.arch))
    if (group) group.push(install)
    else groups.set(key(install.name, install.arch), [install])
  }
  return [...groups.values()]
}

/** The rule itself: Red Hat's CSAF names fixed builds, so affected is what is lower in the same stream, name and architecture. */
function judge(vendorId: string, installed: Install, build: FixedBuild, running: Install | null): Verdict | null {
  const product = `${installed.name}.${installed.arch} ${formatEvr(installed)}`
  const named = `${formatEvr(build.evr)}, which ${vendorId} names as fixed in ${build.stream}`
  if (compareEvr(installed, build.evr) < 0) return { status: 'affected', rule: `${product} is lower than ${named}.` }
  if (running === null || compareEvr(running, build.evr) >= 0) return null
  return {
    status: 'reboot pending',
    rule: `${product} is installed, but the host runs ${running.name} ${formatEvr(running)}, lower than ${named}.`,
  }
}

/** `judge`, each distinct question once: many hosts have the same software. */
function judgeOnce(vendorId: string): (installed: Install, build: FixedBuild, running: Install | null) => Verdict | null {
  const known = new Map<string, Verdict | null>()
  return (installed, build, running) => {
    const runs = running === null ? '' : key(running.name, formatEvr(running))
    const question = key(installed.name, installed.arch, formatEvr(installed), build.stream, formatEvr(build.evr), runs)
    const answer = known.get(question)
    if (answer !== undefined) return answer
    const verdict = judge(vendorId, installed, build, running)
    known.set(question, verdict)
    return verdict
  }
}

/**
 * Which installs of which hosts a bulletin's fixes are for: one match per (host, product, architecture), in the order of host,
 * product, architecture. A host without the product stream, or at or above the fixed build, does not match. Of kernels the newest
 * install counts; when it is fixed and the host is known to run an older one, the match is `reboot pending`.
 */
export const matchBulletin: MatchBulletin = (bulletin, assets) => {
  const builds = buildsByName(bulletin.fixed)
  const ask = judgeOnce(bulletin.vendorId)
  const matchProduct = (asset: Asset, installs: Installs): readonly Match[] => {
    const installed = countingInstall(installs)
    const build = buildFor(asset, installed, builds)
    const verdict = build && ask(installed, build, runningKernelOf(asset, installed.name))
    if (!build || !verdict) return []
    const { name: product, arch } = installed
    return [
      { host: asset.host, product, arch, stream: build.stream, installed: formatEvr(installed), fixed: formatEvr(build.evr), ...verdict },
    ]
  }
  return assets
    .flatMap((asset) => installsByProduct(asset, builds).flatMap((installs) => matchProduct(asset, installs)))
    .sort(byHostAndProduct)
}
