import type { ChangeState } from '../../core/change/state.ts'
import { patched, type Step } from '../../core/patch.ts'
import type { Database } from '../../db/database.ts'

/** A change as it was last seen, and which save that was. It may be old: whoever acts on it says which version they mean. */
export interface KnownChange {
  readonly state: ChangeState
  readonly version: number
}

/** Changes kept per database; the one longest not seen goes first. */
const MOST = 500

const seen = new WeakMap<Database, Map<number, KnownChange>>()

/** Reads a change as it is, and remembers it: who drew a card will be asked about it by a click. Null when there is none. */
export async function readKnown(db: Database, id: number): Promise<KnownChange | null> {
  const [row] = await db.$queryRaw<(KnownChange & { later: readonly Step[] })[]>`
    SELECT "state", "later", "version" FROM "Change" WHERE "id" = ${id}`
  if (!row) return null
  const known = { state: patched(row.state, row.later), version: row.version }
  remember(db, id, known)
  return known
}

/** The change as this process saw it last, else as it is. */
export const lastKnown = async (db: Database, id: number): Promise<KnownChange | null> => seen.get(db)?.get(id) ?? readKnown(db, id)

export function remember(db: Database, id: number, known: KnownChange): void {
  const changes = seen.get(db) ?? new Map<number, KnownChange>()
  seen.set(db, changes)
  changes.delete(id)
  changes.set(id, known)
  const [oldest] = changes.keys()
  if (changes.size > MOST && oldest !== undefined) changes.delete(oldest)
}
