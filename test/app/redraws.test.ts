import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { touchChanges } from '../../src/app/change/touch.ts'
import { wantPost } from '../../src/app/chat/posts.ts'
import { spreadRedraws, touchAll, touchSubject } from '../../src/app/chat/redraws.ts'
import type { Tx } from '../../src/db/database.ts'
import { card } from '../support/cards.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

const NOW = new Date('2023-03-23T12:00:00.123Z')

let house: FreshDatabase
beforeAll(async () => {
  house = await freshDatabase()
})
afterAll(() => house.drop())
afterEach(() => house.db.$executeRaw`TRUNCATE "Post", "Redraw", "Change" RESTART IDENTITY CASCADE`)

const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => house.db.$transaction(work)
const alert = { subject: 'change:1', purpose: 'alert', placeId: 'team', now: NOW }
const wanted = async () => {
  const rows = await house.db.post.findMany({ orderBy: { id: 'asc' } })
  return rows.map((row) => `${row.subject} ${row.purpose} ${row.wanted}`)
}
const left = () => house.db.redraw.count()

describe('given a subject has changed, when its redraw is spread', () => {
  test('all of its posts are wanted anew, but not the frozen ones, nor those of others', async () => {
    await within(async (tx) => {
      await wantPost(tx, alert)
      await wantPost(tx, { ...alert, purpose: 'note:1', payload: { frozen: card() } })
      await wantPost(tx, { ...alert, purpose: 'incident:1', payload: { incident: 1 } })
      await wantPost(tx, { ...alert, subject: 'change:10' })
      await touchSubject(tx, 'change:1')
    })
    expect(await wanted(), 'until then nothing is written to them').toEqual(expect.arrayContaining(['change:1 alert 1']))
    expect(await spreadRedraws(house.db)).toBe(false)
    expect(await wanted()).toEqual(['change:1 alert 2', 'change:1 note:1 1', 'change:1 incident:1 2', 'change:10 alert 1'])
    expect(await left()).toBe(0)
  })

  test('however often it has changed, they are wanted once', async () => {
    await within((tx) => wantPost(tx, alert))
    for (let n = 0; n < 5; n += 1) await within((tx) => touchSubject(tx, 'change:1'))
    expect(await spreadRedraws(house.db)).toBe(false)
    expect([await wanted(), await left()]).toEqual([['change:1 alert 2'], 0])
  })

  test('one that has no post is done with', async () => {
    await within((tx) => touchSubject(tx, 'change:404'))
    expect([await spreadRedraws(house.db), await left()]).toEqual([false, 0])
  })

  test('what was not committed is not drawn', async () => {
    await within((tx) => wantPost(tx, alert))
    const fallen = within(async (tx) => {
      await touchSubject(tx, 'change:1')
      throw new Error('it fell')
    })
    await expect(fallen).rejects.toThrow('it fell')
    expect([await spreadRedraws(house.db), await wanted()]).toEqual([false, ['change:1 alert 1']])
  })

  test('of more than a thousand it says that there are more', async () => {
    await within((tx) => wantPost(tx, { ...alert, subject: 'change:1200' }))
    await house.db.redraw.createMany({ data: Array.from({ length: 1_200 }, (_, n) => ({ subject: `change:${n + 1}` })) })
    expect([await spreadRedraws(house.db), await wanted()]).toEqual([true, ['change:1200 alert 1']])
    expect([await spreadRedraws(house.db), await wanted()]).toEqual([false, ['change:1200 alert 2']])
  })
})

test('all that there are, or all changes in some phases, each with one statement', async () => {
  for (const id of [1, 2, 3]) {
    await house.db.change.create({ data: { phase: id === 2 ? 'done' : 'deciding', state: {}, createdAt: NOW } })
    await within((tx) => wantPost(tx, { ...alert, subject: `change:${id}` }))
  }
  await touchChanges(house.db, ['deciding'])
  await spreadRedraws(house.db)
  expect(await wanted()).toEqual(['change:1 alert 2', 'change:2 alert 1', 'change:3 alert 2'])
  await within(touchAll)
  await spreadRedraws(house.db)
  expect(await wanted()).toEqual(['change:1 alert 3', 'change:2 alert 2', 'change:3 alert 3'])
})

describe('given somebody holds a post', () => {
  const three = async () => {
    for (const purpose of ['a', 'b', 'c']) await within((tx) => wantPost(tx, { ...alert, purpose }))
    await within((tx) => touchSubject(tx, 'change:1'))
  }

  test('nobody waits: the others are wanted at once, that one at the next look', async () => {
    await three()
    await within(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "Post" WHERE purpose = 'b' FOR UPDATE`
      expect(await spreadRedraws(house.db)).toBe(true)
      expect(await wanted()).toEqual(['change:1 a 2', 'change:1 b 1', 'change:1 c 2'])
      await within((other) => touchSubject(other, 'change:1'))
    })
    expect(await spreadRedraws(house.db)).toBe(false)
    expect([(await wanted())[1], await left()]).toEqual(['change:1 b 2', 0])
  })

  test('two that spread at once lose nothing and do not wait for each other', async () => {
    await three()
    await Promise.all([spreadRedraws(house.db), spreadRedraws(house.db)])
    while (await spreadRedraws(house.db));
    expect(await left()).toBe(0)
    for (const post of await house.db.post.findMany()) expect(post.wanted).toBeGreaterThan(1)
  })
})
