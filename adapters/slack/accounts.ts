import { z } from 'zod'
import { allow, type Ruled, refuse } from '../../src/core/result.ts'
import type { Account, Directory } from '../../src/ports.ts'
import { ABOUT_PEOPLE, kept } from '../chat/kept.ts'
import { GUEST } from '../chat/visit.ts'
import { type Client, call } from './client.ts'
import type { Groups } from './groups.ts'

/** What `auth.test` says about our own installation. */
export interface Installation {
  readonly botUser: string
  readonly team: string
  readonly enterprise: string | undefined
  /** Address of the workspace, e.g. `https://example.slack.com/`; permanent links begin with it. */
  readonly url: string
}

const slackUser = z.object({
  id: z.string(),
  name: z.string().optional(),
  real_name: z.string().optional(),
  tz: z.string().nullish(),
  team_id: z.string().optional(),
  enterprise_user: z.object({ enterprise_id: z.string().optional() }).optional(),
  deleted: z.boolean().default(false),
  is_bot: z.boolean().default(false),
  is_restricted: z.boolean().default(false),
  is_ultra_restricted: z.boolean().default(false),
  is_stranger: z.boolean().default(false),
  is_email_confirmed: z.boolean().default(false),
  profile: z.object({ email: z.string().optional() }).optional(),
})

type SlackUser = z.infer<typeof slackUser>

interface AccountsOptions {
  readonly client: Client
  readonly installation: Installation
  readonly directory: Pick<Directory, 'groups'>
  readonly groups: Groups
  /** Milliseconds; only measures the age of what was looked up. */
  readonly now: () => number
}

/** Proves a Slack user: an active account of ours whose address Slack has confirmed, with its groups. Anybody else is refused. */
export function slackAccounts({
  client,
  installation,
  directory,
  groups,
  now,
}: AccountsOptions): (user: string) => Promise<Ruled<Account>> {
  const users = kept<SlackUser>({ ...ABOUT_PEOPLE, now })
  const read = async (user: string) => slackUser.parse((await call('users.info', () => client.users.info({ user }))).user)
  return async (id) => {
    const found = await users.get(id, () => read(id))
    const email = addressOf(found, installation)
    if (!email.ok) return email
    const named = directory.groups()
    const members = await Promise.all(named.map((group) => groups.membersOf(group)))
    return allow({
      platform: 'slack',
      id,
      name: found.real_name || found.name || email.value,
      email: email.value,
      ...(found.tz ? { zone: found.tz } : {}),
      groups: named.filter((_, index) => members[index]?.has(id)),
    })
  }
}

function addressOf(found: SlackUser, installation: Installation): Ruled<string> {
  if (found.deleted || found.is_bot) return refuse('NOT_A_PERSON', 'Only people with an active Slack account can use Patchcrier.')
  if (isGuest(found) || !isOurs(found, installation)) return GUEST
  const email = found.profile?.email?.toLowerCase()
  if (email !== undefined && found.is_email_confirmed) return allow(email)
  return refuse(
    'EMAIL_UNCONFIRMED',
    'Slack has not confirmed your e-mail address, so I cannot tell who you are. Please confirm it in your Slack profile.',
  )
}

const isGuest = (found: SlackUser): boolean => found.is_restricted || found.is_ultra_restricted || found.is_stranger

/** In a channel shared with another organisation its administrators decide what its users' e-mail addresses are. */
const isOurs = (found: SlackUser, { team, enterprise }: Installation): boolean =>
  found.team_id === team || (enterprise !== undefined && found.enterprise_user?.enterprise_id === enterprise)
