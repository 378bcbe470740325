import { ABOUT_PEOPLE, kept } from '../chat/kept.ts'
import type { Log } from '../chat/log.ts'
import { type Client, call } from './client.ts'

export interface Groups {
  /** Ids of the accounts in a user group; null: it cannot be read, or is none. Such a one gives nobody a role and is not mentioned. */
  membersOf(group: string): Promise<ReadonlySet<string> | null>
}

/** User groups, by the id that Slack shows in the menu of the group. Kept for a minute. */
export function slackGroups(client: Client, log: Log, now: () => number): Groups {
  const groups = kept<ReadonlySet<string>>({ ...ABOUT_PEOPLE, now })
  const read = async (usergroup: string): Promise<ReadonlySet<string>> => {
    const answer = await call('usergroups.users.list', () => client.usergroups.users.list({ usergroup }))
    return new Set(answer.users ?? [])
  }
  return {
    async membersOf(group) {
      try {
        return await groups.get(group, () => read(group))
      } catch (error) {
        log.warn({ err: error, group }, 'slack: a user group could not be read')
        return null
      }
    },
  }
}
