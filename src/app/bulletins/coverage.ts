import { type Gap, gaps, type Installed, mayCarry } from '../../core/assess/coverage.ts'
import { SCHEMES, type Scheme } from '../../core/identify/bulletin.ts'
import type { Tx } from '../../db/database.ts'
import type { House } from '../house.ts'
import { readSourceState } from './source-state.ts'

/** Products that belong to no stream are looked at one by one: those on the most hosts. */
const MOST_PRODUCTS = 2_000

/** What of the inventory no healthy source watches, and how much of it is watched. */
export async function readCoverage(
  house: House,
  tx: Tx | House['db'],
): Promise<{ readonly gaps: readonly Gap[]; readonly watched: number }> {
  const installed = [...(await inStreams(tx)), ...(await withoutStream(tx))]
  const sources = await Promise.all(
    house.inForce.policy.sources.map(async (rule) => {
      const { lastGoodAt, failingSince } = await readSourceState(house, rule.id)
      return { rule, healthy: lastGoodAt !== null && failingSince === null }
    }),
  )
  const found = gaps(installed, sources)
  return { gaps: found, watched: installed.length - found.length }
}

/** Hosts by the schemes of their packages and by the streams that they name. */
interface Row {
  readonly scheme: Scheme
  readonly streams: readonly string[] | null
  readonly hosts: number
}

/**
 * Packages by scheme and stream: a host has hundreds of them, and they are watched together or not at all. Of each host it is only looked
 * up whether it has any of a scheme: to go through all packages of twenty thousand hosts takes minutes.
 */
async function inStreams(tx: Tx | House['db']): Promise<readonly Installed[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT s."scheme", a."data"->'streams' AS streams, count(*)::int AS hosts
    FROM "Asset" a CROSS JOIN unnest(${SCHEMES.filter((scheme) => scheme !== 'generic')}::text[]) AS s("scheme")
      CROSS JOIN LATERAL (SELECT FROM "Install" i WHERE i."host" = a."host" AND i."scheme" = s."scheme" LIMIT 1) any_of_it
    GROUP BY 1, 2`
  const hosts = new Map<string, number>()
  for (const { scheme, streams, hosts: count } of rows) {
    const carrying = (streams ?? []).filter((stream) => mayCarry(stream, scheme))
    for (const stream of carrying.length > 0 ? carrying : ['']) {
      const key = JSON.stringify([scheme, stream])
      hosts.set(key, (hosts.get(key) ?? 0) + count)
    }
  }
  return [...hosts].map(([key, count]) => {
    const [scheme, stream] = JSON.parse(key) as [Scheme, string]
    return { scheme, stream, name: '', hosts: count }
  })
}

const withoutStream = (tx: Tx | House['db']): Promise<readonly Installed[]> =>
  tx.$queryRaw<Installed[]>`
    SELECT 'generic' AS scheme, '' AS stream, "name", count(DISTINCT "host")::int AS hosts
    FROM "Install" WHERE "scheme" = 'generic' GROUP BY "name" ORDER BY hosts DESC, "name" LIMIT ${MOST_PRODUCTS}`
