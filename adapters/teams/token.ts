import { z } from 'zod'
import { signInRefusal } from '../../src/core/doctor/teams.ts'
import { ChatError } from '../../src/ports.ts'
import { managedToken } from './botframework/managed.ts'
import { noAnswer, unsent } from './errors.ts'

export interface Credentials {
  readonly appId: string
  readonly tenantId: string
  /** Null: the managed identity of the machine. */
  readonly password: string | null
  readonly loginUrl: string
}

/**
 * The bot's token; another one than `refused`, which Teams did not take. Throws `ChatError`: FORBIDDEN when the bot is refused, UNREACHED when
 * nobody could be asked, or a proxy answered with a page of its own: nothing has been sent by then.
 */
export type Token = (refused?: string) => Promise<string>

const SCOPE = 'https://api.botframework.com'
const ANSWER_WITHIN_MS = 10_000
/** A token is renewed this long before it ends. */
const SPARE_MS = 5 * 60_000

const answer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number() })
const refusal = z.object({ error: z.string().regex(/^[a-z_]{1,60}$/), error_codes: z.array(z.number()).optional() })

/** The bot's own token for Teams, kept until shortly before it ends. */
export function tokenOf(credentials: Credentials): Token {
  const { appId, tenantId, password } = credentials
  if (password === null) return (bad) => managedToken(appId, tenantId, SCOPE, bad !== undefined).catch(refused)
  let kept: Kept | null = null
  let asking: Promise<Kept> | null = null
  return async (bad) => {
    if (kept !== null && kept.until > Date.now() && kept.value !== bad) return kept.value
    asking ??= ask(credentials, password).finally(() => {
      asking = null
    })
    kept = await asking
    return kept.value
  }
}

interface Kept {
  readonly value: string
  /** Milliseconds since 1970. */
  readonly until: number
}

function refused(error: unknown): never {
  throw new ChatError('FORBIDDEN', `the managed identity gives no token (${error instanceof Error ? error.name : 'unknown failure'})`)
}

async function ask({ appId, tenantId, loginUrl }: Credentials, password: string): Promise<Kept> {
  const form = { grant_type: 'client_credentials', client_id: appId, client_secret: password, scope: `${SCOPE}/.default` }
  const url = `${loginUrl}${encodeURIComponent(tenantId)}/oauth2/v2.0/token`
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'error', signal }).catch((error) => {
    throw unsent(`sign-in: ${noAnswer(error)}`)
  })
  const body: unknown = await response.json().catch(() => null)
  const good = answer.safeParse(body).data
  if (response.ok && good) return { value: good.access_token, until: Date.now() + good.expires_in * 1000 - SPARE_MS }
  if (response.ok) throw unsent('sign-in: Microsoft answered without a token')
  if (response.status >= 500 || response.status === 429) throw unsent(`sign-in: Microsoft answered HTTP ${response.status}`)
  const { error, error_codes } = refusal.safeParse(body).data ?? { error: `HTTP ${response.status}` }
  throw new ChatError('FORBIDDEN', `sign-in: Microsoft refused the bot${signInRefusal(error, error_codes?.[0])}`)
}
