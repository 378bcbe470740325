import type { Card } from '../../cards/card.ts'
import { closedHomeCard, homeCard } from '../../cards/home.ts'
import { canonicalJson } from '../../core/canonical.ts'
import type { CardLink, Overview } from '../../core/overview/view.ts'
import { type Database, Prisma } from '../../db/database.ts'
import type { ChatPlatform, Home, MessageRef, OpenedHome, Place } from '../../ports.ts'
import { overviewFor } from '../doors/overview.ts'
import type { House } from '../house.ts'
import { notifyPosts, type Post } from './posts.ts'

/** Subject of the posts that are people's own pages. One is there for each account that has opened it. */
export const HOME = 'home'

const PREFIX = `${HOME}:`

/** A page is a place of its own: `home:slack-home:U123`. */
const placeIdOf = ({ platform, account }: Pick<OpenedHome, 'platform' | 'account'>): string => `${PREFIX}${platform}:${account}`

export const isHome = (placeId: string): boolean => placeId.startsWith(PREFIX)

/** The place that a page is; null: this is the id of none. */
export function homePlace(placeId: string): Place | null {
  const [, platform, ref] = /^home:([^:]+):(.+)$/.exec(placeId) ?? []
  return platform === undefined || ref === undefined ? null : { id: placeId, platform, ref }
}

/**
 * Somebody opened their page: it is drawn now, whatever it showed, and from now on whenever something else is. Who left and came back has
 * it again.
 */
export async function openHome({ db, clock }: Pick<House, 'db' | 'clock'>, home: OpenedHome): Promise<void> {
  const now = clock.now()
  const payload = canonicalJson({ person: home.person })
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO "Post" (subject, purpose, "placeId", payload, "createdAt", "updatedAt")
      VALUES (${HOME}, ${HOME}, ${placeIdOf(home)}, ${payload}::jsonb, ${now}, ${now})
      ON CONFLICT (subject, purpose, "placeId")
      DO UPDATE SET wanted = "Post".wanted + 1, payload = excluded.payload, card = NULL, status = 'open',
        "notBefore" = CASE WHEN "Post".failures = 0 THEN "Post"."notBefore" END`
    await notifyPosts(tx)
  })
}

/**
 * Something else is said, so every page may be out of date. One that waits to be drawn will be right without it. Each is a statement of its
 * own: who holds several posts takes them in an order that this one does not know.
 */
export async function outdateHomes(db: Database, platforms: ReadonlyMap<string, ChatPlatform>): Promise<void> {
  const rows = await db.$queryRaw<{ id: number; placeId: string }[]>`
    SELECT id, "placeId" FROM "Post"
    WHERE subject = ${HOME} AND status = 'open' AND (wanted <= shown OR "leaseUntil" IS NOT NULL) ORDER BY id`
  for (const { id, placeId } of rows)
    if (platforms.has(homePlace(placeId)?.platform ?? ''))
      await db.$executeRaw`UPDATE "Post" SET wanted = wanted + 1 WHERE id = ${id} AND (wanted <= shown OR "leaseUntil" IS NOT NULL)`
}

/** Somebody's page as it is now. */
export async function drawHome(house: House, post: Post, homes: ReadonlyMap<string, Home>): Promise<Card | null> {
  const home = homes.get(homePlace(post.placeId)?.platform ?? '')
  if (home === undefined) return null
  const { person } = post.payload as { readonly person: string }
  const overview = await overviewFor(house, person, 'what is open')
  return overview.ok ? homeCard(overview.value, await urlsOf(house, overview.value, home)) : closedHomeCard(overview.refusal.text)
}

/** Addresses of the cards that stand on the page's own platform. */
async function urlsOf(house: House, { waitsForYou, changes }: Overview, home: Home): Promise<(card: CardLink) => string | null> {
  const ids = [...waitsForYou, ...changes].flatMap(({ card }) => (card === null ? [] : [Number(card.post)]))
  const here = house.inForce.policy.places.filter(({ platform }) => platform === home.of).map(({ id }) => id)
  const rows = await house.db.post.findMany({
    where: { id: { in: ids }, placeId: { in: here }, ref: { not: Prisma.AnyNull } },
    select: { id: true, ref: true },
  })
  const urls = new Map(rows.map(({ id, ref }) => [`${id}`, home.urlOf(ref as unknown as MessageRef)]))
  return ({ post }) => urls.get(post) ?? null
}
