import type { Logger } from 'pino'
import type { TeamsSettings } from '../../adapters/teams/index.ts'
import type { House } from '../app/house.ts'
import type { TeamsConfig } from '../config.ts'
import type { Finding } from '../core/doctor/facts.ts'
import { teamsFindings } from '../core/doctor/teams.ts'
import { Fault } from '../core/fault.ts'
import type { PolicyPlace } from '../core/policy.ts'
import { ChatError } from '../ports.ts'
import { directoryOf, placesOn } from './chat.ts'
import type { Connect, Parts } from './setup.ts'

/**
 * Teams, where there are credentials and the policy has places there; null: neither. Throws Fault CONFIG_INVALID when the one is there and
 * the other is not: half of it would leave people without announcements.
 */
export function teamsOf(house: House, config: TeamsConfig | null, log: Logger, { teamsApi, onTeams: told }: Parts): Connect | null {
  const ids = placesOn(house, 'teams')
  if (ids.length === 0 && config === null) return null
  if (config === null)
    throw new Fault(
      'CONFIG_INVALID',
      `the policy has places on Teams (${ids.join(', ')}). Missing: MICROSOFT_APP_ID, MICROSOFT_APP_TENANT_ID and MICROSOFT_APP_PASSWORD.`,
    )
  if (ids.length === 0) throw new Fault('CONFIG_INVALID', 'MICROSOFT_APP_ID is set. Missing: a place of the policy with platform "teams".')
  return async (doors) => {
    // Microsoft's library takes a while to load: only who uses Teams waits for it.
    const { startTeams } = await import('../../adapters/teams/index.ts')
    try {
      const settings = settingsOf(config, teamsApi)
      const teams = await startTeams({
        config: settings,
        doors,
        directory: directoryOf(house, 'teams'),
        listen: { port: config.port },
        log,
      })
      told?.(teams.url)
      return teams
    } catch (error) {
      throw inOurWords(error, config.port)
    }
  }
}

/** What the adapter needs of the environment. */
const settingsOf = ({ appId, tenantId, identity }: TeamsConfig, microsoft: TeamsSettings['microsoft']): TeamsSettings => ({
  appId,
  tenantId,
  password: identity.by === 'secret' ? identity.password : null,
  ...(microsoft === undefined ? {} : { microsoft }),
})

function inOurWords(error: unknown, port: number): unknown {
  if (error instanceof ChatError) return new Fault('CONFIG_INVALID', `Teams: the bot cannot sign in: ${error.message}`, { cause: error })
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  return taken ? new Fault('PORT_TAKEN', `expected port ${port} to be free, another program listens on it; set TEAMS_PORT`) : error
}

/** What is wrong with the connection to Teams, by asking. Nothing where there is none. */
export async function askTeams(
  teams: TeamsConfig,
  places: readonly PolicyPlace[],
  microsoft: TeamsSettings['microsoft'],
): Promise<readonly Finding[]> {
  const { inspectTeams } = await import('../../adapters/teams/inspect.ts')
  return teamsFindings(await inspectTeams(settingsOf(teams, microsoft), places))
}
