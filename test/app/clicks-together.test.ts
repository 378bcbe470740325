import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readKnown } from '../../src/app/change/known.ts'
import { json } from '../../src/app/change/rows.ts'
import { type Click, saveClick } from '../../src/app/change/save-clicks.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { evolve } from '../../src/core/change/evolve.ts'
import { patchOf } from '../../src/core/patch.ts'
import { auditText, verifyAudit } from '../../src/db/audit.ts'
import type { Database } from '../../src/db/database.ts'
import { type BareHouse, bareHouse } from '../support/bare-house.ts'
import { approvedBy, DIGEST, evolved, NOW, opened, policy, UNTIL } from '../support/change.ts'

const AT = new Date(NOW)
/** The key of the audit chain's lock. */
const CHAIN = 'SELECT pg_advisory_lock(7331, 1)'

let bare: BareHouse
let db: Database
/** Somebody else at the same database. */
let other: pg.Client
beforeAll(async () => {
  bare = await bareHouse(policy)
  db = bare.house.db
})
afterAll(() => bare?.end())
beforeEach(async () => {
  other = new pg.Client({ connectionString: bare.url })
  await other.connect()
  return () => other.end()
})

/** Changes that wait for two approvals, each with its card. */
const waiting = (count: number): Promise<readonly number[]> => Promise.all(Array.from({ length: count }, waitingChange))

async function waitingChange(): Promise<number> {
  const { id } = await db.change.create({ data: { phase: 'deciding', state: {}, createdAt: AT } })
  await db.change.update({ where: { id }, data: { state: json({ ...evolved(opened(), UNTIL.deciding), id }) } })
  const post = { subject: `change:${id}`, placeId: 'patch-team', createdAt: AT, updatedAt: AT }
  await db.post.create({ data: { ...post, purpose: 'decision', payload: { digest: DIGEST } } })
  return id
}

/** Dana approves, as it was decided on the state that save 0 left. */
function click(change: number, own: Partial<Click> = {}): Click {
  const before = { ...evolved(opened(), UNTIL.deciding), id: change }
  const after = evolve(before, approvedBy('dana'), { now: NOW, policy })
  return {
    change,
    known: 0,
    phase: after.phase,
    steps: patchOf(before, after) ?? [],
    delivery: `press-${change}`,
    answer: { ok: true, cards: [] },
    at: AT,
    record: auditText({ at: AT, actor: 'dana', action: 'approve', subject: `change:${change}`, detail: { change } }),
    ...own,
  }
}

/** The first is being saved while the others come, which therefore share a transaction. */
async function together(...clicks: readonly Click[]): Promise<readonly boolean[]> {
  const [first = 0] = await waiting(1)
  const before = saveClick(db, click(first))
  const answers = clicks.map((one) => saveClick(db, one))
  expect(await before).toBe(true)
  return Promise.all(answers)
}

/** What is saved of a change, with the transaction that saved it. */
async function standing(id: number) {
  const [row] = await db.$queryRaw<
    { version: number; by: string; approvals: number; redraws: number; delivered: boolean; records: number }[]
  >`
    SELECT "version", xmin::text AS by, jsonb_array_length("patched"("state", "later") -> 'submission' -> 'approvals') AS approvals,
      (SELECT count(*)::int FROM "Redraw" WHERE subject = 'change:' || ${id}::int) AS redraws,
      EXISTS (SELECT FROM "Delivery" WHERE key = 'press-' || ${id}::int) AS delivered,
      (SELECT count(*)::int FROM "AuditRecord" WHERE body LIKE '%"subject":"change:' || ${id}::int || '"%') AS records
    FROM "Change" WHERE id = ${id}`
  if (!row) throw new Error(`there is no change ${id}`)
  const { by, ...saved } = row
  return { by, saved }
}

const SAVED = { version: 1, approvals: 1, redraws: 1, delivered: true, records: 1 }
const UNTOUCHED = { version: 0, approvals: 0, redraws: 0, delivered: false, records: 0 }
const savedOf = async (ids: readonly number[]) => (await Promise.all(ids.map(standing))).map(({ saved }) => saved)
const chain = async () => (await verifyAudit(db)).ok

/** Until somebody waits for a lock that `other` holds; answers whose backend that is. */
async function somebodyWaits(): Promise<number> {
  for (;;) {
    const { rows } = await other.query<{ pid: number }>(
      'SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)) LIMIT 1',
    )
    if (rows[0]) return rows[0].pid
  }
}

describe('clicks on several changes', () => {
  test('share one transaction; each has its effect, its record and its card drawn anew', async () => {
    const ids = await waiting(5)
    expect(await together(...ids.map((id) => click(id)))).toEqual(ids.map(() => true))
    const all = await Promise.all(ids.map(standing))
    expect(all.map(({ saved }) => saved)).toEqual(ids.map(() => SAVED))
    expect(new Set(all.map(({ by }) => by)).size, 'one transaction').toBe(1)
  })

  test('stand in the audit chain in the order in which they came, word for word', async () => {
    const ids = (await waiting(4)).toReversed()
    const clicks = ids.map((id) => click(id, { record: `{"note":"ü \\u0000 \\ud83d \u{1f4a5} \\" ${id}"}` }))
    await together(...clicks)
    const last = await db.auditRecord.findMany({ orderBy: { seq: 'desc' }, take: ids.length })
    expect(last.toReversed().map(({ body }) => body)).toEqual(clicks.map(({ record }) => record))
    expect(await chain()).toBe(true)
  })

  test('are half of those that wait, or the few that are left, and not more than fifty in a transaction', async () => {
    const ids = await waiting(120)
    await together(...ids.map((id) => click(id)))
    const all = await Promise.all(ids.map(standing))
    expect(all.every(({ saved }) => saved.version === 1)).toBe(true)
    const sizes = [...Map.groupBy(all, ({ by }) => by).values()].map((group) => group.length)
    expect(sizes.toSorted((a, b) => b - a)).toEqual([50, 35, 18, 9, 8])
  })

  test('wait up to five hundred; whoever comes then goes the long way', async () => {
    const [first = 0] = await waiting(1)
    const saving = saveClick(db, click(first))
    const nowhere = Array.from({ length: 501 }, (_, n) => saveClick(db, click(900_000 + n)))
    const early = await Promise.race([nowhere[500], saving.then(() => 'it waited')])
    expect(early).toBe(false)
    expect(await Promise.all([saving, ...nowhere])).toEqual([true, ...nowhere.map(() => false)])
  })
})

test('an approval of a change that somebody has seen takes the short way: its state is not written anew', async () => {
  const [id = 0] = await waiting(1)
  await readKnown(db, id)
  const approval = { actor: 'dana', place: 'patch-team', verb: 'approve', subject: `change:${id}`, digest: DIGEST, inputs: {} }
  expect(await handleIntent(bare.house, { ...approval, delivery: `press-${id}` })).toMatchObject({ ok: true })
  expect(await savedOf([id])).toEqual([SAVED])
  const [row] = await db.$queryRaw<{ paths: unknown }[]>`
    SELECT jsonb_path_query_array("later", '$[*].path') AS paths FROM "Change" WHERE id = ${id}`
  expect(row?.paths).toEqual([['acts'], ['submission', 'approvals']])
})

describe('one that cannot be saved takes no other with it', () => {
  /** What happens to the second of three before they come, and how its click differs. */
  const table: readonly { why: string; given?: (id: number) => Promise<unknown>; own?: (ids: readonly number[]) => Partial<Click> }[] = [
    { why: 'its change was saved by somebody else meanwhile', own: () => ({ known: 7 }) },
    { why: 'there is no such change', own: () => ({ change: 999_999_999 }) },
    {
      why: 'somebody holds its change',
      given: async (id) => {
        await other.query('BEGIN')
        await other.query('SELECT FROM "Change" WHERE id = $1 FOR UPDATE', [id])
      },
    },
    {
      why: 'its delivery has had its effect',
      given: () => db.delivery.create({ data: { key: 'had', outcome: json({ ok: false }), at: AT } }),
      own: () => ({ delivery: 'had' }),
    },
    { why: 'its delivery is already being saved, on another change', own: ([first]) => ({ delivery: `press-${first}` }) },
  ]
  test.each(table)('$why', async ({ given, own }) => {
    const ids = await waiting(3)
    await given?.(ids[1] ?? 0)
    const answers = await together(...ids.map((id, n) => click(id, n === 1 ? own?.(ids) : {})))
    expect(answers).toEqual([true, false, true])
    expect(await savedOf(ids)).toEqual([SAVED, UNTOUCHED, SAVED])
    expect(await chain()).toBe(true)
    expect((await db.delivery.findUnique({ where: { key: 'had' } }))?.outcome ?? { ok: false }, 'the first answer stays').toEqual({
      ok: false,
    })
  })

  test('a change that is held is passed over without waiting, and its delivery is as if it had never come', async () => {
    const [id = 0] = await waiting(1)
    await other.query('BEGIN')
    await other.query('SELECT FROM "Change" WHERE id = $1 FOR UPDATE', [id])
    expect(await together(click(id))).toEqual([false])
    await other.query('COMMIT')
    const again = { actor: 'dana', place: 'patch-team', verb: 'approve', subject: `change:${id}`, digest: DIGEST, inputs: {} }
    expect(await handleIntent(bare.house, { ...again, delivery: `press-${id}` })).toMatchObject({ ok: true })
    expect(await savedOf([id])).toEqual([SAVED])
  })
})

describe('two clicks on one change are never decided on the same state', () => {
  test('while the first waits, the second goes the long way at once', async () => {
    const [id = 0] = await waiting(1)
    expect(await together(click(id), click(id, { delivery: 'second' }))).toEqual([true, false])
    expect(await savedOf([id])).toEqual([SAVED])
  })

  test('after the first was saved, the second is decided anew', async () => {
    const [id = 0] = await waiting(1)
    expect(await together(click(id))).toEqual([true])
    expect(await together(click(id, { delivery: 'second' }))).toEqual([false])
    expect(await savedOf([id])).toEqual([SAVED])
  })

  test.each([
    ['one change', ([id = 0]: readonly number[]) => [click(id), click(id, { delivery: 'second' })]],
    ['one delivery', ([a = 0, b = 0]: readonly number[]) => [click(a), click(b, { delivery: `press-${a}` })]],
  ] as const)('the database takes no two of %s', async (_, clicks) => {
    const ids = await waiting(2)
    await expect(db.prepared('both', 'SELECT save_clicks($1::jsonb)', [JSON.stringify(clicks(ids))])).rejects.toThrow(/cannot be decided/)
    expect(await savedOf(ids)).toEqual([UNTOUCHED, UNTOUCHED])
  })
})

describe('all or nothing', () => {
  test('the answer comes after the commit', async () => {
    const [id = 0] = await waiting(1)
    await other.query(CHAIN)
    let answered = false
    const saving = saveClick(db, click(id)).finally(() => {
      answered = true
    })
    await somebodyWaits()
    expect({ answered, saved: await savedOf([id]) }).toEqual({ answered: false, saved: [UNTOUCHED] })
    await other.query('SELECT pg_advisory_unlock_all()')
    expect(await saving).toBe(true)
    expect((await other.query('SELECT version FROM "Change" WHERE id = $1', [id])).rows).toEqual([{ version: 1 }])
  })

  test('what the database refuses in the middle leaves nothing behind, and each goes the long way by itself', async () => {
    const ids = await waiting(3)
    const clicks = ids.map((id, n) => click(id, n === 1 ? { record: 'no audit record can hold a \0' } : {}))
    expect(await together(...clicks)).toEqual([false, false, false])
    expect(await savedOf(ids)).toEqual([UNTOUCHED, UNTOUCHED, UNTOUCHED])
    expect(await together(...ids.map((id) => click(id)))).toEqual([true, true, true])
  })

  test('an audit record that fails takes the whole transaction back', async () => {
    const ids = await waiting(3)
    await db.$executeRaw`ALTER TABLE "AuditRecord" ADD CONSTRAINT "no" CHECK (body <> 'refused') NOT VALID`
    const clicks = ids.map((id, n) => click(id, n === 2 ? { record: 'refused' } : {}))
    expect(await together(...clicks)).toEqual([false, false, false])
    await db.$executeRaw`ALTER TABLE "AuditRecord" DROP CONSTRAINT "no"`
    expect(await savedOf(ids)).toEqual([UNTOUCHED, UNTOUCHED, UNTOUCHED])
    expect(await chain()).toBe(true)
  })

  test('whoever waits too long for the others gives everything back', async () => {
    const ids = await waiting(2)
    await other.query(CHAIN)
    const [first = 0] = await waiting(1)
    const all = [first, ...ids].map((id) => saveClick(db, click(id)))
    expect(await all[0]).toBe(false)
    await other.query('SELECT pg_advisory_unlock_all()')
    expect(await Promise.all(all)).toEqual([false, true, true])
    expect(await savedOf([first, ...ids])).toEqual([UNTOUCHED, SAVED, SAVED])
  })

  test('a connection that is cut before the commit: every click hears so, nothing is half done, and the next ones are saved', async () => {
    const ids = await waiting(3)
    await other.query(CHAIN)
    const [first = 0] = await waiting(1)
    // Awaited from the beginning: they are rejected while this test still asks who waits.
    const before = Promise.allSettled([saveClick(db, click(first))])
    const all = Promise.allSettled(ids.map((id) => saveClick(db, click(id))))
    await other.query('SELECT pg_terminate_backend($1)', [await somebodyWaits()])
    expect((await before).map(({ status }) => status)).toEqual(['rejected'])
    await other.query('SELECT pg_terminate_backend($1)', [await somebodyWaits()])
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    await other.query('SELECT pg_advisory_unlock_all()')
    expect(await savedOf([first, ...ids])).toEqual([UNTOUCHED, UNTOUCHED, UNTOUCHED, UNTOUCHED])
    expect(await together(...ids.map((id) => click(id)))).toEqual([true, true, true])
    expect(await chain()).toBe(true)
  })
})
