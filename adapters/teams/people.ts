import { allow, type Ruled, refuse } from '../../src/core/result.ts'
import type { Account } from '../../src/ports.ts'
import { unless } from '../chat/failures.ts'
import { ABOUT_PEOPLE, kept } from '../chat/kept.ts'
import { GUEST } from '../chat/visit.ts'
import { type Activity, withoutThread } from './activity.ts'
import { addressOf, type Connector, type Member } from './connector.ts'

export interface PeopleOptions {
  readonly connector: Pick<Connector, 'member' | 'personal'>
  readonly tenantId: string
  /** Teams to which the policy gives roles. */
  readonly groups: () => readonly string[]
}

/** What Teams has proved about whoever acts. Refuses guests, strangers and accounts without an address. */
export type AccountOf = (activity: Activity) => Promise<Ruled<Account>>

export function teamsPeople(options: PeopleOptions): AccountOf {
  const known = kept<Ruled<Account>>({ ...ABOUT_PEOPLE, now: Date.now })
  return (activity) => known.get(activity.from.id, () => look(options, activity))
}

async function look(options: PeopleOptions, activity: Activity): Promise<Ruled<Account>> {
  const found = await memberOf(options, activity)
  if (found === null) {
    return refuse(
      'NOT_A_MEMBER',
      'Teams does not know you as a member here, so I cannot tell who you are. Please write to me from your own account.',
    )
  }
  const account = accountOf(found, options.tenantId)
  return account.ok ? allow({ ...account.value, groups: await groupsOf(options, activity.from.id) }) : account
}

/** In the team or chat; a message extension is also used where the bot is not, so then in the private chat with the bot. */
async function memberOf({ connector }: PeopleOptions, { from, conversation, channelData }: Activity): Promise<Member | null> {
  const place = channelData?.team?.id ?? withoutThread(conversation.id)
  return (
    (await unlessOutside(connector.member(place, from.id))) ??
    (await unlessOutside(connector.personal(from.id).then((chat) => connector.member(chat, from.id))))
  )
}

/** Who is not in it, or where the bot is not, cannot be looked up there. */
const unlessOutside = (look: Promise<Member | null>): Promise<Member | null> => unless(['FORBIDDEN', 'REJECTED', 'GONE'], look)

function accountOf(member: Member, tenantId: string): Ruled<Account> {
  if (isGuest(member, tenantId)) return GUEST
  const email = addressOf(member)
  if (email === null) {
    return refuse('NO_ADDRESS', 'Teams shows no e-mail address for you, so I cannot tell who you are. Please ask your administrator.')
  }
  return allow({ platform: 'teams', id: member.id, name: member.name ?? email, email, groups: [] })
}

/** Other tenants decide about their own addresses, and a guest's address here was confirmed by nobody of ours. */
const isGuest = ({ userRole, tenantId, userPrincipalName }: Member, ours: string): boolean =>
  userRole?.toLowerCase() !== 'user' || tenantId !== ours || /#EXT#/i.test(userPrincipalName ?? '')

async function groupsOf({ connector, groups }: PeopleOptions, user: string): Promise<readonly string[]> {
  const asked = groups().map(async (team) => ((await unlessOutside(connector.member(team, user))) === null ? [] : [team]))
  return (await Promise.all(asked)).flat()
}
