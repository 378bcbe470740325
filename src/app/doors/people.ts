import { askedCard } from '../../cards/role-request.ts'
import { groupsOf, isMemberId, stillProved } from '../../core/policy/groups.ts'
import type { Person, Policy } from '../../core/policy.ts'
import { allow, type Ruled, refuse } from '../../core/result.ts'
import type { Account, Outcome } from '../../ports.ts'
import { type House, transact } from '../house.ts'
import { nameOf, prove } from '../people/prove.ts'
import { askAdmins } from '../people/requests.ts'

/**
 * The person behind an account: whom the policy names by this address, else who is in one of its groups. What the platform says of
 * its groups counts from this click on, also where it has become less. An adapter brings no guest, nobody deactivated, and only
 * addresses that its platform has confirmed.
 */
export async function recognise(house: House, given: Account): Promise<Ruled<string>> {
  const account = { ...given, email: given.email.trim().toLowerCase() }
  const { policy } = house.inForce
  const groups = groupsOf(policy, account)
  const known = house.members.byEmail(account.email)
  const nothingNew = known ? stillProved(known.proofs, account.platform, groups, policy, house.clock.now()) : groups.length === 0
  if (!nothingNew) await prove(house, account, groups)
  const person = personAt(house.inForce.policy, account.email)
  return person && person.roles.length > 0 ? allow(person.id) : unknown(policy)
}

/** Those whom the policy names come first, so the search for one of them ends where the members begin. */
function personAt({ people }: Policy, email: string): Person | undefined {
  return people.find((one) => !isMemberId(one.id) && one.email.toLowerCase() === email) ?? people.find((one) => one.email === email)
}

const unknown = ({ organisation }: Policy) =>
  refuse(
    'PERSON_UNKNOWN',
    `I do not know you at ${organisation} yet, so I can do nothing for you here. Ask for a role, and the admins are told; they add you to the policy.`,
  )

/** The admins are told, once, that somebody wants a role; the answer says so. */
export async function askForRole(house: House, given: Account): Promise<Outcome> {
  const account = { ...given, email: given.email.trim().toLowerCase() }
  const recognised = await recognise(house, account)
  const { policy } = house.inForce
  if (recognised.ok) {
    const roles = policy.people.find(({ id }) => id === recognised.value)?.roles ?? []
    return { ok: true, cards: [askedCard('known', policy, roles)] }
  }
  const asked = await transact(house, (unit) => askAdmins(unit, account, nameOf(account)))
  return { ok: true, cards: [askedCard(asked, policy)] }
}
