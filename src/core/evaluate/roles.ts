import type { Person, Policy, Role } from '../policy.ts'
import { humanOf } from './quorum.ts'

/** A role without anybody, or with one human only: what a drill shows before it matters. */
export interface ThinRole {
  readonly role: Role
  /** The one human who holds it, where there is one. */
  readonly only: Person | null
}

/** Roles on which a decision or a deployment hangs. */
const NEEDED: readonly Role[] = ['patch-team', 'security', 'operations', 'manager', 'representative', 'admin']

/** A delegate and who delegated are one human. */
export function thinRoles(policy: Policy): readonly ThinRole[] {
  return NEEDED.flatMap((role) => {
    const holders = policy.people.filter((p) => p.roles.includes(role))
    return new Set(holders.map(humanOf)).size > 1 ? [] : [{ role, only: holders[0] ?? null }]
  })
}
