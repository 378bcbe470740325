import { webApi } from '@slack/bolt'
import type { Mentions } from '../../src/cards/block-kit/rich.ts'
import { calledBy, type Mention } from '../../src/cards/called.ts'
import type { Card } from '../../src/cards/card.ts'
import type { Directory } from '../../src/ports.ts'
import { ABOUT_PEOPLE, kept } from '../chat/kept.ts'
import type { Log } from '../chat/log.ts'
import { type Client, call } from './client.ts'
import type { Groups } from './groups.ts'

export interface Accounts {
  /** Slack's id of a person's account; null: none that is known here. Throws `ChatError`. */
  userOf(person: string): Promise<string | null>
  /** Whom the mentions of a card name, as far as Slack knows them. Never throws: a name is shown where a look-up fails. */
  mentionsOf(card: Card): Promise<Mentions>
}

interface Sources {
  readonly client: Client
  readonly directory: Directory
  readonly groups: Groups
  readonly log: Log
  readonly now: () => number
}

/** Finds people's accounts by their address in the policy; kept for a minute. */
export function accountsByAddress({ client, directory, groups, log, now }: Sources): Accounts {
  const ids = kept<string | null>({ ...ABOUT_PEOPLE, now })
  const lookUp = (email: string) => call('users.lookupByEmail', () => client.users.lookupByEmail({ email }).then(activeId, nobody))
  const userOf = async (person: string): Promise<string | null> => {
    const email = directory.emailByPerson(person)
    return email === null ? null : ids.get(email, () => lookUp(email))
  }
  const idOf = async ({ mention, id }: Mention): Promise<string | null> => {
    if (mention === 'role') {
      const group = directory.groupByRole(id)
      return group !== null && (await groups.membersOf(group)) !== null ? group : null
    }
    try {
      return await userOf(id)
    } catch (error) {
      log.warn({ err: error }, 'slack: somebody who is mentioned could not be looked up')
      return null
    }
  }
  return {
    userOf,
    async mentionsOf(card) {
      const found = await Promise.all(calledBy(card).map(async (one) => [`${one.mention}:${one.id}`, await idOf(one)] as const))
      const known = new Map(found)
      return ({ mention, id }) => known.get(`${mention}:${id}`) ?? null
    },
  }
}

const activeId = ({ user }: webApi.UsersLookupByEmailResponse): string | null => (user?.deleted === true ? null : (user?.id ?? null))

/** That nobody has this address is an answer, not a failure. */
function nobody(error: unknown): null {
  if (error instanceof webApi.WebAPIPlatformError && error.data.error === 'users_not_found') return null
  throw error
}
