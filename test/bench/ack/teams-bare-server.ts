import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConfigurationServiceClientCredentialFactory,
  type Request,
  type Response,
  TeamsActivityHandler,
} from 'botbuilder'
import { APP_ID, PASSWORD, TENANT } from '../../support/teams.ts'

/** The least that a bot of Microsoft's library can be: its adapter with its check of the token, one handler that answers a press. */
class Bare extends TeamsActivityHandler {
  protected override async onAdaptiveCardInvoke() {
    return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: { message: 'Done.' } }
  }
}

/** @param peer where the issuer of the tokens is */
export async function bareTeamsServer(peer: string): Promise<string> {
  const credentials = new ConfigurationServiceClientCredentialFactory({
    MicrosoftAppType: 'SingleTenant',
    MicrosoftAppId: APP_ID,
    MicrosoftAppPassword: PASSWORD,
    MicrosoftAppTenantId: TENANT,
  })
  const issuer = 'https://api.botframework.com'
  const adapter = new CloudAdapter(
    new ConfigurationBotFrameworkAuthentication(
      {
        ToChannelFromBotLoginUrl: 'https://login.microsoftonline.com/botframework.com',
        ToChannelFromBotOAuthScope: issuer,
        ToBotFromChannelTokenIssuer: issuer,
        ToBotFromChannelOpenIdMetadataUrl: `${peer}/openid`,
        ToBotFromEmulatorOpenIdMetadataUrl: `${peer}/openid`,
        CallerId: 'urn:botframework:azure',
        ValidateAuthority: false,
      },
      credentials,
      { requiredEndorsements: ['msteams'] },
    ),
  )
  const bot = new Bare()
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
    // What of express the adapter uses.
    const answer: Response = {
      socket: response.socket,
      header: (name, value) => response.setHeader(name, String(value)),
      status: (code) => {
        response.statusCode = code
        return answer
      },
      send: (said) => {
        response.setHeader('content-type', 'application/json')
        response.write(JSON.stringify(said))
        return answer
      },
      end: () => response.end(),
    }
    await adapter.process(Object.assign(request, { body }) as unknown as Request, answer, (context) => bot.run(context))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/messages`
}
