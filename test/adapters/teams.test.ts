import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { networkError } from '../../adapters/teams/errors.ts'
import type { Card } from '../../src/cards/card.ts'
import { refuse } from '../../src/core/result.ts'
import type { MessageRef, Outcome } from '../../src/ports.ts'
import { objects, shown } from '../support/adaptive.ts'
import { card } from '../support/cards.ts'
import { chatWith } from '../support/teams.ts'
import { ANA, ANNOUNCEMENTS, DANA, GROUP, startTeamsRig, TEAM, type TeamsRig } from '../support/teams-adapter.ts'

let rig: TeamsRig
beforeAll(async () => {
  rig = await startTeamsRig()
})
afterAll(() => rig.close())
beforeEach(() => {
  rig.house.intents.length = 0
  rig.house.answer = () => ({ ok: true, cards: [] })
  rig.doors.cardOf = async () => null
  rig.doubts.length = 0
  rig.asked.length = 0
})

const SECURITY = { mention: 'role', id: 'security', name: 'security' } as const
const place = (ref: string) => ({ id: 'somewhere', platform: 'teams', ref })
const titled = (title: string, more: Partial<Card> = {}): Card => card({ title, ...more })
const CLASSIFY: Card = titled('openssl', {
  actions: [{ label: 'Classify', verb: 'classify', id: 'change:1', digest: 'aa', style: 'primary' }],
})
const seenIn = (conversation: string) => rig.peer.messages(conversation)
const post = (ref: string, what: Card = CLASSIFY): Promise<MessageRef> => rig.teams.platform.post(place(ref), what, 'key')
const click = async (ref: MessageRef, data: object, by = ANA) => {
  const message = seenIn(ref.place).find(({ id }) => id === ref.message)
  if (message === undefined) throw new Error('no such message')
  return rig.peer.press(by, message, data)
}
const DATA = { v: 1, verb: 'classify', id: 'change:1', digest: 'aa' }
const MESSAGE = 'application/vnd.microsoft.activity.message'
const ADAPTIVE = 'application/vnd.microsoft.card.adaptive'

describe('what goes out', () => {
  test('a post begins a thread in a channel, replies hang under it, an edit changes it in place', async () => {
    const root = await post(TEAM)
    expect(root).toEqual({ place: TEAM, message: expect.stringMatching(/^\d+$/) })
    const reply = await rig.teams.platform.reply(root, titled('HALTED'), 'key')
    expect(reply).toEqual({ place: TEAM, thread: root.message, message: expect.stringMatching(/^\d+$/) })
    const second = await rig.teams.platform.reply(reply, titled('and more'), 'key')
    expect(second.thread).toBe(root.message)
    await rig.teams.platform.edit(root, titled('classified'))
    await rig.teams.platform.edit(reply, titled('going on'))
    const conversation = `${TEAM};messageid=${root.message}`
    expect(
      seenIn(TEAM)
        .slice(-3)
        .map((one) => [one.conversation, shown(one.card)[0]]),
    ).toEqual([
      [TEAM, 'classified'],
      [conversation, 'going on'],
      [conversation, 'and more'],
    ])
  })

  test('a chat has no threads: a reply says what it is about, also after it was edited', async () => {
    const root = await post(GROUP)
    rig.doors.cardOf = async (where, message) => (where === 'management' && message === root.message ? CLASSIFY : null)
    const reply = await rig.teams.platform.reply(root, titled('HALTED'), 'key')
    expect(shown(seenIn(GROUP).at(-1)?.card)).toEqual(expect.arrayContaining(['HALTED', 'About: openssl']))
    await rig.teams.platform.edit(reply, titled('going on'))
    expect(shown(seenIn(GROUP).at(-1)?.card)).toEqual(expect.arrayContaining(['going on', 'About: openssl']))
  })

  test('a reply in a chat calls whom it names, as the first message does', async () => {
    const root = await post(GROUP)
    await rig.teams.platform.reply(root, titled('Decide', { blocks: [{ kind: 'text', text: [SECURITY] }] }), 'key')
    const { card: reply } = seenIn(GROUP).at(-1) ?? {}
    expect(objects(reply).flatMap((one) => (one.type === 'mention' ? [(one.mentioned as { id: string }).id] : []))).toEqual([ANA, DANA])
    // Drawn anew it would no longer say what it is about.
    expect(reply).not.toHaveProperty('refresh')
  })

  test('the clients of the people of the policy ask for a card anew; those of end users do not', async () => {
    await post(TEAM)
    expect(seenIn(TEAM).at(-1)?.card).toMatchObject({
      refresh: { action: { type: 'Action.Execute', verb: 'refresh' }, userIds: expect.arrayContaining([ANA, DANA]) },
    })
    await post(ANNOUNCEMENTS, titled('Security update', { look: 'announcement' }))
    expect(seenIn(ANNOUNCEMENTS).at(-1)?.card).not.toHaveProperty('refresh')
  })

  const calling = (role: string) => titled('Decide', { blocks: [{ kind: 'text', text: [{ mention: 'role', id: role, name: role }] }] })
  const calledBy = async (role: string) => {
    await post(TEAM, calling(role))
    return objects(seenIn(TEAM).at(-1)?.card).flatMap((one) => (one.type === 'mention' ? [(one.mentioned as { id: string }).id] : []))
  }

  test('a role calls those who hold it and are there; of many, or of nobody, only its name stands', async () => {
    expect(await calledBy('security')).toEqual([ANA, DANA])
    expect(await calledBy('patch-team')).toEqual([])
    expect(shown(seenIn(TEAM).at(-1)?.card)).toContain('patch-team')
    expect(await calledBy('management')).toEqual([])
  })

  test('a whisper goes to the person alone, in one private chat', async () => {
    const before = rig.peer.whispers(DANA).length
    await rig.teams.platform.whisper(place(TEAM), 'dana', titled('for you'))
    await rig.teams.platform.whisper(place(TEAM), 'dana', titled('and this'))
    expect(
      rig.peer
        .whispers(DANA)
        .slice(before)
        .map((one) => shown(one)[0]),
    ).toEqual(['for you', 'and this'])
    const made = rig.peer.requests.filter(
      ({ path, body }) => path === 'v3/conversations' && body.isGroup === false && JSON.stringify(body).includes(DANA),
    )
    expect(made).toHaveLength(1)
  })

  test('a private chat that is gone is made once more', async () => {
    rig.peer.fail({ on: /a:29:dana\/activities/, answer: { status: 404 } })
    const before = rig.peer.whispers(DANA).length
    await rig.teams.platform.whisper(place(TEAM), 'dana', titled('again'))
    expect(rig.peer.whispers(DANA)).toHaveLength(before + 1)
  })

  test('whoever is not there is not whispered to', async () => {
    await expect(rig.teams.platform.whisper(place(TEAM), 'nobody', CLASSIFY)).rejects.toMatchObject({ code: 'REJECTED' })
  })

  test('Teams cannot be searched, and that is said', async () => {
    expect(await rig.teams.platform.find(place(TEAM), null, 'key')).toBe('unsearchable')
  })
})

const post0 = /POST v3\/conversations$/
describe('what goes wrong, in our words', () => {
  test.each([
    ['429 with a wait', { answer: { status: 429, headers: { 'retry-after': '7' } } }, 'RATE_LIMITED', 7000],
    ['429 without', { answer: { status: 429 } }, 'RATE_LIMITED', 5000],
    ['412: please again', { answer: { status: 412 } }, 'UNREACHED', 5000],
    ['403', { answer: { status: 403, body: '{"error":{"code":"BotNotInConversationRoster"}}' } }, 'FORBIDDEN', undefined],
    ['404', { answer: { status: 404 } }, 'GONE', undefined],
    ['400', { answer: { status: 400 } }, 'REJECTED', undefined],
    ['413', { answer: { status: 413 } }, 'REJECTED', undefined],
    ['a way to another host', { answer: { status: 307, headers: { location: 'http://127.0.0.1:1/' } } }, 'REJECTED', undefined],
    ['500', { answer: { status: 500 } }, 'UNAVAILABLE', undefined],
    ['503 with a wait', { answer: { status: 503, headers: { 'retry-after': '3' } } }, 'UNAVAILABLE', 3000],
    ['a page instead of an answer', { answer: { status: 200, body: '<html>' } }, 'UNAVAILABLE', undefined],
    ['a cut before it arrived', { cut: 'before' as const }, 'UNAVAILABLE', undefined],
    ['a cut after it arrived', { cut: 'after' as const }, 'UNAVAILABLE', undefined],
  ])('%s', async (_what, fault, code, retryAfterMs) => {
    const before = rig.peer.requests.length
    rig.peer.fail({ on: post0, ...fault })
    await expect(post(TEAM)).rejects.toMatchObject({ name: 'ChatError', code, retryAfterMs })
    // Nothing is sent a second time by itself.
    expect(rig.peer.requests.slice(before).filter(({ method }) => method === 'POST').length).toBeLessThanOrEqual(1)
  })

  test('a connection that was open and lost its way may have brought it', () => {
    const cause = Object.assign(new Error('read EHOSTUNREACH'), { code: 'EHOSTUNREACH', syscall: 'read' })
    expect(networkError('post', new TypeError('fetch failed', { cause }))).toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('a token that Teams takes no more is dropped, and the message said once with a new one', async () => {
    const [posted, signedIn] = [seenIn(TEAM).length, rig.peer.signIns()]
    rig.peer.fail({ on: post0, answer: { status: 401 } })
    await post(TEAM)
    expect(seenIn(TEAM)).toHaveLength(posted + 1)
    expect(rig.peer.signIns()).toBe(signedIn + 1)
    await post(TEAM)
    expect(rig.peer.signIns()).toBe(signedIn + 1)
  })

  test('who is refused with the new one too is FORBIDDEN, and asks no third time', async () => {
    const before = rig.peer.requests.length
    for (let n = 0; n < 2; n += 1) rig.peer.fail({ on: post0, answer: { status: 401 } })
    await expect(post(TEAM)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(rig.peer.requests.slice(before).filter(({ path }) => path === 'v3/conversations')).toHaveLength(2)
  })

  test('the reason names what Teams said, and no secret', async () => {
    rig.peer.fail({ on: post0, answer: { status: 403, body: '{"error":{"code":"BotNotInConversationRoster","message":"x"}}' } })
    await expect(post(TEAM)).rejects.toThrow(/^post: Teams answered HTTP 403 BotNotInConversationRoster$/)
  })

  test('when it cannot be said who is there, the card is posted all the same', async () => {
    rig.peer.fail({ on: /pagedmembers/, answer: { status: 500 } })
    await expect(post('19:channel0@thread.tacv2', titled('whoever is there'))).resolves.toMatchObject({ place: ANNOUNCEMENTS })
  })
})

describe('a click', () => {
  test('reaches the door with the person whom Teams knows, the place and one key', async () => {
    const ref = await post(TEAM)
    expect(await click(ref, DATA, DANA)).toEqual({ type: MESSAGE, value: 'Done.' })
    expect(rig.house.intents).toEqual([
      {
        actor: 'dana',
        place: 'patch-team',
        verb: 'classify',
        subject: 'change:1',
        digest: 'aa',
        inputs: {},
        delivery: expect.stringMatching(/^teams:[0-9a-f]{64}$/),
      },
    ])
    expect(rig.accounts.at(-1)).toEqual({ platform: 'teams', id: DANA, name: 'Dana Okafor', email: 'dana@norderhafen.example', groups: [] })
  })

  test('that did something is answered in a word; the card as it is then is there for whoever asks', async () => {
    const ref = await post(TEAM)
    rig.doors.cardOf = async (where, message) => (where === 'patch-team' && message === ref.message ? titled('Classified') : null)
    expect(await click(ref, DATA)).toEqual({ type: MESSAGE, value: 'Done.' })
    const { type, value } = await click(ref, { v: 1, verb: 'refresh', id: '' })
    expect(type).toBe(ADAPTIVE)
    expect(shown(value)[0]).toBe('Classified')
    expect(value).toHaveProperty('refresh')
    expect(rig.house.intents).toHaveLength(1)
  })

  test('a look behind the card takes its place, with a way back', async () => {
    rig.house.answer = () => ({ ok: true, cards: [titled('Evidence'), titled('More evidence')] })
    const { type, value } = await click(await post(TEAM), DATA)
    expect(type).toBe(ADAPTIVE)
    expect(shown(value)).toEqual(expect.arrayContaining(['Evidence', 'More evidence']))
    expect(objects(value)).toContainEqual(expect.objectContaining({ title: 'Back', verb: 'refresh' }))
  })

  test('what was typed comes with it, by field; what is no field of ours does not', async () => {
    await click(await post(TEAM), { ...DATA, 'reason~0': 'because', 'empty~0': '', 'x y': 'no', other: 5 })
    expect(rig.house.intents[0]?.inputs).toEqual({ reason: 'because' })
  })

  test('a refusal is a line that the person sees', async () => {
    rig.house.answer = () => refuse('ROLE_MISSING', 'Only security\nmay do this.')
    expect(await click(await post(TEAM), DATA)).toEqual({ type: MESSAGE, value: 'Only security may do this.' })
  })

  test('a fault is said in our words and logged', async () => {
    rig.house.answer = () => {
      throw new Error('the database is on fire')
    }
    expect((await click(await post(TEAM), DATA)).value).toMatch(/fault is ours/)
    expect(rig.logged.at(-1)).toMatch(/on fire/)
  })

  test('after two seconds Teams is answered, and the outcome follows alone', async () => {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    rig.house.answer = () => promise
    const before = rig.peer.whispers(DANA).length
    expect((await click(await post(TEAM), DATA, DANA)).value).toMatch(/takes a moment/)
    resolve({ ok: true, cards: [titled('Now it is done')] })
    await rig.teams.idle()
    expect(
      rig.peer
        .whispers(DANA)
        .slice(before)
        .map((one) => shown(one)[0]),
    ).toEqual(['Now it is done'])
  })

  const lookAlone = async () => {
    const value = { action: { type: 'Action.Execute', data: DATA } }
    return (await rig.peer.send(rig.peer.activity(DANA, chatWith(DANA), { type: 'invoke', name: 'adaptiveCard/action', value }))).body
  }

  test('after two seconds in a private chat: the outcome follows there, once', async () => {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    rig.house.answer = () => promise
    const before = rig.peer.whispers(DANA).length
    expect(await lookAlone()).toMatchObject({ value: expect.stringMatching(/takes a moment/) })
    resolve({ ok: true, cards: [titled('More of it'), titled('And the rest')] })
    await rig.teams.idle()
    const told = rig.peer.whispers(DANA).slice(before)
    expect(told.map((one) => shown(one)[0])).toEqual(['More of it', 'And the rest'])
  })

  test('a no that comes late brings what was typed', async () => {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    rig.house.answer = () => promise
    const before = rig.peer.whispers(DANA).length
    await click(await post(TEAM), { ...DATA, 'reason~0': 'a long story' }, DANA)
    resolve(refuse('ROLE_MISSING', 'Only security may do this.'))
    await rig.teams.idle()
    const told = rig.peer.whispers(DANA).slice(before).flatMap(shown).join(' ')
    expect(told).toMatch(/Only security may do this/)
    expect(told).toMatch(/You had written.*a long story/)
  })

  test('a look in a private chat is answered before its message is there', async () => {
    rig.house.answer = () => ({ ok: true, cards: [titled('Evidence')] })
    const look = lookAlone
    // By the first look Teams has said who it is.
    await look()
    await rig.teams.idle()
    const before = rig.peer.whispers(DANA).length
    const { promise, resolve } = Promise.withResolvers<void>()
    rig.peer.hold(promise)
    expect(await look()).toMatchObject({ value: 'You find it below.' })
    expect(rig.peer.whispers(DANA)).toHaveLength(before)
    resolve()
    await rig.teams.idle()
    expect(rig.peer.whispers(DANA)).toHaveLength(before + 1)
  })

  test('a card that cannot be drawn anew in time is said to be slow', async () => {
    const { promise, resolve } = Promise.withResolvers<null>()
    rig.doors.cardOf = () => promise
    expect((await click(await post(TEAM), { v: 1, verb: 'refresh', id: '' })).value).toMatch(/longer than it should/)
    resolve(null)
  })

  test.each([
    ['no button of ours', { v: 2, verb: 'classify', id: 'change:1' }],
    ['nothing', {}],
  ])('%s is said so', async (_what, data) => {
    expect((await click(await post(TEAM), data)).value).toMatch(/not one of mine/)
    expect(rig.house.intents).toEqual([])
  })

  test('in a conversation that is no place, it goes nowhere', async () => {
    const value = { action: { type: 'Action.Execute', data: DATA } }
    const answer = await rig.peer.send(
      rig.peer.activity(ANA, '19:other@thread.tacv2', { type: 'invoke', name: 'adaptiveCard/action', value }),
    )
    expect(answer).toMatchObject({ status: 200, body: { value: expect.stringMatching(/not one of the places/) } })
    expect(rig.house.intents).toEqual([])
  })

  test('the same activity twice has the same key, another click of the same button another one', async () => {
    const activity = rig.peer.activity(ANA, TEAM, { type: 'invoke', name: 'adaptiveCard/action', value: { action: { data: DATA } } })
    for (const one of [activity, activity, { ...activity, id: 'f:another' }]) await rig.peer.send(one)
    const [first, second, third] = rig.house.intents.map(({ delivery }) => delivery)
    expect(first).toBe(second)
    expect(third).not.toBe(first)
  })
})

describe('who it is', () => {
  const said = async (account: string): Promise<string> => {
    const value = { action: { data: DATA } }
    const { body } = await rig.peer.send(rig.peer.activity(account, TEAM, { type: 'invoke', name: 'adaptiveCard/action', value }))
    return JSON.stringify(body)
  }

  test.each([
    ['a guest by role', { userRole: 'guest' }],
    ['somebody without a role', { userRole: undefined }],
    ['somebody of another tenant', { tenantId: 'another' }],
    ['a guest by name', { userPrincipalName: 'x_evil.example#EXT#@norderhafen.onmicrosoft.com' }],
  ])('%s is refused, whatever the address', async (what, member) => {
    const account = `29:${what}`
    rig.peer.unusual.set(account, {
      name: 'X',
      userPrincipalName: 'x@norderhafen.example',
      ...member,
      ...{ email: 'ana@norderhafen.example' },
    })
    expect(await said(account)).toMatch(/Guests and people of other organisations/)
    expect(rig.house.intents).toEqual([])
  })

  test('whom Teams does not know there is refused', async () => {
    expect(await said('29:ghost')).toMatch(/does not know you as a member/)
  })

  test('the name of the account counts where there is no address; letters of either case are the same', async () => {
    rig.peer.unusual.set('29:upn', { name: 'Ana', email: null, userPrincipalName: 'Ana@Norderhafen.example' })
    await said('29:upn')
    expect(rig.house.intents).toMatchObject([{ actor: 'ana' }])
  })

  test('somebody whom the policy does not know may ask for a role, and only then the admins are told', async () => {
    rig.peer.unusual.set('29:new', { name: 'New', email: 'new@norderhafen.example', userPrincipalName: 'new@norderhafen.example' })
    const answer = await said('29:new')
    expect(answer).toMatch(/not in the policy yet.*Ask for a role/)
    expect(rig.asked).toEqual([])
    const value = { action: { data: { v: 1, verb: 'ask-role', id: '' } } }
    await rig.peer.send(rig.peer.activity('29:new', TEAM, { type: 'invoke', name: 'adaptiveCard/action', value }))
    expect(rig.asked).toMatchObject([{ email: 'new@norderhafen.example', platform: 'teams' }])
    expect(rig.house.intents).toEqual([])
  })

  test.each([
    ['a form that is asked for', 'task/fetch', { data: { v: 1, verb: 'classify', id: 'change:1' } }],
    ['a form that is sent', 'task/submit', { data: { v: 1, verb: 'classify', id: 'change:1' } }],
    ['"Is this real?"', 'composeExtension/fetchTask', { messagePayload: { body: { contentType: 'text', content: 'x' } } }],
  ])('%s has no buttons for somebody whom the policy does not know: it says where there is one, and there is', async (what, name, value) => {
    const newcomer = name.toLowerCase().replace('/', '-')
    const [account, email] = [`29:${newcomer}`, `${newcomer}@norderhafen.example`]
    rig.peer.unusual.set(account, { name: what, email, userPrincipalName: email })
    const { body } = await rig.peer.send(rig.peer.activity(account, TEAM, { type: 'invoke', name, value }))
    expect(body).toMatchObject({ task: { type: 'message', value: expect.stringMatching(/"help" .*private chat: "Ask for a role"/) } })
    await rig.peer.send(rig.peer.activity(account, chatWith(account), { type: 'message', text: 'help' }))
    await rig.teams.idle()
    const button = objects(rig.peer.requests.at(-1)?.body).find(({ title }) => title === 'Ask for a role')
    const pressed = { action: { type: 'Action.Execute', data: button?.data } }
    await rig.peer.send(rig.peer.activity(account, chatWith(account), { type: 'invoke', name: 'adaptiveCard/action', value: pressed }))
    expect(rig.asked.map((one) => one.email)).toEqual([email])
  })

  test('groups are the teams of the policy that the account is a member of', async () => {
    rig.groups = ['19:security@thread.tacv2', '19:others@thread.tacv2']
    rig.peer.unusual.set('29:grouped', { name: 'G', email: 'lena@norderhafen.example' })
    rig.peer.fail({ on: /others.*members/, answer: { status: 404 } })
    await said('29:grouped')
    expect(rig.accounts.at(-1)?.groups).toEqual(['19:security@thread.tacv2'])
    rig.groups = []
  })

  test('a burst of clicks asks Teams once', async () => {
    rig.peer.unusual.set('29:burst', { name: 'B', email: 'lena@norderhafen.example' })
    const before = rig.peer.requests.length
    await Promise.all(Array.from({ length: 5 }, () => said('29:burst')))
    await said('29:burst')
    expect(rig.peer.requests.slice(before).filter(({ path }) => path.includes('members/29:burst'))).toHaveLength(1)
  })
})

test('an end waits for a click that is being answered', async () => {
  const own = await startTeamsRig()
  const [came, done] = [Promise.withResolvers<void>(), Promise.withResolvers<Outcome>()]
  own.house.answer = () => {
    came.resolve()
    return done.promise
  }
  const value = { action: { data: DATA } }
  const answered = own.peer.send(own.peer.activity(ANA, TEAM, { type: 'invoke', name: 'adaptiveCard/action', value }))
  await came.promise
  const closed = own.teams.close()
  done.resolve({ ok: true, cards: [] })
  expect((await answered).body).toMatchObject({ value: 'Done.' })
  await closed
  await own.peer.close()
})
