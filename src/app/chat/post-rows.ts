import type { Card } from '../../cards/card.ts'
import { canonicalJson } from '../../core/canonical.ts'
import type { Database, Tx } from '../../db/database.ts'
import { Prisma } from '../../db/database.ts'
import type { MessageRef } from '../../ports.ts'
import type { Closed } from './pace.ts'
import type { Post } from './posts.ts'

// Every statement here is a transaction of its own, and time is the database's: the sample's clock moves by leaps.

/** A post that is ours until `leaseUntil`. All later writes name that instant, so one who lost the lease writes nothing. */
export type Leased = Post & { readonly leaseUntil: Date; readonly parentRef: Prisma.JsonValue }

/** A reply in doubt holds back the later ones of its thread for this many tries, which are about a quarter of an hour. */
const HELD_BACK_TRIES = 20

const IN_FLIGHT_MS = 3_000

/** Places that are not looked at now: `busy` ones not at all, `closed` ones not for what they are closed to. */
export interface Passed {
  readonly busy: readonly string[]
  readonly closed: Closed
}

/** What is due: wanted, nobody's, and its time has come. What a place asked to wait with (a first message, or an edit) rests there as a whole. */
const due = (busy: readonly string[]): Prisma.Sql => Prisma.sql`
  p.wanted > p.shown AND p.status = 'open'
  AND (p."leaseUntil" IS NULL OR p."leaseUntil" <= now())
  AND (p."notBefore" IS NULL OR p."notBefore" <= now())
  AND p."placeId" <> ALL(${[...busy]}::text[])
  AND (p."placeId", p.ref IS NULL) NOT IN (
    SELECT r."placeId", r.ref IS NULL FROM "Post" r
    WHERE r.wanted > r.shown AND r.status = 'open' AND r."notBefore" > now() AND r.failures = 0)
  AND (p."parentId" IS NULL OR (SELECT r.ref IS NOT NULL FROM "Post" r WHERE r.id = p."parentId"))`

/** What was never said. A reply waits for its parent, and for earlier replies of its thread unless those were refused. */
const unsaid = ({ busy, closed }: Passed): Prisma.Sql => Prisma.sql`
  p.ref IS NULL AND ${due(busy)}
  AND p."placeId" <> ALL(CASE WHEN p."attemptedAt" IS NULL THEN ${[...closed.post]}::text[] ELSE ${[...closed.find]}::text[] END)
  AND NOT EXISTS (
    SELECT FROM "Post" e
    WHERE e."placeId" = p."placeId" AND e."parentId" = p."parentId" AND e.id < p.id
      AND e.ref IS NULL AND e.wanted > e.shown AND e.status = 'open'
      AND (e.failures = 0 OR (e."attemptedAt" IS NOT NULL AND e.failures < ${HELD_BACK_TRIES})))`

/** What shows something old. Thousands may wait in a place that is busy or closed to edits: it is passed over without looking at them. */
const outdated = ({ busy, closed }: Passed): Prisma.Sql => Prisma.sql`
  p.ref IS NOT NULL AND p."placeId" = ANY(ARRAY(
    WITH RECURSIVE place AS (
      SELECT min(w."placeId") AS id FROM "Post" w WHERE w.wanted > w.shown AND w.status = 'open'
      UNION ALL
      SELECT (SELECT min(w."placeId") FROM "Post" w WHERE w.wanted > w.shown AND w.status = 'open' AND w."placeId" > place.id)
      FROM place WHERE place.id IS NOT NULL)
    SELECT place.id FROM place WHERE place.id <> ALL(${[...busy, ...closed.edit]}::text[])))
  AND ${due(busy)}`

/**
 * Leases the next post that is due. What was never said comes first, messages of their own (alerts, decisions, announcements) before
 * replies, in the order they were wanted; then the edits, the one longest not changed first, so that a lively card starves nobody.
 */
export async function lease(db: Database, passed: Passed, leaseMs: number): Promise<Leased | null> {
  return (
    (await leaseFirst(db, Prisma.sql`${unsaid(passed)} ORDER BY p."parentId" IS NOT NULL, p.id`, leaseMs)) ??
    leaseFirst(db, Prisma.sql`${outdated(passed)} ORDER BY p."updatedAt", p.id`, leaseMs)
  )
}

async function leaseFirst(db: Database, which: Prisma.Sql, leaseMs: number): Promise<Leased | null> {
  const rows = await db.$queryRaw<Leased[]>`
    WITH next AS (SELECT p.id FROM "Post" p WHERE ${which} LIMIT 1 FOR UPDATE SKIP LOCKED)
    UPDATE "Post" p SET "leaseUntil" = ${until(leaseMs)}
    FROM next WHERE p.id = next.id
    RETURNING p.*, (SELECT r.ref FROM "Post" r WHERE r.id = p."parentId") AS "parentRef"`
  return rows[0] ?? null
}

const NOWHERE: Closed = { post: [], edit: [], find: [] }

/** Whether anything would be due if no place were closed. */
export async function anyWaits(db: Database, busy: readonly string[]): Promise<boolean> {
  const passed = { busy, closed: NOWHERE }
  const [row] = await db.$queryRaw<{ waits: boolean }[]>`
    SELECT EXISTS (SELECT FROM "Post" p WHERE ${unsaid(passed)}) OR EXISTS (SELECT FROM "Post" p WHERE ${outdated(passed)}) AS waits`
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

/** Before a first message is sent: from now on it may be there. Null: the lease was lost, do not send. */
export const recordAttempt = (db: Database, post: Leased, leaseMs: number): Promise<Leased | null> =>
  renew(db, post, Prisma.sql`"attemptedAt" = coalesce("attemptedAt", now())`, leaseMs)

/** The message was there all along. Null: the lease was lost. */
export const recordFound = (db: Database, post: Leased, ref: MessageRef, leaseMs: number): Promise<Leased | null> =>
  renew(db, post, Prisma.sql`ref = ${canonicalJson(ref)}::jsonb`, leaseMs)

/** The post shows what was wanted when it was leased. `said` is what was sent and where; null when nothing had to be. */
export const recordShown = (db: Database, post: Leased, said: { ref: MessageRef; card: Card; at: Date } | null): Promise<boolean> => {
  const message = said
    ? Prisma.sql`, ref = ${canonicalJson(said.ref)}::jsonb, card = ${canonicalJson(said.card)}::jsonb, "updatedAt" = ${said.at}`
    : Prisma.empty
  return release(db, post, Prisma.sql`shown = ${post.wanted}, failures = 0, "lastError" = NULL, "notBefore" = NULL${message}`)
}

/**
 * The place asks us to slow down. That is no failure: `failures` 0 with a `notBefore` is what makes the place rest. Here and below
 * `post.attemptedAt` is written back: null when the message surely did not arrive, so that the next try needs no look-up.
 */
export const recordRest = (db: Database, post: Leased, waitMs: number, reason: string): Promise<boolean> =>
  release(db, post, Prisma.sql`failures = 0, ${retry(post, waitMs, reason)}`)

/** It has to wait for its turn; nothing was tried. */
export const giveBack = async (db: Database, post: Leased): Promise<void> => {
  await release(db, post, Prisma.sql`"updatedAt" = "updatedAt"`)
}

/** It failed and is tried again after `waitMs`. */
export const recordFailure = (db: Database, post: Leased, waitMs: number, reason: string): Promise<boolean> =>
  release(db, post, Prisma.sql`failures = failures + 1, ${retry(post, waitMs, reason)}`)

const retry = (post: Leased, waitMs: number, reason: string): Prisma.Sql =>
  Prisma.sql`"notBefore" = ${until(waitMs)}, "lastError" = ${reason}, "attemptedAt" = ${post.attemptedAt}`

/** It is not tried again by itself. False: the lease was lost, and it is not for us to say so. */
export const recordEnd = (db: Tx, post: Leased, status: 'gone' | 'uncertain', reason: string): Promise<boolean> =>
  release(db, post, Prisma.sql`status = ${status}, "lastError" = ${reason}`)

async function renew(db: Database, post: Leased, set: Prisma.Sql, leaseMs: number): Promise<Leased | null> {
  const rows = await db.$queryRaw<Post[]>`
    UPDATE "Post" SET ${set}, "leaseUntil" = ${until(leaseMs)} WHERE ${held(post)} AND "leaseUntil" > now() RETURNING *`
  const row = rows[0]
  return row?.leaseUntil ? { ...post, ref: row.ref, attemptedAt: row.attemptedAt, leaseUntil: row.leaseUntil } : null
}

const release = async (db: Tx, post: Leased, set: Prisma.Sql): Promise<boolean> =>
  (await db.$executeRaw`UPDATE "Post" SET "leaseUntil" = NULL, ${set} WHERE ${held(post)}`) > 0

const held = (post: Leased): Prisma.Sql => Prisma.sql`id = ${post.id} AND "leaseUntil" = ${post.leaseUntil}`

// Cut, because the column's rounding to milliseconds would put "now" into the future.
const until = (ms: number): Prisma.Sql => Prisma.sql`date_trunc('milliseconds', now() + ${ms}::float8 * interval '1 millisecond')`
