import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Finding } from '../../src/core/doctor/facts.ts'
import { policySchema } from '../../src/core/policy.ts'
import { start } from '../../src/main.ts'
import { freshUrl } from '../support/database.ts'
import { dataFolder } from '../support/folder.ts'
import { program } from '../support/process.ts'
import { APP_ID, conversationsOf, PASSWORD, startTeamsPeer, TENANT, type TeamsPeer } from '../support/teams.ts'

const ELSEWHERE = fileURLToPath(new URL('../support/microsoft-elsewhere.ts', import.meta.url))
const { team, group, channel } = conversationsOf(0)
const REFS: Readonly<Record<string, string>> = { 'patch team': team, management: group, 'end users': channel }

let folder: Awaited<ReturnType<typeof dataFolder>>
let database: Awaited<ReturnType<typeof freshUrl>>
let peer: TeamsPeer
const policyFile = (): string => join(folder.path, 'policy.json')

/** An organisation in Teams that has run once, so that its policy is in force. */
beforeAll(async () => {
  ;[database, folder] = await Promise.all([freshUrl({ empty: true }), dataFolder()])
  const sample = policySchema.parse(JSON.parse(await readFile(new URL('../../manifests/sample/policy.json', import.meta.url), 'utf8')))
  peer = await startTeamsPeer(sample.people)
  const places = sample.places.map((place) => {
    const ref = REFS[place.audience]
    return ref === undefined ? place : { ...place, platform: 'teams', ref }
  })
  await writeFile(policyFile(), JSON.stringify({ ...sample, places, sources: [] }))
  const running = await start(
    {
      port: 0,
      dataFolder: folder.path,
      logLevel: 'silent',
      policyFile: policyFile(),
      databaseUrl: database.url,
      teams: { appId: APP_ID, tenantId: TENANT, identity: { by: 'secret', password: PASSWORD }, port: 0 },
    },
    { log: pino({ level: 'silent' }), teamsApi: peer.config.microsoft, onTeams: (url) => peer.connect(url) },
  )
  await running.stop()
})
afterAll(async () => {
  await peer?.close()
  await database?.drop()
  await folder?.remove()
})

/** What `patchcrier doctor` says about Teams, and its whole output. */
async function doctor(env: Readonly<Record<string, string>> = {}): Promise<{ readonly teams: readonly string[]; readonly all: string }> {
  const asked = program('cli', ['doctor', '--json'], {
    NODE_OPTIONS: `--import ${ELSEWHERE}`,
    MICROSOFT_ELSEWHERE: new URL(peer.serviceUrl).origin,
    PATCHCRIER_DATA: folder.path,
    PATCHCRIER_POLICY: policyFile(),
    DATABASE_URL: database.url,
    MICROSOFT_APP_ID: APP_ID,
    MICROSOFT_APP_TENANT_ID: TENANT,
    MICROSOFT_APP_PASSWORD: PASSWORD,
    ...env,
  })
  const [all] = await asked.line(/^\{.*\}$/)
  expect(await asked.ended).toBe(1)
  const { findings } = JSON.parse(all) as { findings: readonly Finding[] }
  return { teams: findings.flatMap(({ what }) => (what.startsWith('Teams') ? [what] : [])), all: `${all}${asked.err()}` }
}

test('when all is well, it says nothing of Teams', async () => {
  expect((await doctor()).teams).toEqual([])
})

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  [
    'the secret is wrong',
    { MICROSOFT_APP_PASSWORD: 'an-old-secret' },
    /refused the bot: the secret is wrong \(invalid_client AADSTS7000215\)\.$/,
  ],
  [
    'the tenant is wrong',
    { MICROSOFT_APP_TENANT_ID: 'aaaaaaaa-bbbb-4ccc-8ddd-000000000000' },
    /refused the bot: there is no such tenant \(invalid_request AADSTS90002\)\.$/,
  ],
  [
    'the app is not in the tenant',
    { MICROSOFT_APP_ID: '99999999-2222-4333-8444-555555555555' },
    /refused the bot: the tenant does not have this app \(unauthorized_client AADSTS700016\)\.$/,
  ],
])('%s: that is said in plain words, once, without the secret', async (_what, env, words) => {
  const { teams, all } = await doctor(env)
  expect(teams).toEqual([expect.stringMatching(words)])
  expect(all).not.toMatch(/an-old-secret|a-client-secret/)
})

test('each place where the bot is not, or that is gone, is named; the others are not', async () => {
  peer.fail({ on: /group0.*pagedmembers/, answer: { status: 403, body: '{"error":{"code":"BotNotInConversationRoster"}}' } })
  peer.fail({ on: /channel0.*pagedmembers/, answer: { status: 404, body: '{"error":{"code":"ConversationNotFound"}}' } })
  expect((await doctor()).teams.toSorted()).toEqual([
    expect.stringMatching(/^Teams: the bot is not in the team or chat of the place management \(.*403 BotNotInConversationRoster\)\.$/),
    expect.stringMatching(/^Teams: there is no such channel or chat as the one of the place end-users \(.*404 ConversationNotFound\)\.$/),
  ])
})
