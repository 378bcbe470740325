import { Fault } from '../fault.ts'
import type { Evr, FixedBuild, Scheme } from '../identify/bulletin.ts'
import type { Asset, Install } from './asset.ts'
import { countingInstall } from './kernel.ts'
import { compareVersions, formatVersion, installedVersion, parseVersion } from './scheme.ts'

/** The standard version of one product for one class of asset. */
export interface BaselineEntry {
  readonly assetClass: string
  readonly product: string
  /** How `version` is written and compared. */
  readonly scheme: Scheme
  /** `*`: any architecture. */
  readonly arch: string
  /** Product stream, e.g. `BaseOS-8.6.0.Z.EUS`: each stream has versions of its own. */
  readonly stream: string
  /** As the scheme writes it, for an rpm epoch:version-release. */
  readonly version: string
}

export type BaselineStatus = 'at' | 'below' | 'above'

export interface BaselineDetail {
  readonly product: string
  readonly arch: string
  readonly stream: string
  /** As the scheme writes it. */
  readonly installed: string
  /** As the scheme writes it. */
  readonly baseline: string
  readonly status: BaselineStatus
}

/** `none`: no entry of the baseline is about anything that the host has. */
export interface BaselineReport {
  readonly status: BaselineStatus | 'none'
  readonly products: readonly BaselineDetail[]
}

const STATUS = { '-1': 'below', '0': 'at', '1': 'above' } as const

const same = (a: BaselineEntry, b: BaselineEntry): boolean =>
  a.assetClass === b.assetClass && a.product === b.product && a.arch === b.arch && a.stream === b.stream

const isOf = (install: Install, { scheme, arch }: Pick<FixedBuild, 'scheme' | 'arch'>, name: string): boolean =>
  install.name === name && install.scheme === scheme && (arch === '*' || install.arch === arch)

function versionOf(entry: BaselineEntry): Evr {
  const evr = parseVersion(entry.scheme, entry.version)
  if (evr) return evr
  throw new Fault('STATE_CORRUPT', `baseline of ${entry.product}: expected a version of ${entry.scheme}, received "${entry.version}"`)
}

function detail(asset: Asset, entry: BaselineEntry): BaselineDetail[] {
  const [first, ...rest] = asset.installs.filter((install) => isOf(install, entry, entry.product))
  if (first === undefined) return []
  const installed = countingInstall([first, ...rest])
  const { product, arch, stream, version } = entry
  const status = STATUS[compareVersions(entry.scheme, installed, versionOf(entry))]
  return [{ product, arch, stream, installed: installedVersion(installed), baseline: version, status }]
}

/**
 * Where a host stands against the baseline of its class, product by product (the chapter's "Baselining"). One product below makes the
 * host `below`, because bringing it up comes first; else one above makes it `above` (unauthorised?).
 * @throws Fault STATE_CORRUPT when an entry's version cannot be read.
 */
export function baselineStatus(asset: Asset, entries: readonly BaselineEntry[]): BaselineReport {
  const mine = entries.filter((entry) => entry.assetClass === asset.assetClass && asset.streams.includes(entry.stream))
  const products = mine.flatMap((entry) => detail(asset, entry))
  const worst = (['below', 'above', 'at'] as const).find((status) => products.some((product) => product.status === status))
  return { status: worst ?? 'none', products }
}

function raise(entries: readonly BaselineEntry[], entry: BaselineEntry): readonly BaselineEntry[] {
  const known = entries.find((other) => same(other, entry))
  if (known && compareVersions(entry.scheme, versionOf(known), versionOf(entry)) >= 0) return entries
  return [...entries.filter((other) => other !== known), entry]
}

/**
 * The baseline after a review is closed: for every class of asset that has a verified host with the product in the stream of a
 * fixed build, that build is the standard now. Never moves backwards, and leaves all other entries as they are.
 * @throws Fault STATE_CORRUPT when an entry's version cannot be read.
 */
export function moveBaseline(
  entries: readonly BaselineEntry[],
  verified: readonly Pick<Asset, 'assetClass' | 'streams' | 'installs'>[],
  fixed: readonly FixedBuild[],
): readonly BaselineEntry[] {
  const moved = fixed.flatMap((build) => {
    const { name, scheme, arch, stream, evr } = build
    const having = verified.filter((host) => host.streams.includes(stream) && host.installs.some((i) => isOf(i, build, name)))
    return [...new Set(having.map((host) => host.assetClass))].map((assetClass) => ({
      assetClass,
      product: name,
      scheme,
      arch,
      stream,
      version: formatVersion(scheme, evr),
    }))
  })
  return moved.reduce(raise, entries)
}
