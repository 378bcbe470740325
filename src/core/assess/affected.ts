import type { Scheme } from '../identify/bulletin.ts'
import type { Instant } from '../result.ts'
import type { Asset } from './asset.ts'
import type { Match } from './match.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** One package of one host, from what is there to what shall be there, both as its scheme writes versions. */
export interface AffectedPackage {
  /** How its versions are written and compared; `rpm` where it is not given. */
  readonly scheme?: Scheme
  readonly name: string
  readonly arch: string
  readonly stream: string
  readonly from: string
  /** The fixed build; the same as `from` where only the reboot is missing, or no fix has been published. */
  readonly to: string
  /** It is affected, and no version that fixes it has been published. */
  readonly noFix?: true
}

/** What a card, a plan or an announcement needs to know about one host that a bulletin is for. */
export interface AffectedHost {
  readonly host: string
  readonly packages: readonly AffectedPackage[]
  /** Everything that can be installed is, only the restart into the fixed kernel is missing. */
  readonly rebootPending: boolean
  /** No fix has been published for anything that it needs. */
  readonly noFix?: true
  readonly missionCritical: boolean
  readonly unmanaged: boolean
  /** No sign of life for longer than the policy's `staleAfterDays`. */
  readonly stale: boolean
  readonly remote: boolean
  /** Not the organisation's own: it belongs to a contractor, customer or vendor, or to somebody's home. */
  readonly foreign: boolean
  readonly workstation: boolean
  readonly patchTeam: boolean
  readonly environment: Asset['environment']
  readonly ownership: Asset['ownership']
  /** Can it be reached from the internet? Absent: nobody has said. */
  readonly exposure?: Asset['exposure']
  /** Who of the organisation answers for a foreign host, and until when. */
  readonly sponsor?: Asset['sponsor']
  readonly assetClass: string
  /** E-mail. */
  readonly owner: string
  readonly department: string
  readonly site: string
  readonly operatingSystem: string
  readonly lastSeen: Instant
}

/** How many of the affected hosts are what. A host may count in several. */
export interface AffectedCounts {
  readonly hosts: number
  readonly missionCritical: number
  readonly unmanaged: number
  readonly stale: number
  readonly remote: number
  readonly foreign: number
  readonly workstation: number
  readonly rebootPending: number
  readonly noFix: number
}

/** A host whose last sign of life cannot be read counts as stale. `staleAfterDays` are elapsed days of 24 hours. */
function isStale(lastSeen: Instant, now: Date, staleAfterDays: number): boolean {
  return !(now.getTime() - Date.parse(lastSeen) <= staleAfterDays * DAY_MS)
}

function packageOf({ product, arch, stream, scheme, installed, fixed, status }: Match): AffectedPackage {
  const to = status === 'affected' ? fixed : installed
  return {
    ...(scheme ? { scheme } : {}),
    name: product,
    arch,
    stream,
    from: installed,
    to,
    ...(status === 'no fix' ? { noFix: true } : {}),
  }
}

function describe(asset: Asset, matches: readonly Match[], stale: boolean): AffectedHost {
  const { host, environment, ownership, assetClass, owner, department, site, operatingSystem, lastSeen, workstation, patchTeam } = asset
  const fixable = matches.filter((match) => match.status !== 'no fix')
  return {
    host,
    packages: matches.map(packageOf),
    rebootPending: fixable.length > 0 && fixable.every((match) => match.status === 'reboot pending'),
    ...(fixable.length === 0 ? { noFix: true } : {}),
    missionCritical: asset.criticality === 'mission-critical',
    unmanaged: !asset.managed,
    stale,
    remote: asset.location === 'remote',
    foreign: ownership !== 'company',
    workstation,
    patchTeam,
    environment,
    ownership,
    assetClass,
    owner,
    department,
    site,
    operatingSystem,
    lastSeen,
    ...(asset.exposure === undefined ? {} : { exposure: asset.exposure }),
    ...(asset.sponsor === undefined ? {} : { sponsor: asset.sponsor }),
  }
}

/** One summary per host that has a match, sorted by host name; `assets` may hold others too. */
export function affectedHosts(
  matches: readonly Match[],
  assets: readonly Asset[],
  now: Date,
  staleAfterDays: number,
): readonly AffectedHost[] {
  const byHost = Map.groupBy(matches, (match) => match.host)
  return assets
    .flatMap((asset) => {
      const mine = byHost.get(asset.host)
      return mine ? [describe(asset, mine, isStale(asset.lastSeen, now, staleAfterDays))] : []
    })
    .sort((a, b) => (a.host < b.host ? -1 : 1))
}

/** The figures of an alert's line "Affects 14 of 61 hosts: 2 mission critical, 1 unmanaged ...". */
export function countAffected(hosts: readonly AffectedHost[]): AffectedCounts {
  const count = (what: keyof Omit<AffectedCounts, 'hosts'>): number => hosts.filter((host) => host[what]).length
  return {
    hosts: hosts.length,
    missionCritical: count('missionCritical'),
    unmanaged: count('unmanaged'),
    stale: count('stale'),
    remote: count('remote'),
    foreign: count('foreign'),
    workstation: count('workstation'),
    rebootPending: count('rebootPending'),
    noFix: count('noFix'),
  }
}
