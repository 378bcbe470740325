import { afterAll, beforeAll, expect, test } from 'vitest'
import { purge } from '../../src/app/time/purge.ts'
import { memberId } from '../../src/core/policy/groups.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'

let house: TestHouse
beforeAll(async () => {
  house = await startTestHouse()
})
afterAll(() => house.end())

const DAY_MS = 86_400_000

test('once a day what had its effect longer ago than the policy keeps is removed; what is open or young stays', async () => {
  const { db, clock, inForce } = house.house
  const now = clock.now().getTime()
  const kept = new Date(now - inForce.policy.keepDays * DAY_MS + 60_000)
  const old = new Date(now - inForce.policy.keepDays * DAY_MS - 60_000)
  await db.delivery.createMany({
    data: [
      { key: 'old', outcome: {}, at: old },
      { key: 'young', outcome: {}, at: kept },
    ],
  })
  // Open ones are in the future, so that nobody takes them in hand meanwhile.
  const later = new Date(now + 900 * DAY_MS)
  const due = (subject: string, dueAt: Date, doneAt: Date | null) => ({ kind: 'poll', subject, dueAt, doneAt })
  await db.due.createMany({ data: [due('t:old', old, old), due('t:young', old, kept), due('t:open', later, null)] })

  const item = (fileName: string, at: Date) => ({
    source: 't',
    fileName,
    reason: 'x',
    digest: fileName,
    size: 0,
    head: Buffer.from(''),
    at,
  })
  await db.droppedItem.createMany({
    data: [item('t:old', old), item('t:young', kept), { ...item('t:old mail', old), kind: 'not proved' }],
  })

  const row = await db.due.findFirstOrThrow({ where: { kind: 'purge' } })
  expect(row).toMatchObject({ doneAt: null, subject: 'house:0' })
  await purge(house.house, row)
  await purge(house.house, row)

  expect(await db.delivery.findMany({ where: { key: { in: ['old', 'young'] } }, select: { key: true } })).toEqual([{ key: 'young' }])
  expect(await db.droppedItem.findMany({ select: { fileName: true } })).toEqual([{ fileName: 't:young' }])
  const left = await db.due.findMany({ where: { subject: { startsWith: 't:' } }, orderBy: { id: 'asc' } })
  expect(left.map(({ subject }) => subject)).toEqual(['t:young', 't:open'])
  const next = await db.due.findMany({ where: { kind: 'purge', doneAt: null } })
  expect(next).toHaveLength(1)
  expect(next[0]?.dueAt.getTime()).toBeGreaterThanOrEqual(now + DAY_MS)
})

test('doubts that nobody has had for long go, what was warned of stays; of reminders what is done with its whole card', async () => {
  const { db, clock } = house.house
  const now = clock.now().getTime()
  const [old, young] = [new Date(now - 40 * DAY_MS), new Date(now - DAY_MS)]
  const doubt = (fingerprint: string, firstAt: Date, more: object = {}) =>
    db.doubt.create({ data: { fingerprint, kind: 'link', title: 'x', verdict: 'BOGUS', verification: {}, firstAt, ...more } })
  const reported = (at: Date) => ({ reports: { create: { person: 'ines', at } } })
  await doubt('t:old', old, reported(old))
  await doubt('t:asked again', old, reported(young))
  await doubt('t:warned', old, { ...reported(old), warnedAt: old })
  await doubt('t:young', young, reported(young))
  const reminder = (subject: string, doneAt: Date | null, lead: number | null = null) =>
    db.reminder.create({ data: { kind: 'review due', subject, occurrence: subject, body: {}, wantedAt: old, doneAt, lead } })
  await reminder('t:done', old)
  await reminder('t:just done', young)
  const { id } = await reminder('t:first of a card', old)
  await reminder('t:open beside it', null, id)

  await purge(house.house, await db.due.findFirstOrThrow({ where: { kind: 'purge', doneAt: null } }))

  const doubts = await db.doubt.findMany({ where: { fingerprint: { startsWith: 't:' } }, orderBy: { fingerprint: 'asc' } })
  expect(doubts.map(({ fingerprint }) => fingerprint)).toEqual(['t:asked again', 't:warned', 't:young'])
  expect(await db.doubtReport.count({ where: { doubt: { fingerprint: 't:old' } } })).toBe(0)
  const left = await db.reminder.findMany({ where: { subject: { startsWith: 't:' } }, orderBy: { id: 'asc' } })
  expect(left.map(({ subject }) => subject)).toEqual(['t:just done', 't:first of a card', 't:open beside it'])
})

test('imports of long ago go, but for the last twenty and those with whose hosts nothing was matched yet', async () => {
  const { db, clock } = house.house
  const at = (days: number): Date => new Date(clock.now().getTime() - days * DAY_MS)
  const file = (fileName: string, finishedAt: Date | null, more: { status?: string; matched?: boolean } = {}) =>
    db.inventoryImport.create({
      data: {
        fileName,
        kind: 'csv',
        by: 'ana',
        startedAt: at(41),
        finishedAt,
        status: 'done',
        matched: true,
        skipped: {},
        figures: {},
        ...more,
      },
    })
  await file('t:old', at(40))
  await file('t:runs', null, { status: 'running', matched: false })
  await file('t:unmatched', at(40), { matched: false })
  for (let i = 0; i < 20; i += 1) await file(`t:${i}`, at(i === 0 ? 40 : 1))

  await purge(house.house, await db.due.findFirstOrThrow({ where: { kind: 'purge', doneAt: null } }))

  const left = await db.inventoryImport.findMany({ orderBy: { id: 'asc' }, select: { fileName: true } })
  expect(left.map(({ fileName }) => fileName)).toEqual(['t:runs', 't:unmatched', ...Array.from({ length: 20 }, (_, i) => `t:${i}`)])
})

test('members without a role for long go, as far as nothing refers to them; who comes back is the same human', async () => {
  const { db, clock, members } = house.house
  const at = (days: number): Date => new Date(clock.now().getTime() - days * DAY_MS)
  const add = async (name: string, updatedAt: Date, roles: readonly string[] = []) => {
    const email = `${name}@norderhafen.example`
    const row = { id: memberId(email), email, name, zone: 'UTC', proofs: [], roles: [...roles], updatedAt }
    await db.member.create({ data: row })
    members.keep([{ ...row, roles: [], version: 0 }])
    return row.id
  }
  await add('long-gone', at(40))
  await add('just-gone', at(20))
  await add('with-a-role', at(40), ['end-user'])
  const voter = await add('approved', at(40))
  const late = await add('approved-lately', at(40))
  const reader = await add('reader', at(40))
  await db.change.create({ data: { phase: 'closed', state: { approvals: [{ person: voter }] }, createdAt: at(40) } })
  await db.change.create({ data: { phase: 'testing', state: {}, later: [['add', late]], createdAt: at(40) } })
  await db.acknowledgement.create({ data: { changeId: 1, kind: 'read', person: reader, at: at(40) } })

  await purge(house.house, await db.due.findFirstOrThrow({ where: { kind: 'purge', doneAt: null } }))

  const left = await db.member.findMany({ where: { email: { endsWith: '@norderhafen.example' } }, orderBy: { email: 'asc' } })
  const names = ['approved', 'approved-lately', 'just-gone', 'reader', 'with-a-role']
  expect(left.map(({ name }) => name).toSorted()).toEqual(names)
  expect(
    members
      .all()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(names)
  expect(members.byEmail('long-gone@norderhafen.example')).toBeUndefined()
})
