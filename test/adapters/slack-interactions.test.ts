import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Form } from '../../src/cards/card.ts'
import { refuse } from '../../src/core/result.ts'
import type { Outcome, Place } from '../../src/ports.ts'
import { textOf } from '../support/block-kit.ts'
import { card } from '../support/cards.ts'
import { type SlackPeer, startSlackPeer } from '../support/slack.ts'
import { DANA, MODES, PEOPLE, type SlackBot, STRANGER, startBot } from '../support/slack-bot.ts'

const form: Form = {
  title: 'Reject the plan',
  submit: 'Reject',
  fields: [{ kind: 'text', id: 'reason', label: 'Why?', multiline: true, required: true, maxLength: 300 }],
}
const decision = card({
  title: 'Go or no-go',
  actions: [
    { label: 'Approve', verb: 'approve', id: 'change:12', digest: '9f3a', style: 'primary' },
    { label: 'Reject…', verb: 'reject', id: 'change:12', style: 'danger', form },
  ],
})
const told = (text: string): Outcome => ({ ok: true, cards: [card({ look: 'whisper', title: text, summary: text })] })

/** Everything that people can do works the same, however Slack's requests come. */
describe.each(MODES)('by %s', (mode) => {
  let peer: SlackPeer
  let bot: SlackBot
  let place: Place
  let posted = 0

  beforeAll(async () => {
    peer = await startSlackPeer({ people: PEOPLE, channels: ['patch-team', 'elsewhere'] })
    place = { id: 'patch-team', platform: 'slack', ref: peer.channel('patch-team') }
    bot = await startBot(peer, mode)
  })
  afterAll(async () => {
    await bot.slack.close()
    await peer.close()
  })
  beforeEach(() => {
    for (const heard of [bot.intents, bot.doubts, bot.accounts, bot.wanting, bot.asked]) heard.length = 0
    bot.answer = async () => ({ ok: true, cards: [] })
    bot.doors.doubt = async () => ({ ok: true, cards: [] })
    bot.form = form
    bot.groups = []
  })

  const post = async () => (await bot.slack.platform.post(place, decision, `key-${++posted}`)).message
  const calls = (method: string) => peer.proxy.requests.filter((request) => request.method === method)
  /** All that one person was told while `work` ran, once the adapter is through with it. */
  const heard = async (email: string, work: () => Promise<unknown>): Promise<string[]> => {
    const before = peer.whispers(email).length
    await work()
    await bot.slack.idle()
    return peer
      .whispers(email)
      .slice(before)
      .map((one) => textOf(one.blocks))
  }
  const mention = (text: string, more: object = {}) => ({
    type: 'app_mention',
    user: peer.user(DANA),
    text,
    ts: '1700000000.000100',
    channel: place.ref,
    ...more,
  })
  const message = async (text: string, more: object = {}) => ({
    type: 'message',
    channel_type: 'im',
    user: peer.user(DANA),
    text,
    ts: '1700000000.000200',
    channel: await peer.direct(DANA),
    ...more,
  })

  test('a click reaches the door, and its outcome the one who pressed', async () => {
    bot.answer = async () => told('Noted')
    const ts = await post()
    expect(await heard(DANA, () => peer.click(DANA, place.ref, ts, 'Approve'))).toEqual(['Noted'])
    expect(bot.intents).toMatchObject([{ actor: 'dana', place: 'patch-team', verb: 'approve', subject: 'change:12', digest: '9f3a' }])
  })

  test('a double click is two deliveries, an exact replay is the first one again', async () => {
    const ts = await post()
    await peer.click(DANA, place.ref, ts, 'Approve')
    await peer.send(peer.lastSent())
    await peer.click(DANA, place.ref, ts, 'Approve')
    await bot.slack.idle()
    const [first, replayed, again] = bot.intents.map(({ delivery }) => delivery)
    expect(first).toMatch(/^slack:./)
    expect(replayed).toBe(first)
    expect(again).not.toBe(first)
  })

  test('a form opens as it is now; a refusal stands at its field and keeps the modal; then it closes', async () => {
    const opened = await peer.openForm(DANA, place.ref, await post(), 'Reject…')
    expect(bot.asked).toEqual([{ v: 1, verb: 'reject', id: 'change:12' }])
    bot.answer = async () => ({ ...refuse('SHORT', 'Please say it in one sentence.'), field: 'reason' })
    expect(await peer.submit(DANA, opened, { reason: 'No' })).toEqual({ status: 200, errors: { reason: 'Please say it in one sentence.' } })
    bot.answer = async () => told('Rejected')
    expect(await heard(DANA, () => peer.submit(DANA, opened, { reason: 'Not on a Friday' }))).toEqual(['Rejected'])
    expect(bot.intents.map(({ inputs }) => inputs)).toEqual([{ reason: 'No' }, { reason: 'Not on a Friday' }])
  })

  test('a form whose no comes too late to be shown in it gives back what was typed', async () => {
    const opened = await peer.openForm(DANA, place.ref, await post(), 'Reject…')
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    bot.answer = () => promise
    expect(await peer.submit(DANA, opened, { reason: 'Not on a Friday' })).toEqual({ status: 200, errors: null })
    const [shown] = await heard(DANA, async () => resolve(refuse('STALE', 'This plan changed at 14:02.')))
    expect(shown).toContain('This plan changed at 14:02.')
    expect(shown).toContain('Why? Not on a Friday')
  })

  test('/patch reaches the door as it was typed', async () => {
    bot.answer = async () => told('Six bulletins')
    expect(await heard(DANA, () => peer.command(DANA, place.ref, 'bulletins & <all>'))).toEqual(['Six bulletins'])
    expect(bot.intents).toMatchObject([{ verb: 'command', place: 'patch-team', inputs: { text: 'bulletins & <all>' } }])
  })

  test('/patch in the conversation with the bot needs no place', async () => {
    const direct = await peer.direct(DANA)
    await heard(DANA, () => peer.command(DANA, direct, 'status'))
    expect(bot.intents).toMatchObject([{ verb: 'command', place: '', inputs: { text: 'status' } }])
  })

  test.each([
    ['a command', '<@UBOT> status', 'status'],
    ['nothing more', '<@UBOT>', 'help'],
    ['an address', '<@UBOT> verify <https://a.example/x?a=1&amp;b=2|here>', 'verify https://a.example/x?a=1&b=2'],
    ['entities', '<@UBOT> show a &lt; b', 'show a < b'],
    ['other mentions', 'hey <@UBOT> ask <@U123> in <#C1|general> <!here>', 'hey ask @U123 in general @here'],
  ])('a mention with %s is a command', async (_, text, typed) => {
    bot.answer = async () => told('Where everything stands')
    expect(await heard(DANA, () => peer.event(mention(text, { thread_ts: '1.000001' })))).toEqual(['Where everything stands'])
    expect(bot.intents).toMatchObject([{ verb: 'command', place: 'patch-team', inputs: { text: typed } }])
    expect(bot.intents[0]?.delivery).toMatch(/^slack:Ev/)
    expect(peer.whispers(DANA).at(-1)).toMatchObject({ channel: place.ref, thread: '1.000001' })
  })

  test('a mention in a channel that is no place of ours is refused', async () => {
    const [shown] = await heard(DANA, () => peer.event(mention('<@UBOT> status', { channel: peer.channel('elsewhere') })))
    expect(shown).toContain('not one of the places')
    expect(bot.intents).toEqual([])
  })

  test('a direct message is a command, answered there', async () => {
    bot.answer = async () => told('Nothing is open')
    const event = await message('status')
    expect(await heard(DANA, () => peer.event(event))).toEqual(['Nothing is open'])
    expect(bot.intents).toMatchObject([{ actor: 'dana', place: '', verb: 'command', inputs: { text: 'status' } }])
    expect(peer.whispers(DANA).at(-1)?.channel).toBe(await peer.direct(DANA))
  })

  test.each<[string, () => object | Promise<object>]>([
    ['our own', () => message('Nothing is open', { user: 'UBOT' })],
    ['another bot’s', () => message('beep', { bot_id: 'B9' })],
    ['an edited one', () => message('', { subtype: 'message_changed', message: { text: 'status' } })],
    ['a deleted one', () => message('', { subtype: 'message_deleted' })],
    ['somebody who joined', () => message('', { subtype: 'channel_join' })],
    ['one in a channel', () => message('status', { channel_type: 'channel', channel: place.ref })],
    ['a bot’s mention', () => mention('<@UBOT> status', { bot_id: 'B9' })],
    ['a mention put in by an edit', () => mention('<@UBOT> status', { edited: { user: 'U1', ts: '1' } })],
  ])('%s is not listened to', async (_, event) => {
    const inner = await event()
    expect(await heard(DANA, async () => expect(await peer.event(inner)).toMatchObject({ status: 200 }))).toEqual([])
    expect(bot.intents).toEqual([])
  })

  test('an event that Slack sends again is answered once; while it is under way, too', async () => {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    bot.answer = () => promise
    const event = await message('status')
    const first = peer.event(event, { event_id: `Ev-${mode}` })
    expect(await peer.event(event, { event_id: `Ev-${mode}`, retry: 1 })).toMatchObject({ status: 200 })
    const shown = await heard(DANA, async () => {
      resolve(told('Once'))
      await first
      await peer.event(event, { event_id: `Ev-${mode}`, retry: 2 })
    })
    expect(shown).toEqual(['Once'])
    expect(bot.intents).toHaveLength(1)
  })

  test('an event is answered once its work is done, so that a crash before loses nothing', async () => {
    const order: string[] = []
    bot.answer = async () => {
      order.push('committed')
      return { ok: true, cards: [] }
    }
    await peer.event(mention('<@UBOT> stop 12 fire')).then(() => order.push('answered'))
    expect(order).toEqual(['committed', 'answered'])
  })

  test('and in time in any case', async () => {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    bot.answer = () => promise
    expect(await peer.event(mention('<@UBOT> status'))).toMatchObject({ status: 200 })
    expect(await heard(DANA, async () => resolve(told('At last')))).toEqual(['At last'])
  })

  test('what nobody here listens to is answered, and does nothing', async () => {
    expect(await peer.event({ type: 'reaction_added', user: 'U1' })).toMatchObject({ status: 200 })
    expect(await peer.shortcut(DANA, place.ref, { text: 'x' }, 'somebody_elses')).toMatchObject({ status: 200 })
    await peer.click(DANA, place.ref, await post(), 'Approve')
    const payload = JSON.parse(peer.lastSent().payload ?? '')
    bot.intents.length = 0
    const foreign = { ...payload, actions: [{ ...payload.actions[0], action_id: 'theirs' }] }
    expect(await peer.send({ payload: JSON.stringify(foreign) })).toEqual({ status: 200, body: '' })
    expect(bot.intents).toEqual([])
  })

  test('the shortcut asks whether a message is real, with its words, links and what was forwarded in it', async () => {
    bot.doors.doubt = async () => told('BOGUS')
    const asked = {
      text: 'Install now: <https://evil.example/fix|the fix> &amp; tell <mailto:boss@example.org|boss@example.org>',
      attachments: [{ title: 'Red Hat', title_link: 'https://r3dhat.example/', text: 'urgent', fallback: 'urgent (fallback)' }],
    }
    expect(await heard(DANA, () => peer.shortcut(DANA, peer.channel('elsewhere'), asked))).toEqual(['BOGUS'])
    expect(bot.doubts).toEqual([
      {
        actor: 'dana',
        place: null,
        words: 'Install now: the fix & tell boss@example.org\nRed Hat\nurgent',
        links: ['https://evil.example/fix', 'https://r3dhat.example/'],
        files: [],
      },
    ])
    await heard(DANA, () => peer.shortcut(DANA, place.ref, asked))
    expect(bot.doubts[1]?.place).toBe('patch-team')
  })

  test('a message without anything to check is said to be so', async () => {
    expect((await heard(DANA, () => peer.shortcut(DANA, place.ref, { text: '' })))[0]).toContain('no words, links or files')
    expect(bot.doubts).toEqual([])
  })

  test.each([
    ['a bare link', { text: '<https://evil.example/fix>' }, ['https://evil.example/fix']],
    ['a forwarded message', { text: '', attachments: [{ text: 'Install <https://b.example>', is_share: true }] }, ['https://b.example']],
  ])('%s sent to the bot alone is doubted', async (_, more, links) => {
    const event = await message('', more)
    await heard(DANA, () => peer.event(event))
    expect(bot.doubts).toMatchObject([{ actor: 'dana', place: null, links }])
    expect(bot.intents).toEqual([])
  })

  describe('a file sent to the bot alone', () => {
    const share = async (file: object) => message('Is it?', { subtype: 'file_share', files: [file] })
    const url = (name: string) => `${peer.proxy.url}/files/${name}`

    test('or to the bot in a thread is fetched, with the thread that it was sent in', async () => {
      peer.proxy.serve('files/fix.rpm', () => ({ body: 'abc' }))
      const files = [{ name: 'fix.rpm', url_private: url('fix.rpm') }]
      await heard(DANA, () => peer.event(mention('<@UBOT> check', { files, thread_ts: '1700000000.000001' })))
      expect(bot.doubts).toMatchObject([{ actor: 'dana', place: 'patch-team', thread: '1700000000.000001', files: [{ name: 'fix.rpm' }] }])
      expect(bot.intents).toEqual([])
    })

    test('is fetched with the token and doubted', async () => {
      peer.proxy.serve('files/notice.eml', () => ({ body: 'From: security@redhat.example' }))
      const event = await share({ id: 'F1', name: 'notice.eml', size: 29, url_private_download: url('notice.eml') })
      await heard(DANA, () => peer.event(event))
      expect(bot.doubts).toMatchObject([{ actor: 'dana', place: null, words: 'Is it?' }])
      const [file] = bot.doubts[0]?.files ?? []
      expect([file?.name, Buffer.from(file?.bytes ?? []).toString()]).toEqual(['notice.eml', 'From: security@redhat.example'])
      expect(calls('files/notice.eml').at(-1)?.token).toBe('xoxb-patchcrier-test')
    })

    test.each<[string, (at: (name: string) => string) => object, string]>([
      ['from another host', () => ({ name: 'a', url_private: 'https://evil.example/a' }), 'not kept by Slack'],
      ['from a host that only looks like Slack’s', () => ({ name: 'a', url_private: 'https://evilslack.com/a' }), 'not kept by Slack'],
      ['without TLS', () => ({ name: 'a', url_private: 'http://files.slack.com/a' }), 'not kept by Slack'],
      ['that Slack no longer has', () => ({ name: 'a' }), 'not kept by Slack'],
      ['that says it is too large', (at) => ({ name: 'a', size: 10_000_001, url_private: at('a') }), 'larger than 10 MB'],
      ['that is too large and does not say so', (at) => ({ name: 'a', size: 3, url_private: at('large') }), 'larger than 10 MB'],
      ['behind a redirect', (at) => ({ name: 'a', url_private: at('moved') }), 'Slack did not answer'],
      ['for which Slack wants a sign-in', (at) => ({ name: 'a', mimetype: 'text/plain', url_private: at('page') }), 'does not give it'],
      ['that fails', (at) => ({ name: 'a', url_private: at('broken') }), 'does not give it'],
    ])('%s is not taken, and nothing is judged', async (_, file, why) => {
      peer.proxy.serve('files/large', () => ({ body: new Uint8Array(10_000_001) }))
      peer.proxy.serve('files/moved', () => ({ status: 302, headers: { location: 'http://127.0.0.1:1/stolen' }, body: '' }))
      peer.proxy.serve('files/page', () => ({ headers: { 'content-type': 'text/html' }, body: '<title>Sign in</title>' }))
      peer.proxy.serve('files/broken', () => ({ status: 500, body: '' }))
      const event = await share(file(url))
      const [shown] = await heard(DANA, () => peer.event(event))
      expect(shown).toContain(why)
      expect(shown).toContain('Nothing was checked')
      expect(bot.doubts).toEqual([])
    })

    test('more than five at once are refused', async () => {
      const files = Array.from({ length: 6 }, () => ({ name: 'a', url_private: url('notice.eml') }))
      const event = await message('', { subtype: 'file_share', files })
      expect((await heard(DANA, () => peer.event(event)))[0]).toContain('at most 5')
    })
  })

  describe('the bot’s own page', () => {
    const open = (email: string, tab = 'home') =>
      heard(email, () => peer.event({ type: 'app_home_opened', user: peer.user(email), channel: 'D1', tab }))

    const pageOf = (email: string) => ({ platform: 'slack-home', account: peer.user(email), person: 'dana' })
    const draw = (email: string, title: string) =>
      bot.slack.home.platform.edit({ place: peer.user(email), message: 'home' }, card({ title, summary: title }))

    test('is the house’s to draw once it was opened, and there is one for each account', async () => {
      bot.homes.length = 0
      await open(DANA)
      expect(bot.homes).toEqual([pageOf(DANA)])
      const home = { id: 'home', platform: 'slack-home', ref: peer.user(DANA) }
      const ref = await bot.slack.home.platform.post(home, card({ title: '2 things wait for you' }), 'post-1')
      expect(textOf(peer.home(DANA)?.blocks)).toContain('2 things wait for you')
      await bot.slack.home.platform.edit(ref, card({ title: 'Nothing waits for you' }))
      expect(textOf(peer.home(DANA)?.blocks)).toContain('Nothing waits for you')
      // Publishing again does no harm, so one in doubt is there.
      expect(await bot.slack.home.platform.find(home, null, 'post-1')).toEqual({ found: ref })
    })

    test('leads to messages by their permanent address', () => {
      const ref = { place: place.ref, message: '1700000000.000100', thread: '1600000000.000100' }
      expect(bot.slack.home.urlOf(ref)).toBe(
        `https://emulate.slack.com/archives/${place.ref}/p1700000000000100?thread_ts=1600000000.000100&cid=${place.ref}`,
      )
    })

    test('says why not to somebody unknown, with a way on that works', async () => {
      await open(STRANGER)
      const page = peer.home(STRANGER)
      expect(textOf(page?.blocks)).toContain('not in the policy')
      const button = page?.blocks.flatMap((block) => ('elements' in block && block.type === 'actions' ? block.elements : []))[0]
      const action = { ...button, action_ts: '1.2', block_id: 'b' }
      const click = {
        type: 'block_actions',
        user: { id: peer.user(STRANGER) },
        trigger_id: 'T1',
        container: { type: 'view', view_id: 'V1' },
        view: { type: 'home' },
        actions: [action],
      }
      await heard(STRANGER, () => peer.send({ payload: JSON.stringify(click) }))
      expect(bot.wanting).toMatchObject([{ platform: 'slack', id: peer.user(STRANGER), email: STRANGER }])
    })

    test('is drawn anew after a press on it, and not after one elsewhere', async () => {
      const press = async (where: object) => {
        const action = { action_id: 'act:0:approve', action_ts: '1.2', block_id: 'b', value: '{"v":1,"verb":"approve","id":"change:12"}' }
        const user = { id: peer.user(DANA) }
        const click = {
          type: 'block_actions',
          user,
          trigger_id: `T${Math.random()}`,
          container: { type: 'view' },
          ...where,
          actions: [action],
        }
        bot.homes.length = 0
        await peer.send({ payload: JSON.stringify(click) })
        await bot.slack.idle()
        return bot.homes
      }
      expect(await press({ view: { type: 'home' } })).toEqual([pageOf(DANA)])
      expect(await press({ channel: { id: place.ref } })).toEqual([])
    })

    test('is not drawn for its other tab, and a failure to say why not is only logged', async () => {
      bot.homes.length = 0
      await open(DANA, 'messages')
      expect(bot.homes).toEqual([])
      peer.proxy.fail('server error', 1, 'views.publish')
      await open(STRANGER)
      expect(bot.logged.at(-1)).toContain('a home page could not be shown')
    })

    test('is no conversation', async () => {
      const { platform } = bot.slack.home
      await expect(platform.reply({ place: 'U1', message: 'home' }, card(), 'k')).rejects.toMatchObject({ code: 'REJECTED' })
      await expect(platform.whisper({ id: 'p', platform: 'slack-home', ref: 'U1' }, 'dana', card())).rejects.toMatchObject({
        code: 'REJECTED',
      })
      await expect(draw(DANA, 'x')).resolves.toBeUndefined()
    })
  })

  test('somebody unknown is told so, with a button to ask for a role', async () => {
    const ts = await post()
    const next = peer.nextWhisper(STRANGER)
    await peer.click(STRANGER, place.ref, ts, 'Approve')
    const shown = await next
    expect(textOf(shown.blocks)).toContain('not in the policy')
    await heard(STRANGER, () => peer.click(STRANGER, place.ref, shown, 'Ask for a role'))
    expect(bot.wanting).toMatchObject([{ email: STRANGER }])
    expect(bot.intents).toEqual([])
  })
})
