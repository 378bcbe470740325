import { ROLES, type Role } from '../../core/policy.ts'
import { changeSubject } from '../change/rows.ts'
import { touchSubject } from '../chat/posts.ts'
import type { Unit } from '../house.ts'

/** A role whose holders no open decision calls; whole companies come and go in it. */
const DECIDES_NOTHING: Role = 'end-user'

/** Roles that somebody has now and had not, or the other way round, as far as it matters for a decision. */
export const moved = (before: readonly Role[], after: readonly Role[]): readonly Role[] =>
  ROLES.filter((role) => role !== DECIDES_NOTHING && before.includes(role) !== after.includes(role))

/**
 * Cards of open decisions call by name who may still decide: they are drawn anew in the transaction in which that changes. One that comes out
 * the same is not sent.
 */
export async function redrawDecisions(unit: Unit, roles: readonly Role[]): Promise<void> {
  if (roles.length === 0) return
  const open = await unit.tx.change.findMany({ where: { phase: 'deciding' }, orderBy: { id: 'asc' }, select: { id: true } })
  for (const { id } of open) await touchSubject(unit.tx, changeSubject(id))
}
