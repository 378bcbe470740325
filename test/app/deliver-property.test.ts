import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { frozenCard } from '../../src/app/chat/posts.ts'
import type { CallKind, LoopbackFault } from '../support/loopback-platform.ts'
import { openRoom, type Room } from './deliver-support.ts'

let room: Room
beforeAll(async () => {
  room = await openRoom()
})
afterAll(() => room.close())

type Step =
  | { readonly do: 'want' | 'change'; readonly subject: string; readonly place: string }
  | { readonly do: 'say'; readonly subject: string; readonly place: string }
  | { readonly do: 'fail'; readonly fault: LoopbackFault; readonly times: number; readonly kind: CallKind }
  | { readonly do: 'drain' | 'time passes' | 'drain while the database refuses' }

const subject = fc.constantFrom('change:1', 'change:2', 'change:3')
const place = fc.constantFrom('team', 'people')
const times = fc.integer({ min: 1, max: 2 })
const unsure = fc.constantFrom<LoopbackFault>('done, answer lost', 'connection lost', 'rate limited', 'server error')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('want' as const, 'change' as const), subject, place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('say' as const), subject, place }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      fault: unsure,
      times,
      kind: fc.constantFrom<CallKind>('post', 'reply', 'edit', 'find'),
    }),
  },
  // A refused reply lets the others of its thread pass, so the order of a thread is promised without refusals there.
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      fault: fc.constantFrom<LoopbackFault>('forbidden', 'rejected'),
      times,
      kind: fc.constantFrom<CallKind>('post', 'edit', 'find'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('drain' as const, 'time passes' as const, 'drain while the database refuses' as const) }),
  },
)

/** Drains go on beside the steps that follow, as two deliverers; leases and waiting times run out only when no call is under way. */
async function run(steps: readonly Step[]): Promise<void> {
  const deliverers = [room.deliverer(), room.deliverer()]
  let underWay: Promise<void>[] = []
  const idle = async (): Promise<void> => {
    await Promise.all(underWay)
    underWay = []
  }
  for (const [n, step] of steps.entries()) {
    if (step.do === 'want') await room.want(step.subject, step.place)
    if (step.do === 'change') await room.change(step.subject)
    // People answer below a card that is there.
    if (step.do === 'say') {
      await room.want(step.subject, step.place)
      await room.say(step.subject, `note:${n}`, `${step.subject} note ${n}`, step.place)
    }
    if (step.do === 'fail') room.loopback.fail(step.fault, step.times, { kind: step.kind })
    if (step.do === 'drain') underWay.push(...deliverers.map((one) => one.drain()))
    if (step.do === 'time passes') {
      await idle()
      await room.timePasses()
    }
    if (step.do === 'drain while the database refuses') {
      await idle()
      await refusing(() => room.deliverer().drain())
    }
  }
  await idle()
  room.loopback.heal()
  await room.timePasses()
  await room.settle(room.deliverer())
}

/** As a death between the platform's OK and our write: the attempt is on record, its outcome is not. */
async function refusing(work: () => Promise<void>): Promise<void> {
  const { db } = room.house
  await db.$executeRaw`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$`
  await db.$executeRaw`CREATE TRIGGER refuse BEFORE UPDATE OF shown ON "Post" FOR EACH ROW EXECUTE FUNCTION refuse()`
  await work()
  await db.$executeRaw`DROP FUNCTION refuse CASCADE`
}

test('whatever goes wrong on the way, each post ends as exactly one message that shows the last state, threads in order', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
    await room.clear()
    await run(steps)
    const rows = await room.rows()
    const states = new Map((await room.house.db.setting.findMany()).map((one) => [one.key, one.value]))
    const expected = rows.map((row) => [
      `post-${row.id}`,
      frozenCard(row.payload)?.title ?? `${row.subject} is ${states.get(row.subject) ?? 0}`,
    ])
    const keyed = room.loopback.messages.map((one) => [one.key, one.card.title] as const)
    expect(keyed.toSorted(byKey)).toEqual(expected.toSorted(byKey))
    for (const root of room.loopback.messages) {
      const thread = room.loopback.messages.filter((one) => one.thread === root.id).map((one) => Number(one.key.slice('post-'.length)))
      expect(thread).toEqual(thread.toSorted((a, b) => a - b))
    }
  })
  await fc.assert(property, { numRuns: 60 })
})

const byKey = (a: readonly unknown[], b: readonly unknown[]): number => (String(a[0]) < String(b[0]) ? -1 : 1)
