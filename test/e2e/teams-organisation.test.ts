import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspectTeams } from '../../adapters/teams/inspect.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { policySchema } from '../../src/core/policy.ts'
import { type Parts, start } from '../../src/main.ts'
import { shown } from '../support/adaptive.ts'
import { freshUrl } from '../support/database.ts'
import { dataFolder } from '../support/folder.ts'
import { APP_ID, accountOf, chatWith, conversationsOf, PASSWORD, startTeamsPeer, TENANT, type TeamsPeer } from '../support/teams.ts'

const sample = policySchema.parse(JSON.parse(await readFile(new URL('../../manifests/sample/policy.json', import.meta.url), 'utf8')))
const log = pino({ level: 'silent' })
const { team: TEAM } = conversationsOf(0)

let database: Awaited<ReturnType<typeof freshUrl>>
let folder: Awaited<ReturnType<typeof dataFolder>>
let peer: TeamsPeer
let parts: Parts
beforeAll(async () => {
  ;[database, folder] = await Promise.all([freshUrl({ empty: true }), dataFolder()])
  peer = await startTeamsPeer(sample.people)
  parts = { log, teamsApi: peer.config.microsoft, onTeams: (url) => peer.connect(url) }
})
afterAll(async () => {
  await peer.close()
  await database.drop()
  await folder.remove()
})

async function organisation(platform: 'teams' | 'web', teams: Config['teams']): Promise<Config> {
  const places = sample.places.map((place) => (place.audience === 'patch team' ? { ...place, platform, ref: TEAM } : place))
  const policyFile = join(folder.path, 'policy.json')
  await writeFile(policyFile, JSON.stringify({ ...sample, places, sources: [] }))
  return { port: 0, dataFolder: folder.path, logLevel: 'silent', policyFile, databaseUrl: database.url, teams: teams ?? null }
}

const credentials = { appId: APP_ID, tenantId: TENANT, identity: { by: 'secret', password: PASSWORD }, port: 0 } as const
const refused = { ...credentials, identity: { by: 'secret', password: 'an-old-secret' } } as const

test.each<[string, 'teams' | 'web', Config['teams'], RegExp]>([
  ['places without credentials', 'teams', null, /places on Teams \(.*\)\. Missing: MICROSOFT_APP_ID/],
  ['credentials without places', 'web', credentials, /Missing: a place of the policy with platform "teams"/],
  ['a secret that is refused', 'teams', refused, /^Teams: the bot cannot sign in: .*invalid_client AADSTS7000215/],
])('%s: it says what is wrong and does not start', async (_what, platform, teams, why) => {
  const starting = start(await organisation(platform, teams), parts)
  await expect(starting).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(why) })
  await expect(starting).rejects.not.toThrow(/an-old-secret/)
})

test('a port that somebody has is named with its variable', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await expect(start(await organisation('teams', { ...credentials, port }), parts)).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: expect.stringMatching(new RegExp(`port ${port} .*TEAMS_PORT`)),
  })
  other.close()
})

test('with both, a command typed in a private chat is answered there', async () => {
  const running = await start(await organisation('teams', credentials), parts)
  try {
    const ana = accountOf('ana')
    const delivered = peer.nextDelivery()
    await peer.playgrounds[0]?.say(chatWith(ana), { from: { id: ana }, text: 'help', textFormat: 'plain' })
    await delivered
    expect(shown(peer.messages(chatWith(ana)).at(-1)?.card).join(' ')).toMatch(/status/)
  } finally {
    await running.stop()
  }
})

test('the doctor hears what Teams says about the secret and about each place', async () => {
  const places = [
    { id: 'patch-team', ref: TEAM },
    { id: 'management', ref: '19:group0@thread.v2' },
  ]
  peer.fail({ on: /group0.*pagedmembers/, answer: { status: 403, body: '{"error":{"code":"BotNotInConversationRoster"}}' } })
  expect(await inspectTeams(peer.config, places)).toEqual({
    signIn: null,
    places: { 'patch-team': null, management: { why: 'not in it', said: 'members: Teams answered HTTP 403 BotNotInConversationRoster' } },
  })
  expect(await inspectTeams({ ...peer.config, password: 'an-old-secret' }, places)).toEqual({
    signIn: 'sign-in: Microsoft refused the bot: the secret is wrong (invalid_client AADSTS7000215)',
    places: {},
  })
})

test('half of the credentials is said at once, without the secret; a managed identity needs none', () => {
  const env = { PATCHCRIER_POLICY: '/etc/patchcrier/policy.yaml', MICROSOFT_APP_ID: APP_ID, MICROSOFT_APP_TENANT_ID: TENANT }
  expect(() => readConfig(env)).toThrow(/missing: MICROSOFT_APP_PASSWORD/)
  expect(() => readConfig({ PATCHCRIER_POLICY: 'x', MICROSOFT_APP_PASSWORD: 's3cret' })).toThrow(/^(?!.*s3cret)/)
  expect(readConfig({ ...env, MICROSOFT_APP_TYPE: 'UserAssignedMSI' }).teams).toEqual({
    appId: APP_ID,
    tenantId: TENANT,
    identity: { by: 'managed identity' },
    port: 3980,
  })
})
