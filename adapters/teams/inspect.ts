import { ChatError } from '../../src/ports.ts'
import { outboundOf, type TeamsSettings } from './index.ts'

/** What was found out about the connection to Teams, by asking. Changes nothing. */
export interface TeamsFacts {
  /** Why Microsoft gives the bot no token; null: it does. */
  readonly signIn: string | null
  /** Places of the policy, by id: why the bot cannot see who is in them; null: it can, so it is there. */
  readonly places: Readonly<Record<string, string | null>>
}

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
