import { ConfigurationServiceClientCredentialFactory } from 'botbuilder'
import { z } from 'zod'

/** The bot, as the library wants to know it. Without a password it is known by the managed identity of the machine. */
export function botOf(appId: string, tenantId: string, password: string | null): ConfigurationServiceClientCredentialFactory {
  const type = password === null ? 'UserAssignedMsi' : 'SingleTenant'
  const identity = { MicrosoftAppType: type, MicrosoftAppId: appId, MicrosoftAppTenantId: tenantId }
  return new ConfigurationServiceClientCredentialFactory(password === null ? identity : { ...identity, MicrosoftAppPassword: password })
}

const tokenSource = z.object({ getToken: z.custom<(anew: boolean) => Promise<string>>((value) => typeof value === 'function') })

/** A token for Teams by the managed identity of the machine. Asks the machine's own identity service; the library keeps the token, unless it is wanted `anew`. */
export async function managedToken(appId: string, tenantId: string, scope: string, anew: boolean): Promise<string> {
  const credentials: unknown = await botOf(appId, tenantId, null).createCredentials(
    appId,
    scope,
    'https://login.microsoftonline.com/',
    true,
  )
  // `getToken` needs its own object.
  tokenSource.parse(credentials)
  return (credentials as z.infer<typeof tokenSource>).getToken(anew)
}
