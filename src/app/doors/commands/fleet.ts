import { type Counted, type FleetView, fleetCard } from '../../../cards/fleet.ts'
import type { Asset } from '../../../core/assess/asset.ts'
import type { House } from '../../house.ts'
import { type Commands, show, TEAM } from './rule.ts'

export const FLEET: Commands = {
  inventory: {
    usage: 'inventory',
    what: 'which hosts there are, and which nobody looks after',
    roles: TEAM,
    run: async ({ house }) => show(fleetCard(await readFleet(house))),
  },
}

type Known = Omit<Asset, 'installs' | 'lastSeen'>

async function readFleet(house: House): Promise<FleetView> {
  const { staleAfterDays } = house.inForce.policy
  const rows = await house.db.asset.findMany({ orderBy: { host: 'asc' } })
  const hosts = rows.map((row) => ({ seen: row.lastSeen, known: row.data as unknown as Known }))
  const stale = house.clock.now().getTime() - staleAfterDays * 86_400_000
  const named = (which: (host: (typeof hosts)[number]) => boolean): readonly string[] => hosts.filter(which).map(({ known }) => known.host)
  return {
    hosts: hosts.length,
    operatingSystems: counted(hosts.map(({ known }) => known.operatingSystem)),
    assetClasses: counted(hosts.map(({ known }) => known.assetClass)),
    missionCritical: named(({ known }) => known.criticality === 'mission-critical').length,
    unmanaged: named(({ known }) => !known.managed),
    stale: named(({ seen }) => seen.getTime() < stale),
    foreign: named(({ known }) => known.ownership !== 'company').length,
    remote: named(({ known }) => known.location === 'remote').length,
    staleAfterDays,
    newestSign:
      rows.reduce<Date | null>((newest, { lastSeen }) => (newest && newest >= lastSeen ? newest : lastSeen), null)?.toISOString() ?? null,
  }
}

const counted = (values: readonly string[]): Counted =>
  [...Map.groupBy(values, (v) => v)]
    .map(([what, all]) => ({ what, hosts: all.length }))
    .sort((a, b) => b.hosts - a.hosts || (a.what < b.what ? -1 : 1))
