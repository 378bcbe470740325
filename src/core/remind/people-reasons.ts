import { humanOf } from '../evaluate/quorum.ts'
import { type Audience, type Person, type Policy, ROLES, type Role } from '../policy.ts'
import type { Exception, Standing } from './reminder.ts'

const DAY_MS = 86_400_000

/** Roles that the process cannot do without in this organisation; end users come and go, and representatives have a place or none. */
export const neededRoles = ({ places }: Pick<Policy, 'places'>): readonly Role[] =>
  ROLES.filter((r) => r !== 'end-user' && (r !== 'representative' || places.some((p) => p.audience === 'representatives')))

export const holdersOf = ({ people }: Pick<Policy, 'people'>, role: Role): readonly Person[] => people.filter((p) => p.roles.includes(role))

/** How many humans hold a role; a delegate and who delegated are one. */
export const humansIn = (policy: Pick<Policy, 'people'>, role: Role): number => new Set(holdersOf(policy, role).map(humanOf)).size

/** Has a person somebody who acts for them in this role? */
export const hasDelegate = (policy: Pick<Policy, 'people'>, role: Role): boolean =>
  holdersOf(policy, role).some((p) => p.delegateOf !== undefined)

/** Shown before a critical bulletin lands, not after. */
export function rolesNotFilled(policy: Policy): readonly Standing[] {
  return neededRoles(policy)
    .filter((role) => humansIn(policy, role) === 0)
    .map((role) => aboutRole(policy, 'roleNotFilled', role, `nobody holds the role ${role}`))
}

/** One person, and nobody who acts for them: a holiday is enough to stop everything. */
export function rolesHeldByOne(policy: Policy): readonly Standing[] {
  return neededRoles(policy)
    .filter((role) => humansIn(policy, role) === 1 && !hasDelegate(policy, role))
    .map((role) =>
      aboutRole(policy, 'delegateMissing', role, `${holdersOf(policy, role)[0]?.name} alone holds the role ${role}, and has no delegate`),
    )
}

/** Where the admins read, or the patch team where they have no place of their own. */
const adminPlace = ({ places }: Policy): Audience => (places.some((p) => p.audience === 'admin') ? 'admin' : 'patch team')

const aboutRole = (policy: Policy, kind: 'roleNotFilled' | 'delegateMissing', role: Role, line: string): Standing => ({
  kind,
  subject: `role:${role}`,
  line,
  since: null,
  until: null,
  audience: adminPlace(policy),
  roles: ['admin', 'manager'],
})

/** What holds only until a day, from so many days before it on. After it, it is no exception any more. */
export function exceptionOf({ subject, what, until }: Exception, policy: Policy): Standing {
  const days = policy.reminders.exceptionExpiring?.days ?? 0
  return {
    kind: 'exceptionExpiring',
    subject,
    line: what,
    since: new Date(Date.parse(until) - days * DAY_MS).toISOString(),
    until,
    over: until,
    audience: 'patch team',
    roles: ['patch-team', 'security', 'operations'],
  }
}
