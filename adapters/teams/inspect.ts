import type { TeamsFacts, TeamsPlaceTrouble } from '../../src/core/doctor/teams.ts'
import { ChatError } from '../../src/ports.ts'
import { outboundOf, type TeamsSettings } from './index.ts'

/** Signs in and asks who is in each place, as the bot may only where it was added. */
export async function inspectTeams(
  config: TeamsSettings,
  places: readonly { readonly id: string; readonly ref: string }[],
): Promise<TeamsFacts> {
  const { token, connector } = outboundOf(config)
  const signIn = await refusalOf(token())
  if (signIn !== null) return { signIn: signIn.message, places: {} }
  const asked = await Promise.all(places.map(async ({ id, ref }) => [id, troubleOf(await refusalOf(connector.members(ref)))] as const))
  return { signIn: null, places: Object.fromEntries(asked) }
}

const WHY: Partial<Record<ChatError['code'], TeamsPlaceTrouble['why']>> = { FORBIDDEN: 'not in it', GONE: 'gone' }

const troubleOf = (error: ChatError | null): TeamsPlaceTrouble | null => error && { why: WHY[error.code] ?? 'other', said: error.message }

async function refusalOf(work: Promise<unknown>): Promise<ChatError | null> {
  try {
    await work
    return null
  } catch (error) {
    if (error instanceof ChatError) return error
    throw error
  }
}
