import type { Phase } from '../../core/change/state.ts'
import type { Database, Tx } from '../../db/database.ts'
import { notifyPosts } from '../chat/posts.ts'

/** Draws the cards of all changes in these phases anew. */
export async function touchChanges(db: Database | Tx, phases: readonly Phase[]): Promise<void> {
  await db.$executeRaw`INSERT INTO "Redraw" (subject) SELECT 'change:' || id FROM "Change" WHERE phase = ANY(${[...phases]}::text[])`
  await notifyPosts(db)
}
