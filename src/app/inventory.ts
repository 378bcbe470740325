import type { Asset, Install } from '../core/assess/asset.ts'
import { afterRollBack, afterUpdate } from '../core/assess/installed.ts'
import type { HostProgress } from '../core/deploy/progress.ts'
import type { Database, Tx } from '../db/database.ts'
import { json } from './rows.ts'

type Row = { readonly data: unknown; readonly installs: readonly Install[] }

const assetOf = (row: Row): Asset => ({
  ...(row.data as Omit<Asset, 'installs'>),
  installs: row.installs.map(({ name, arch, epoch, version, release }) => ({ name, arch, epoch, version, release })),
})

/** The whole inventory. */
export async function readAssets(tx: Database | Tx): Promise<readonly Asset[]> {
  const rows = await tx.asset.findMany({ include: { installs: true }, orderBy: { host: 'asc' } })
  return rows.map(assetOf)
}

/** Hosts that have any of these packages: what a bulletin could be about. SQL narrows, core compares. */
export async function readAssetsWith(tx: Database | Tx, packages: readonly string[]): Promise<readonly Asset[]> {
  const rows = await tx.asset.findMany({
    where: { installs: { some: { name: { in: [...packages] } } } },
    include: { installs: true },
    orderBy: { host: 'asc' },
  })
  return rows.map(assetOf)
}

/** Replaces what is known of these hosts. */
export async function writeAssets(tx: Tx, assets: readonly Asset[]): Promise<void> {
  await tx.asset.deleteMany({ where: { host: { in: assets.map((a) => a.host) } } })
  await tx.asset.createMany({
    data: assets.map(({ installs: _, ...data }) => ({ host: data.host, lastSeen: new Date(data.lastSeen), data: json(data) })),
  })
  await tx.install.createMany({ data: assets.flatMap((a) => a.installs.map((i) => ({ host: a.host, ...i }))) })
}

/**
 * What a rollout has verified on a host, or taken off it again, is what the inventory says from now on, until the next
 * import: the next bulletin compares with it.
 */
export async function takeOver(tx: Tx, hosts: readonly HostProgress[], rebooted: boolean): Promise<void> {
  const moved = new Map(hosts.filter((h) => h.status === 'verified' || h.status === 'rolled back').map((h) => [h.host, h]))
  if (moved.size === 0) return
  const rows = await tx.asset.findMany({ where: { host: { in: [...moved.keys()] } }, include: { installs: true } })
  const after = rows.map(assetOf).map((asset) => {
    const host = moved.get(asset.host)
    if (!host) return asset
    return host.status === 'verified' ? afterUpdate(asset, host.packages, rebooted) : afterRollBack(asset, host.packages)
  })
  await writeAssets(tx, after)
}
