import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readKnown } from '../../src/app/change/known.ts'
import { json, lockChange } from '../../src/app/change/rows.ts'
import { saveClick } from '../../src/app/change/save-clicks.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import { patchOf, type Step } from '../../src/core/patch.ts'
import { auditText } from '../../src/db/audit.ts'
import type { Database } from '../../src/db/database.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

const AT = new Date('2026-01-05T09:00:00Z')
/** How many steps stand beside a state at most, unless one click alone makes more. */
const MOST_BESIDE = 12
const RUNS = 60

let house: FreshDatabase
let db: Database
beforeAll(async () => {
  house = await freshDatabase(4)
  db = house.db
})
afterAll(() => house.drop())

type Document = Readonly<Record<string, unknown>>

/** A change whose state is any document: what a click changes is stored without being looked at. */
async function change(state: Document): Promise<number> {
  return (await db.change.create({ data: { phase: 'deciding', state: json(state), createdAt: AT } })).id
}

async function click(id: number, known: number, steps: readonly Step[]): Promise<void> {
  const record = auditText({ at: AT, actor: 'dana', action: 'approve', subject: `change:${id}`, detail: null })
  const one = { change: id, known, phase: 'deciding', steps, delivery: null, answer: { ok: true, cards: [] } as const, at: AT, record }
  expect(await saveClick(db, one)).toBe(true)
}

/** Everybody who reads a change, by a name. */
const READERS: Readonly<Record<string, (id: number) => Promise<unknown>>> = {
  'its row': async (id) => (await db.change.findUniqueOrThrow({ where: { id } })).state,
  'its row among all': async (id) => (await db.change.findMany({ where: { id } }))[0]?.state,
  'nothing but its state': async (id) => (await db.change.findUniqueOrThrow({ where: { id }, select: { state: true } })).state,
  'its row in a transaction': (id) => db.$transaction(async (tx) => (await tx.change.findUniqueOrThrow({ where: { id } })).state),
  'the change of a bulletin': async (id) =>
    (await db.bulletin.findFirstOrThrow({ where: { changeId: id }, select: { change: true } })).change?.state,
  'who locks it': (id) => db.$transaction((tx) => lockChange(tx, id)),
  'who draws it': async (id) => (await readKnown(db, id))?.state,
  'the database': async (id) => {
    const [row] = await db.$queryRaw<{ state: unknown }[]>`SELECT "patched"("state", "later") AS state FROM "Change" WHERE id = ${id}`
    return row?.state
  },
}

async function bulletinOf(id: number): Promise<void> {
  const text = { source: 's', vendorId: 'v', revision: '1', digest: 'd', fileName: `f-${id}`, verdict: 'VERIFIED', origin: 'new' }
  const rest = { updatedAt: AT, seenAt: AT, raw: Buffer.from('x'), verification: {}, current: true, changeId: id }
  await db.bulletin.create({ data: { ...text, ...rest } })
}

const stored = async (id: number) => {
  const [row] = await db.$queryRaw<{ state: Document; later: readonly Step[]; version: number }[]>`
    SELECT "state", "later", "version" FROM "Change" WHERE id = ${id}`
  if (!row) throw new Error(`there is no change ${id}`)
  return row
}

describe('what a click changes stands beside the state', () => {
  const before = { hosts: ['web-01'], submission: { plan: 'p', approvals: [] }, acts: ['a'] }
  const after = { ...before, submission: { plan: 'p', approvals: ['dana'] }, acts: ['a', 'b'] }

  test('which is not written again', async () => {
    const id = await change(before)
    await click(id, 0, patchOf(before, after) ?? [])
    expect(await stored(id)).toEqual({
      state: before,
      later: [
        { path: ['submission', 'approvals'], more: ['dana'] },
        { path: ['acts'], more: ['b'] },
      ],
      version: 1,
    })
  })

  test.each(Object.entries(READERS))('%s has both', async (_, read) => {
    const id = await change(before)
    await bulletinOf(id)
    await click(id, 0, patchOf(before, after) ?? [])
    expect(await read(id)).toEqual(after)
  })

  test('until the state is saved, by whom ever: nothing of before is laid over it', async () => {
    const saves: readonly ((id: number) => Promise<unknown>)[] = [
      (id) => db.change.update({ where: { id }, data: { state: json(before) } }),
      (id) => db.change.updateMany({ where: { id }, data: { state: json(before) } }),
      (id) => db.$executeRaw`UPDATE "Change" SET "state" = ${JSON.stringify(before)}::jsonb WHERE id = ${id}`,
    ]
    for (const save of saves) {
      const id = await change(before)
      await click(id, 0, patchOf(before, after) ?? [])
      await save(id)
      expect(await stored(id)).toEqual({ state: before, later: [], version: 1 })
    }
  })

  test('nor is it lost when only something else of the change is saved', async () => {
    const id = await change(before)
    await click(id, 0, patchOf(before, after) ?? [])
    await db.change.update({ where: { id }, data: { phase: 'approved' } })
    expect(await READERS['its row']?.(id)).toEqual(after)
  })

  test('never much: the click after a dozen steps puts all into the state', async () => {
    const id = await change({ n: -1 })
    const beside: number[] = []
    for (let n = 0; n < 2 * MOST_BESIDE + 3; n += 1) {
      await click(id, n, [{ path: ['n'], value: n }])
      beside.push((await stored(id)).later.length)
      expect(await READERS['who locks it']?.(id)).toEqual({ n })
    }
    expect([Math.max(...beside), beside.filter((length) => length === 0).length]).toEqual([MOST_BESIDE, 2])
  })
})

test('after any clicks and saves every reader has what the last one made', async () => {
  // No text has a NUL, which PostgreSQL refuses, and no member is called `__proto__`, which Prisma's client refuses: no name in a state is
  // anybody's own text.
  const value = fc
    .jsonValue({ maxDepth: 1 })
    .map((one) => JSON.parse(JSON.stringify(one).replaceAll('\\u0000', '').replaceAll('"__proto__"', '"proto"')))
  const document = fc.record({
    acts: fc.array(value, { maxLength: 3 }),
    submission: fc.record({ plan: fc.constant('p'), approvals: fc.array(value, { maxLength: 2 }), decided: value }),
    tests: value,
  })
  // As a click does it: what people did gets longer.
  const step = fc.record({ drawn: document, grows: fc.boolean(), by: fc.constantFrom('click', 'click', 'click', 'save') })
  const property = fc.asyncProperty(document, fc.array(step, { minLength: 1, maxLength: 12 }), async (first, steps) => {
    const id = await change(first)
    await bulletinOf(id)
    let last = first
    let version = 0
    for (const { drawn, grows, by } of steps) {
      const state = grows ? { ...drawn, acts: [...last.acts, ...drawn.acts] } : drawn
      const patch = by === 'click' ? patchOf(last, state) : null
      if (patch === null) await db.change.update({ where: { id }, data: { state: json(state), version: { increment: 1 } } })
      else await click(id, version, patch)
      version += 1
      last = state
    }
    for (const [reader, read] of Object.entries(READERS)) expect(await read(id), reader).toEqual(last as unknown as ChangeState)
    expect((await stored(id)).version).toBe(version)
  })
  await fc.assert(property, { numRuns: RUNS })
})
