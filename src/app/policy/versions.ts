import { Fault } from '../../core/fault.ts'
import type { PolicyApproval, VersionState, VersionStatus } from '../../core/policy/buy-off.ts'
import { type Policy, storedPolicySchema } from '../../core/policy.ts'
import type { Database, Prisma, Tx } from '../../db/database.ts'
import type { PolicyInForce } from '../house.ts'

/** Reading the rows of the policy's versions: no decision in here. */

type Row = Prisma.PolicyVersionGetPayload<object>

/** A version with what it says. */
export interface Version extends VersionState {
  readonly policy: Policy
  readonly proposedAt: Date
  readonly inForceAt: Date | null
}

export const policySubject = (id: number): string => `policy:${id}`

/** The version in force; null before the first start. Throws Fault POLICY_INVALID when this program cannot read it. */
export async function readInForce(db: Database | Tx): Promise<PolicyInForce | null> {
  const row = await db.policyVersion.findFirst({ where: { status: 'in force' }, orderBy: { id: 'desc' } })
  return row && { policy: bodyOf(row), hash: row.hash, approved: row.approvedAt !== null }
}

/** What a version said, by its hash; null where there is none. */
export async function readByHash(db: Database | Tx, hash: string): Promise<Policy | null> {
  const row = await db.policyVersion.findFirst({ where: { hash }, orderBy: { id: 'desc' } })
  return row && bodyOf(row)
}

export async function readVersion(db: Database | Tx, id: number): Promise<Version | null> {
  const row = await db.policyVersion.findUnique({ where: { id } })
  return row && versionOf(row)
}

/** Newest first. */
export async function readVersions(db: Database | Tx, most: number, skip = 0): Promise<readonly Version[]> {
  const rows = await db.policyVersion.findMany({ orderBy: { id: 'desc' }, take: most, skip })
  return rows.map(versionOf)
}

/** Whoever changes a version holds all of them until the commit: two approvals of two versions have one order. */
export async function lockVersions(tx: Tx): Promise<void> {
  await tx.$queryRaw`SELECT "id" FROM "PolicyVersion" ORDER BY "id" FOR UPDATE`
}

/** The version that a version came after, by which it was or is judged; null for the first. */
export async function versionBefore(db: Database | Tx, { id }: { readonly id: number }): Promise<Version | null> {
  const row = await db.policyVersion.findFirst({ where: { id: { lt: id }, inForceAt: { not: null } }, orderBy: { inForceAt: 'desc' } })
  return row && versionOf(row)
}

function versionOf(row: Row): Version {
  return {
    id: row.id,
    hash: row.hash,
    status: row.status as VersionStatus,
    approvals: row.approvals as unknown as readonly PolicyApproval[],
    approvedAt: row.approvedAt?.toISOString() ?? null,
    rejection: row.rejection as VersionState['rejection'],
    policy: bodyOf(row),
    proposedAt: row.proposedAt,
    inForceAt: row.inForceAt,
  }
}

function bodyOf({ id, body }: Row): Policy {
  const read = storedPolicySchema.safeParse(body)
  if (read.success) return read.data
  const where = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new Fault('POLICY_INVALID', `policy version ${id} of the database cannot be read by this program: ${where}`)
}
