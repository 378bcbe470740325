import { type RoleView, rolesCard } from '../../../cards/people.ts'
import { nameOf } from '../../../cards/words.ts'
import type { ThinRole } from '../../../core/evaluate/roles.ts'
import { type Policy, ROLES, type Role } from '../../../core/policy.ts'
import { weakRoles } from '../../../core/remind/people-reasons.ts'
import { type Commands, show, TEAM } from './rule.ts'

export const PEOPLE: Commands = {
  roles: {
    usage: 'roles',
    what: 'who holds which role, and who is missing',
    roles: TEAM,
    run: async ({ house }) => show(rolesCard(rolesOf(house.inForce.policy))),
  },
}

function rolesOf(policy: Policy): readonly RoleView[] {
  const weak = weakRoles(policy)
  return ROLES.map((role) => roleView(policy, role, weak))
}

function roleView(policy: Policy, role: Role, weak: readonly ThinRole[]): RoleView {
  const holders = policy.people.filter((p) => p.roles.includes(role))
  return {
    role,
    holders: holders.filter((p) => p.delegateOf === undefined).map((p) => p.name),
    delegates: holders.flatMap((p) => (p.delegateOf === undefined ? [] : [`${p.name} for ${nameOf(policy, p.delegateOf)}`])),
    weak: weak.some((w) => w.role === role),
  }
}
