import type { Mentions } from '../../src/cards/block-kit/rich.ts'
import { calledBy, type Mention } from '../../src/cards/called.ts'
import type { Card } from '../../src/cards/card.ts'
import { allow, type Ruled } from '../../src/core/result.ts'
import type { Account, Directory } from '../../src/ports.ts'
import { unless } from '../chat/failures.ts'
import { ABOUT_PEOPLE, type KeptOptions, kept } from '../chat/kept.ts'
import { lastRead, MEMBERS_LAST_MS } from '../chat/last-read.ts'
import type { Log } from '../chat/log.ts'
import { addressOf, type Installation, type SlackUser, slackUser } from './account.ts'
import type { Client } from './client.ts'

/** Who a Slack user is, and whom a card mentions. */
export interface People {
  /** Proves a Slack user: an active account of ours whose address Slack has confirmed, with its groups. Anybody else is refused. */
  accountOf(user: string): Promise<Ruled<Account>>
  /** Slack's id of a person's account; null: none that is known here. Throws `ChatError`. */
  userOf(person: string): Promise<string | null>
  /** Whom the mentions of a card name, as far as Slack knows them. Never throws: a name is shown where a look-up fails. */
  mentionsOf(card: Card): Promise<Mentions>
}

interface Sources extends Pick<KeptOptions, 'now'> {
  readonly client: Client
  readonly installation: Installation
  readonly directory: Directory
  readonly log: Log
}

/** Asks Slack; what it says is kept for a minute. Accounts of the policy's people are found by their address, user groups by their id. */
export function slackPeople({ client, installation, directory, log, now }: Sources): People {
  const about = { ...ABOUT_PEOPLE, now }
  const users = kept<SlackUser>(about)
  const ids = kept<string | null>(about)
  const groups = kept<ReadonlySet<string>>(about)
  const orLast = lastRead<ReadonlySet<string>>({ forMs: MEMBERS_LAST_MS, now, log })
  const askUser = async (user: string) => slackUser.parse((await client.users.info({ user })).user)
  const askId = async (email: string) => {
    const user = (await unless(['GONE'], client.users.lookupByEmail({ email })))?.user
    return user?.deleted === true ? null : (user?.id ?? null)
  }
  const askGroup = async (usergroup: string) => new Set((await client.usergroups.users.list({ usergroup })).users)
  const orNull = <T>(asked: Promise<T>, fields: object, otherwise: string): Promise<T | null> =>
    asked.catch((error) => {
      log.warn({ err: error, ...fields }, otherwise)
      return null
    })
  const readGroup = (group: string) => groups.get(group, () => orLast(group, () => askGroup(group)))
  /** Null: it cannot be read, and was not lately, or is none. Such a group gives nobody a role and is not mentioned. */
  const membersOf = (group: string): Promise<ReadonlySet<string> | null> =>
    orNull(readGroup(group), { group }, 'slack: a user group could not be read')
  const userOf = async (person: string): Promise<string | null> => {
    const email = directory.emailByPerson(person)
    return email === null ? null : ids.get(email, () => askId(email))
  }
  const idOf = async ({ mention, id }: Mention): Promise<string | null> => {
    if (mention === 'person') return orNull(userOf(id), {}, 'slack: somebody who is mentioned could not be looked up')
    const group = directory.groupByRole(id)
    return group !== null && (await membersOf(group)) !== null ? group : null
  }
  return {
    userOf,
    async mentionsOf(card) {
      const found = await Promise.all(calledBy(card).map(async (one) => [`${one.mention}:${one.id}`, await idOf(one)] as const))
      const known = new Map(found)
      return ({ mention, id }) => known.get(`${mention}:${id}`) ?? null
    },
    async accountOf(id) {
      const found = await users.get(id, () => askUser(id))
      const email = addressOf(found, installation)
      if (!email.ok) return email
      const named = directory.groups()
      const members = await Promise.all(named.map(membersOf))
      return allow({
        platform: 'slack',
        id,
        name: found.real_name || found.name || email.value,
        email: email.value,
        ...(found.tz ? { zone: found.tz } : {}),
        groups: named.filter((_, index) => members[index]?.has(id)),
      })
    },
  }
}
