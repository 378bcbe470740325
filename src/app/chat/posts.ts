import type { Card } from '../../cards/card.ts'
import { canonicalJson } from '../../core/canonical.ts'
import type { Prisma, Tx } from '../../db/database.ts'

/** A message of ours: what it should show (`wanted`), what it shows, and how its delivery goes. */
export type Post = Prisma.PostGetPayload<object>

/**
 * What a post carries beside its subject. `frozen`: the whole card, written once, because a reply belongs to an event and never
 * changes. Anything else is handed to the renderer.
 */
export type PostPayload = { readonly frozen: Card } | Prisma.InputJsonValue

export interface WantedPost {
  /** Kind and number, e.g. `change:12`. */
  readonly subject: string
  readonly purpose: string
  readonly placeId: string
  /** The post of the same place under whose root this one hangs. Where there is none, this one is a root itself. */
  readonly parent?: { readonly subject: string; readonly purpose: string } | undefined
  readonly payload?: PostPayload | null | undefined
  readonly now: Date
}

/** PostgreSQL channel that wakes the deliverer; the notice goes out at commit. */
export const POSTS_CHANNEL = 'patchcrier_posts'

/** Such a notice tells of nothing but cards to be drawn anew; "save_clicks" says the same. */
export const DRAWN_ANEW = 'again'

/**
 * In the caller's transaction: there shall be such a post, showing the state as this transaction leaves it. Where it is already, it is
 * shown anew (with the new payload, if one is given); a frozen one stays as it is.
 */
export async function wantPost(tx: Tx, { subject, purpose, placeId, parent, payload, now }: WantedPost): Promise<void> {
  const json = payload == null ? null : canonicalJson(storable(payload))
  await tx.$executeRaw`
    INSERT INTO "Post" (subject, purpose, "placeId", "parentId", payload, "createdAt", "updatedAt")
    VALUES (${subject}, ${purpose}, ${placeId},
      (SELECT coalesce("parentId", id) FROM "Post"
       WHERE subject = ${parent?.subject ?? null} AND purpose = ${parent?.purpose ?? null} AND "placeId" = ${placeId}),
      ${json}::jsonb, ${now}, ${now})
    ON CONFLICT (subject, purpose, "placeId")
    DO UPDATE SET wanted = "Post".wanted + 1, payload = coalesce(excluded.payload, "Post".payload)
    WHERE "Post".payload -> 'frozen' IS NULL`
  await notifyPosts(tx)
}

/**
 * In the caller's transaction: somebody looked, and the uncertain message is not there, so it is sent again. False when the post is not
 * uncertain (any more): pressing twice sends once.
 */
export async function postAgain(tx: Tx, postId: number): Promise<boolean> {
  const { count } = await tx.post.updateMany({
    where: { id: postId, status: 'uncertain' },
    data: { status: 'open', attemptedAt: null, failures: 0, lastError: null, notBefore: null },
  })
  if (count > 0) await notifyPosts(tx)
  return count > 0
}

/** The card of a frozen post, else null. */
export function frozenCard(payload: Prisma.JsonValue): Card | null {
  const frozen = payload !== null && typeof payload === 'object' && !Array.isArray(payload) ? payload.frozen : undefined
  return frozen == null ? null : (frozen as unknown as Card)
}

/** The same data as PostgreSQL gives them back: jsonb refuses NUL and halves of surrogate pairs, which foreign text may hold. */
export const storable = <T>(value: T): T =>
  JSON.parse(canonicalJson(value), (_name, member: unknown) =>
    typeof member === 'string' ? member.toWellFormed().replaceAll('\0', '\uFFFD') : member,
  ) as T

/** Wakes the deliverer at the commit. */
export const notifyPosts = (tx: Tx, what: '' | typeof DRAWN_ANEW = '') => tx.$executeRaw`SELECT pg_notify(${POSTS_CHANNEL}, ${what})`
