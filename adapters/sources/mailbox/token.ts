import { z } from 'zod'
import { Fault } from '../../../src/core/fault.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Clock } from '../../../src/ports.ts'
import { type Http, shown } from '../../http.ts'

type Rule = SourceRuleOf<'mailbox'>
type Oauth = NonNullable<Rule['oauth']>

/** What a mailbox is opened with where its server takes no passwords (Microsoft 365, Google). */
export interface Tokens {
  /** A token that is good for a while yet. Throws Fault SOURCE_FAILED or HTTP_... . */
  get(signal: AbortSignal): Promise<string>
  /** The mail server refused it: the next one is asked for anew. */
  drop(): void
}

export interface TokenDeps {
  readonly http: Http
  readonly clock: Clock
  /** Null: the environment has none. */
  readonly clientSecret: string | null
  readonly refreshToken: string | null
}

const answer = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,16000}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().max(86_400).default(300),
})

const MOST_BYTES = 100_000
/** A token is not used to its last minute: a look takes two. */
const SPARE_MS = 180_000

/** Asks for tokens (RFC 6749, 4.4 and 6) and keeps one as long as it is good, in memory alone. */
export function createTokens(rule: Rule, oauth: Oauth, { http, clock, clientSecret, refreshToken }: TokenDeps): Tokens {
  let kept: { readonly token: string; readonly until: number } | null = null
  const place = shown(oauth.tokenUrl)
  return {
    get: async (signal) => {
      if (kept !== null && clock.now().getTime() < kept.until) return kept.token
      const { status, bytes } = await http.post(oauth.tokenUrl, form(oauth, place, clientSecret, refreshToken), {
        signal,
        maxBytes: MOST_BYTES,
        accept: 'application/json',
        allowNetworks: rule.allowNetworks,
      })
      const read = status === 200 ? answer.safeParse(jsonOf(bytes)) : null
      // What the server says of a refusal is not repeated: it may hold what it was sent.
      if (read === null)
        throw new Fault('SOURCE_FAILED', `${place} gives no token (${status}). Is the ${secretOf(oauth)} right, and still good?`)
      if (!read.success) throw new Fault('SOURCE_FAILED', `${place} answers with something that is no token.`)
      const { access_token: token, expires_in: seconds } = read.data
      kept = { token, until: clock.now().getTime() + seconds * 1000 - SPARE_MS }
      return token
    },
    drop: () => {
      kept = null
    },
  }
}

const secretOf = ({ grant }: Pick<Oauth, 'grant'>): string => (grant === 'refresh token' ? 'refresh token' : 'client secret')

function form(
  { grant, clientId, scope }: Oauth,
  place: string,
  clientSecret: string | null,
  refreshToken: string | null,
): Readonly<Record<string, string>> {
  const lacking = grant === 'refresh token' ? refreshToken === null : clientSecret === null
  if (lacking) throw new Fault('SOURCE_FAILED', `There is no ${secretOf({ grant })} for ${place} in the environment of the bot.`)
  return {
    client_id: clientId,
    ...(clientSecret === null ? {} : { client_secret: clientSecret }),
    ...(scope === undefined ? {} : { scope }),
    ...(grant === 'refresh token'
      ? { grant_type: 'refresh_token', refresh_token: refreshToken ?? '' }
      : { grant_type: 'client_credentials' }),
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}
