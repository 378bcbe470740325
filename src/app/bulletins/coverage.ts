import { type Gap, gaps, type Installed, mayCarry } from '../../core/assess/coverage.ts'
import type { Scheme } from '../../core/identify/bulletin.ts'
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

interface Row {
  readonly host: string
  readonly scheme: string
  readonly streams: readonly string[]
}

/** Packages by scheme and stream: a host has hundreds of them, and they are watched together or not at all. */
async function inStreams(tx: Tx | House['db']): Promise<readonly Installed[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT DISTINCT i."host", i."scheme", ARRAY(SELECT jsonb_array_elements_text(a."data"->'streams')) AS streams
    FROM "Install" i JOIN "Asset" a ON a."host" = i."host" WHERE i."scheme" <> 'generic'`
  const hosts = new Map<string, number>()
  for (const row of rows) {
    const carrying = row.streams.filter((stream) => mayCarry(stream, row.scheme as Scheme))
    for (const stream of carrying.length > 0 ? carrying : ['']) {
      const key = JSON.stringify([row.scheme, stream])
      hosts.set(key, (hosts.get(key) ?? 0) + 1)
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
