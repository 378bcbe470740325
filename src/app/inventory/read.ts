import type { Asset, Install } from '../../core/assess/asset.ts'
import type { Scheme } from '../../core/identify/bulletin.ts'
import type { Instant } from '../../core/result.ts'
import type { Database, Tx } from '../../db/database.ts'

/** Hosts of one page: as many as can be turned into our types without holding up everything else. */
const PAGE = 500

type InstallRow = Omit<Install, 'scheme'> & { readonly scheme: string }
export type AssetRow = { readonly lastSeen: Date; readonly data: unknown; readonly installs: readonly InstallRow[] }

export const assetOf = (row: AssetRow): Asset => ({
  ...(row.data as Omit<Asset, 'installs' | 'lastSeen'>),
  lastSeen: row.lastSeen.toISOString(),
  installs: row.installs.map(({ scheme, name, arch, epoch, version, release }) => ({
    scheme: scheme as Scheme,
    name,
    arch,
    epoch,
    version,
    release,
  })),
})

/** Pages of hosts that have any of these packages, with those of their installs: what a bulletin could be about. SQL narrows, core compares. */
export async function* pagesWith(tx: Database | Tx, packages: readonly string[]): AsyncGenerator<readonly Asset[]> {
  const named = { name: { in: [...packages] } }
  for (let after = ''; ; ) {
    const rows = await tx.asset.findMany({
      where: { host: { gt: after }, installs: { some: named } },
      include: { installs: { where: named } },
      orderBy: { host: 'asc' },
      take: PAGE,
    })
    if (rows.length > 0) yield rows.map(assetOf)
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return
    after = last.host
  }
}

/** All hosts that have any of these packages, with those of their installs. */
export async function readAssetsWith(tx: Database | Tx, packages: readonly string[]): Promise<readonly Asset[]> {
  const pages: (readonly Asset[])[] = []
  for await (const page of pagesWith(tx, packages)) pages.push(page)
  return pages.flat()
}

/** All hosts, each with its installs of these packages alone; read page by page. */
export async function readFleet(tx: Database | Tx, packages: readonly string[]): Promise<readonly Asset[]> {
  const fleet: Asset[] = []
  for (;;) {
    const rows = await tx.asset.findMany({
      where: { host: { gt: fleet.at(-1)?.host ?? '' } },
      include: { installs: { where: { name: { in: [...packages] } } } },
      orderBy: { host: 'asc' },
      take: PAGE,
    })
    fleet.push(...rows.map(assetOf))
    if (rows.length < PAGE) return fleet
  }
}

/** These hosts with all of their packages: for few of them. */
export async function readWholeHosts(tx: Database | Tx, hosts: readonly string[]): Promise<readonly Asset[]> {
  const rows = await tx.asset.findMany({ where: { host: { in: [...hosts] } }, include: { installs: true }, orderBy: { host: 'asc' } })
  return rows.map(assetOf)
}

/** Last sign of life of each of these hosts that the inventory still has. */
export async function readSigns(tx: Tx, hosts: readonly string[]): Promise<ReadonlyMap<string, Instant>> {
  const rows = await tx.asset.findMany({ where: { host: { in: [...hosts] } }, select: { host: true, lastSeen: true } })
  return new Map(rows.map((row) => [row.host, row.lastSeen.toISOString()]))
}
