import { ConfigurationServiceClientCredentialFactory } from 'botbuilder'
import { z } from 'zod'

const tokenSource = z.object({ getToken: z.custom<(anew: boolean) => Promise<string>>((value) => typeof value === 'function') })

/** A token for Teams by the managed identity of the machine. Asks the machine's own identity service; the library keeps the token, unless it is wanted `anew`. */
export async function managedToken(appId: string, tenantId: string, scope: string, anew: boolean): Promise<string> {
  const factory = new ConfigurationServiceClientCredentialFactory({
    MicrosoftAppType: 'UserAssignedMsi',
    MicrosoftAppId: appId,
    MicrosoftAppTenantId: tenantId,
  })
  const credentials: unknown = await factory.createCredentials(appId, scope, 'https://login.microsoftonline.com/', true)
  // `getToken` needs its own object.
  tokenSource.parse(credentials)
  return (credentials as z.infer<typeof tokenSource>).getToken(anew)
}
