import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Deliverer, doubling } from '../../src/app/chat/deliver.ts'
import { postAgain } from '../../src/app/chat/posts.ts'
import { freshDatabase } from '../support/database.ts'
import type { CallKind, LoopbackFault } from '../support/loopback-platform.ts'
import { NOW, openRoom, type Room, stateCard } from './deliver-support.ts'

let room: Room
beforeAll(async () => {
  room = await openRoom()
})
afterAll(() => room.close())
afterEach(() => room.clear())

const FAULTS: readonly LoopbackFault[] = ['done, answer lost', 'done, no answer', 'connection lost', 'rate limited', 'server error']
const KINDS: readonly CallKind[] = ['post', 'reply', 'edit']
const count = (kind: CallKind): number => room.loopback.calls.filter((call) => call.kind === kind).length

/** A post and a reply; every kind of call is made on the way to the end. */
async function walk(deliverer: Deliverer, before: (kind: CallKind) => void): Promise<void> {
  before('post')
  await room.want('change:1')
  await room.settle(deliverer)
  before('reply')
  await room.say('change:1', 'note:1', 'ring 1 started')
  await room.settle(deliverer)
  before('edit')
  await room.change('change:1')
  await room.settle(deliverer)
}

describe('nothing is lost and nothing is said twice', () => {
  const table = KINDS.flatMap((kind) => FAULTS.flatMap((fault) => [1, 3].map((times) => ({ kind, fault, times }))))
  test.each(table)('$kind: $fault, $times times', async ({ kind, fault, times }) => {
    await walk(room.deliverer({ callLimitMs: 200 }), (now) => now === kind && room.loopback.fail(fault, times, { kind }))
    expect(room.seen()).toEqual(['change:1 is 1', 'ring 1 started'])
    expect(room.loopback.messages[1]?.thread).toBe(room.loopback.messages[0]?.id)
    for (const row of await room.rows())
      expect(row).toMatchObject({ shown: row.wanted, failures: 0, lastError: null, notBefore: null, leaseUntil: null })
  })

  test.each(FAULTS)('the search itself fails: %s', async (fault) => {
    room.loopback.fail('done, answer lost', 1, { kind: 'post' })
    room.loopback.fail(fault, 2, { kind: 'find' })
    await walk(room.deliverer({ callLimitMs: 200 }), () => undefined)
    expect(room.seen()).toEqual(['change:1 is 1', 'ring 1 started'])
  })

  test('a definite no needs no search; doubt does', async () => {
    room.loopback.fail('rate limited', 1, { kind: 'post' })
    room.loopback.fail('rejected', 1, { kind: 'post' })
    await room.want('change:1')
    await room.settle(room.deliverer())
    expect([count('post'), count('find')]).toEqual([3, 0])
    room.loopback.fail('connection lost', 1, { kind: 'post' })
    await room.want('change:2')
    await room.settle(room.deliverer())
    expect([count('post'), count('find')]).toEqual([5, 1])
  })

  test('a message that was found shows the state of now, not that of its attempt', async () => {
    room.loopback.fail('done, answer lost', 1, { kind: 'post' })
    const deliverer = room.deliverer({ backoffMs: () => 60_000 })
    await room.want('change:1')
    await deliverer.drain()
    await room.change('change:1')
    await room.settle(deliverer)
    expect(room.seen()).toEqual(['change:1 is 1'])
  })

  test("the database fails between the platform's OK and our write", async () => {
    const { db } = room.house
    await db.$executeRaw`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$`
    await db.$executeRaw`CREATE TRIGGER refuse BEFORE UPDATE OF shown ON "Post" FOR EACH ROW EXECUTE FUNCTION refuse()`
    await room.want('change:1')
    await room.deliverer().drain()
    expect(room.seen()).toEqual(['change:1 is 0'])
    await db.$executeRaw`DROP FUNCTION refuse CASCADE`
    await room.settle(room.deliverer())
    expect(room.seen()).toEqual(['change:1 is 0'])
    expect(await room.rows()).toMatchObject([{ shown: 1, ref: { message: room.loopback.messages[0]?.id } }])
  })

  test('one that hangs loses its lease, another takes over, then the first goes on', async () => {
    const first = room.loopback.hold('post')
    await room.want('change:1')
    const hanging = room.deliverer().drain()
    await first.done
    await room.timePasses()
    await room.change('change:1')
    await room.settle(room.deliverer())
    first.release()
    await hanging
    expect(room.seen()).toEqual(['change:1 is 1'])
    expect(room.loopback.calls.map((call) => call.kind)).toEqual(['post', 'find', 'edit'])
    expect(await room.rows()).toMatchObject([{ wanted: 2, shown: 2, card: stateCard('change:1', 1) }])
  })

  test('two deliverers on one database: each post once, in its place, threads in order', async () => {
    const subjects = Array.from({ length: 30 }, (_, n) => `change:${n}`)
    for (const [n, subject] of subjects.entries()) {
      await room.want(subject, `place-${n % 5}`)
      for (const k of [1, 2, 3]) await room.say(subject, `note:${k}`, `${subject} note ${k}`, `place-${n % 5}`)
    }
    const both = [room.deliverer(), room.deliverer()]
    await Promise.all(both.map((one) => one.drain()))
    await room.settle(both[0] as Deliverer)
    expect(room.seen().toSorted()).toEqual(subjects.flatMap((s) => [`${s} is 0`, ...[1, 2, 3].map((k) => `${s} note ${k}`)]).toSorted())
    for (const root of room.loopback.messages.filter((one) => one.thread === undefined)) {
      const notes = room.loopback.messages.filter((one) => one.thread === root.id).map((one) => one.card.title.split(' ').at(-1))
      expect(notes).toEqual(['1', '2', '3'])
    }
  })

  test('after a kill the next one, which holds the bot lock, does not wait for leases of the dead', async () => {
    await room.want('change:1')
    await room.want('change:2')
    await room.deliverer().drain()
    await room.change('change:1')
    await room.house.db.post.updateMany({ data: { leaseUntil: new Date(Date.now() + 3_600_000) } })
    const next = room.deliverer({ takeOver: true })
    await next.start()
    await room.loopback.until((one) => one.card.title === 'change:1 is 1')
    await next.stop()
  })
})

describe('bursts', () => {
  test('200 changes while one edit is under way become one more edit', async () => {
    const deliverer = room.deliverer()
    await room.want('change:1')
    await deliverer.drain()
    const edit = room.loopback.hold('edit')
    await room.change('change:1')
    const working = deliverer.drain()
    await edit.done
    await Promise.all(Array.from({ length: 199 }, () => room.change('change:1')))
    deliverer.wake()
    edit.release()
    await working
    expect(room.seen()).toEqual(['change:1 is 200'])
    expect(count('edit')).toBe(2)
  })

  test('200 changes while it runs end with the last one', async () => {
    const deliverer = room.deliverer()
    await deliverer.start()
    await room.want('change:1')
    await Promise.all(Array.from({ length: 200 }, () => room.change('change:1')))
    await deliverer.drain()
    await deliverer.stop()
    expect(room.seen()).toEqual(['change:1 is 200'])
    expect(count('edit')).toBeLessThan(200)
  })

  test('what shows the same is not sent again', async () => {
    const deliverer = room.deliverer()
    await room.want('change:1')
    await deliverer.drain()
    await room.want('change:1')
    await deliverer.drain()
    expect(room.loopback.calls).toHaveLength(1)
    expect(await room.rows()).toMatchObject([{ wanted: 2, shown: 2 }])
    expect(room.shown).toEqual(['team'])
  })

  test('what was never said goes before edits, so that a lively card keeps nobody waiting', async () => {
    const deliverer = room.deliverer()
    await room.want('change:1')
    await deliverer.drain()
    const edit = room.loopback.hold('edit')
    await room.change('change:1')
    const working = deliverer.drain()
    await edit.done
    await room.change('change:1')
    await room.want('change:2')
    deliverer.wake()
    edit.release()
    await working
    expect(room.loopback.calls.map((call) => call.kind)).toEqual(['post', 'edit', 'post', 'edit'])
  })
})

describe('threads', () => {
  test('a reply waits until its parent is there', async () => {
    room.loopback.fail('connection lost', 1, { kind: 'post' })
    const deliverer = room.deliverer({ backoffMs: () => 60_000 })
    await room.want('change:1')
    await room.say('change:1', 'note:1', 'ring 1 started')
    await deliverer.drain()
    expect(room.seen()).toEqual([])
    await room.settle(deliverer)
    expect(room.seen()).toEqual(['change:1 is 0', 'ring 1 started'])
  })

  test.each([
    'connection lost',
    'done, answer lost',
    'server error',
    'rate limited',
  ] as const)('replies of a thread keep their order when the first one fails: %s', async (fault) => {
    const deliverer = room.deliverer({ backoffMs: () => 60_000 })
    await room.want('change:1')
    await deliverer.drain()
    room.loopback.fail(fault, 2, { kind: 'reply' })
    for (let n = 1; n <= 8; n++) {
      await room.say('change:1', `note:${n}`, `note ${n}`)
      await deliverer.drain()
    }
    await room.settle(deliverer)
    expect(room.seen()).toEqual(['change:1 is 0', ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `note ${n}`)])
  })

  test('a reply that the platform refuses does not hold back the others', async () => {
    const deliverer = room.deliverer({ backoffMs: () => 60_000 })
    await room.want('change:1')
    await deliverer.drain()
    room.loopback.fail('rejected', 1, { kind: 'reply' })
    await room.say('change:1', 'note:1', 'too long')
    await room.say('change:1', 'note:2', 'fine')
    await deliverer.drain()
    expect(room.seen()).toEqual(['change:1 is 0', 'fine'])
  })

  test('a reply is frozen: it never changes, whatever happens to its subject', async () => {
    const deliverer = room.deliverer()
    await room.want('change:1')
    await room.say('change:1', 'note:1', 'as it was')
    await room.settle(deliverer)
    await room.say('change:1', 'note:1', 'rewritten')
    await room.change('change:1')
    await room.settle(deliverer)
    expect(room.seen()).toEqual(['change:1 is 1', 'as it was'])
    expect(room.loopback.calls.map((call) => call.kind)).toEqual(['post', 'reply', 'edit'])
  })
})

describe('a platform that cannot be searched', () => {
  test('doubt is told once, nothing is repeated, until somebody says so', async () => {
    room.loopback.searchable = false
    room.loopback.fail('connection lost', 1, { kind: 'post' })
    const deliverer = room.deliverer()
    await room.want('change:1')
    await deliverer.drain()
    await room.change('change:1')
    await room.timePasses()
    await Promise.all([deliverer.drain(), room.deliverer().drain()])
    expect(await room.rows()).toMatchObject([{ status: 'uncertain', shown: 0 }])
    expect(room.uncertain).toEqual([1])
    expect(count('post')).toBe(1)
    const again = await Promise.all([1, 2].map(() => room.house.db.$transaction((tx) => postAgain(tx, 1))))
    expect(again.toSorted()).toEqual([false, true])
    await deliverer.drain()
    expect(room.seen()).toEqual(['change:1 is 1'])
    expect(room.uncertain).toEqual([1])
  })

  test('people cannot be told: the post stays as it is, and they are told later', async () => {
    room.loopback.searchable = false
    room.loopback.fail('connection lost', 1, { kind: 'post' })
    let told = 0
    const onUncertain = async (): Promise<void> => {
      told++
      if (told === 1) throw new Error('no admin place')
    }
    const deliverer = room.deliverer({ onUncertain })
    await room.want('change:1')
    await deliverer.drain()
    expect(await room.rows()).toMatchObject([{ status: 'open' }])
    await room.timePasses()
    await deliverer.drain()
    expect(await room.rows()).toMatchObject([{ status: 'uncertain' }])
    expect([told, count('post')]).toEqual([2, 1])
  })

  test('a definite no leaves no doubt', async () => {
    room.loopback.searchable = false
    room.loopback.fail('rate limited', 2)
    room.loopback.fail('forbidden', 2)
    await room.want('change:1')
    await room.settle(room.deliverer())
    expect(room.seen()).toEqual(['change:1 is 0'])
    expect(room.uncertain).toEqual([])
  })
})

describe('one place in trouble', () => {
  test('a place that says slow down rests as a whole, with what is wanted later, and the others go on', async () => {
    room.loopback.fail('rate limited', 1, { place: 'busy' })
    const deliverer = room.deliverer()
    await room.want('change:1', 'busy')
    await room.want('change:2', 'busy')
    await room.want('change:1', 'quiet')
    await deliverer.drain()
    await room.want('change:3', 'busy')
    await deliverer.drain()
    expect(room.seen('busy')).toEqual([])
    expect(room.seen('quiet')).toEqual(['change:1 is 0'])
    expect(count('post')).toBe(2)
    expect((await room.rows())[0]).toMatchObject({ failures: 0, attemptedAt: null, lastError: expect.stringContaining('RATE_LIMITED') })
    await room.timePasses()
    await deliverer.drain()
    expect(room.seen('busy')).toEqual(['change:1 is 0', 'change:2 is 0', 'change:3 is 0'])
  })

  test('a place that does not answer holds nobody else up', async () => {
    const hanging = room.loopback.hold('post')
    const deliverer = room.deliverer()
    await room.want('change:1', 'slow')
    const working = deliverer.drain()
    await hanging.done
    await room.want('change:1', 'quick')
    deliverer.wake()
    await room.loopback.until((one) => one.place === 'quick')
    hanging.release()
    await working
    expect(room.seen()).toHaveLength(2)
  })

  test.each(['forbidden', 'rejected'] as const)('%s: kept, said once per change, tried with growing patience', async (fault) => {
    const waits: [number, number][] = []
    const backoffMs = (failures: number, capMs: number): number => {
      waits.push([failures, capMs])
      return 60_000
    }
    room.loopback.fail(fault, 3, { place: 'closed' })
    const deliverer = room.deliverer({ backoffMs })
    await room.want('change:1', 'closed')
    await room.want('change:1')
    for (let n = 0; n < 3; n++) {
      await deliverer.drain()
      await room.timePasses()
    }
    expect(room.seen()).toEqual(['change:1 is 0'])
    expect(await room.rows()).toMatchObject([{ failures: 3, lastError: expect.stringMatching(/^(FORBIDDEN|REJECTED): HTTP/) }, {}])
    expect(waits).toEqual([
      [1, 600_000],
      [2, 600_000],
      [3, 600_000],
    ])
    expect(room.lines.filter((line) => line.post === 1)).toHaveLength(1)
    await room.settle(deliverer)
    expect(room.seen('closed')).toEqual(['change:1 is 0'])
  })

  test('an outage is waited for up to a minute', async () => {
    const caps: number[] = []
    room.loopback.fail('server error', 2)
    await room.want('change:1')
    await room.settle(room.deliverer({ backoffMs: (_failures, capMs) => caps.push(capMs) * 0 }))
    expect(caps).toEqual([60_000, 60_000])
  })

  test('the waiting time doubles from a second to its cap', () => {
    expect([1, 2, 3, 6, 7, 100, 5000].map((failures) => doubling(failures, 60_000))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000,
    ])
  })

  test('a message that somebody deleted is gone, and stays so', async () => {
    const deliverer = room.deliverer()
    await room.want('change:1')
    await room.settle(deliverer)
    room.loopback.remove('m1')
    await room.change('change:1')
    await room.settle(deliverer)
    await room.change('change:1')
    await room.settle(deliverer)
    expect(await room.rows()).toMatchObject([{ status: 'gone', lastError: expect.stringContaining('GONE') }])
    expect(count('edit')).toBe(1)
  })

  test('a place that is not in the policy, or a card that cannot be drawn, blocks nobody', async () => {
    const deliverer = room.deliverer({
      backoffMs: () => 60_000,
      place: (id) => (id === 'nowhere' ? null : { id, platform: 'loopback', ref: id }),
      render: async (post) => {
        if (post.subject === 'change:2') throw new Error('state corrupt')
        return post.subject === 'change:3' ? null : stateCard(post.subject, 0)
      },
    })
    await room.want('change:1', 'nowhere')
    for (const subject of ['change:2', 'change:3', 'change:4']) await room.want(subject)
    await deliverer.drain()
    expect(room.seen()).toEqual(['change:4 is 0'])
    expect(await room.rows()).toMatchObject([
      { shown: 0, failures: 1, lastError: 'FORBIDDEN: the place nowhere is not set up' },
      { shown: 0, failures: 1, lastError: 'REJECTED: the card cannot be drawn: state corrupt' },
      { shown: 1, ref: null, failures: 0 },
      { shown: 1 },
    ])
  })
})

describe('waking up', () => {
  const hour = 3_600_000
  test('a commit wakes it, and so does the way back after the connection was lost', async () => {
    const deliverer = room.deliverer({ sweepMs: hour })
    await deliverer.start()
    await room.want('change:1')
    await room.loopback.until((one) => one.card.title === 'change:1 is 0')
    await room.house.db
      .$queryRaw`SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE application_name = 'patchcrier-listen' AND datname = current_database()`
    await room.change('change:1')
    await room.loopback.until((one) => one.card.title === 'change:1 is 1')
    await deliverer.stop()
  })

  test('a database that does not answer is told once, and to whoever waits for it', async () => {
    const other = await freshDatabase()
    await other.drop()
    const deliverer = room.deliverer({ db: other.db })
    for (let n = 0; n < 3; n++) {
      deliverer.wake()
      await expect(deliverer.drain()).rejects.toThrow()
    }
    expect(room.lines.map((line) => line.msg)).toEqual(['posts: the database does not answer; trying again'])
    await other.db.close()
  })

  test('what no notice told of is found by the sweep', async () => {
    const deliverer = room.deliverer({ sweepMs: 20 })
    await deliverer.start()
    await room.house.db.post.create({ data: { subject: 'change:1', purpose: 'card', placeId: 'team', createdAt: NOW, updatedAt: NOW } })
    await room.loopback.until(() => true)
    await deliverer.stop()
  })

  test('the pace of a place is kept, others have their own, and stopping does not wait for it', async () => {
    const deliverer = room.deliverer({ budgets: { loopback: [{ calls: 'post', per: 'place', count: 1, perMs: hour }] } })
    await deliverer.start()
    await room.want('change:1')
    await room.loopback.until(() => true)
    await room.want('change:2')
    await room.want('change:3', 'other')
    await room.loopback.until((one) => one.place === 'other')
    await deliverer.stop()
    expect(room.seen('team')).toEqual(['change:1 is 0'])
  })

  test('while edits have to wait somewhere, cards drawn anew gather for one look; what was never said does not wait for it', async () => {
    const gathering: number[] = []
    const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const deliverer = room.deliverer({
      sweepMs: hour,
      budgets: { loopback: [{ calls: 'edit', per: 'place', count: 1, perMs: hour }] },
      time: {
        now: () => performance.now(),
        pause(ms, signal) {
          if (ms !== 250) return pause(ms, undefined, { signal })
          gathering.push(ms)
          begun.resolve()
          return over.promise
        },
      },
    })
    await deliverer.start()
    await room.want('change:1')
    await room.want('change:2', 'other')
    await room.loopback.until((one) => one.place === 'other')
    await room.change('change:1')
    await room.loopback.until((one) => one.card.title === 'change:1 is 1')
    await deliverer.drain()
    for (let n = 0; n < 20; n++) await room.change('change:3')
    await begun.promise
    await room.want('change:4', 'third')
    await room.loopback.until((one) => one.place === 'third')
    expect(gathering).toEqual([250])
    await deliverer.drain()
    await room.change('change:2')
    over.resolve()
    await room.loopback.until((one) => one.card.title === 'change:2 is 1')
    await deliverer.stop()
  })

  test('stopped, it begins nothing and leaves no lease behind', async () => {
    const held = room.loopback.hold('post')
    const deliverer = room.deliverer()
    await deliverer.start()
    await room.want('change:1')
    await held.done
    const stopping = deliverer.stop()
    await room.want('change:2')
    held.release()
    await stopping
    await deliverer.drain()
    expect(room.seen()).toEqual(['change:1 is 0'])
    expect(await room.rows()).toMatchObject([
      { shown: 1, leaseUntil: null, updatedAt: NOW },
      { shown: 0, leaseUntil: null },
    ])
  })
})
