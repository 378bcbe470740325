import type { Asset } from '../../core/assess/asset.ts'
import { packagesKey } from '../../core/assess/import/merge.ts'
import { afterRollBack, afterUpdate } from '../../core/assess/installed.ts'
import { canonicalJson, sha256Hex } from '../../core/canonical.ts'
import type { HostProgress } from '../../core/deploy/progress.ts'
import type { Tx } from '../../db/database.ts'
import { storable } from '../chat/posts.ts'
import { readWholeHosts } from './read.ts'

/** Packages of one statement: its texts are put together on the main thread. */
const AT_ONCE = 3_000

/** SHA-256 of a host's packages. */
export const packagesHash = (asset: Pick<Asset, 'installs'>): string => sha256Hex(packagesKey(asset))

/** Columns as PostgreSQL reads them apart again: neither names nor versions hold a line break. */
const column = (values: readonly (string | number)[]): string => values.join('\n')

/**
 * Whoever writes hosts does it one after the other, until the commit: two that touch the same hosts in another order would wait for each
 * other for ever. Changes are locked before it, never after.
 */
export const lockInventory = (tx: Tx) => tx.$executeRaw`SELECT pg_advisory_xact_lock(7331, hashtext('inventory'))`

export interface Writing {
  /** The import that does it; the bulletins are matched with these hosts later. Null: nobody has to. */
  readonly touched: number | null
  /** SHA-256 of each host's packages; null where they stay as they are, whatever the asset says. */
  readonly hashes: ReadonlyMap<string, string | null>
}

/** Replaces what is known of these hosts. Packages that are as they were are not written again. */
export async function writeAssets(tx: Tx, assets: readonly Asset[], writing?: Writing): Promise<void> {
  if (assets.length === 0) return
  await lockInventory(tx)
  const { touched, hashes } = writing ?? { touched: null, hashes: new Map(assets.map((asset) => [asset.host, packagesHash(asset)])) }
  const rows = await tx.asset.findMany({ where: { host: { in: assets.map((a) => a.host) } }, select: { host: true, packages: true } })
  const before = new Map(rows.map((row) => [row.host, row.packages]))
  await writeFacts(tx, assets, hashes, touched)
  const changed = assets.filter(({ host }) => hashes.get(host) !== null && hashes.get(host) !== before.get(host))
  for (const some of portions(changed)) await replacePackages(tx, some)
}

/** Whole hosts, as many as have about `AT_ONCE` packages together. */
function* portions(assets: readonly Asset[]): Generator<readonly Asset[]> {
  let some: Asset[] = []
  let rows = 0
  for (const asset of assets) {
    some.push(asset)
    rows += asset.installs.length
    if (rows < AT_ONCE) continue
    yield some
    some = []
    rows = 0
  }
  if (some.length > 0) yield some
}

async function writeFacts(
  tx: Tx,
  assets: readonly Asset[],
  hashes: ReadonlyMap<string, string | null>,
  touched: number | null,
): Promise<void> {
  const rows = assets.map(({ installs: _, lastSeen, ...data }) => ({
    host: data.host,
    lastSeen,
    data: storable(data),
    serial: data.serial?.toLowerCase() ?? null,
    cloudId: data.cloudId?.toLowerCase() ?? null,
    fqdn: data.fqdn?.toLowerCase() ?? null,
    aliases: data.aliases ?? [],
    packages: hashes.get(data.host) ?? null,
  }))
  await tx.$executeRaw`
    INSERT INTO "Asset" ("host", "lastSeen", "data", "serial", "cloudId", "fqdn", "aliases", "packages", "touched")
    SELECT r."host", r."lastSeen", r."data", r."serial", r."cloudId", r."fqdn", r."aliases", r."packages", ${touched}
    FROM jsonb_to_recordset(${canonicalJson(rows)}::jsonb) AS r("host" text, "lastSeen" timestamptz, "data" jsonb, "serial" text,
      "cloudId" text, "fqdn" text, "aliases" text[], "packages" text)
    ON CONFLICT ("host") DO UPDATE SET "lastSeen" = excluded."lastSeen", "data" = excluded."data", "serial" = excluded."serial",
      "cloudId" = excluded."cloudId", "fqdn" = excluded."fqdn", "aliases" = excluded."aliases", "packages" = coalesce(excluded."packages", "Asset"."packages"),
      "touched" = coalesce(excluded."touched", "Asset"."touched")`
}

/**
 * Writes what is different only: between two imports most packages of most hosts stay as they are. A release may be empty, and of one
 * empty text `string_to_array` makes no element at all: so each is written behind a mark. OFFSET 0 and ARRAY: as in take-hosts.ts, PostgreSQL
 * must not read the whole table for some of its hosts.
 */
async function replacePackages(tx: Tx, assets: readonly Asset[]): Promise<void> {
  const rows = assets.flatMap(({ host, installs }) => installs.map((install) => ({ host, ...install })))
  const of = (key: keyof (typeof rows)[number]): string => column(rows.map((row) => row[key]))
  const releases = column(rows.map((row) => `-${row.release}`))
  await tx.$executeRaw`
    WITH incoming AS MATERIALIZED (
      SELECT "host", "scheme", "name", "arch", "epoch", "version", substr("release", 2) AS "release"
      FROM unnest(string_to_array(${of('host')}, E'\n'), string_to_array(${of('scheme')}, E'\n'), string_to_array(${of('name')}, E'\n'),
        string_to_array(${of('arch')}, E'\n'), string_to_array(${of('epoch')}, E'\n')::int[], string_to_array(${of('version')}, E'\n'),
        string_to_array(${releases}, E'\n')) AS t("host", "scheme", "name", "arch", "epoch", "version", "release")
    ), known AS MATERIALIZED (
      SELECT one.* FROM unnest(${assets.map((a) => a.host)}::text[]) AS meant("host"), LATERAL (
        SELECT "id", "host", "scheme", "name", "arch", "epoch", "version", "release" FROM "Install" WHERE "host" = meant."host" OFFSET 0) one
    ), gone AS (
      DELETE FROM "Install" WHERE "id" = ANY(ARRAY(SELECT "id" FROM known
        WHERE ("host", "scheme", "name", "arch", "epoch", "version", "release")
          NOT IN (SELECT "host", "scheme", "name", "arch", "epoch", "version", "release" FROM incoming)))
    )
    INSERT INTO "Install" ("host", "scheme", "name", "arch", "epoch", "version", "release")
    SELECT * FROM incoming WHERE ("host", "scheme", "name", "arch", "epoch", "version", "release")
      NOT IN (SELECT "host", "scheme", "name", "arch", "epoch", "version", "release" FROM known)
    ON CONFLICT DO NOTHING`
}

/**
 * What a rollout has verified on a host, or taken off it again, is what the inventory says from now on, until the next
 * import: the next bulletin compares with it.
 */
export async function takeOver(tx: Tx, hosts: readonly HostProgress[], rebooted: boolean): Promise<void> {
  const moved = new Map(hosts.filter((h) => h.status === 'verified' || h.status === 'rolled back').map((h) => [h.host, h]))
  if (moved.size === 0) return
  const after = (await readWholeHosts(tx, [...moved.keys()])).map((asset) => {
    const host = moved.get(asset.host)
    if (!host) return asset
    return host.status === 'verified' ? afterUpdate(asset, host.packages, rebooted) : afterRollBack(asset, host.packages)
  })
  await writeAssets(tx, after)
}

/** A report is a sign of life, as old as the report; one that is dated ahead counts from now. */
export async function noteSigns(tx: Tx, signs: readonly { readonly host: string; readonly at: string }[], now: Date): Promise<void> {
  await lockInventory(tx)
  await tx.$executeRaw`
    UPDATE "Asset" a SET "lastSeen" = greatest(a."lastSeen", least(s.at, ${now}))
    FROM (SELECT host, max(at) AS at FROM unnest(${signs.map((s) => s.host)}::text[], ${signs.map((s) => new Date(s.at))}::timestamptz[]) AS t(host, at) GROUP BY host) s
    WHERE a.host = s.host`
}

/** The sample's hosts live on while its clock moves: whoever was heard of lately at `before` has been heard of again. */
export async function shiftSigns(tx: Tx, before: Date, now: Date, staleAfterDays: number): Promise<void> {
  await lockInventory(tx)
  const since = new Date(before.getTime() - staleAfterDays * 86_400_000)
  await tx.$executeRaw`
    UPDATE "Asset" SET "lastSeen" = least(${now}, "lastSeen" + (${now}::timestamptz - ${before}::timestamptz)) WHERE "lastSeen" >= ${since}`
}
