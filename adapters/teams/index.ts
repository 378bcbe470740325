import { z } from 'zod'
import { byAddress } from '../../src/cards/adaptive/teams/audience.ts'
import { ChatError, type Directory, type Doors } from '../../src/ports.ts'
import { aside } from '../chat/aside.ts'
import type { Connected } from '../chat/connected.ts'
import { tried } from '../chat/failures.ts'
import { fileFetcher } from '../chat/files.ts'
import type { Log } from '../chat/log.ts'
import { running } from '../chat/running.ts'
import { verifier } from './botframework/verify.ts'
import { connector } from './connector.ts'
import { serviceOf, storeOf } from './hosts.ts'
import { teamsPeople } from './people.ts'
import { teamsPlatform } from './platform.ts'
import { receiver } from './receive.ts'
import { teamsRoster } from './roster.ts'
import { ENDPOINT, serve } from './server.ts'
import { tokenOf } from './token.ts'

/** Microsoft's services, where they are somebody else's: in tests. */
const places = z.strictObject({
  /** The only service address that is spoken to. */
  serviceUrl: z.url(),
  /** Where the keys of the channel's tokens are described. */
  keysUrl: z.url(),
  loginUrl: z.url(),
  /** An origin that files may be fetched from. */
  fileOrigin: z.string(),
})

const teamsConfig = z.strictObject({
  appId: z.string().min(1),
  tenantId: z.string().min(1),
  /** Secret of the app; null: the managed identity of the machine. */
  password: z.string().min(1).nullable(),
  microsoft: places.optional(),
})

export type TeamsSettings = z.input<typeof teamsConfig>

export interface TeamsOptions {
  readonly config: TeamsSettings
  readonly doors: Pick<Doors, 'handleIntent' | 'recognise' | 'askForRole' | 'doubt' | 'formFor' | 'cardOf' | 'people'>
  readonly directory: Directory
  readonly listen: { readonly port: number }
  readonly log: Log
}

export type Teams = Connected<string>

/** The parts that speak to Teams; see `startTeams`, and `inspectTeams`. */
export function outboundOf(settings: TeamsSettings) {
  const { appId, tenantId, password, microsoft } = teamsConfig.parse(settings)
  const service = serviceOf(microsoft?.serviceUrl ?? null)
  const token = tokenOf({ appId, tenantId, password, loginUrl: microsoft?.loginUrl ?? 'https://login.microsoftonline.com/' })
  const wire = { appId, tenantId, token, address: service.address }
  const { count, onAside } = aside()
  return { service, token, connector: connector({ ...wire, count }), delivering: connector({ ...wire, count: (call) => call() }), onAside }
}

/** Signs in to Teams and listens on loopback. Throws `ChatError` FORBIDDEN when Microsoft does not know the bot. */
export async function startTeams({ config, doors, directory, listen, log }: TeamsOptions): Promise<Teams> {
  const { appId, tenantId, password, microsoft } = teamsConfig.parse(config)
  const { service, token, connector, delivering, onAside } = outboundOf(config)
  // A refusal is a mistake of the configuration; when nobody answers, the bot starts and tries again at its first message.
  const signedIn = await tried(token())
  if (signedIn instanceof ChatError && signedIn.code === 'FORBIDDEN') throw signedIn
  if (signedIn instanceof ChatError) log.warn({ err: signedIn }, 'teams: nobody could be asked for a token')
  const roster = teamsRoster({ connector, people: async () => byAddress(await doors.people(), directory.emailByPerson) })
  const work = running()
  const later = (answer: Promise<unknown>): void =>
    void work.add(answer.catch((error) => log.error({ err: error }, 'teams: an answer failed')))
  const accountOf = teamsPeople({ connector, tenantId, groups: directory.groups })
  const fetchFiles = fileFetcher(storeOf(microsoft?.fileOrigin ?? null))
  const receive = receiver({ doors, directory, connector, roster, accountOf, fetchFiles, log, later })
  const verify = verifier({ appId, tenantId, password, keysUrl: microsoft?.keysUrl ?? null }, (error) =>
    log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'teams: a request with a bad token was refused'),
  )
  const { origin, close } = await serve({ verify, tenantId, learn: service.learn, receive, log, work }, listen.port)
  return {
    platform: { ...teamsPlatform({ connector, delivering, roster, directory, card: doors.cardOf }), onAside },
    url: `${origin}${ENDPOINT}`,
    idle: work.idle,
    close: () => close(work.idle),
  }
}
