import type { Bulletin, FixedBuild, Scheme } from '../identify/bulletin.ts'
import { allow, type Ruled, refuse } from '../result.ts'
import type { Asset, Install } from './asset.ts'
import { installedVersion, parseVersion } from './scheme.ts'

/** A host that has a product which a notice names. Whether its version is affected nobody has said: a person has to look. */
export interface PossibleMatch {
  readonly host: string
  readonly product: string
  readonly arch: string
  readonly scheme: Scheme
  /** As the scheme writes it. */
  readonly installed: string
  /** The name in the notice. */
  readonly name: string
  /** The rule that matched, as a sentence with the facts in it. */
  readonly rule: string
}

/** `Google Chrome` and `google-chrome` are one name. */
const flat = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-')

/** `openjdk` of `openjdk-17`, `python` of `python3.11`; the name itself when it has no version at its end. */
const unversioned = (name: string): string => /^(.*[a-z+])-?v?\d+(?:[.-]\d+)*$/.exec(name)?.[1]?.replace(/-$/, '') ?? name

/** The names of a notice that mean this product: equal, or equal when one of both is without the version at its end. Never a part of it. */
function meaning(names: readonly string[], product: string): string | undefined {
  const mine = flat(product)
  return names.find((name) => {
    const theirs = flat(name)
    return theirs === mine || theirs === unversioned(mine) || unversioned(theirs) === mine
  })
}

/** Products of the inventory that a notice may be about, of all that there are. */
export const namedProducts = (names: readonly string[], products: readonly string[]): readonly string[] =>
  products.filter((product) => meaning(names, product) !== undefined)

/** Hosts that have a product of a name in the notice, in the order of host, product and architecture. */
export function possibleMatches(
  { vendorId, names }: Pick<Bulletin, 'vendorId' | 'names'>,
  assets: readonly Asset[],
): readonly PossibleMatch[] {
  const known = new Map<string, string | undefined>()
  const meant = (product: string): string | undefined => {
    if (!known.has(product)) known.set(product, meaning(names, product))
    return known.get(product)
  }
  const order = (one: PossibleMatch): string => [one.host, one.product, one.arch, one.installed].join('\n')
  return assets
    .flatMap(({ host, installs }) =>
      installs.flatMap((install) => {
        const name = meant(install.name)
        return name === undefined ? [] : [{ host, ...possible(install, name, vendorId) }]
      }),
    )
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
}

function possible(install: Install, name: string, vendorId: string): Omit<PossibleMatch, 'host'> {
  const { name: product, arch, scheme } = install
  const installed = installedVersion(install)
  const rule = `${product}.${arch} ${installed} is installed, and ${vendorId} names "${name}" without saying which versions are affected.`
  return { product, arch, scheme, installed, name, rule }
}

/** What a person says a notice fixes: this product, in this version. */
export interface SaidFixed {
  /** Exactly as the inventory names the package. */
  readonly product: string
  readonly fixedVersion: string
  /** Hosts that may have it. */
  readonly assets: readonly Asset[]
}

const EXAMPLES: Readonly<Record<Scheme, string>> = {
  rpm: '1:1.1.1k-9.el8_6',
  dpkg: '3.0.11-1~deb12u2',
  apk: '3.1.4-r5',
  semver: '1.2.3',
  pep440: '2.0.post1',
  generic: '120.0.6099.130',
}

/**
 * Builds of what a person says: one per scheme and stream that the product is installed from, of any architecture. A refusal when
 * no host has the product, or when the version cannot be read as each of their schemes writes it.
 */
export function buildsFromPerson({ product, fixedVersion, assets }: SaidFixed): Ruled<readonly FixedBuild[]> {
  const having = assets.flatMap(({ streams, installs }) =>
    installs.filter(({ name }) => name === product).map(({ scheme }) => ({ scheme, streams: streams.length > 0 ? streams : ['*'] })),
  )
  if (having.length === 0) return refuse('PRODUCT_UNKNOWN', `No host of the inventory has a package "${product}".`)
  const builds = new Map<string, FixedBuild>()
  for (const { scheme, streams } of having) {
    const evr = parseVersion(scheme, fixedVersion.trim())
    if (evr === null)
      return refuse(
        'VERSION_UNREADABLE',
        `Expected a version of ${scheme} such as ${EXAMPLES[scheme]}, got "${fixedVersion.slice(0, 60)}".`,
      )
    for (const stream of streams) builds.set(`${scheme} ${stream}`, { stream, scheme, name: product, arch: '*', evr, cves: [] })
  }
  return allow([...builds.values()].sort((a, b) => (`${a.scheme} ${a.stream}` < `${b.scheme} ${b.stream}` ? -1 : 1)))
}
