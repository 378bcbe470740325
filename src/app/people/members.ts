import { type Held, heldBy, type Member, type Proof, peopleWith } from '../../core/policy/groups.ts'
import type { Role } from '../../core/policy.ts'
import type { Database, Prisma, Tx } from '../../db/database.ts'
import type { Clock } from '../../ports.ts'
import type { PolicyInForce } from '../house.ts'

type Row = Prisma.MemberGetPayload<object>

/** Who came by groups, as last read: a click must not ask the database who everybody is. */
export interface Members {
  byEmail(email: string): Member | undefined
  all(): readonly Member[]
  /** After a commit; an older version never takes the place of a later one. */
  keep(members: readonly Member[]): void
  /** After a commit that removed them. */
  forget(emails: readonly string[]): void
  /** The policy with these people beside those whom it names: what the rules see. Its hash stays, because what is written stays. */
  beside(written: PolicyInForce): PolicyInForce
}

export function createMembers(clock: Clock, known: readonly Member[] = []): Members {
  const byEmail = new Map(known.map((member) => [member.email, member]))
  // Of thousands of members one has changed: the others hold what they held.
  let held = new WeakMap<Member, Held & { readonly from: number }>()
  let changes = 0
  let seen: {
    readonly changes: number
    readonly written: PolicyInForce
    readonly from: number
    readonly until: number
    readonly inForce: PolicyInForce
  } | null = null
  return {
    byEmail: (email) => byEmail.get(email),
    all: () => [...byEmail.values()],
    keep(members) {
      for (const member of members) if ((byEmail.get(member.email)?.version ?? -1) < member.version) byEmail.set(member.email, member)
      changes++
    },
    forget(emails) {
      for (const email of emails) byEmail.delete(email)
      changes++
    },
    beside(written) {
      if (byEmail.size === 0) return written
      const now = clock.now()
      // Looked at from both sides: a clock may be set back.
      if (seen?.written === written && seen.changes === changes && seen.from <= now.getTime() && now.getTime() < seen.until)
        return seen.inForce
      if (seen?.written !== written) held = new WeakMap()
      const { people, until } = peopleWith(written.policy, byEmail, (member) => {
        const before = held.get(member)
        if (before && before.from <= now.getTime() && now.getTime() < before.until) return before
        const after = { ...heldBy(written.policy, member, now), from: now.getTime() }
        held.set(member, after)
        return after
      })
      const inForce = { ...written, policy: { ...written.policy, people: [...people] } }
      seen = { changes, written, from: now.getTime(), until, inForce }
      return inForce
    },
  }
}

export async function readMembers(db: Database): Promise<readonly Member[]> {
  return (await db.member.findMany({ orderBy: { email: 'asc' } })).map(memberOf)
}

/** Held until the commit, so that what is written of a member has one order. Null: no such member. */
export async function lockMember(tx: Tx, email: string): Promise<Member | null> {
  const [row] = await tx.$queryRaw<Row[]>`SELECT * FROM "Member" WHERE "email" = ${email} FOR UPDATE`
  return row ? memberOf(row) : null
}

const memberOf = ({ id, email, name, zone, proofs, roles, version }: Row): Member => ({
  id,
  email,
  name,
  zone,
  proofs: proofs as unknown as readonly Proof[],
  roles: roles as Role[],
  version,
})
