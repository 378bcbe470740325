import { ChatError } from '../../src/ports.ts'
import { kept } from '../chat/kept.ts'
import { within } from '../chat/soon.ts'
import { addressOf, type Connector } from './connector.ts'
import { LIMITS } from './limits.ts'
import { type Audience, NOBODY } from './render.ts'

export interface RosterOptions {
  readonly connector: Pick<Connector, 'members' | 'personal'>
  /** The people of the policy by their address, in lower case. */
  readonly people: () => Promise<ReadonlyMap<string, Known>>
  readonly now: () => number
}

/** Somebody of the policy. */
export interface Known {
  readonly id: string
  readonly roles: readonly string[]
}

/** Who is in a conversation, and how to reach them alone. Kept in memory only; anything forgotten is asked for again. */
export interface Roster {
  /** The policy's people in it. Nobody where Teams does not say in time: the card is as good without. */
  audience(conversation: string): Promise<Audience>
  /** The account with this address. */
  account(conversation: string, email: string): Promise<string | null>
  /** The private conversation with an account. */
  chat(account: string): Promise<string>
  forgetChat(account: string): void
}

const KEPT_MS = 10 * 60_000
const MOST_KEPT = 200
const MOST_CHATS = 10_000

/** By address. */
type Accounts = ReadonlyMap<string, { readonly id: string; readonly name: string }>

/** A post does not wait longer for it. */
const KNOWN_WITHIN_MS = 2000

export function teamsRoster({ connector, people, now }: RosterOptions): Roster {
  const places = kept<Accounts>({ forMs: KEPT_MS, most: MOST_KEPT, now })
  const chats = kept<string>({ most: MOST_CHATS, now })
  const accountsIn = (conversation: string): Promise<Accounts> => places.get(conversation, () => read(connector, conversation))
  return {
    audience: async (conversation) => {
      const accounts = await within(accountsIn(conversation), KNOWN_WITHIN_MS).catch(() => 'late' as const)
      return accounts === 'late' ? NOBODY : audienceOf(accounts, await people())
    },
    account: async (conversation, email) => (await accountsIn(conversation)).get(email)?.id ?? null,
    chat: (account) => chats.get(account, () => connector.personal(account)),
    forgetChat: chats.forget,
  }
}

async function read(connector: RosterOptions['connector'], conversation: string): Promise<Accounts> {
  const members = await connector.members(conversation)
  return new Map(
    members.flatMap((member) => {
      const address = addressOf(member)
      return address === null ? [] : [[address, { id: member.id, name: member.name ?? address }] as const]
    }),
  )
}

/** Teams' tags need rights of Graph that the bot does not ask for, so a role is its people; more than a handful would be noise. */
const MOST_CALLED = 5

function audienceOf(accounts: Accounts, people: ReadonlyMap<string, Known>): Audience {
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

/** Shows something to an account alone; a chat that is gone is made once more. */
export async function tellAlone(
  roster: Pick<Roster, 'chat' | 'forgetChat'>,
  account: string,
  say: (chat: string) => Promise<unknown>,
): Promise<void> {
  try {
    await say(await roster.chat(account))
  } catch (error) {
    if (!(error instanceof ChatError) || error.code !== 'GONE') throw error
    roster.forgetChat(account)
    await say(await roster.chat(account))
  }
}
