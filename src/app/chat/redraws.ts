import type { Database, Tx } from '../../db/database.ts'
import { DRAWN_ANEW, notifyPosts } from './posts.ts'

/** So many are taken at once. */
const MOST = 1_000

/**
 * In the caller's transaction: the subject has changed, so its posts are shown anew, frozen ones excepted. This holds nothing that anybody
 * else could wait for.
 */
export async function touchSubject(tx: Tx, subject: string): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Redraw" (subject) VALUES (${subject})`
  await notifyPosts(tx, DRAWN_ANEW)
}

/** The same of all posts there are. Of one that is not committed yet nothing can have been drawn. */
export async function touchAll(tx: Tx): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Redraw" (subject) SELECT DISTINCT subject FROM "Post"`
  await notifyPosts(tx)
}

/**
 * The posts of what has changed are wanted anew. Waits for nobody: who holds several posts may want others that this one would hold. True:
 * some posts are held by somebody now, or there were more than one statement takes; ask again. OFFSET 0 and the arrays keep PostgreSQL, which
 * cannot know how few they are, from reading whole tables for them.
 */
export async function spreadRedraws(db: Database): Promise<boolean> {
  const [row] = await db.$queryRaw<{ left: boolean }[]>`
    WITH taken AS MATERIALIZED (SELECT id, subject FROM "Redraw" ORDER BY id LIMIT ${MOST} FOR UPDATE SKIP LOCKED),
    subjects AS MATERIALIZED (SELECT DISTINCT subject FROM taken),
    meant AS MATERIALIZED (
      SELECT p.id, p.subject FROM subjects s, LATERAL (SELECT id, subject, payload FROM "Post" WHERE subject = s.subject OFFSET 0) p
      WHERE p.payload -> 'frozen' IS NULL),
    held AS MATERIALIZED (SELECT p.id FROM "Post" p WHERE p.id = ANY(ARRAY(SELECT id FROM meant)) FOR UPDATE SKIP LOCKED),
    wanted AS (UPDATE "Post" SET wanted = wanted + 1 WHERE id = ANY(ARRAY(SELECT id FROM held))),
    again AS (SELECT subject FROM meant WHERE id NOT IN (SELECT id FROM held)),
    done AS (DELETE FROM "Redraw" WHERE id = ANY(ARRAY(SELECT id FROM taken WHERE subject NOT IN (SELECT subject FROM again))))
    SELECT EXISTS (SELECT FROM again) OR (SELECT count(*) FROM taken) = ${MOST} AS left`
  return row?.left === true
}
