import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { activitySchema } from '../../adapters/teams/activity.ts'
import { serviceOf, storeOf } from '../../adapters/teams/hosts.ts'
import type { Form } from '../../src/cards/card.ts'
import { refuse } from '../../src/core/result.ts'
import type { Outcome } from '../../src/ports.ts'
import { dataFolder } from '../conformance/suite.ts'
import { complaints, objects, shown } from '../support/adaptive.ts'
import { card } from '../support/cards.ts'
import { APP_ID, chatWith, TENANT } from '../support/teams.ts'
import { ANA, DANA, GROUP, startTeamsRig, TEAM, type TeamsRig } from '../support/teams-adapter.ts'

let rig: TeamsRig
beforeAll(async () => {
  rig = await startTeamsRig()
})
afterAll(() => rig.close())
beforeEach(() => {
  rig.house.intents.length = 0
  rig.house.answer = () => ({ ok: true, cards: [card({ title: 'Changes' })] })
  rig.doubts.length = 0
})

const BOT = `28:${APP_ID}`
const MENTION = '<at>Patchcrier</at>'
const mention = { mentioned: { id: BOT }, text: MENTION }
const asked = () => rig.house.intents.map(({ actor, place, verb, inputs }) => ({ actor, place, verb, ...inputs }))

describe('words to the bot, typed in the playground', () => {
  const said = async (conversation: string, body: object): Promise<void> => {
    const delivered = rig.peer.nextDelivery()
    await rig.peer.playgrounds[0]?.say(conversation, { from: { id: ANA }, textFormat: 'plain', ...body })
    await delivered
    await rig.teams.idle()
  }

  test('a command in a private chat is answered there', async () => {
    const chat = chatWith(ANA)
    await said(chat, { text: 'show 12' })
    expect(asked()).toEqual([{ actor: 'ana', place: '', verb: 'command', text: 'show 12' }])
    expect(shown(rig.peer.messages(chat).at(-1)?.card)[0]).toBe('Changes')
  })

  test.each([
    ['a channel', TEAM, 'patch-team'],
    ['a group chat', GROUP, 'management'],
  ])('a mention in %s is a command, and its answer is for that person alone', async (_what, conversation, place) => {
    const before = { there: rig.peer.messages(conversation).length, alone: rig.peer.whispers(ANA).length }
    await said(conversation, { text: `${MENTION} changes`, mentions: [mention] })
    expect(asked()).toEqual([{ actor: 'ana', place, verb: 'command', text: 'changes' }])
    expect(rig.peer.messages(conversation)).toHaveLength(before.there)
    expect(rig.peer.whispers(ANA)).toHaveLength(before.alone + 1)
  })
})

const message = (conversation: string, more: object) => rig.peer.activity(ANA, conversation, { type: 'message', ...more })
const sent = async (activity: object): Promise<void> => {
  expect((await rig.peer.send(activity)).status).toBe(200)
  await rig.teams.idle()
}

describe('words to the bot', () => {
  test.each([
    ['without a mention', { text: 'status' }, []],
    [
      'with a mention of somebody else',
      { text: '<at>Ana</at> status', entities: [{ type: 'mention', mentioned: { id: ANA }, text: '<at>Ana</at>' }] },
      [],
    ],
    ['with a mention that is only typed', { text: '<at>Patchcrier</at> status' }, []],
    [
      'with the mention in the middle',
      { text: `please ${MENTION} status`, entities: [{ type: 'mention', ...mention }] },
      ['please status'],
    ],
    ['with the mention alone', { text: MENTION, entities: [{ type: 'mention', ...mention }] }, ['help']],
    [
      'with markup of Teams in it',
      { text: `${MENTION}&nbsp;why &lt;12&gt; &amp;lt;`, entities: [{ type: 'mention', ...mention }] },
      ['why <12> &lt;'],
    ],
    ['with hidden text', { text: `${MENTION} sta\u200Btus \u202Ex`, entities: [{ type: 'mention', ...mention }] }, ['status x']],
  ])('%s in a channel', async (_what, more, texts) => {
    await sent(message(TEAM, more))
    expect(rig.house.intents.map(({ inputs }) => inputs.text)).toEqual(texts)
  })

  test('in a channel that is no place: a private refusal', async () => {
    const before = rig.peer.whispers(ANA).length
    await sent(message('19:other@thread.tacv2', { text: `${MENTION} status`, entities: [{ type: 'mention', ...mention }] }))
    expect(rig.house.intents).toEqual([])
    expect(JSON.stringify(rig.peer.whispers(ANA).slice(before))).toMatch(/not one of the places/)
  })

  test('where Teams does not let the bot write alone, the thread says how, and not what', async () => {
    rig.house.answer = () => ({ ok: true, cards: [card({ title: 'Secret' })] })
    rig.peer.fail({ on: /a:29:ana\/activities/, answer: { status: 403 } })
    const thread = rig.peer.requests.length
    await sent(message(TEAM, { text: `${MENTION} status`, entities: [{ type: 'mention', ...mention }] }))
    const said = JSON.stringify(rig.peer.requests.slice(thread).filter(({ path }) => path.includes(TEAM)))
    expect(said).toMatch(/Please add me/)
    expect(said).not.toMatch(/Secret/)
  })

  test('the same message twice is answered once', async () => {
    const activity = message(chatWith(ANA), { text: 'status' })
    const before = rig.peer.whispers(ANA).length + rig.peer.messages(chatWith(ANA)).length
    await sent(activity)
    await sent(activity)
    expect(rig.house.intents).toHaveLength(1)
    expect(rig.peer.whispers(ANA).length + rig.peer.messages(chatWith(ANA)).length - before).toBeGreaterThan(0)
  })
})

describe('dialogs', () => {
  const FORM: Form = {
    title: 'Classify openssl',
    submit: 'Classify',
    fields: [
      { kind: 'choice', id: 'class', label: 'Class', required: true, options: [{ value: 'high', label: 'High' }] },
      { kind: 'text', id: 'reason', label: 'Reason', multiline: true, required: true, maxLength: 500 },
    ],
  }
  const DATA = { v: 1, verb: 'classify', id: 'change:1', digest: 'aa' }
  const invoke = async (name: string, data: object) => {
    const { body } = await rig.peer.send(
      rig.peer.activity(ANA, TEAM, { type: 'invoke', name, value: { data, context: { theme: 'default' } } }),
    )
    return body as { task?: { type: string; value: string & { title: string; card: { content: never } } } }
  }

  test('a form is asked for when its button is pressed, and drawn as it is now', async () => {
    rig.doors.formFor = async (button, place) => (button.verb === 'classify' && place === 'patch-team' ? FORM : null)
    const { task } = await invoke('task/fetch', { ...DATA, msteams: { type: 'task/fetch' } })
    expect(task).toMatchObject({ type: 'continue', value: { title: 'Classify openssl' } })
    const content = task?.value.card.content
    expect(complaints(content as never)).toEqual([])
    expect(objects(content).filter(({ type }) => String(type).startsWith('Input.'))).toMatchObject([{ id: 'class~0' }, { id: 'reason~0' }])
    expect(objects(content)).toContainEqual({ type: 'Action.Submit', title: 'Classify', data: DATA })
    expect(rig.house.intents).toEqual([])
  })

  test('what is no longer open is said', async () => {
    rig.doors.formFor = async () => null
    expect((await invoke('task/fetch', DATA)).task).toMatchObject({ type: 'message', value: expect.stringMatching(/no longer open/) })
  })

  test('a refusal stands at its field, and what was typed stays', async () => {
    rig.doors.formFor = async () => FORM
    rig.house.answer = () => ({ ...refuse('REASON_NEEDED', 'Please say why.'), field: 'reason' }) as Outcome
    const { task } = await invoke('task/submit', { ...DATA, 'class~0': 'high', 'reason~0': 'x' })
    const body = (task?.value.card.content as unknown as { body: { type: string; id?: string; value?: string }[] }).body
    const at = body.findIndex(({ id }) => id === 'reason~0')
    expect(body[at]).toMatchObject({ value: 'x' })
    expect(shown(body[at + 1])).toEqual(['Please say why.'])
    expect(body.find(({ id }) => id === 'class~0')).toMatchObject({ value: 'high' })
    expect(rig.house.intents).toMatchObject([
      { actor: 'ana', place: 'patch-team', verb: 'classify', subject: 'change:1', inputs: { class: 'high', reason: 'x' } },
    ])
  })

  test('when it is done, the dialog closes', async () => {
    rig.house.answer = () => ({ ok: true, cards: [] })
    expect(await invoke('task/submit', { ...DATA, 'reason~0': 'x' })).toEqual({})
  })
})

describe('is this real?', () => {
  const ask = (value: object, name = 'composeExtension/fetchTask') =>
    rig.peer.send(rig.peer.activity(DANA, TEAM, { type: 'invoke', name, value }))
  const payload = (content: string, more: object = {}) => ({
    commandId: 'isThisReal',
    messagePayload: { id: '1', body: { contentType: 'html', content }, ...more },
  })

  test.each([
    'composeExtension/fetchTask',
    'composeExtension/submitAction',
  ])('%s: the words, and where the links really go', async (name) => {
    rig.doors.doubt = async (doubt) => {
      rig.doubts.push(doubt)
      return { ok: true, cards: [card({ title: 'This is not from us' })] }
    }
    const html =
      '<p>Install <a href="https://evil.example/?a=1&amp;b=2">https://redhat.com</a> <b>now</b></p><img src="x"><script>alert(1)</script>'
    const { body } = await ask(payload(html, { attachments: [{ contentUrl: 'https://evil.example/file' }, { contentUrl: null }] }), name)
    expect(rig.doubts).toEqual([
      {
        actor: 'dana',
        place: 'patch-team',
        words: 'Install https://redhat.com now',
        links: ['https://evil.example/?a=1&b=2', 'https://evil.example/file'],
        files: [],
      },
    ])
    expect(body).toMatchObject({ task: { type: 'continue', value: { title: 'This is not from us' } } })
  })

  test('without a message it says how to ask', async () => {
    expect((await ask({ commandId: 'isThisReal' })).body).toMatchObject({
      task: { type: 'message', value: expect.stringMatching(/in the menu of the message/) },
    })
  })

  test('where the bot is not, it knows people by their private chat', async () => {
    rig.peer.fail({ on: /elsewhere.*members/, answer: { status: 403 } })
    const activity = rig.peer.activity('29:lena', '19:elsewhere@thread.v2', {
      type: 'invoke',
      name: 'composeExtension/fetchTask',
      value: payload('x'),
    })
    await rig.peer.send(activity)
    expect(rig.doubts).toMatchObject([{ actor: 'lena', place: null }])
  })

  const at = (name: string) => `${rig.peer.config.microsoft?.fileOrigin}/files/${name}`
  const attached = (name: string, downloadUrl: string) => ({
    contentType: 'application/vnd.microsoft.teams.file.download.info',
    name,
    content: { downloadUrl },
  })
  const told = () => shown(rig.peer.messages(chatWith(ANA)).at(-1)?.card).join(' ')

  test('files in a private chat are fetched and doubted', async () => {
    rig.peer.files.set('a.eml', Buffer.from('From: x'))
    const attachments = [attached('a.eml', at('a.eml'))]
    await sent(message(chatWith(ANA), { text: '', attachments }))
    expect(rig.doubts).toMatchObject([{ actor: 'ana', place: null, files: [{ name: 'a.eml' }] }])
    expect(Buffer.from(rig.doubts[0]?.files[0]?.bytes ?? []).toString()).toBe('From: x')
  })

  test.each([
    'http://contoso-my.sharepoint.com/x',
    'https://contoso.sharepoint.com.evil.example/x',
    'https://evil.example/.sharepoint.com',
    'https://user@contoso.sharepoint.com/x',
    'https://contoso.sharepoint.com:8443/x',
    'https://169.254.169.254/latest',
    'file:///etc/passwd',
    'no address',
  ])('nothing is fetched from %s, and nothing is judged', async (url) => {
    expect(storeOf(null).keeps(url)).toBe(false)
    expect(storeOf(null).keeps('https://contoso-my.sharepoint.com/x')).toBe(true)
    await sent(message(chatWith(ANA), { text: '', attachments: [attached('x', url)] }))
    expect(told()).toMatch(/not kept by Teams.*Nothing was checked/)
    expect(rig.doubts).toEqual([])
  })

  test.each([
    ['larger than 10 MB', 'large', /larger than 10 MB/],
    ['gone', 'gone', /does not give it to me/],
  ])('what is %s is refused, and nothing is judged, not even what else was sent', async (_, name, why) => {
    rig.peer.files.set('a.eml', Buffer.from('From: x'))
    rig.peer.files.set('large', new Uint8Array(10_000_001))
    const attachments = [attached('a.eml', at('a.eml')), attached(name, at(name))]
    await sent(message(chatWith(ANA), { text: '', attachments }))
    expect(told()).toMatch(why)
    expect(rig.doubts).toEqual([])
  })

  test('more than five at once are refused: a verdict on some would be taken for one on all', async () => {
    const attachments = Array.from({ length: 6 }, () => attached('a.eml', at('a.eml')))
    await sent(message(chatWith(ANA), { text: '', attachments }))
    expect(told()).toMatch(/at most 5/)
    expect(rig.doubts).toEqual([])
  })
})

describe('the bot is added', () => {
  test.each([
    ['to a team', TEAM, { team: { id: TEAM } }, /place patch-team of the policy/],
    ['to a channel that is no place', '19:channel0@thread.tacv2', { channel: { id: '19:channel0@thread.tacv2' } }, /place end-users/],
    ['to a chat', GROUP, {}, /place management/],
    ['to a private chat', chatWith(ANA), {}, /Type help/],
  ])('%s: it says what the policy calls the place', async (_what, conversation, channelData, words) => {
    const activity = rig.peer.activity(ANA, conversation, {
      type: 'conversationUpdate',
      membersAdded: [{ id: BOT }],
      channelData: { tenant: { id: TENANT }, ...channelData },
    })
    await sent(activity)
    const said = rig.peer.messages(conversation).at(-1)
    expect(JSON.stringify(said?.card)).toMatch(words)
    const count = rig.peer.messages(conversation).length
    await sent(activity)
    expect(rig.peer.messages(conversation)).toHaveLength(count)
  })

  test('the log names the ref, so that an admin can write it down', () => {
    expect(rig.logged.find((line) => line.includes('added to a conversation'))).toMatch(TEAM)
  })

  test('somebody else being added is nothing to us', async () => {
    const { length } = rig.peer.requests
    await sent(rig.peer.activity(ANA, TEAM, { type: 'conversationUpdate', membersAdded: [{ id: DANA }] }))
    expect(rig.peer.requests).toHaveLength(length)
  })
})

describe('where the bot writes to', () => {
  test.each([
    ['https://smba.trafficmanager.net/emea/tenant', 'https://smba.trafficmanager.net/emea/tenant/'],
    ['https://smba.infra.gcc.teams.microsoft.com/teams/', 'https://smba.infra.gcc.teams.microsoft.com/teams/'],
    ['http://smba.trafficmanager.net/emea/', null],
    ['https://smba.trafficmanager.net.evil.example/', null],
    ['https://evil.example/smba.trafficmanager.net/', null],
    ['https://a:b@smba.trafficmanager.net/', null],
    ['https://smba.trafficmanager.net:444/', null],
    ['https://smba.trafficmanager.net/?x=1', null],
    ['nothing', null],
  ])('after an activity from %s: %s', (url, address) => {
    const service = serviceOf(null)
    service.learn(url)
    expect(service.address()).toBe(address ?? 'https://smba.trafficmanager.net/teams/')
  })
})

const DATA = join(dataFolder() ?? '', '11-chat')
const there = existsSync(DATA)
describe.skipIf(!there)('recorded activities', () => {
  // What is skipped is gathered all the same, and may not need what is not there.
  const files = (there ? ['replay-recordings-vercel-chat', 'botframework'] : []).flatMap((folder) =>
    readdirSync(join(DATA, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(DATA, folder, name)),
  )
  const recorded = files
    .flatMap((file) => objects(read(file)))
    .filter(
      ({ type, conversation, channelId }) =>
        type !== undefined && conversation !== undefined && (channelId === undefined || channelId === 'msteams'),
    )

  test('there are some, of several types', () => {
    expect(recorded.length).toBeGreaterThan(4)
  })

  test.each(
    recorded.map((one) => [`${String(one.type)} ${String(one.id)}`, one] as const),
  )('%s is parsed, or refused politely', async (_what, activity) => {
    expect(activitySchema.safeParse({ ...activity, value: activity.value ?? undefined }).success).toBe(true)
    const ours = {
      ...activity,
      conversation: { ...(activity.conversation as object), tenantId: TENANT },
      channelData: { tenant: { id: TENANT } },
      channelId: 'msteams',
      serviceUrl: rig.peer.serviceUrl,
    }
    const { status } = await rig.peer.send(ours)
    await rig.teams.idle()
    expect([200, 501]).toContain(status)
  })
})

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  } catch {
    return null
  }
}
