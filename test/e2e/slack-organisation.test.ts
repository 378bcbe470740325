import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { examine } from '../../src/boot/doctor.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { diagnose } from '../../src/core/doctor/diagnose.ts'
import { policySchema } from '../../src/core/policy.ts'
import { start } from '../../src/main.ts'
import { freshUrl } from '../support/database.ts'
import { dataFolder } from '../support/folder.ts'
import { APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, type SlackPeer, startSlackPeer } from '../support/slack.ts'

const sample = policySchema.parse(JSON.parse(await readFile(new URL('../../manifests/sample/policy.json', import.meta.url), 'utf8')))
const log = pino({ level: 'silent' })

let database: Awaited<ReturnType<typeof freshUrl>>
let folder: Awaited<ReturnType<typeof dataFolder>>
let peer: SlackPeer
beforeAll(async () => {
  ;[database, folder] = await Promise.all([freshUrl({ empty: true }), dataFolder()])
  const people = sample.people.map(({ name, email }) => ({ name, email }))
  peer = await startSlackPeer({ people, channels: ['team'] })
})
afterAll(async () => {
  await peer.close()
  await database.drop()
  await folder.remove()
})

async function organisation(platform: 'slack' | 'web', slack: Config['slack']): Promise<Config> {
  const places = sample.places.map((place) => (place.audience === 'patch team' ? { ...place, platform, ref: peer.channel('team') } : place))
  const policyFile = join(folder.path, 'policy.json')
  await writeFile(policyFile, JSON.stringify({ ...sample, places, sources: [] }))
  return { port: 0, dataFolder: folder.path, logLevel: 'silent', policyFile, databaseUrl: database.url, slack: slack ?? null }
}

const credentials = { botToken: BOT_TOKEN, requests: { by: 'http', signingSecret: SIGNING_SECRET, port: 0 } } as const

test.each([
  ['places without credentials', 'slack', null, /places on Slack \(.*\)\. Missing: SLACK_BOT_TOKEN and/],
  ['credentials without places', 'web', credentials, /Missing: a place of the policy with platform "slack"/],
] as const)('%s: it says what is missing and does not start', async (_what, platform, slack, why) => {
  await expect(start(await organisation(platform, slack), { log })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(why),
  })
})

test('with both, a command typed in Slack is answered there', async () => {
  const running = await start(await organisation('slack', credentials), { log, slackApi: peer.apiUrl, onSlack: (url) => peer.connect(url) })
  try {
    const whisper = peer.nextWhisper(sample.people[0]?.email ?? '')
    expect((await peer.command(sample.people[0]?.email ?? '', peer.channel('team'), 'help')).status).toBe(200)
    expect(JSON.stringify((await whisper).blocks)).toMatch(/status/)
  } finally {
    await running.stop()
  }
})

test('half of the credentials, or a token of another kind, is said at once, without the secret', () => {
  const policy = { PATCHCRIER_POLICY: '/etc/patchcrier/policy.yaml' }
  expect(() => readConfig({ ...policy, SLACK_SIGNING_SECRET: 's3cret', PORT: '-1' })).toThrow(/PORT: .*\n.*missing: SLACK_BOT_TOKEN\./)
  expect(() => readConfig({ ...policy, SLACK_BOT_TOKEN: 's3cret', SLACK_SIGNING_SECRET: 's3cret' })).toThrow(
    /begins with xoxb-; got something else/,
  )
  expect(() => readConfig({ ...policy, SLACK_BOT_TOKEN: 's3cret' })).not.toThrow(/s3cret/)
  expect(readConfig({ ...policy, SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' }).slack).toEqual({
    botToken: 'xoxb-1',
    requests: { by: 'http', signingSecret: 's', port: 3979 },
  })
})

test('a wrong signing secret is named by the doctor, with how many were refused; the first request that fits ends it', async () => {
  const ana = sample.people[0]?.email ?? ''
  const told = async () => diagnose(await examine({ online: false })).findings.map(({ what }) => what)
  const typed = async (signingSecret: string, requests: number, status: number, then: () => Promise<void>) => {
    const slack = { ...credentials, requests: { ...credentials.requests, signingSecret } }
    const running = await start(await organisation('slack', slack), { log, slackApi: peer.apiUrl, onSlack: (url) => peer.connect(url) })
    try {
      for (let n = 0; n < requests; n++) expect((await peer.command(ana, peer.channel('team'), 'help')).status).toBe(status)
      await then()
    } finally {
      await running.stop()
    }
  }
  vi.stubEnv('PATCHCRIER_POLICY', join(folder.path, 'policy.json'))
  vi.stubEnv('DATABASE_URL', database.url)
  vi.stubEnv('PATCHCRIER_DATA', folder.path)
  try {
    await typed('another-secret', 3, 401, () =>
      vi.waitFor(
        async () => expect(await told()).toContainEqual(expect.stringMatching(/3 requests .* The signing secret is probably wrong/)),
        20_000,
      ),
    )
    // The house is down: it stands in the database.
    expect(await told()).toContainEqual(expect.stringMatching(/3 requests .* The signing secret/))
    await typed(SIGNING_SECRET, 1, 200, async () => {
      await vi.waitFor(async () => expect(await told()).not.toContainEqual(expect.stringMatching(/signing secret/)), 20_000)
    })
  } finally {
    vi.unstubAllEnvs()
  }
})

test('the same by Socket Mode, and the doctor finds what Slack knows', async () => {
  const socket = { botToken: BOT_TOKEN, requests: { by: 'socket', appToken: APP_TOKEN } } as const
  const running = await start(await organisation('slack', socket), { log, slackApi: peer.apiUrl })
  peer.connect(null)
  try {
    expect((await peer.command(sample.people[0]?.email ?? '', peer.channel('team'), 'help')).status).toBe(200)
    vi.stubEnv('PATCHCRIER_POLICY', join(folder.path, 'policy.json'))
    vi.stubEnv('DATABASE_URL', database.url)
    vi.stubEnv('PATCHCRIER_DATA', folder.path)
    vi.stubEnv('SLACK_BOT_TOKEN', BOT_TOKEN)
    vi.stubEnv('SLACK_APP_TOKEN', APP_TOKEN)
    peer.proxy.rewrite('conversations.info', () => ({ ok: false, error: 'channel_not_found' }))
    const told = async (online: boolean) => diagnose(await examine({ online, slackApi: peer.apiUrl })).findings.map(({ what }) => what)
    for (const online of [true, false]) expect(await told(online)).toContainEqual(expect.stringMatching(/no channel C.*channel_not_found/))
  } finally {
    vi.unstubAllEnvs()
    await running.stop()
  }
})
