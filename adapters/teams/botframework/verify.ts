import { type Activity, ConfigurationBotFrameworkAuthentication } from 'botbuilder'
import { AuthenticationConstants } from 'botframework-connector'
import { JwtTokenExtractor } from 'botframework-connector/lib/auth/jwtTokenExtractor.js'
import { z } from 'zod'
import { GoodTokens } from '../../chat/good-tokens.ts'
import { parsedJson } from '../../chat/json.ts'
import { botOf } from './managed.ts'
import { quietly } from './quiet.ts'

/** Whose bot it is, and where Microsoft's services are. */
export interface Issuers {
  readonly appId: string
  readonly tenantId: string
  /** Null: a managed identity. */
  readonly password: string | null
  /** Where the keys of the channel's tokens are described; null: Microsoft's address. */
  readonly keysUrl: string | null
}

/** True when the token proves that Microsoft's channel sent a request to this bot, from this service address. Never throws. */
export type Verify = (header: string, serviceUrl: string) => Promise<boolean>

const ISSUER = 'https://api.botframework.com'
const CHANNEL = 'msteams'
/** As Microsoft's own library allows. */
const CLOCK_TOLERANCE_S = 5 * 60

/**
 * Checks by Microsoft's own library: signature by the published keys, their endorsement for Teams, issuer, audience, time and service
 * address. Only tokens of the channel count: the library would also take those of its emulator, which name no service address.
 */
export function verifier({ appId, tenantId, password, keysUrl }: Issuers, onTrouble: (error: unknown) => void): Verify {
  const endorsed = { requiredEndorsements: [CHANNEL] }
  const bot = botOf(appId, tenantId, password)
  const authentication = new ConfigurationBotFrameworkAuthentication(keysUrl === null ? {} : elsewhere(keysUrl), bot, endorsed)
  // The keys as the library has read them for this address: it keeps them for the whole process, so that nothing is fetched twice.
  const keys = new JwtTokenExtractor({}, keysUrl ?? AuthenticationConstants.ToBotFromChannelOpenIdMetadataUrl, []).openIdMetadata
  const good = new GoodTokens()
  return async (header, serviceUrl) => {
    const now = Date.now()
    if (good.has(header, serviceUrl, now)) return true
    const claimed = claimsOf(header)
    if (claimed === null || !isForUs(claimed, appId, serviceUrl, now / 1000)) return false
    try {
      await quietly(() => authentication.authenticateRequest({ channelId: CHANNEL, serviceUrl } as Partial<Activity> as Activity, header))
      // To the library, a key without any endorsement is one for every channel.
      if ((await keys.getKey(claimed.kid))?.endorsements?.includes(CHANNEL) !== true) throw new Error('the key is not endorsed for Teams')
      good.add(header, serviceUrl, claimed.exp * 1000, now)
      return true
    } catch (error) {
      onTrouble(error)
      return false
    }
  }
}

const elsewhere = (keysUrl: string) => ({
  ToChannelFromBotLoginUrl: 'https://login.microsoftonline.com/botframework.com',
  ToChannelFromBotOAuthScope: ISSUER,
  ToBotFromChannelTokenIssuer: ISSUER,
  ToBotFromChannelOpenIdMetadataUrl: keysUrl,
  ToBotFromEmulatorOpenIdMetadataUrl: keysUrl,
  CallerId: 'urn:botframework:azure',
  ValidateAuthority: false,
})

const head = z.object({ alg: z.literal('RS256'), kid: z.string().min(1) })
const claims = z.object({ iss: z.literal(ISSUER), aud: z.string(), serviceurl: z.string(), exp: z.number(), nbf: z.number() })

/** Null where it is no token of the kind that the channel makes. */
function claimsOf(header: string): (z.infer<typeof claims> & z.infer<typeof head>) | null {
  const [, first = '', second = ''] = /^Bearer ([\w-]+)\.([\w-]+)\.[\w-]+$/.exec(header) ?? []
  const [key, said] = [head.safeParse(decoded(first)).data, claims.safeParse(decoded(second)).data]
  return key && said ? { ...key, ...said } : null
}

/** What needs no key. It spares the library what it would answer with a stack, or as a fault of ours. */
function isForUs({ nbf, exp, aud, serviceurl }: z.infer<typeof claims>, appId: string, serviceUrl: string, now: number): boolean {
  const inTime = nbf <= now + CLOCK_TOLERANCE_S && exp >= now - CLOCK_TOLERANCE_S
  return inTime && aud === appId && serviceurl === serviceUrl
}

const decoded = (part: string): unknown => parsedJson(Buffer.from(part, 'base64url').toString('utf8'))
