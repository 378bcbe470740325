import type { ChangeState } from '../../core/change/state.ts'
import type { HostProgress } from '../../core/deploy/progress.ts'
import { patched, type Step } from '../../core/patch.ts'
import type { Database, Prisma, Tx } from '../../db/database.ts'

/** Reading and writing the rows of a change: no decision in here. */

export const changeSubject = (id: number): string => `change:${id}`

/** Locks the change until the commit and reads it; null when there is none. */
export async function lockChange(tx: Tx, id: number): Promise<ChangeState | null> {
  const [row] = await tx.$queryRaw<{ state: ChangeState; later: readonly Step[] }[]>`
    SELECT "state", "later" FROM "Change" WHERE "id" = ${id} FOR UPDATE`
  return row ? patched(row.state, row.later) : null
}

/** The same for two changes at once, always in the order of their numbers, so that two people never wait for each other. */
export async function lockBoth(tx: Tx, a: number, b: number): Promise<readonly [ChangeState | null, ChangeState | null]> {
  const first = await lockChange(tx, Math.min(a, b))
  const second = await lockChange(tx, Math.max(a, b))
  return a <= b ? [first, second] : [second, first]
}

export async function readChange(tx: Database | Tx, id: number): Promise<ChangeState | null> {
  const row = await tx.change.findUnique({ where: { id } })
  return row ? (row.state as unknown as ChangeState) : null
}

/** All hosts of a rollout, ring by ring; as one document, because a rollout has thousands and reports read them again and again. */
export async function readHosts(tx: Database | Tx, changeId: number): Promise<readonly HostProgress[]> {
  const [row] = await tx.$queryRaw<{ hosts: HostProgress[] | null }[]>`
    SELECT json_agg("state" ORDER BY "ring", "host") AS hosts FROM "RolloutHost" WHERE "changeId" = ${changeId}`
  return row?.hosts ?? []
}

/** Those of the named hosts that the rollout has. */
export async function readNamedHosts(tx: Database | Tx, changeId: number, names: readonly string[]): Promise<readonly HostProgress[]> {
  const rows = await tx.$queryRaw<{ state: HostProgress }[]>`
    SELECT "state" FROM "RolloutHost" WHERE "changeId" = ${changeId} AND "host" = ANY(${[...new Set(names)]}::text[])`
  return rows.map(({ state }) => state)
}

/** Hosts of the rollout that the change has now. Rows of a plan that was given up stay until the next one, and say nothing any more. */
export const rolloutHosts = async (tx: Database | Tx, state: ChangeState): Promise<readonly HostProgress[]> =>
  state.rollout ? readHosts(tx, state.id) : []

/** Saves hosts of a rollout, whose change the caller has locked. Throws when one of them is none of it. */
export async function writeHosts(tx: Tx, changeId: number, hosts: readonly HostProgress[]): Promise<void> {
  if (hosts.length === 0) return
  const rows = [...new Map(hosts.map((state) => [state.host, { host: state.host, state, status: state.status }])).values()]
  const written = await tx.$executeRaw`
    UPDATE "RolloutHost" r SET "state" = k.state, "status" = k.status
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS k(host text, state jsonb, status text)
    WHERE r."changeId" = ${changeId} AND r."host" = k.host`
  if (written !== rows.length) throw new TypeError(`change ${changeId}: ${written} of ${rows.length} hosts are hosts of its rollout`)
}

/** Our own types hold only what JSON can hold; Prisma's type cannot know that. */
export const json = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue
