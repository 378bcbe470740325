import { z } from 'zod'
import { allow, type Ruled, refuse } from '../../src/core/result.ts'
import { type Client, call } from './platform.ts'

/** What `auth.test` says about our own installation. */
export interface Installation {
  readonly botUser: string
  readonly team: string
  readonly enterprise: string | undefined
}

const account = z.object({
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

type Account = z.infer<typeof account>

export interface PeopleOptions {
  readonly client: Client
  readonly installation: Installation
  /** Lower-case e-mail address to the id of a person of the policy. */
  readonly personByEmail: (email: string) => string | null
  /** Milliseconds; only measures the age of what was looked up. */
  readonly now: () => number
}

/** A deactivated account must lose its rights soon, a burst of clicks must not ask Slack each time. */
const KEPT_MS = 60_000
const MOST_KEPT = 5000

/** Tells which person of the policy a Slack user is: by the e-mail address that Slack has confirmed. Accounts are kept for a minute. */
export function slackPeople({ client, installation, personByEmail, now }: PeopleOptions): (user: string) => Promise<Ruled<string>> {
  const kept = new Map<string, { readonly account: Account; readonly until: number }>()
  const look = async (user: string): Promise<Account> => {
    const known = kept.get(user)
    if (known && known.until > now()) return known.account
    const answer = await call('users.info', () => client.users.info({ user }))
    const found = account.parse(answer.user)
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(user, { account: found, until: now() + KEPT_MS })
    return found
  }
  return async (user) => personOf(await look(user), installation, personByEmail)
}

function personOf(found: Account, installation: Installation, personByEmail: PeopleOptions['personByEmail']): Ruled<string> {
  if (found.deleted || found.is_bot) return refuse('NOT_A_PERSON', 'Only people with an active Slack account can use Patchcrier.')
  if (isGuest(found) || !isOurs(found, installation)) {
    return refuse('GUEST', 'Guests and people of other organisations cannot use Patchcrier. Please ask your contact here to do it.')
  }
  const email = found.profile?.email?.toLowerCase()
  if (email === undefined || !found.is_email_confirmed) {
    return refuse(
      'EMAIL_UNCONFIRMED',
      'Slack has not confirmed your e-mail address, so I cannot tell who you are. Please confirm it in your Slack profile.',
    )
  }
  const person = personByEmail(email)
  if (person === null)
    return refuse('UNKNOWN_PERSON', 'You are not in the policy of Patchcrier yet. Please ask your patch team for a role.')
  return allow(person)
}

const isGuest = (found: Account): boolean => found.is_restricted || found.is_ultra_restricted || found.is_stranger

/** In a channel shared with another organisation its administrators decide what its users' e-mail addresses are. */
const isOurs = (found: Account, { team, enterprise }: Installation): boolean =>
  found.team_id === team || (enterprise !== undefined && found.enterprise_user?.enterprise_id === enterprise)
