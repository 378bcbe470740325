import type { Database, Prisma } from '../../db/database.ts'
import type { Closed } from './pace.ts'
import type { Post } from './posts.ts'

// Time is the database's: the sample's clock moves by leaps.

/** A post that is ours until `leaseUntil`. All later writes name that instant, so one who lost the lease writes nothing. */
export type Leased = Post & {
  readonly leaseUntil: Date
  readonly parentRef: Prisma.JsonValue
}

/** A reply in doubt holds back the later ones of its thread for this many tries, which are about a quarter of an hour. */
const HELD_BACK_TRIES = 20

const IN_FLIGHT_MS = 3_000

/** Which posts are looked at. */
export interface Look {
  /** Places that are not looked at. */
  readonly busy: readonly string[]
  /** Places that are not looked at for what they are closed to. */
  readonly closed: Closed
}

const placesOf = ({ busy, closed: { post, find, edit } }: Look) => [busy, post, find, edit] as const

// What every message pays for is prepared once a connection. In all of it $1 are the busy places; $2, $3 and $4 those that are closed to posts,
// to searches and to edits.

/**
 * It waits, in words of which no index knows. PostgreSQL takes what waits for a handful, and would go through all of it where a better index,
 * or even the key, leads to the row.
 */
const waiting = (post: string): string => `${post}.wanted - ${post}.shown > 0 AND ${post}.status NOT IN ('gone', 'uncertain')`

/** Nobody's, and its time has come. */
const TIMELY = `(p."leaseUntil" IS NULL OR p."leaseUntil" <= now()) AND (p."notBefore" IS NULL OR p."notBefore" <= now())`

/** What is due. What a place asked to wait with (a first message, or an edit) rests there as a whole. */
const DUE = `
  p.wanted > p.shown AND p.status = 'open' AND ${TIMELY}
  AND p."placeId" <> ALL($1::text[])
  AND (p."placeId", p.ref IS NULL) NOT IN (
    SELECT r."placeId", r.ref IS NULL FROM "Post" r
    WHERE ${waiting('r')} AND r."notBefore" > now() AND r.failures = 0)
  AND (p."parentId" IS NULL OR (SELECT r.ref IS NOT NULL FROM "Post" r WHERE r.id = p."parentId"))`

/**
 * What was never said. A reply waits for its parent, and for earlier replies of its thread unless those were refused. Without the OR before
 * NOT EXISTS, which says nothing new, PostgreSQL plans a join of all that waits with all that waits.
 */
const UNSAID = `
  p.ref IS NULL AND ${DUE}
  AND p."placeId" <> ALL(CASE WHEN p."attemptedAt" IS NULL THEN $2::text[] ELSE $3::text[] END)
  AND (p."parentId" IS NULL OR NOT EXISTS (
    SELECT FROM "Post" e
    WHERE e."placeId" = p."placeId" AND e."parentId" = p."parentId" AND e.id < p.id
      AND e.ref IS NULL AND e.wanted > e.shown AND e.status = 'open'
      AND (e.failures = 0 OR (e."attemptedAt" IS NOT NULL AND e.failures < ${HELD_BACK_TRIES}))))`

/** What shows something old. */
const OUTDATED = `p.ref IS NOT NULL AND ${DUE}`

/** Places that show something old, but those that are busy or closed to edits. Thousands may wait in those: they are passed over unread. */
const OPEN_TO_EDITS = `
  WITH RECURSIVE place AS (
    SELECT min(w."placeId") AS id FROM "Post" w WHERE w.ref IS NOT NULL AND w.wanted > w.shown AND w.status = 'open'
    UNION ALL
    SELECT (
      SELECT min(w."placeId") FROM "Post" w
      WHERE w.ref IS NOT NULL AND w.wanted > w.shown AND w.status = 'open' AND w."placeId" > place.id)
    FROM place WHERE place.id IS NOT NULL)
  SELECT place.id FROM place WHERE place.id <> ALL($1::text[]) AND place.id <> ALL($4::text[])`

/** So many milliseconds from now. Cut, because the column's rounding to milliseconds would put "now" into the future. */
export const UNTIL = (ms: string): string => `date_trunc('milliseconds', now() + ${ms}::float8 * interval '1 millisecond')`

/** At each place the first that was never said: a message of its own before a reply. */
const FIRST_UNSAID = `
  SELECT DISTINCT ON (p."placeId") p.id, p."parentId" IS NOT NULL AS rank FROM "Post" p WHERE ${UNSAID} ORDER BY p."placeId", rank, p.id`

/** At each place the one that was not drawn anew for longest: by the index, however many wait. */
const FIRST_OUTDATED = `
  SELECT first.id, first.rank FROM (${OPEN_TO_EDITS}) place, LATERAL (
    SELECT p.id, p."updatedAt" AS rank FROM "Post" p WHERE p."placeId" = place.id AND ${OUTDATED} ORDER BY p."updatedAt", p.id LIMIT 1) first
  WHERE NOT EXISTS (SELECT FROM unsaid)`

/**
 * Of those that are first at their place the first $6 that nobody holds. What one waits for is asked again of the row as it is once it is
 * locked: somebody else may have had it in between.
 */
const locked = (firsts: string, isSaid: boolean): string => `
  SELECT p.id FROM "Post" p JOIN (${firsts}) first USING (id)
  WHERE ${waiting('p')} AND (p.ref IS NOT NULL) = ${isSaid} AND ${TIMELY}
  ORDER BY first.rank, p.id LIMIT $6 FOR UPDATE OF p SKIP LOCKED`

const LEASE = `
  WITH unsaid AS (${locked(FIRST_UNSAID, false)}),
  outdated AS (${locked(FIRST_OUTDATED, true)}),
  leased AS (
    UPDATE "Post" p SET "leaseUntil" = ${UNTIL('$5')}
    FROM (SELECT id FROM unsaid UNION ALL SELECT id FROM outdated) next WHERE p.id = next.id
    RETURNING p.*, (SELECT r.ref FROM "Post" r WHERE r.id = p."parentId") AS "parentRef")
  SELECT * FROM leased ORDER BY ref IS NULL AND "parentId" IS NOT NULL, CASE WHEN ref IS NOT NULL THEN "updatedAt" END, id`

/**
 * Leases the next posts that are due, one of a place, at most `most`. What was never said comes first, messages of their own (alerts,
 * decisions, announcements) before replies, in the order they were wanted; then the edits, the one longest not changed first, so that a
 * lively card starves nobody.
 */
export const lease = (db: Database, look: Look, leaseMs: number, most: number): Promise<readonly Leased[]> =>
  db.prepared<Leased>('post-lease', LEASE, [...placesOf(look), leaseMs, most])

const NOWHERE: Closed = { post: [], edit: [], find: [] }

const ANY_WAITS = `
  SELECT EXISTS (SELECT FROM "Post" p WHERE ${UNSAID})
    OR EXISTS (SELECT FROM (${OPEN_TO_EDITS}) place, LATERAL (SELECT FROM "Post" p WHERE p."placeId" = place.id AND ${OUTDATED} LIMIT 1) one) AS waits`

/** Whether anything would be due if no place were closed. */
export async function anyWaits(db: Database, busy: readonly string[]): Promise<boolean> {
  const [row] = await db.prepared<{ waits: boolean }>('post-waits', ANY_WAITS, placesOf({ busy, closed: NOWHERE }))
  return row?.waits === true
}

/**
 * Ends the leases of a deliverer that is dead. What it may have been sending at that moment gets a little time to arrive before it is
 * looked up.
 */
export async function endLeases(db: Database): Promise<void> {
  await db.$executeRaw`
    UPDATE "Post" SET "leaseUntil" =
      CASE WHEN ref IS NULL AND "attemptedAt" IS NOT NULL THEN least("leaseUntil", "attemptedAt" + ${IN_FLIGHT_MS}::float8 * interval '1 millisecond') END
    WHERE "leaseUntil" > now()`
}
