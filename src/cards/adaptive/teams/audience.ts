import type { Mentions } from '../mention.ts'
import { LIMITS } from './limits.ts'

/** Who of the policy's people is where a card is shown. */
export interface Audience {
  /** Accounts whose client asks for the card anew when they look at it. */
  readonly viewers: readonly string[]
  readonly mentions: Mentions
}

export const NOBODY: Audience = { viewers: [], mentions: { person: () => null, role: () => [] } }

/** Accounts by their address. */
export type Accounts = ReadonlyMap<string, { readonly id: string; readonly name: string }>

/** Somebody of the policy. */
export interface Known {
  readonly id: string
  readonly roles: readonly string[]
}

export const byAddress = (people: readonly Known[], emailOf: (person: string) => string | null): ReadonlyMap<string, Known> =>
  new Map(people.map((person) => [emailOf(person.id) ?? '', person]))

/** Teams' tags need rights of Graph that the bot does not ask for, so a role is its people; more than a handful would be noise. */
const MOST_CALLED = 5

/** Those of the policy's people who are in the place. */
export function audienceOf(accounts: Accounts, people: ReadonlyMap<string, Known>): Audience {
  const here = [...accounts].flatMap(([email, account]) => {
    const known = people.get(email)
    return known === undefined ? [] : [{ known, account }]
  })
  const byId = new Map(here.map(({ known, account }) => [known.id, account]))
  const holding = (role: string) => here.filter(({ known }) => known.roles.includes(role)).map(({ account }) => account)
  return {
    viewers: here.map(({ account }) => account.id).slice(0, LIMITS.refreshUsers),
    mentions: {
      person: (id) => byId.get(id) ?? null,
      role: (id) => (holding(id).length > MOST_CALLED ? [] : holding(id)),
    },
  }
}
