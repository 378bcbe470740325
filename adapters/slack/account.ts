import { z } from 'zod'
import { allow, type Ruled, refuse } from '../../src/core/result.ts'
import { GUEST } from '../chat/visit.ts'

/** What `auth.test` says about our own installation. */
export interface Installation {
  readonly botUser: string
  readonly team: string
  readonly enterprise: string | undefined
  /** Address of the workspace, e.g. `https://example.slack.com/`; permanent links begin with it. */
  readonly url: string
}

export const slackUser = z.object({
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

export type SlackUser = z.infer<typeof slackUser>

/** The address of an active account of ours, as Slack has confirmed it. Anybody else is refused. */
export function addressOf(found: SlackUser, installation: Installation): Ruled<string> {
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
