import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { MessageRef } from '../../src/ports.ts'
import { shown } from '../support/adaptive.ts'
import { card } from '../support/cards.ts'
import { ANNOUNCEMENTS, DANA, GROUP, startTeamsRig, TEAM, type TeamsRig } from '../support/teams-adapter.ts'

// Teams cannot be searched, so a call whose answer was lost is made once: whoever asked for it hears what is known, and decides.

let rig: TeamsRig
let root: MessageRef
beforeAll(async () => {
  rig = await startTeamsRig()
  // What is asked once and kept is asked here, so that a fault meets the call that it is meant for.
  root = await rig.teams.platform.post(place(TEAM), card({ title: 'root' }), 'key')
  await rig.teams.platform.post(place(GROUP), card({ title: 'root' }), 'key')
  await rig.teams.platform.whisper(place(TEAM), 'dana', card({ title: 'hello' }))
})
afterAll(() => rig.close())

const place = (ref: string) => ({ id: 'somewhere', platform: 'teams', ref })
const titlesIn = (conversation: string): string[] => rig.peer.messages(conversation).map((one) => shown(one.card)[0] ?? '')
const whispered = (account = DANA): string[] => rig.peer.whispers(account).map((one) => shown(one)[0] ?? '')

interface Call {
  readonly what: string
  readonly on: RegExp
  readonly make: (title: string) => Promise<unknown>
  readonly seen: () => readonly string[]
}

const CALLS: readonly Call[] = [
  {
    what: 'a post in a channel',
    on: /^POST v3\/conversations$/,
    make: (title) => rig.teams.platform.post(place(TEAM), card({ title }), 'key'),
    seen: () => titlesIn(TEAM),
  },
  {
    what: 'a post in a chat',
    on: /^POST .*group0.*\/activities$/,
    make: (title) => rig.teams.platform.post(place(GROUP), card({ title }), 'key'),
    seen: () => titlesIn(GROUP),
  },
  {
    what: 'a reply',
    on: /^POST .*team0.*messageid=.*\/activities$/,
    make: (title) => rig.teams.platform.reply(root, card({ title }), 'key'),
    seen: () => titlesIn(TEAM),
  },
  {
    what: 'an edit',
    on: /^PUT /,
    make: (title) => rig.teams.platform.edit(root, card({ title })),
    seen: () => titlesIn(TEAM),
  },
  {
    what: 'a private word',
    on: /^POST .*a:.*\/activities$/,
    make: (title) => rig.teams.platform.whisper(place(TEAM), 'dana', card({ title })),
    seen: () => whispered(),
  },
]

/** What happens, what is known then, and how often Teams shows it; null: with such an answer it may be either. */
const FAULTS = [
  ['429', { answer: { status: 429, headers: { 'retry-after': '7' } } }, 'RATE_LIMITED', 0],
  ['500', { answer: { status: 500 } }, 'UNAVAILABLE', 0],
  ['garbage', { answer: { status: 200, body: '<html>' } }, 'UNAVAILABLE', null],
  ['reset before it arrived', { cut: 'before' }, 'UNAVAILABLE', 0],
  ['reset after it arrived', { cut: 'after' }, 'UNAVAILABLE', 1],
] as const

let cases = 0
let title: string
beforeEach(() => {
  cases += 1
  title = `case ${cases}`
})
afterEach(() => vi.restoreAllMocks())

describe.each(CALLS)('$what', ({ on, make, seen }) => {
  const sent = (from: number) => rig.peer.requests.slice(from).filter(({ method, path }) => on.test(`${method} ${path}`)).length
  const often = () => seen().filter((one) => one === title).length

  test.each(FAULTS)('%s: one call, told by its code', async (_what, fault, code, arrived) => {
    const before = rig.peer.requests.length
    rig.peer.fail({ on, ...fault })
    await expect(make(title)).rejects.toMatchObject({ name: 'ChatError', code })
    expect(sent(before)).toBeLessThanOrEqual(1)
    if (arrived !== null) expect(often()).toBe(arrived)
  })

  test('no answer in time: it is given up, not repeated, and may arrive all the same', async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal)
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(100))
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = rig.peer.requests.length
    rig.peer.hold(promise)
    await expect(make(title)).rejects.toMatchObject({ name: 'ChatError', code: 'UNAVAILABLE' })
    resolve()
    await vi.waitFor(() => expect(often()).toBe(1))
    expect(sent(before)).toBe(1)
  })
})

/** How many requests like this came after so many others. */
const callsOf = (on: RegExp, from: number) =>
  rig.peer.requests.slice(from).filter(({ method, path }) => on.test(`${method} ${path}`)).length

test.each(FAULTS)('who is in a place, %s: the card is posted all the same, and calls nobody', async (_what, fault) => {
  rig.peer.fail({ on: /channel0.*pagedmembers/, ...fault })
  await rig.teams.platform.post(place(ANNOUNCEMENTS), card({ title }), 'key')
  expect(titlesIn(ANNOUNCEMENTS).filter((one) => one === title)).toHaveLength(1)
})

// What is asked before a private word: only what is known then is said.
describe.each([
  ['who is in a place', /^GET .*channel0.*pagedmembers/, ANNOUNCEMENTS, 'dana', DANA],
  ['the private chat', /^POST v3\/conversations$/, TEAM, 'lena', '29:lena'],
] as const)('%s', (_question, on, ref, person, account) => {
  const whisper = () => rig.teams.platform.whisper(place(ref), person, card({ title }))

  test.each(FAULTS)('%s: it is asked once, and nothing is said', async (_what, fault, code) => {
    const before = rig.peer.requests.length
    rig.peer.fail({ on, ...fault })
    await expect(whisper()).rejects.toMatchObject({ name: 'ChatError', code })
    expect(callsOf(on, before)).toBeLessThanOrEqual(1)
    expect(whispered(account)).not.toContain(title)
  })

  test('a failure is kept for nobody', async () => {
    await whisper()
    expect(whispered(account).filter((one) => one === title)).toHaveLength(1)
  })
})

test.each(FAULTS)('who acts, %s: nothing is done, and the next click is a new question', async (_what, fault) => {
  const account = `29:case-${cases}`
  rig.peer.unusual.set(account, { name: 'Dana', email: 'dana@norderhafen.example' })
  const value = { action: { data: { v: 1, verb: 'approve', id: 'change:1' } } }
  const click = () => rig.peer.send(rig.peer.activity(account, TEAM, { type: 'invoke', name: 'adaptiveCard/action', value }))
  rig.peer.fail({ on: /members\/29:case-/, ...fault })
  expect(JSON.stringify((await click()).body)).toMatch(/the fault is ours/)
  expect(rig.house.intents).toEqual([])
  await click()
  expect(rig.house.intents.splice(0)).toMatchObject([{ actor: 'dana', verb: 'approve' }])
})

test.each(FAULTS)('a new token, %s: nothing was said, and the next call asks for one', async (_what, fault) => {
  const before = rig.peer.signIns()
  const post = () => rig.teams.platform.post(place(TEAM), card({ title }), 'key')
  rig.peer.fail({ on: /^POST v3\/conversations$/, answer: { status: 401 } })
  rig.peer.fail({ on: /^POST login/, ...fault })
  await expect(post()).rejects.toMatchObject({ name: 'ChatError', code: 'UNREACHED' })
  expect(titlesIn(TEAM)).not.toContain(title)
  rig.peer.fail({ on: /^POST v3\/conversations$/, answer: { status: 401 } })
  await post()
  expect(titlesIn(TEAM)).toContain(title)
  expect(rig.peer.signIns()).toBe(before + 1)
})
