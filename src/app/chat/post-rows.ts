import type { Card } from '../../cards/card.ts'
import { canonicalJson } from '../../core/canonical.ts'
import type { Database, Tx } from '../../db/database.ts'
import { Prisma } from '../../db/database.ts'
import type { MessageRef } from '../../ports.ts'
import { type Leased, UNTIL } from './post-leases.ts'
import type { Post } from './posts.ts'

// Every statement here is a transaction of its own, and time is the database's. Each names the lease: who lost it writes nothing.

const ATTEMPT = `
  UPDATE "Post" SET "attemptedAt" = coalesce("attemptedAt", now()), "leaseUntil" = ${UNTIL('$3')}
  WHERE id = $1 AND "leaseUntil" = $2 AND "leaseUntil" > now() RETURNING "attemptedAt", "leaseUntil"`

/** Before a first message is sent: from now on it may be there. Null: the lease was lost, do not send. */
export async function recordAttempt(db: Database, post: Leased, leaseMs: number): Promise<Leased | null> {
  type Attempted = Pick<Leased, 'attemptedAt' | 'leaseUntil'>
  const [attempted] = await db.prepared<Attempted>('post-attempt', ATTEMPT, [post.id, post.leaseUntil, leaseMs])
  return attempted ? { ...post, ...attempted } : null
}

/** The message was there all along. Null: the lease was lost. */
export async function recordFound(db: Database, post: Leased, ref: MessageRef, leaseMs: number): Promise<Leased | null> {
  const rows = await db.$queryRaw<Post[]>`
    UPDATE "Post" SET ref = ${canonicalJson(ref)}::jsonb, "leaseUntil" = ${until(leaseMs)}
    WHERE ${held(post)} AND "leaseUntil" > now() RETURNING *`
  const row = rows[0]
  return row?.leaseUntil ? { ...post, ref: row.ref, leaseUntil: row.leaseUntil } : null
}

const SHOWN = `
  UPDATE "Post" SET "leaseUntil" = NULL, shown = $3, failures = 0, "lastError" = NULL, "notBefore" = NULL,
    ref = coalesce($4::jsonb, ref), card = coalesce($5::jsonb, card), "updatedAt" = coalesce($6, "updatedAt")
  WHERE id = $1 AND "leaseUntil" = $2 RETURNING id`

/**
 * The post shows what was wanted when it was leased. `said` is what was sent and where; null when nothing had to be. False: the lease was
 * lost, and it is not for us to say so.
 */
export async function recordShown(db: Database, post: Leased, said: { ref: MessageRef; card: Card; at: Date } | null): Promise<boolean> {
  const message = said ? [canonicalJson(said.ref), canonicalJson(said.card), said.at] : [null, null, null]
  return (await db.prepared('post-shown', SHOWN, [post.id, post.leaseUntil, post.wanted, ...message])).length > 0
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

const release = async (db: Tx, post: Leased, set: Prisma.Sql): Promise<boolean> =>
  (await db.$executeRaw`UPDATE "Post" SET "leaseUntil" = NULL, ${set} WHERE ${held(post)}`) > 0

const held = (post: Leased): Prisma.Sql => Prisma.sql`id = ${post.id} AND "leaseUntil" = ${post.leaseUntil}`

/** As `UNTIL`. */
const until = (ms: number): Prisma.Sql => Prisma.sql`date_trunc('milliseconds', now() + ${ms}::float8 * interval '1 millisecond')`
