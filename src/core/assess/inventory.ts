import type { Scheme } from '../identify/bulletin.ts'
import type { Instant } from '../result.ts'
import type { Asset } from './asset.ts'
import { type Conflict, conflictsOf } from './import/merge.ts'

const DAY_MS = 86_400_000

/** What a summary needs of a host. */
export type HostFacts = Pick<Asset, 'host' | 'operatingSystem' | 'streams' | 'criticality' | 'managed' | 'ownership' | 'lastSeen' | 'told'>

/** One product of the inventory, in all its versions. */
export interface ProductCount {
  readonly scheme: Scheme
  readonly name: string
  readonly hosts: number
  readonly versions: number
}

export interface Software {
  readonly products: number
  /** Distinct (product, version). */
  readonly versions: number
  /** Most widespread first, and those in most versions first. */
  readonly widespread: readonly ProductCount[]
  readonly scattered: readonly ProductCount[]
}

/** A count of hosts and how fresh it is: how many were seen lately, and when the one that was not seen for longest was. */
export interface Fresh {
  readonly hosts: number
  readonly seenLately: number
  readonly oldest: Instant | null
  /** The first few, by name. */
  readonly names: readonly string[]
}

/** The eight questions that an inventory has to answer (the chapter, "Inventory"). */
export interface InventorySummary {
  readonly staleAfterDays: number
  readonly all: Fresh
  /** 1: families of operating systems, 2: each in its versions. */
  readonly systems: readonly {
    readonly name: string
    readonly fresh: Fresh
    readonly versions: readonly { readonly name: string; readonly hosts: number }[]
  }[]
  /** 3 */
  readonly software: Software
  /** 4: groups of hosts that take packages from the same streams, and so need the same patches. */
  readonly streams: readonly { readonly name: string; readonly fresh: Fresh }[]
  /** Hosts without any stream: no publisher's bulletin matches them. */
  readonly withoutStreams: Fresh
  /** 5: by the changes that are open. */
  readonly unpatched: Fresh
  /** 6 */
  readonly unmanaged: Fresh
  /** 7 */
  readonly missionCritical: Fresh
  readonly foreign: Fresh
  readonly stale: Fresh
  readonly conflicts: readonly Conflict[]
}

export interface Hosts {
  readonly hosts: readonly HostFacts[]
  /** Hosts that an open change is for and that are not verified yet. */
  readonly unpatched: ReadonlySet<string>
  readonly now: Date
  readonly staleAfterDays: number
}

export interface Inventory extends Hosts {
  readonly software: Software
}

/** Groups of hosts that are listed by their names. */
export const HOST_GROUPS = ['without a stream', 'unpatched', 'unmanaged', 'mission critical', 'not our own', 'not seen lately'] as const
export type HostGroup = (typeof HOST_GROUPS)[number]

/** Not seen for longer than the policy takes for normal; a sign of life that cannot be read is none. */
const isStale = ({ lastSeen }: HostFacts, { now, staleAfterDays }: Hosts): boolean =>
  !(now.getTime() - Date.parse(lastSeen) <= staleAfterDays * DAY_MS)

const IN_GROUP: Readonly<Record<HostGroup, (host: HostFacts, of: Hosts) => boolean>> = {
  'without a stream': ({ streams }) => streams.length === 0,
  unpatched: ({ host }, { unpatched }) => unpatched.has(host),
  unmanaged: ({ managed }) => !managed,
  'mission critical': ({ criticality }) => criticality === 'mission-critical',
  'not our own': ({ ownership }) => ownership !== 'company',
  'not seen lately': isStale,
}

/** The hosts of a group, by their names. */
export const hostsIn = (group: HostGroup, of: Hosts): readonly HostFacts[] =>
  of.hosts.filter((host) => IN_GROUP[group](host, of)).sort((a, b) => (a.host < b.host ? -1 : 1))

const MOST_NAMES = 5

/** `Red Hat Enterprise Linux` of `Red Hat Enterprise Linux 8.6 EUS`. */
export const familyOf = (operatingSystem: string): string =>
  /^\D*[^\d\s(](?=[\s(]*\d|\s*$)/.exec(operatingSystem)?.[0].trim() ?? operatingSystem

/** Answers the eight questions; of the eighth, dependencies between software, an inventory of packages knows nothing. */
export function summarise(inventory: Inventory): InventorySummary {
  const { hosts, software, staleAfterDays } = inventory
  const fresh = (some: readonly HostFacts[]): Fresh => ({
    hosts: some.length,
    seenLately: some.filter((h) => !isStale(h, inventory)).length,
    oldest: some.reduce<Instant | null>((oldest, { lastSeen }) => (oldest === null || lastSeen < oldest ? lastSeen : oldest), null),
    names: some
      .map(({ host }) => host)
      .sort()
      .slice(0, MOST_NAMES),
  })
  const grouped = (key: (host: HostFacts) => string) =>
    [...Map.groupBy(hosts, key)]
      .map(([name, members]) => ({ name, members }))
      .sort((a, b) => b.members.length - a.members.length || (a.name < b.name ? -1 : 1))
  const withStreams = hosts.filter(({ streams }) => streams.length > 0)
  const streams = Map.groupBy(withStreams, ({ streams }) => [...streams].sort().join(', '))
  return {
    staleAfterDays,
    all: fresh(hosts),
    systems: grouped(({ operatingSystem }) => familyOf(operatingSystem)).map(({ name, members }) => ({
      name,
      fresh: fresh(members),
      versions: [...Map.groupBy(members, (h) => h.operatingSystem)]
        .map(([version, those]) => ({ name: version, hosts: those.length }))
        .sort((a, b) => b.hosts - a.hosts || (a.name < b.name ? -1 : 1)),
    })),
    software,
    streams: [...streams]
      .map(([name, members]) => ({ name, fresh: fresh(members) }))
      .sort((a, b) => b.fresh.hosts - a.fresh.hosts || (a.name < b.name ? -1 : 1)),
    withoutStreams: fresh(hostsIn('without a stream', inventory)),
    unpatched: fresh(hostsIn('unpatched', inventory)),
    unmanaged: fresh(hostsIn('unmanaged', inventory)),
    missionCritical: fresh(hostsIn('mission critical', inventory)),
    foreign: fresh(hostsIn('not our own', inventory)),
    stale: fresh(hostsIn('not seen lately', inventory)),
    conflicts: hosts.flatMap(conflictsOf),
  }
}
