import { bulletinsOf } from '../../core/change/bulletins.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Bulletin, FixedBuild } from '../../core/identify/bulletin.ts'
import type { Database, Tx } from '../../db/database.ts'

/** The documents of all bulletins of a change, the leading one first, as they were read. */
export async function documentsOf(tx: Database | Tx, state: ChangeState): Promise<readonly Bulletin[]> {
  const ids = bulletinsOf(state).map((b) => b.rowId)
  const rows = await tx.bulletin.findMany({ where: { id: { in: ids } }, select: { id: true, document: true } })
  return ids.flatMap((id) => {
    const document = rows.find((r) => r.id === id)?.document
    return document ? [document as unknown as Bulletin] : []
  })
}

/** Every build that a bulletin of the change names as fixed. */
export const fixedBuilds = async (tx: Database | Tx, state: ChangeState): Promise<readonly FixedBuild[]> =>
  (await documentsOf(tx, state)).flatMap((b) => b.fixed)
