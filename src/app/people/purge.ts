import type { Unit } from '../house.ts'

const DAY_MS = 86_400_000

/** Ids of members wherever something says who did it; the audit chain says it with the address, and needs no row. */
const REFERRED = `
  SELECT m[1] AS id FROM (
    SELECT concat_ws(' ', "state", "later") FROM "Change"
    UNION ALL SELECT concat_ws(' ', "approvals", "rejection") FROM "PolicyVersion"
    UNION ALL SELECT concat_ws(' ', "discarded", "released", "said") FROM "Bulletin" WHERE coalesce("discarded", "released", "said") IS NOT NULL
    UNION ALL SELECT to_json(ARRAY["person", "decidedBy"])::text FROM "DelayRequest"
    UNION ALL SELECT to_json("person")::text FROM "Acknowledgement"
    UNION ALL SELECT to_json(ARRAY["by", "endedBy"])::text FROM "Exemption"
    UNION ALL SELECT to_json("by")::text FROM "InventoryImport"
    UNION ALL SELECT to_json("warnedBy")::text FROM "Doubt"
    UNION ALL SELECT to_json("person")::text FROM "DoubtReport"
    UNION ALL SELECT to_json("by")::text FROM "BogusDrill"
    UNION ALL SELECT to_json("person")::text FROM "BogusDrillReport"
    UNION ALL SELECT concat_ws(' ', "body", to_json("snoozedBy")) FROM "Reminder"
    UNION ALL SELECT "payload"::text FROM "Post" WHERE "payload" IS NOT NULL
  ) AS places(words), regexp_matches(words, '"([a-z0-9-]+\\.[0-9a-f]{10})"', 'g') AS m`

/**
 * Removes members who have had no role for `keepDays` (and for as long as a proof counts), and to whom nothing refers. Their id is made of the address, so who
 * comes back is the same human. Answers the addresses of who is gone.
 */
export async function purgeMembers({ tx, now, house }: Unit): Promise<readonly string[]> {
  const { keepDays, groupRoleDays } = house.inForce.policy
  const before = new Date(now.getTime() - Math.max(keepDays, groupRoleDays) * DAY_MS)
  const some = await tx.member.findFirst({ where: { roles: { isEmpty: true }, updatedAt: { lt: before } }, select: { id: true } })
  // To look through all that was ever said is much work, and on most days for nothing.
  if (!some) return []
  const gone = await tx.$queryRawUnsafe<{ email: string }[]>(
    `DELETE FROM "Member" WHERE "roles" = '{}' AND "updatedAt" < $1 AND "id" NOT IN (${REFERRED}) RETURNING "email"`,
    before,
  )
  return gone.map(({ email }) => email)
}
