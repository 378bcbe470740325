import { ChatError } from '../../src/ports.ts'
import type { Connector } from './connector.ts'
import { LIMITS } from './limits.ts'

export interface RosterOptions {
  readonly connector: Pick<Connector, 'members' | 'personal'>
  /** Addresses of the people of the policy. */
  readonly addresses: () => Promise<ReadonlySet<string>>
  readonly now: () => number
}

/** Who is in a conversation, and how to reach them alone. Kept in memory only; anything forgotten is asked for again. */
export interface Roster {
  /** Accounts of the policy's people in it, as many as may be named for a refresh. None where Teams does not say. */
  viewers(conversation: string): Promise<readonly string[]>
  /** The account with this address. */
  account(conversation: string, email: string): Promise<string | null>
  /** The private conversation with an account. */
  chat(account: string): Promise<string>
  forgetChat(account: string): void
}

const KEPT_MS = 10 * 60_000
const MOST_KEPT = 200
const MOST_CHATS = 10_000

type Accounts = ReadonlyMap<string, string>

export function teamsRoster({ connector, addresses, now }: RosterOptions): Roster {
  const kept = new Map<string, { readonly accounts: Promise<Accounts>; readonly until: number }>()
  const chats = new Map<string, string>()
  const accountsIn = (conversation: string): Promise<Accounts> => {
    const known = kept.get(conversation)
    if (known && known.until > now()) return known.accounts
    const accounts = read(connector, conversation)
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(conversation, { accounts, until: now() + KEPT_MS })
    accounts.catch(() => kept.delete(conversation))
    return accounts
  }
  return {
    viewers: async (conversation) => {
      // Without the list the card is as good for everybody; it is only not drawn anew by itself.
      const accounts: Accounts = await accountsIn(conversation).catch(() => new Map())
      const ours = await addresses()
      return [...accounts].flatMap(([email, id]) => (ours.has(email) ? [id] : [])).slice(0, LIMITS.refreshUsers)
    },
    account: async (conversation, email) => (await accountsIn(conversation)).get(email) ?? null,
    chat: async (account) => {
      const known = chats.get(account)
      if (known !== undefined) return known
      const made = await connector.personal(account)
      if (chats.size >= MOST_CHATS) chats.clear()
      chats.set(account, made)
      return made
    },
    forgetChat: (account) => void chats.delete(account),
  }
}

async function read(connector: RosterOptions['connector'], conversation: string): Promise<Accounts> {
  const members = await connector.members(conversation)
  return new Map(
    members.flatMap(({ id, email, userPrincipalName }) => {
      const address = (email || userPrincipalName)?.toLowerCase()
      return address ? [[address, id] as const] : []
    }),
  )
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
