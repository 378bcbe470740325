import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { SAMPLE_FOLDER } from '../../../src/app/sample.ts'
import { policySchema } from '../../../src/core/policy.ts'
import { start } from '../../../src/main.ts'
import { APP_ID, PASSWORD, TENANT } from '../../support/teams.ts'
import { approvals, type BotServer, waitingChanges } from './bot-server.ts'
import type { Order } from './order.ts'
import { CHANNEL } from './teams-click.ts'

/** The whole bot of an organisation whose patch team reads in Teams; with its tick, its deliverer and a durable database. */
export async function teamsServer({ peer, folder, databaseUrl }: Extract<Order, { kind: 'teams' }>): Promise<BotServer> {
  const sample = policySchema.parse(JSON.parse(await readFile(join(SAMPLE_FOLDER, 'policy.json'), 'utf8')))
  const places = sample.places.map((place) => (place.id === 'patch-team' ? { ...place, platform: 'teams', ref: CHANNEL } : place))
  const policyFile = join(folder, 'policy.json')
  await writeFile(policyFile, JSON.stringify({ ...sample, places, sources: [] }))
  let url = ''
  const teams = { appId: APP_ID, tenantId: TENANT, identity: { by: 'secret', password: PASSWORD }, port: 0 } as const
  const bot = await start(
    { port: 0, dataFolder: folder, logLevel: 'silent', policyFile, databaseUrl, teams },
    {
      log: pino({ level: 'silent' }),
      teamsApi: { serviceUrl: `${peer}/service/`, keysUrl: `${peer}/openid`, loginUrl: `${peer}/login/`, fileOrigin: peer },
      onTeams: (at) => {
        url = at
      },
    },
  )
  return {
    url,
    clicks: (count) => waitingChanges(bot, count),
    disturb: async () => async () => 0,
    saved: () => approvals(bot),
    stop: () => bot.stop(),
  }
}
