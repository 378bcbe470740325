import type { Asset, Install } from '../core/assess/asset.ts'
import { afterRollBack, afterUpdate } from '../core/assess/installed.ts'
import type { HostProgress } from '../core/deploy/progress.ts'
import type { Instant } from '../core/result.ts'
import type { Database, Tx } from '../db/database.ts'
import { json } from './change/rows.ts'

type Row = { readonly lastSeen: Date; readonly data: unknown; readonly installs: readonly Install[] }

const assetOf = (row: Row): Asset => ({
  ...(row.data as Omit<Asset, 'installs' | 'lastSeen'>),
  lastSeen: row.lastSeen.toISOString(),
  installs: row.installs.map(({ name, arch, epoch, version, release }) => ({ name, arch, epoch, version, release })),
})

/** Hosts that have any of these packages: what a bulletin could be about. SQL narrows, core compares. */
export async function readAssetsWith(tx: Database | Tx, packages: readonly string[]): Promise<readonly Asset[]> {
  const rows = await tx.asset.findMany({
    where: { installs: { some: { name: { in: [...packages] } } } },
    include: { installs: true },
    orderBy: { host: 'asc' },
  })
  return rows.map(assetOf)
}

/** Last sign of life of each of these hosts that the inventory still has. */
export async function readSigns(tx: Tx, hosts: readonly string[]): Promise<ReadonlyMap<string, Instant>> {
  const rows = await tx.asset.findMany({ where: { host: { in: [...hosts] } }, select: { host: true, lastSeen: true } })
  return new Map(rows.map((row) => [row.host, row.lastSeen.toISOString()]))
}

/** Replaces what is known of these hosts. */
export async function writeAssets(tx: Tx, assets: readonly Asset[]): Promise<void> {
  await tx.asset.deleteMany({ where: { host: { in: assets.map((a) => a.host) } } })
  await tx.asset.createMany({
    data: assets.map(({ installs: _, lastSeen, ...data }) => ({ host: data.host, lastSeen: new Date(lastSeen), data: json(data) })),
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

/** A report is a sign of life, as old as the report; one that is dated ahead counts from now. */
export async function noteSigns(tx: Tx, signs: readonly { readonly host: string; readonly at: string }[], now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Asset" a SET "lastSeen" = greatest(a."lastSeen", least(s.at, ${now}))
    FROM (SELECT host, max(at) AS at FROM unnest(${signs.map((s) => s.host)}::text[], ${signs.map((s) => new Date(s.at))}::timestamptz[]) AS t(host, at) GROUP BY host) s
    WHERE a.host = s.host`
}

/** The sample's hosts live on while its clock moves: whoever was heard of lately at `before` has been heard of again. */
export async function shiftSigns(tx: Tx, before: Date, now: Date, staleAfterDays: number): Promise<void> {
  const since = new Date(before.getTime() - staleAfterDays * 86_400_000)
  await tx.$executeRaw`
    UPDATE "Asset" SET "lastSeen" = least(${now}, "lastSeen" + (${now}::timestamptz - ${before}::timestamptz)) WHERE "lastSeen" >= ${since}`
}
