import { APP_ID, TENANT } from '../../support/teams.ts'
import { tokenFor } from '../../support/teams-token.ts'
import type { Signed } from './load.ts'
import { ACCOUNT } from './teams-peer.ts'

export const CHANNEL = '19:bench@thread.tacv2'

/** Presses of a button as Teams sends them (`Action.Execute`), all with one token, as the channel sends many with one. */
export function signedPresses(origin: string, values: readonly string[]): readonly Signed[] {
  const serviceUrl = `${origin}/service/`
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${tokenFor(APP_ID, serviceUrl)}` }
  return values.map((value) => ({ headers, body: JSON.stringify(press(serviceUrl, JSON.parse(value))) }))
}

function press(serviceUrl: string, data: { readonly id?: string }): object {
  const message = `1.${data.id?.replace('change:', '') ?? '1'}`
  return {
    type: 'invoke',
    name: 'adaptiveCard/action',
    id: `f:${crypto.randomUUID()}`,
    channelId: 'msteams',
    serviceUrl,
    from: { id: ACCOUNT, name: 'The approver', aadObjectId: 'aad' },
    recipient: { id: `28:${APP_ID}`, name: 'Patchcrier' },
    conversation: { id: `${CHANNEL};messageid=${message}`, conversationType: 'channel', tenantId: TENANT, isGroup: true },
    channelData: { tenant: { id: TENANT }, team: { id: CHANNEL }, channel: { id: CHANNEL } },
    replyToId: message,
    value: { action: { type: 'Action.Execute', verb: 'approve', data }, trigger: 'manual' },
  }
}
