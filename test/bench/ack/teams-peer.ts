import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TENANT } from '../../support/teams.ts'
import { KEYS } from '../../support/teams-token.ts'

/** Microsoft's side for a benchmark: the issuer of tokens, the sign-in, and a Teams that takes everything and keeps nothing. */
export interface TeamsPeerServer {
  readonly origin: string
  close(): Promise<void>
}

/** @param email address of the only account, `29:approver` */
export async function startTeamsPeerServer(email: string): Promise<TeamsPeerServer> {
  const member = { id: ACCOUNT, name: 'The approver', email, userPrincipalName: email, tenantId: TENANT, userRole: 'user' }
  let sent = 0
  const answerTo = (path: string): unknown => {
    if (path === '/openid') return { issuer: 'https://api.botframework.com', jwks_uri: `${origin}/keys` }
    if (path === '/keys') return KEYS
    if (path.startsWith('/login/')) return { token_type: 'Bearer', expires_in: 3600, access_token: 'the-bots-own-token' }
    if (path.includes('/pagedmembers')) return { members: [member] }
    if (path.includes('/members/')) return member
    sent += 1
    return { id: `${sent}` }
  }
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answerTo(request.url ?? '')))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

export const ACCOUNT = '29:approver'
