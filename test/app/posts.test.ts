import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { wantPost } from '../../src/app/chat/posts.ts'
import type { Tx } from '../../src/db/database.ts'
import { card } from '../support/cards.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

const NOW = new Date('2023-03-23T12:00:00.123Z')
const LATER = new Date('2023-03-24T12:00:00.456Z')

let house: FreshDatabase
beforeAll(async () => {
  house = await freshDatabase()
})
afterAll(() => house.drop())
afterEach(() => house.db.$executeRaw`TRUNCATE "Post" RESTART IDENTITY`)

const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => house.db.$transaction(work)
const rows = () => house.db.post.findMany({ orderBy: { id: 'asc' } })
const alert = { subject: 'change:1', purpose: 'alert', placeId: 'team' }

describe('a post is wanted', () => {
  test('once it is there, then it is shown anew; when it was wanted first is kept', async () => {
    await within((tx) => wantPost(tx, { ...alert, payload: { stage: 1 }, now: NOW }))
    await within((tx) => wantPost(tx, { ...alert, payload: { stage: 2 }, now: LATER }))
    await within((tx) => wantPost(tx, { ...alert, now: LATER }))
    expect(await rows()).toMatchObject([
      { ...alert, wanted: 3, shown: 0, status: 'open', payload: { stage: 2 }, createdAt: NOW, updatedAt: NOW },
    ])
  })

  test('by 20 at once: one row, 20 times wanted', async () => {
    await Promise.all(Array.from({ length: 20 }, () => within((tx) => wantPost(tx, { ...alert, now: NOW }))))
    expect(await rows()).toMatchObject([{ wanted: 20 }])
  })

  test('not at all when the transaction fails', async () => {
    const failing = within(async (tx) => {
      await wantPost(tx, { ...alert, now: NOW })
      throw new Error('a rule said no')
    })
    await expect(failing).rejects.toThrow('a rule said no')
    expect(await rows()).toEqual([])
  })

  test('with text that PostgreSQL would refuse', async () => {
    const frozen = card({ title: 'nul\0 half \uD800 whole \u{1F512}' })
    await within((tx) => wantPost(tx, { ...alert, payload: { frozen }, now: NOW }))
    expect(await rows()).toMatchObject([{ payload: { frozen: { title: 'nul\uFFFD half \uFFFD whole \u{1F512}' } } }])
  })
})

describe('a reply', () => {
  const reply = { subject: 'change:1', placeId: 'team', parent: { subject: 'change:1', purpose: 'alert' } }
  const parents = async () => (await rows()).map(({ purpose, placeId, parentId }) => [placeId, purpose, parentId])

  test('hangs under the post of its own place, also in the transaction that makes both', async () => {
    await within((tx) => wantPost(tx, { ...alert, placeId: 'people', now: NOW }))
    await within(async (tx) => {
      await wantPost(tx, { ...alert, now: NOW })
      await wantPost(tx, { ...reply, purpose: 'note:1', now: NOW })
    })
    expect(await parents()).toEqual([
      ['people', 'alert', null],
      ['team', 'alert', null],
      ['team', 'note:1', 2],
    ])
  })

  test('to a reply hangs under its root, because threads have one level', async () => {
    await within((tx) => wantPost(tx, { ...alert, now: NOW }))
    await within((tx) => wantPost(tx, { ...reply, purpose: 'note:1', now: NOW }))
    await within((tx) => wantPost(tx, { ...reply, purpose: 'note:2', parent: { subject: 'change:1', purpose: 'note:1' }, now: NOW }))
    expect(await parents()).toEqual([
      ['team', 'alert', null],
      ['team', 'note:1', 1],
      ['team', 'note:2', 1],
    ])
  })

  test('without a parent in its place is a root', async () => {
    await within((tx) => wantPost(tx, { ...alert, placeId: 'people', now: NOW }))
    await within((tx) => wantPost(tx, { ...reply, purpose: 'note:1', now: NOW }))
    expect(await parents()).toEqual([
      ['people', 'alert', null],
      ['team', 'note:1', null],
    ])
  })

  test('that is frozen stays as it is', async () => {
    const say = (title: string) =>
      within((tx) => wantPost(tx, { ...reply, purpose: 'note:1', payload: { frozen: card({ title }) }, now: NOW }))
    await say('first')
    await say('second')
    expect(await rows()).toMatchObject([{ wanted: 1, payload: { frozen: { title: 'first' } } }])
  })
})
