import { z } from 'zod'
import type { DataFacts, SourceFacts } from '../../core/doctor/facts.ts'
import { heldGroups } from '../../core/policy/groups.ts'
import { verifyAudit } from '../../db/audit.ts'
import { LAST_BACKUP } from '../../db/backup/write.ts'
import type { Database } from '../../db/database.ts'
import { readSourceState } from '../bulletins/source-state.ts'
import type { PolicyInForce } from '../house.ts'
import { pollQueue } from '../jobs.ts'
import { readMembers } from '../people/members.ts'
import { readRefused } from './refused.ts'

const lastBackup = z.object({ at: z.iso.datetime() })

/** What the rows say about how the house fares. `now` is the house's time: the sample's clock is moved. Changes nothing. */
export async function readDataFacts(db: Database, inForce: PolicyInForce | null, now: Date): Promise<DataFacts> {
  const late = await db.due.aggregate({ where: { doneAt: null, dueAt: { lte: now } }, _count: true, _min: { dueAt: true } })
  const orders = await db.runnerOrder.findMany({
    where: { status: { in: ['stored', 'giving'] } },
    distinct: ['runner'],
    select: { runner: true },
  })
  const proposed = await db.policyVersion.findFirst({ where: { status: 'proposed' }, orderBy: { id: 'desc' }, select: { hash: true } })
  const backup = await db.setting.findUnique({ where: { key: LAST_BACKUP } })
  const audit = await verifyAudit(db)
  return {
    inForce,
    proposed: proposed?.hash ?? null,
    sources: await readSources(db, inForce),
    seenInGroups: await readSeen(db, inForce, now),
    late: late._min.dueAt && { count: late._count, since: late._min.dueAt.toISOString() },
    pollsWaiting: await readPolls(db),
    posts: await readPosts(db),
    ordersFor: orders.map(({ runner }) => runner),
    auditFlaw: audit.ok ? null : `record ${audit.at}, ${audit.what}: ${audit.text}`,
    lastBackupAt: lastBackup.safeParse(backup?.value).data?.at ?? null,
    slackRefused: await readRefused(db, 'slack'),
  }
}

async function readSeen(db: Database, inForce: PolicyInForce | null, now: Date): Promise<readonly number[]> {
  if (inForce === null || inForce.policy.groups.length === 0) return []
  const { policy } = inForce
  const held = (await readMembers(db)).map(({ proofs }) => heldGroups(policy, proofs, now))
  return policy.groups.map((group) => held.filter((groups) => groups.includes(group)).length)
}

async function readSources(db: Database, inForce: PolicyInForce | null): Promise<Readonly<Record<string, SourceFacts>>> {
  const all = new Map<string, SourceFacts>()
  for (const { id } of inForce?.policy.sources ?? []) {
    const { firstPollDone, lastGoodAt, failingSince } = await readSourceState({ db }, id)
    all.set(id, { firstPollDone, lastGoodAt, failingSince })
  }
  return Object.fromEntries(all)
}

/** Jobs keep the database's time. A database whose bot was never started by this program has none. */
async function readPolls(db: Database): Promise<DataFacts['pollsWaiting']> {
  const [there] = await db.$queryRaw<{ there: boolean }[]>`SELECT to_regclass('pgboss.job') IS NOT NULL AS there`
  if (!there?.there) return null
  const [row] = await db.$queryRaw<{ count: number; since: Date | null }[]>`
    SELECT count(*)::int AS count, min(created_on) AS since FROM pgboss.job
    WHERE name = ${pollQueue.name} AND state IN ('created', 'retry') AND start_after <= now()`
  return row?.since ? { count: row.count, since: row.since.toISOString() } : null
}

async function readPosts(db: Database): Promise<DataFacts['posts']> {
  const uncertain = await db.post.count({ where: { status: 'uncertain' } })
  const stuck = await db.$queryRaw<{ place: string; count: number; since: Date; reason: string | null }[]>`
    SELECT "placeId" AS place, count(*)::int AS count, min("createdAt") AS since, min("lastError") AS reason FROM "Post"
    WHERE wanted > shown AND status = 'open' AND ref IS NULL GROUP BY "placeId" ORDER BY "placeId"`
  return { uncertain, stuck: stuck.map((row) => ({ ...row, since: row.since.toISOString() })) }
}
