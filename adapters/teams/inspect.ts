import { type TeamsFacts, troubleOf } from '../../src/core/doctor/teams.ts'
import { ChatError } from '../../src/ports.ts'
import { tried } from '../chat/failures.ts'
import { outboundOf, type TeamsSettings } from './index.ts'

/** Signs in and asks who is in each place, as the bot may only where it was added. */
export async function inspectTeams(
  config: TeamsSettings,
  places: readonly { readonly id: string; readonly ref: string }[],
): Promise<TeamsFacts> {
  const { token, connector } = outboundOf(config)
  const signedIn = await tried(token())
  if (signedIn instanceof ChatError) return { signIn: signedIn.message, places: {} }
  const asked = await Promise.all(places.map(async ({ id, ref }) => [id, await seen(connector.members(ref))] as const))
  return { signIn: null, places: Object.fromEntries(asked) }
}

const seen = async (look: Promise<unknown>) => {
  const found = await tried(look)
  return found instanceof ChatError ? troubleOf(found) : null
}
