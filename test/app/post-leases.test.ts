import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { lease } from '../../src/app/chat/post-leases.ts'
import { openRoom, type Room } from './deliver-support.ts'

let room: Room
beforeAll(async () => {
  room = await openRoom()
})
afterAll(() => room.close())
afterEach(() => room.clear())

const EVERYWHERE = { busy: [], closed: { post: [], edit: [], find: [] } }

/** What is leased, as `place subject`. */
const leased = async (most: number, look: Parameters<typeof lease>[1] = EVERYWHERE): Promise<string[]> =>
  (await lease(room.house.db, look, 90_000, most)).map(({ placeId, subject }) => `${placeId} ${subject}`)

test('one of each place at once, in the order in which they were wanted, and no more than asked for', async () => {
  for (const [subject, place] of [
    ['change:1', 'b'],
    ['change:2', 'b'],
    ['change:1', 'a'],
    ['change:2', 'a'],
    ['change:1', 'c'],
  ] as const)
    await room.want(subject, place)
  expect(await leased(2)).toEqual(['b change:1', 'a change:1'])
  expect(await leased(8, { ...EVERYWHERE, busy: ['a', 'b'] })).toEqual(['c change:1'])
  expect(await leased(8, { ...EVERYWHERE, busy: ['a', 'b', 'c'] })).toEqual([])
})

test('places that are closed to posts are passed over', async () => {
  for (const place of ['a', 'b']) await room.want('change:1', place)
  expect(await leased(8, { ...EVERYWHERE, closed: { post: ['a'], edit: [], find: [] } })).toEqual(['b change:1'])
})

test('what was never said goes before what shows something old', async () => {
  await room.want('change:1', 'a')
  await room.deliverer().drain()
  await room.change('change:1')
  await room.deliverer().drain()
  await room.house.db.post.updateMany({ data: { wanted: { increment: 1 } } })
  await room.want('change:2', 'b')
  expect(await leased(8)).toEqual(['b change:2'])
  expect(await leased(8)).toEqual(['a change:1'])
})

test('a post that somebody is changing keeps no other place waiting', async () => {
  for (const place of ['a', 'b']) await room.want('change:1', place)
  await room.house.db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT FROM "Post" WHERE "placeId" = 'a' FOR UPDATE`
    expect(await leased(1)).toEqual(['b change:1'])
  })
  expect(await leased(1)).toEqual(['a change:1'])
})

test('two who lease at once never get the same', async () => {
  for (let n = 0; n < 40; n += 1) await room.want('change:1', `place-${n}`)
  const all = (await Promise.all(Array.from({ length: 8 }, () => leased(5)))).flat()
  expect(new Set(all).size).toBe(all.length)
  expect(all.length).toBeGreaterThanOrEqual(5)
})
