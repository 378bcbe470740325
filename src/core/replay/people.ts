import type { RoleCount } from '../evaluate/quorum.ts'
import { humanOf } from '../evaluate/quorum.ts'
import type { Person, Policy, Role } from '../policy.ts'
import type { Delays } from './delays.ts'

/** The first person of the policy who holds one of these roles. */
export const holderOf = ({ people }: Policy, roles: readonly Role[]): Person | undefined =>
  people.find((person) => person.roles.some((role) => roles.includes(role)))

/**
 * Who asks for a plan: of those who may, the one whom the quorum misses least, because nobody approves their own request.
 * Undefined where nobody may.
 */
export function requesterFor({ people }: Policy, needed: readonly RoleCount[]): Person | undefined {
  const wanted = (person: Person): number => needed.filter(({ role }) => person.roles.includes(role)).length
  return people
    .filter((person) => person.roles.includes('patch-team') || person.roles.includes('operations'))
    .toSorted((a, b) => wanted(a) - wanted(b))[0]
}

/** Who may approve, soonest first: everybody of a needed role but the requester and who is one person with them. */
export function votersFor(
  { people }: Policy,
  needed: readonly RoleCount[],
  requester: Person,
  delays: Delays,
): readonly { readonly person: Person; readonly afterMs: number }[] {
  const roles = needed.map(({ role }) => role)
  return people
    .filter((person) => humanOf(person) !== humanOf(requester))
    .map((person) => ({ person, afterMs: soonest(person, roles, delays) }))
    .filter(({ afterMs }) => Number.isFinite(afterMs))
    .toSorted((a, b) => a.afterMs - b.afterMs)
}

const soonest = (person: Person, roles: readonly Role[], delays: Delays): number =>
  Math.min(...person.roles.filter((role) => roles.includes(role)).map((role) => delays[role]))
