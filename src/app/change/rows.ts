import type { ChangeState } from '../../core/change/state.ts'
import type { HostProgress } from '../../core/deploy/progress.ts'
import type { Database, Prisma, Tx } from '../../db/database.ts'

/** Reading and writing the rows of a change: no decision in here. */

export const changeSubject = (id: number): string => `change:${id}`

/** Locks the change until the commit and reads it; null when there is none. */
export async function lockChange(tx: Tx, id: number): Promise<ChangeState | null> {
  const rows = await tx.$queryRaw<{ state: unknown }[]>`SELECT "state" FROM "Change" WHERE "id" = ${id} FOR UPDATE`
  return rows[0] ? (rows[0].state as ChangeState) : null
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

export async function readHosts(tx: Database | Tx, changeId: number): Promise<readonly HostProgress[]> {
  const rows = await tx.rolloutHost.findMany({ where: { changeId }, orderBy: [{ ring: 'asc' }, { host: 'asc' }] })
  return rows.map((row) => row.state as unknown as HostProgress)
}

/** Hosts of the rollout that the change has now. Rows of a plan that was given up stay until the next one, and say nothing any more. */
export const rolloutHosts = async (tx: Database | Tx, state: ChangeState): Promise<readonly HostProgress[]> =>
  state.rollout ? readHosts(tx, state.id) : []

export async function writeHosts(tx: Tx, changeId: number, hosts: readonly HostProgress[]): Promise<void> {
  for (const host of hosts) {
    await tx.rolloutHost.update({
      where: { changeId_host: { changeId, host: host.host } },
      data: { state: json(host), status: host.status },
    })
  }
}

/** Our own types hold only what JSON can hold; Prisma's type cannot know that. */
export const json = (value: unknown): Prisma.InputJsonValue => value as Prisma.InputJsonValue
