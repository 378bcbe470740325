import type { TeamsFacts } from '../../src/core/doctor/teams.ts'
import { ChatError } from '../../src/ports.ts'
import { outboundOf, type TeamsSettings } from './index.ts'

/** Signs in and asks who is in each place, as the bot may only where it was added. */
export async function inspectTeams(
  config: TeamsSettings,
  places: readonly { readonly id: string; readonly ref: string }[],
): Promise<TeamsFacts> {
  const { token, connector } = outboundOf(config)
  const signIn = await reasonOf(token())
  if (signIn !== null) return { signIn, places: {} }
  const asked = await Promise.all(places.map(async ({ id, ref }) => [id, await reasonOf(connector.members(ref))] as const))
  return { signIn, places: Object.fromEntries(asked) }
}

async function reasonOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work
    return null
  } catch (error) {
    if (error instanceof ChatError) return error.message
    throw error
  }
}
