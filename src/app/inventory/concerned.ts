import { setImmediate } from 'node:timers/promises'
import { namedProducts } from '../../core/assess/named.ts'
import type { House } from '../house.ts'

/** Imports with whose hosts the bulletins have to be matched: this one, and those that ended before they came to it. */
export async function unmatchedImports(house: House, importId: number): Promise<readonly number[]> {
  const ended = await house.db.inventoryImport.findMany({ where: { status: { not: 'running' }, matched: false }, select: { id: true } })
  return [...new Set([importId, ...ended.map(({ id }) => id)])]
}

/** Ids of the bulletins that the hosts that these imports changed may mean something for. */
export async function concerned(house: House, imports: readonly number[]): Promise<readonly number[]> {
  const ids = [...(await byPackage(house, imports)), ...(await byName(house, imports))]
  return [...new Set(ids)].sort((a, b) => a - b)
}

/** Bulletins about a package that such a host has, or about a change that such a host is in. */
async function byPackage(house: House, imports: readonly number[]): Promise<readonly number[]> {
  const rows = await house.db.$queryRaw<{ id: number }[]>`
    WITH touched AS MATERIALIZED (SELECT "host" FROM "Asset" WHERE "touched" = ANY(${[...imports]}::int[])),
      names AS MATERIALIZED (SELECT DISTINCT i."name" FROM "Install" i JOIN touched USING ("host"))
    SELECT b."id" FROM "Bulletin" b
    WHERE b."current" AND b."origin" <> 'held' AND (
      EXISTS (SELECT 1 FROM jsonb_array_elements((b."document" -> 'fixed') || (b."document" -> 'unfixed')) e
        WHERE e ->> 'name' IN (SELECT "name" FROM names))
      OR EXISTS (SELECT 1 FROM "Change" c, jsonb_array_elements(c."state" -> 'hosts') h
        WHERE c."id" = b."changeId" AND h ->> 'host' IN (SELECT "host" FROM touched)))`
  return rows.map(({ id }) => id)
}

/** Notices that only name products, matched nothing so far, and name one that such a host has. */
async function byName(house: House, imports: readonly number[]): Promise<readonly number[]> {
  const notices = await house.db.$queryRaw<{ id: number; names: string[] }[]>`
    SELECT "id", "document" -> 'names' AS names FROM "Bulletin"
    WHERE "current" AND "origin" NOT IN ('held', 'history') AND "changeId" IS NULL AND "matched" = 0
      AND "document" -> 'fixed' = '[]' AND "document" -> 'unfixed' = '[]' AND "document" -> 'names' <> '[]'`
  if (notices.length === 0) return []
  const rows = await house.db.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT i."name" FROM "Install" i JOIN "Asset" a USING ("host") WHERE a."touched" = ANY(${[...imports]}::int[])`
  const products = rows.map(({ name }) => name)
  const ids: number[] = []
  for (const { id, names } of notices) {
    if (namedProducts(names, products).length > 0) ids.push(id)
    await setImmediate()
  }
  return ids
}
