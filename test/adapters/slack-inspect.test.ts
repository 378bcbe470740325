import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { inspectSlack } from '../../adapters/slack/inspect.ts'
import { badSignatures } from '../../src/boot/slack.ts'
import { BOT_SCOPES, slackFindings } from '../../src/core/doctor/slack.ts'
import { APP_TOKEN, BOT_TOKEN, type SlackPeer, startSlackPeer } from '../support/slack.ts'
import { DANA, PEOPLE, startBot } from '../support/slack-bot.ts'
import type { Served } from '../support/slack-proxy.ts'

let peer: SlackPeer
let places: { readonly name: string; readonly ref: string }[]
beforeAll(async () => {
  peer = await startSlackPeer({ people: PEOPLE, channels: ['patch-team', 'elsewhere'] })
  places = [{ name: 'Patch team', ref: peer.channel('patch-team') }]
})
afterAll(() => peer.close())

/** `auth.test` as real Slack answers it: what the token may do stands in a header. */
const grant = (scopes: readonly string[]) =>
  peer.proxy.serve('auth.test', (): Served => {
    const headers = { 'content-type': 'application/json', 'x-oauth-scopes': scopes.join(',') }
    return { headers, body: '{"ok":true,"user_id":"UBOT","team_id":"T000000001","url":"https://t.slack.com/"}' }
  })
const isMember = (channel: object) =>
  peer.proxy.rewrite('conversations.info', (answer) => ({ ...answer, channel: { ...(answer.channel as object), ...channel } }))
beforeEach(() => {
  grant(Object.keys(BOT_SCOPES))
  isMember({ is_member: true })
  peer.proxy.serve('apps.connections.open', () => ({ ok: true, url: peer.socket.url }))
})
const inspected = async () => slackFindings(await inspectSlack(peer.socketConfig, places))

test('nothing is found where all is well, and nothing is posted', async () => {
  const before = peer.proxy.requests.length
  expect(await inspected()).toEqual([])
  expect(new Set(peer.proxy.requests.slice(before).map(({ method }) => method))).toEqual(
    new Set(['auth.test', 'apps.connections.open', 'conversations.info']),
  )
})

test.each(Object.keys(BOT_SCOPES))('the scope %s is missed, with what it is for', async (missing) => {
  grant(Object.keys(BOT_SCOPES).filter((scope) => scope !== missing))
  expect(await inspected()).toEqual([
    {
      area: 'configuration',
      what: `Slack: the bot lacks the scope ${missing}.`,
      why: `With it the bot ${BOT_SCOPES[missing]}.`,
      mend: expect.stringContaining('install the app anew'),
    },
  ])
})

describe('a place', () => {
  test.each<[string, () => void, RegExp, RegExp]>([
    [
      'whose channel the bot is not in',
      () => isMember({ is_member: false }),
      /not in the channel #patch-team of the place "Patch team"/,
      /\/invite/,
    ],
    ['whose channel is archived', () => isMember({ is_archived: true }), /is archived/, /channel id/],
    [
      'whose channel does not exist',
      () => peer.proxy.rewrite('conversations.info', () => ({ ok: false, error: 'channel_not_found' })),
      /no channel C.*channel_not_found/,
      /private/,
    ],
    ['that cannot be asked about', () => peer.proxy.fail('server error', 1, 'conversations.info'), /could not be asked/, /reaches/],
  ])('%s', async (_, trouble, what, mend) => {
    trouble()
    expect(await inspected()).toEqual([
      { area: 'places', what: expect.stringMatching(what), why: expect.any(String), mend: expect.stringMatching(mend) },
    ])
  })
})

describe('a token', () => {
  test.each<[string, () => void, RegExp, RegExp]>([
    [
      'bot token refused',
      () => peer.proxy.serve('auth.test', () => ({ ok: false, error: 'invalid_auth' })),
      /auth.test: Slack answered invalid_auth/,
      /SLACK_BOT_TOKEN/,
    ],
    ['Slack not reached', () => peer.proxy.fail('reset before', 1, 'auth.test'), /auth.test: no answer/, /reaches/],
    [
      'app token refused',
      () => peer.proxy.serve('apps.connections.open', () => ({ ok: false, error: 'not_allowed_token_type' })),
      /apps.connections.open: Slack answered not_allowed_token_type/,
      /SLACK_APP_TOKEN.*connections:write/,
    ],
    ['app token not asked about', () => peer.proxy.fail('rate limited', 1, 'apps.connections.open'), /asks to wait/, /reaches/],
  ])('%s: said once, without the token', async (_, trouble, what, mend) => {
    trouble()
    const found = await inspected()
    expect(found).toEqual([
      { area: 'configuration', what: expect.stringMatching(what), why: expect.any(String), mend: expect.stringMatching(mend) },
    ])
    expect(JSON.stringify(found)).not.toMatch(new RegExp(`${BOT_TOKEN}|${APP_TOKEN}`))
  })

  test('by HTTP there is no app token to ask about', async () => {
    const before = peer.proxy.requests.length
    expect(slackFindings(await inspectSlack(peer.config, places))).toEqual([])
    expect(peer.proxy.requests.slice(before).map(({ method }) => method)).not.toContain('apps.connections.open')
  })
})

describe('a signing secret cannot be asked about', () => {
  test('but each request that does not fit it is told of, and one that fits is not', async () => {
    const bot = await startBot(peer, 'http')
    await peer.command(DANA, peer.channel('patch-team'), 'status')
    expect(bot.signatures()).toBe(0)
    await peer.send(peer.lastSent(), { secret: 'another' })
    await peer.send(peer.lastSent(), { atSeconds: Math.floor(Date.now() / 1000) + 3600 })
    expect(bot.signatures()).toBe(2)
    await bot.slack.close()
  })

  test('and the log says so at the first one, then once an hour, with how many there were', () => {
    let now = 0
    const said: object[] = []
    const tell = badSignatures({ warn: (fields: object) => void said.push(fields) } as never, () => now)
    tell()
    tell()
    now = 3_599_999
    tell()
    now = 3_600_000
    tell()
    expect(said).toEqual([{ count: 1 }, { count: 3 }])
  })
})
