import { type Accounts, type Audience, audienceOf, type Known, NOBODY } from '../../src/cards/adaptive/teams/audience.ts'
import { ChatError } from '../../src/ports.ts'
import { kept } from '../chat/kept.ts'
import { within } from '../chat/soon.ts'
import { addressOf, type Connector } from './connector.ts'

export interface RosterOptions {
  readonly connector: Pick<Connector, 'members' | 'personal'>
  /** The people of the policy by their address, in lower case. */
  readonly people: () => Promise<ReadonlyMap<string, Known>>
}

/** Who is in a conversation, and how to reach them alone. Kept in memory only; anything forgotten is asked for again. */
export interface Roster {
  /** The policy's people in it. Nobody where Teams does not say in time: the card is as good without. */
  audience(conversation: string): Promise<Audience>
  /** The account with this address. */
  account(conversation: string, email: string): Promise<string | null>
  /** Says something in the private conversation with an account; one that is gone is made once more. */
  alone(account: string, say: (chat: string) => Promise<unknown>): Promise<void>
}

const KEPT_MS = 10 * 60_000
const MOST_KEPT = 200
const MOST_CHATS = 10_000

/** A post does not wait longer for it. */
const KNOWN_WITHIN_MS = 2000

export function teamsRoster({ connector, people }: RosterOptions): Roster {
  const places = kept<Accounts>({ forMs: KEPT_MS, most: MOST_KEPT, now: Date.now })
  const chats = kept<string>({ most: MOST_CHATS, now: Date.now })
  const accountsIn = (conversation: string): Promise<Accounts> => places.get(conversation, () => read(connector, conversation))
  return {
    audience: async (conversation) => {
      const accounts = await within(accountsIn(conversation), KNOWN_WITHIN_MS).catch(() => 'late' as const)
      return accounts === 'late' ? NOBODY : audienceOf(accounts, await people())
    },
    account: async (conversation, email) => (await accountsIn(conversation)).get(email)?.id ?? null,
    alone: async (account, say) => {
      const sayThere = async () => say(await chats.get(account, () => connector.personal(account)))
      try {
        await sayThere()
      } catch (error) {
        if (!(error instanceof ChatError) || error.code !== 'GONE') throw error
        chats.forget(account)
        await sayThere()
      }
    },
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
