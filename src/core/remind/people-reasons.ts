import { type ThinRole, thinRoles } from '../evaluate/roles.ts'
import { type Audience, type Policy, ROLES, type Role } from '../policy.ts'
import type { Exception, Standing } from './reminder.ts'

const DAY_MS = 86_400_000

/** Roles that the process cannot do without in this organisation; end users come and go, and representatives have a place or none. */
const neededRoles = ({ places }: Pick<Policy, 'places'>): readonly Role[] =>
  ROLES.filter((r) => r !== 'end-user' && (r !== 'representative' || places.some((p) => p.audience === 'representatives')))

/** Has a person somebody who acts for them in this role? */
const hasDelegate = ({ people }: Pick<Policy, 'people'>, role: Role): boolean =>
  people.some((p) => p.roles.includes(role) && p.delegateOf !== undefined)

/** Roles without anybody, and roles that one person holds for whom nobody acts: a holiday is enough to stop everything. */
export function weakRoles(policy: Policy): readonly ThinRole[] {
  const needed = neededRoles(policy)
  return thinRoles(policy).filter(({ role, only }) => needed.includes(role) && (only === null || !hasDelegate(policy, role)))
}

/** Shown before a critical bulletin lands, not after. */
export const weakRoleStandings = (policy: Policy): readonly Standing[] =>
  weakRoles(policy).map(({ role, only }) =>
    only === null
      ? aboutRole(policy, 'roleNotFilled', role, `nobody holds the role ${role}`)
      : aboutRole(policy, 'delegateMissing', role, `${only.name} alone holds the role ${role}, and has no delegate`),
  )

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
