import { allow, type Ruled, refuse } from '../../core/result.ts'
import type { Account, Outcome } from '../../ports.ts'
import type { House } from '../house.ts'

/** The person of the policy whose verified address it is. */
export function recognise({ inForce }: House, { email }: Account): Ruled<string> {
  const person = inForce.policy.people.find((one) => one.email.toLowerCase() === email)
  return person
    ? allow(person.id)
    : refuse('PERSON_UNKNOWN', 'You are not in the policy of Patchcrier yet. Please ask your patch team for a role.')
}

export async function askForRole(_house: House, _account: Account): Promise<Outcome> {
  return refuse('PERSON_UNKNOWN', 'You are not in the policy of Patchcrier yet. Please ask your patch team for a role.')
}
