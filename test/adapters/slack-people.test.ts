import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../adapters/slack/client.ts'
import { slackPeople } from '../../adapters/slack/people.ts'
import type { Card, Span } from '../../src/cards/card.ts'
import { ChatError, type ChatErrorCode, type Place } from '../../src/ports.ts'
import { textOf } from '../support/block-kit.ts'
import { card } from '../support/cards.ts'
import { type SlackPeer, startSlackPeer } from '../support/slack.ts'
import { DANA, PEOPLE, type SlackBot, STRANGER, startBot } from '../support/slack-bot.ts'
import { confirmEmail } from '../support/slack-proxy.ts'

const SECURITY = 'S0SECURITY'
const GONE = 'S0GONE'

let peer: SlackPeer
let bot: SlackBot
let place: Place
let posted = 0
beforeAll(async () => {
  peer = await startSlackPeer({ people: PEOPLE, channels: ['patch-team'] })
  place = { id: 'patch-team', platform: 'slack', ref: peer.channel('patch-team') }
})
afterAll(async () => {
  await peer.close()
})

/** An adapter of its own for each test: what Slack said about people is kept for a minute. */
async function withBot(work: () => Promise<void>): Promise<void> {
  bot = await startBot(peer, 'http')
  try {
    await work()
  } finally {
    await bot.slack.close()
    peer.proxy.rewrite('users.info', confirmEmail)
    peer.proxy.rewrite('users.lookupByEmail', (answer) => answer)
    peer.proxy.serve('usergroups.users.list', () => ({ ok: false, error: 'no_such_subteam' }))
  }
}
const about = (account: object) =>
  peer.proxy.rewrite('users.info', (answer) => ({ ...answer, user: { is_email_confirmed: true, ...(answer.user as object), ...account } }))
const groupOf = (...emails: string[]) => peer.proxy.serve('usergroups.users.list', () => ({ ok: true, users: emails.map(peer.user) }))
const calls = (method: string) => peer.proxy.requests.filter((request) => request.method === method)
const says = async (email: string): Promise<string> => {
  const before = peer.whispers(email).length
  await peer.command(email, place.ref, 'status')
  await bot.slack.idle()
  return textOf(peer.whispers(email)[before]?.blocks)
}

describe('an account', () => {
  test('is proved by Slack: name, address, zone', () =>
    withBot(async () => {
      about({ real_name: 'Dana Kowalska', tz: 'Europe/Warsaw', profile: { email: 'Dana@Example.org' } })
      await says(DANA)
      const account = { platform: 'slack', id: peer.user(DANA), name: 'Dana Kowalska', email: DANA, zone: 'Europe/Warsaw', groups: [] }
      expect(bot.accounts).toEqual([account])
      expect(bot.intents).toMatchObject([{ actor: 'dana' }])
    }))

  test.each<[string, object, string]>([
    ['an address that Slack has not confirmed', { is_email_confirmed: false }, 'not confirmed'],
    ['an account without an address', { profile: {} }, 'not confirmed'],
    ['a deactivated account', { deleted: true }, 'active Slack account'],
    ['a bot', { is_bot: true }, 'active Slack account'],
    ['a guest', { is_restricted: true }, 'Guests'],
    ['a guest of one channel', { is_ultra_restricted: true }, 'Guests'],
    ['somebody of a shared channel', { is_stranger: true }, 'Guests'],
    ['somebody of another organisation', { team_id: 'TOTHER' }, 'other organisations'],
  ])('%s may do nothing: not act, not ask for a role, not doubt, not see the page', (_, account, why) =>
    withBot(async () => {
      about(account)
      groupOf(DANA)
      bot.groups = [SECURITY]
      expect(await says(DANA)).toContain(why)
      expect(
        peer
          .whispers(DANA)
          .at(-1)
          ?.blocks.some(({ type }) => type === 'actions'),
      ).toBe(false)
      await peer.shortcut(DANA, place.ref, { text: 'x' })
      await peer.event({ type: 'app_home_opened', user: peer.user(DANA), tab: 'home' })
      const button = { action_id: 'act:0:ask-role', value: '{"v":1,"verb":"ask-role","id":"account"}', action_ts: '1' }
      const click = { type: 'block_actions', user: { id: peer.user(DANA) }, trigger_id: 't', container: {}, actions: [button] }
      await peer.send({ payload: JSON.stringify(click) })
      await bot.slack.idle()
      expect(textOf(peer.home(DANA)?.blocks)).toContain(why)
      // A page that was drawn before says why, too, and is given up.
      const page = bot.slack.home.platform.edit({ place: peer.user(DANA), message: 'home' }, card({ title: '2 things wait for you' }))
      await expect(page).rejects.toMatchObject({ code: 'GONE' })
      expect(textOf(peer.home(DANA)?.blocks)).toContain(why)
      expect([bot.accounts, bot.intents, bot.doubts, bot.wanting]).toEqual([[], [], [], []])
    }))

  test('brings those of its groups to which the policy gives roles', () =>
    withBot(async () => {
      groupOf(STRANGER)
      bot.groups = [SECURITY]
      await says(STRANGER)
      await says(DANA)
      expect(bot.accounts.map(({ groups }) => groups)).toEqual([[SECURITY], []])
      expect(bot.intents.map(({ actor }) => actor)).toEqual(['stranger', 'dana'])
    }))

  test('is looked up once a minute, its groups too', () =>
    withBot(async () => {
      groupOf(STRANGER)
      bot.groups = [SECURITY]
      const before = [calls('users.info').length, calls('usergroups.users.list').length]
      await Promise.all([1, 2, 3, 4].map(() => peer.command(STRANGER, place.ref, 'status')))
      await bot.slack.idle()
      expect(bot.intents).toHaveLength(4)
      expect([calls('users.info').length, calls('usergroups.users.list').length]).toEqual(before.map((count) => count + 1))
    }))

  test.each([
    'rate limited',
    'server error',
    'reset before',
    'garbage',
  ] as const)('when the groups cannot be read (%s) they give no role, the address still does, and the next look asks again', (mode) =>
    withBot(async () => {
      groupOf(STRANGER)
      bot.groups = [SECURITY]
      peer.proxy.fail(mode, 1, 'usergroups.users.list')
      await says(DANA)
      expect(bot.intents).toMatchObject([{ actor: 'dana' }])
      await says(STRANGER)
      expect(bot.intents).toMatchObject([{ actor: 'dana' }, { actor: 'stranger' }])
    }))

  test.each([
    'rate limited',
    'server error',
    'reset before',
    'garbage',
  ] as const)('when the account itself cannot be read (%s) nothing happens, that is said, and the next look asks again', (mode) =>
    withBot(async () => {
      peer.proxy.fail(mode, 1, 'users.info')
      expect(await says(DANA)).toContain('the fault is ours')
      expect(bot.intents).toEqual([])
      await says(DANA)
      expect(bot.intents).toHaveLength(1)
    }))
})

describe('a group whose members were read', () => {
  const MINUTE_MS = 60_000
  /** Somebody of the group, on a clock that stands still until it is moved; `slack` says whether its members can be read. */
  function member() {
    const clock = { at: 0 }
    const slack: { refuses: ChatErrorCode | null; asked: number } = { refuses: null, asked: 0 }
    const list = async () => {
      slack.asked += 1
      if (slack.refuses !== null) throw new ChatError(slack.refuses, 'usergroups.users.list: no')
      return { ok: true, users: ['U1'] }
    }
    const user = { id: 'U1', team_id: 'T1', is_email_confirmed: true, profile: { email: STRANGER } }
    const client = { users: { info: async () => ({ ok: true, user }) }, usergroups: { users: { list } } } as unknown as Client
    const { accountOf } = slackPeople({
      client,
      installation: { botUser: 'U0', team: 'T1', enterprise: undefined, url: 'https://example.slack.com/' },
      directory: { groups: () => [SECURITY], groupByRole: () => null, emailByPerson: () => null, placeByRef: () => null },
      log: { info: () => {}, warn: () => {}, error: () => {} },
      now: () => clock.at,
    })
    const groups = async () => {
      const account = await accountOf('U1')
      return account.ok ? account.value.groups : null
    }
    return { clock, slack, groups }
  }

  test('is read once a minute', async () => {
    const { clock, slack, groups } = member()
    for (clock.at = 0; clock.at < 2 * MINUTE_MS; clock.at += 1_000) await groups()
    expect(slack.asked).toBe(2)
  })

  test.each<ChatErrorCode>([
    'RATE_LIMITED',
    'UNAVAILABLE',
    'UNREACHED',
  ])('keeps its roles in an outage (%s), ten minutes long', async (code) => {
    const { clock, slack, groups } = member()
    expect(await groups()).toEqual([SECURITY])
    slack.refuses = code
    clock.at = 9 * MINUTE_MS
    expect(await groups()).toEqual([SECURITY])
    clock.at = 10 * MINUTE_MS
    expect(await groups()).toEqual([])
    slack.refuses = null
    expect(await groups()).toEqual([SECURITY])
  })

  test.each<ChatErrorCode>([
    'FORBIDDEN',
    'GONE',
    'REJECTED',
  ])('loses them where Slack says no (%s), an outage after it or not', async (code) => {
    const { clock, slack, groups } = member()
    await groups()
    slack.refuses = code
    clock.at = MINUTE_MS
    expect(await groups()).toEqual([])
    slack.refuses = 'UNAVAILABLE'
    expect(await groups()).toEqual([])
  })
})

describe('a mention', () => {
  const person = (id: string): Span => ({ mention: 'person', id, name: 'Dana Kowalska' })
  const role = (id: string): Span => ({ mention: 'role', id, name: 'security' })
  const naming = (...spans: Span[]): Card => card({ title: 'Go?', blocks: [{ kind: 'text', text: ['Waits for ', ...spans] }] })
  const shown = async (said: Card): Promise<unknown[]> => {
    const { message } = await bot.slack.platform.post(place, said, `mention-${++posted}`)
    const block = (await peer.messages(place.ref)).find(({ ts }) => ts === message)?.blocks.at(-1)
    return (block as unknown as { elements: { elements: object[] }[] }).elements[0]?.elements.slice(1) ?? []
  }
  const bold = (text: string) => ({ type: 'text', text, style: { bold: true } })

  test('of a person makes the phone ring, wherever in the card it stands', () =>
    withBot(async () => {
      const user = { type: 'user', user_id: peer.user(DANA) }
      expect(await shown(naming(person('dana')))).toEqual([user])
      const everywhere = card({
        blocks: [
          { kind: 'facts', facts: [{ label: 'Who', value: [person('dana')] }] },
          { kind: 'list', items: [[person('dana')]] },
          { kind: 'outcome', text: [person('dana')], tone: 'info' },
        ],
      })
      const { message } = await bot.slack.platform.post(place, everywhere, `mention-${++posted}`)
      await bot.slack.platform.edit({ place: place.ref, message }, everywhere)
      expect(JSON.stringify((await peer.messages(place.ref)).find(({ ts }) => ts === message)).match(/"user_id"/g)).toHaveLength(3)
      expect(calls('users.lookupByEmail').length).toBe(1)
    }))

  test('in a private answer, asked for or not, names the account, too', () =>
    withBot(async () => {
      const user = `"user_id":"${peer.user(DANA)}"`
      const before = peer.whispers(DANA).length
      bot.answer = async () => ({ ok: true, cards: [naming(person('dana'))] })
      await says(DANA)
      await bot.slack.platform.whisper(place, 'dana', naming(person('dana')))
      const blocks = peer
        .whispers(DANA)
        .slice(before)
        .map((whisper) => JSON.stringify(whisper.blocks))
      expect(blocks).toEqual([expect.stringContaining(user), expect.stringContaining(user)])
    }))

  test('of a role is one of its user group, where the policy names one that Slack knows', () =>
    withBot(async () => {
      groupOf(DANA)
      bot.groups = [SECURITY]
      expect(await shown(naming(role('security'), role('operations')))).toEqual([
        { type: 'usergroup', usergroup_id: SECURITY },
        bold('security'),
      ])
    }))

  test.each<[string, () => void]>([
    ['is in no policy', () => undefined],
    ['has no account', () => peer.proxy.rewrite('users.lookupByEmail', () => ({ ok: false, error: 'users_not_found' }))],
    [
      'has a deactivated one',
      () => peer.proxy.rewrite('users.lookupByEmail', (answer) => ({ ...answer, user: { id: 'U9', deleted: true } })),
    ],
    ['cannot be looked up', () => peer.proxy.fail('server error', 1, 'users.lookupByEmail')],
    ['cannot be looked up now', () => peer.proxy.fail('rate limited', 1, 'users.lookupByEmail')],
    [
      'cannot be looked up, for want of a scope',
      () => peer.proxy.rewrite('users.lookupByEmail', () => ({ ok: false, error: 'missing_scope' })),
    ],
    ['is looked up in vain', () => peer.proxy.fail('reset before', 1, 'users.lookupByEmail')],
  ])('of somebody who %s is a bold name: nothing keeps a message back', (what, trouble) =>
    withBot(async () => {
      trouble()
      bot.groups = [GONE]
      expect(await shown(naming(person(what === 'is in no policy' ? 'nobody' : 'dana'), role('security')))).toEqual([
        bold('Dana Kowalska'),
        bold('security'),
      ])
    }))
})
