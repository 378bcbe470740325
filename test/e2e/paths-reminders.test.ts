import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lookAtReminders } from '../../src/app/remind/look.ts'
import { policyShape } from '../../src/core/policy.ts'
import {
  done,
  eventually,
  GO,
  moveTo,
  OPENSSL,
  quickPolicy,
  refused,
  startWalk,
  submitted,
  TEAM,
  type Walk,
  walkIn,
} from './paths-support.ts'

const DAY_MS = 86_400_000
const PENDING = /^Reminder: openssl \(change 1\) waits for/

let walk: Walk
beforeAll(async () => {
  const reminders = policyShape.shape.reminders.parse({ decisionPending: { cron: '0 9,18 * * *' }, delegateMissing: null })
  walk = await startWalk({ policy: await quickPolicy((p) => ({ ...p, reminders })) })
  await eventually(walk, OPENSSL)
})
afterAll(() => walk?.house.end())

const db = () => walk.house.house.db
const days = (n: number): Promise<void> => moveTo(walk.house, new Date(walk.now().getTime() + n * DAY_MS))
const rows = () => db().reminder.findMany({ orderBy: { id: 'asc' } })
const posts = (subject: string) => db().post.findMany({ where: { subject, placeId: TEAM }, include: { parent: true } })

describe('a change that nobody classifies', () => {
  const alerted = async () => (await rows()).filter((r) => r.subject === 'change:1/alerted')

  test('given nine o’clock, then whom it concerns reads it under the alert', async () => {
    await walk.at('09:00')
    const row = (await alerted()).at(-1)
    expect(await walk.hands.see(TEAM, PENDING)).toMatch(/waits for its classification For patch team +and +security Since/)
    expect(await posts(`reminder:${row?.id}`)).toMatchObject([{ parent: { subject: 'change:1', purpose: 'alert' } }])
  })

  test('put off: not by somebody else; by the patch team, with a private answer, and it is said on the card', async () => {
    const clocks = async () => ((await db().change.findFirstOrThrow()).state as { clocks?: unknown }).clocks
    const before = await clocks()
    refused(await walk.hands.press('emil', TEAM, PENDING, 'Snooze'), /NOT_YOURS: This reminder is for patch-team, security/)
    refused(await walk.hands.press('ana', TEAM, PENDING, 'Snooze', { until: 'never' }), /until: expected day or morning; got "never"/)
    refused(await walk.intent({ person: 'ana', place: TEAM, verb: 'snooze', subject: 'reminder:99999' }), /There is no reminder 99999/)
    await walk.at('10:00')
    expect((await done(walk.hands.press('ana', TEAM, PENDING, 'Snooze', { until: 'day' }))).text).toMatch(/Snoozed You are reminded again/)
    expect(await walk.hands.see(TEAM, PENDING)).toMatch(/Snoozed by Ana Ferreira until/)
    expect(await walk.hands.buttons(TEAM, PENDING)).toEqual(['Open'])
    expect((await done(walk.hands.press('ana', TEAM, PENDING, 'Open'))).text).toMatch(/Change 1 openssl security update/)
    expect(await clocks()).toEqual(before)
  })

  test('then it is not said at the next nine o’clock, and once when that is over; the message before says so', async () => {
    const before = (await alerted()).length
    await walk.at('09:30')
    expect(await alerted()).toHaveLength(before)
    await walk.at('10:30')
    const [first, again, ...more] = (await alerted()).slice(before - 1)
    expect(more).toEqual([])
    expect([first?.ending, again?.ending]).toEqual(['Reminded again', null])
    expect(again?.occurrence).toMatch(/^again:/)
  })
})

describe('a clock that leaps ten days', () => {
  const SUMMARY = /^Since the last summary/

  test('given several changes that wait, then one reminder of each kind and subject, in one card that says that it is late', async () => {
    const before = await rows()
    const summaries = await walk.hands.count(TEAM, SUMMARY)
    await days(10)
    const sent = (await rows()).slice(before.length)
    const reasons = sent.map((r) => `${r.kind} ${r.subject}`)
    expect(new Set(reasons).size).toBe(reasons.length)
    expect(reasons).toContain('decisionPending change:1/alerted')
    const list = await walk.hands.see(TEAM, /^Reminder: \d things to look at/)
    expect(list).toMatch(/Openssl \(change 1\) waits for its classification.*Kernel-rt.* waits for somebody of security.*Sent late/)
    expect(await walk.hands.count(TEAM, SUMMARY)).toBe(summaries + 1)
    expect(await walk.hands.see(TEAM, SUMMARY)).toMatch(/rhc-worker-script 1 change 3 2 bulletins matched nothing here/)
    expect(await walk.hands.see('management', /^Security updates:/)).toMatch(/opened, 0 decided, 0 finished/)
  })
})

describe('sent once', () => {
  const sent = async () => ({
    rows: (await rows()).length,
    posts: await db().post.count({ where: { subject: { startsWith: 'reminder:' } } }),
  })

  test('given a restart, then nothing is said again', async () => {
    const before = await sent()
    walk = walkIn(await walk.house.restart())
    await walk.house.settle()
    expect(await sent()).toEqual(before)
  })

  test('given many looks at once, then each reminder is written by one of them', async () => {
    const before = await sent()
    // The tick that is due is taken away, so that these looks alone decide.
    const { id, dueAt } = await db().due.findFirstOrThrow({ where: { kind: 'remind', doneAt: null } })
    await db().due.update({ where: { id }, data: { doneAt: dueAt } })
    const clock = { now: () => new Date(walk.now().getTime() + DAY_MS) }
    const tomorrow = Object.create(walk.house.house, { clock: { value: clock } }) as typeof walk.house.house
    const looks = Array.from({ length: 6 }, (_, i) => ({
      kind: 'remind',
      subject: 'reminders:0',
      dueAt: new Date(dueAt.getTime() + i + 1),
    }))
    await db().due.createMany({ data: looks })
    const open = await db().due.findMany({ where: { kind: 'remind', doneAt: null } })
    await Promise.all(open.map((row) => lookAtReminders(tomorrow, row)))
    const news = (await rows()).slice(before.rows)
    const reasons = news.map((r) => `${r.kind} ${r.subject}`)
    expect(reasons).toContain('decisionPending change:1/alerted')
    expect(new Set(reasons).size).toBe(reasons.length)
    // The clock of the house is behind what has been decided: nothing is said until it is there.
    const after = await sent()
    await walk.at('18:30')
    expect((await rows()).slice(after.rows).filter((r) => r.kind === 'decisionPending')).toEqual([])
    await walk.at('10:00', 1)
  })
})

describe('done', () => {
  const card = async (lead: number | null | undefined) => JSON.stringify((await posts(`reminder:${lead}`))[0]?.card)

  test('given the classification, then its line says at once who did it, and no new message comes', async () => {
    const before = (await rows()).length
    await submitted(walk, { plan: { runner: 'manual' } })
    const row = (await rows()).findLast((r) => r.subject === 'change:1/alerted') ?? expect.unreachable()
    expect(await card(row.lead ?? row.id)).toMatch(/Openssl \(change 1\).*Classified high by Ana Ferreira/)
    expect((await rows()).length).toBe(before)
  })

  test('given the others are not relevant, then a plan that waits is said under its card; when it is decided, by whom', async () => {
    for (const title of [/^kernel-rt/, /^rhc-worker-script/])
      await done(walk.hands.press('ana', TEAM, title, 'Not relevant', { reason: 'Only a test.' }))
    // The tampered copy of the sample has come meanwhile.
    await done(walk.hands.press('dana', 'security', /^Held/, 'Discard', { reason: 'It is not theirs.' }))
    await walk.at('18:00')
    const deciding = (await rows()).findLast((r) => r.subject === 'change:1/deciding') ?? expect.unreachable()
    expect(await posts(`reminder:${deciding.id}`)).toMatchObject([{ parent: { purpose: expect.stringMatching(/^decision:/) } }])
    await done(walk.hands.press('dana', TEAM, GO, 'Approve'))
    await done(walk.hands.press('emil', TEAM, GO, 'Approve'))
    expect(await card(deciding.id)).toMatch(/Approved by Dana Kowalska and Emil Sørensen/)
    expect(await walk.hands.buttons(TEAM, /^Reminder: openssl \(change 1\) waits for go/)).toEqual([])
    refused(
      await walk.intent({ person: 'dana', place: TEAM, verb: 'snooze', subject: `reminder:${deciding.id}` }),
      /ALREADY_DONE: It is done already/,
    )
  })
})
