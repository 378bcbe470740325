import { EVERYONE } from './fields.ts'
import type { LoosePolicy, PolicyProblem } from './loose.ts'

/** What is wrong with roles by group. */
export function groupProblems({ groups = [] }: LoosePolicy): readonly PolicyProblem[] {
  const keys = groups.map(({ platform, ref }) => (platform === undefined || ref === undefined ? null : `${platform} ${ref}`))
  return groups.flatMap((group, i) => [
    ...(keys[i] !== null && keys.indexOf(keys[i] ?? '') < i
      ? [{ path: ['groups', i, 'ref'], message: `expected each group once: "${group.ref}" is there twice` }]
      : []),
    ...badRef(group).map((message) => ({ path: ['groups', i, 'ref'], message })),
    ...tooMuch(group).map(({ at, message }) => ({ path: ['groups', i, 'roles', at], message })),
  ])
}

type LooseGroup = NonNullable<LoosePolicy['groups']>[number]

/** A name instead of an id would be a group in which nobody ever is. */
function badRef({ platform, ref }: LooseGroup): readonly string[] {
  if (platform !== 'slack' || ref === undefined || ref === EVERYONE || /^S[A-Z0-9]+$/.test(ref)) return []
  return [`expected the id of a Slack user group, such as S0123ABCD, or everyone; got "${ref}"`]
}

/** A role that decides must not come with an account. The policy itself is approved by people whom it names. */
function tooMuch({ ref, roles = [] }: LooseGroup): readonly { readonly at: number; readonly message: string }[] {
  return roles.flatMap((role, at) => {
    if (roles.indexOf(role) < at) return [{ at, message: `expected each role once, got ${role} twice` }]
    return ref === EVERYONE && role !== 'end-user' ? [{ at, message: `expected end-user alone for everyone, got ${role}` }] : []
  })
}
