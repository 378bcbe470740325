import {
  type HostFacts,
  type Hosts,
  type InventorySummary,
  type ProductCount,
  type Software,
  summarise,
} from '../../core/assess/inventory.ts'
import { OVER } from '../../core/change/guard.ts'
import type { Database } from '../../db/database.ts'
import type { House } from '../house.ts'
import { assetOf } from './read.ts'

const MOST_PRODUCTS = 8
const PAGE = 1_000

/** The inventory as it is now: what the card of the `inventory` command says. */
export const readInventory = async (house: House): Promise<InventorySummary> =>
  summarise({ ...(await readHosts(house)), software: await readSoftware(house.db) })

/** Its hosts, and what tells which of its groups each is in. */
export const readHosts = async (house: House): Promise<Hosts> => ({
  hosts: await readFacts(house.db),
  unpatched: await readUnpatched(house.db),
  now: house.clock.now(),
  staleAfterDays: house.inForce.policy.staleAfterDays,
})

/** Every host without its packages, page by page. */
async function readFacts(db: Database): Promise<readonly HostFacts[]> {
  const all: HostFacts[] = []
  for (let after = ''; ; ) {
    const rows = await db.asset.findMany({
      where: { host: { gt: after } },
      select: { host: true, lastSeen: true, data: true },
      orderBy: { host: 'asc' },
      take: PAGE,
    })
    all.push(...rows.map((row) => assetOf({ ...row, installs: [] })))
    const last = rows.at(-1)
    if (!last || rows.length < PAGE) return all
    after = last.host
  }
}

async function readSoftware(db: Database): Promise<Software> {
  const rows = await db.$queryRaw<(ProductCount & { readonly products: number; readonly all: number })[]>`
    WITH versions AS MATERIALIZED (
      SELECT "scheme", "name", "epoch", "version", "release", count(*)::int AS hosts FROM "Install" GROUP BY 1, 2, 3, 4, 5
    ), products AS MATERIALIZED (
      SELECT v."scheme", v."name", count(*)::int AS versions FROM versions v GROUP BY 1, 2
    ), top AS (
      SELECT "scheme", "name", versions, (SELECT count(DISTINCT "host")::int FROM "Install" i WHERE i."name" = p."name" AND i."scheme" = p."scheme") AS hosts
      FROM products p WHERE ("scheme", "name") IN (
        (SELECT "scheme", "name" FROM versions GROUP BY 1, 2 ORDER BY sum(hosts) DESC, 2 LIMIT 3 * ${MOST_PRODUCTS}::int)
        UNION (SELECT "scheme", "name" FROM products ORDER BY versions DESC, 2 LIMIT ${MOST_PRODUCTS}::int))
    )
    SELECT "scheme", "name", versions, hosts, (SELECT count(*)::int FROM products) AS products, (SELECT count(*)::int FROM versions) AS "all" FROM top`
  const products = rows.map(({ scheme, name, hosts, versions }) => ({ scheme, name, hosts, versions }))
  const by = (key: 'hosts' | 'versions') =>
    products.toSorted((a, b) => b[key] - a[key] || (a.name < b.name ? -1 : 1)).slice(0, MOST_PRODUCTS)
  return {
    products: rows[0]?.products ?? 0,
    versions: rows[0]?.all ?? 0,
    widespread: by('hosts'),
    scattered: by('versions').filter(({ versions }) => versions > 1),
  }
}

/** Hosts of changes that are not over, unless the fix was verified on them. What a drill is about is no flaw of theirs. */
async function readUnpatched(db: Database): Promise<ReadonlySet<string>> {
  const rows = await db.$queryRaw<{ host: string }[]>`
    SELECT DISTINCT h ->> 'host' AS host FROM "Change" c, jsonb_array_elements(c."state" -> 'hosts') h
    WHERE c."phase" <> ALL(${[...OVER]}::text[]) AND c."state" -> 'drill' IS NULL
      AND NOT EXISTS (SELECT 1 FROM "RolloutHost" r WHERE r."changeId" = c."id" AND r."host" = h ->> 'host' AND r."status" = 'verified')`
  return new Set(rows.map(({ host }) => host))
}
