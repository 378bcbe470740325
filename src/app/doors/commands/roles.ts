import { type RoleView, rolesCard } from '../../../cards/people.ts'
import { nameOf } from '../../../cards/words.ts'
import { type Policy, ROLES, type Role } from '../../../core/policy.ts'
import { hasDelegate, holdersOf, humansIn, neededRoles } from '../../../core/remind/people-reasons.ts'
import { type Commands, show, TEAM } from './rule.ts'

export const PEOPLE: Commands = {
  roles: {
    usage: 'roles',
    what: 'who holds which role, and who is missing',
    roles: TEAM,
    run: async ({ house }) => show(rolesCard(ROLES.map((role) => roleView(house.inForce.policy, role)))),
  },
}

function roleView(policy: Policy, role: Role): RoleView {
  const holders = holdersOf(policy, role)
  return {
    role,
    holders: holders.filter((p) => p.delegateOf === undefined).map((p) => p.name),
    delegates: holders.flatMap((p) => (p.delegateOf === undefined ? [] : [`${p.name} for ${nameOf(policy, p.delegateOf)}`])),
    needed: neededRoles(policy).includes(role),
    alone: humansIn(policy, role) === 1 && !hasDelegate(policy, role),
  }
}
