import { ROLES_A_PAGE, type RoleView, rolesCard, rolesLines } from '../../../cards/people.ts'
import { nameOf } from '../../../cards/words.ts'
import type { ThinRole } from '../../../core/evaluate/roles.ts'
import { heldGroups } from '../../../core/policy/groups.ts'
import { type Person, type Policy, ROLES, type Role } from '../../../core/policy.ts'
import { weakRoles } from '../../../core/remind/people-reasons.ts'
import type { House } from '../../house.ts'
import { askedPage } from '../pages.ts'
import { type Commands, show, TEAM } from './rule.ts'

export const PEOPLE: Commands = {
  roles: {
    usage: 'roles | roles page 2',
    what: 'who holds which role, and who is missing',
    roles: TEAM,
    run: async ({ house, argument }) => {
      const roles = rolesOf(house)
      const page = askedPage(argument, 'roles', ROLES_A_PAGE, rolesLines(roles))
      return page.ok ? show(rolesCard(roles, house.inForce.policy.groups.length > 0, page.value)) : page
    },
  },
}

function rolesOf(house: House): readonly RoleView[] {
  const { policy } = house.inForce
  const weak = weakRoles(policy)
  return ROLES.map((role) => roleView(house, policy, role, weak))
}

function roleView(house: House, policy: Policy, role: Role, weak: readonly ThinRole[]): RoleView {
  const holders = policy.people.filter((p) => p.roles.includes(role))
  return {
    role,
    holders: holders.filter((p) => p.delegateOf === undefined).map((p) => `${p.name}${sourceOf(house, p, role)}`),
    delegates: holders.flatMap((p) => (p.delegateOf === undefined ? [] : [`${p.name} for ${nameOf(policy, p.delegateOf)}`])),
    weak: weak.some((w) => w.role === role),
  }
}

/** " (by Platform team)" of a role that a group gives; nothing where the policy itself does. */
function sourceOf({ members, clock, inForce }: House, { email, granted = [] }: Person, role: Role): string {
  if (!granted.includes(role)) return ''
  const groups = heldGroups(inForce.policy, members.byEmail(email.toLowerCase())?.proofs ?? [], clock.now())
  return ` (by ${groups
    .filter(({ roles }) => roles.includes(role))
    .map(({ name }) => name)
    .join(', ')})`
}
