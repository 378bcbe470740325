import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appendAudit, verifyAudit } from '../../src/db/audit.ts'
import { openDatabase } from '../../src/db/database.ts'
import { createWriter } from '../../src/db/writer.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

let house: FreshDatabase
beforeAll(async () => {
  house = await freshDatabase(6)
})
afterAll(() => house.drop())

const record = (n: number) => ({ at: new Date(n), actor: 'dana', action: 'test', subject: `n:${n}`, detail: null })

describe('opening', () => {
  test('a database that is not there is a fault', async () => {
    const nowhere = new URL(house.url)
    nowhere.pathname = '/nowhere'
    await expect(openDatabase(nowhere.href, { poolSize: 1 })).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  })

  test('after close nothing is left connected', async () => {
    const db = await openDatabase(house.url, { poolSize: 5 })
    await Promise.all([1, 2, 3, 4, 5].map(() => db.setting.count()))
    await db.close()
    const rows = await house.db
      .$queryRaw`SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`
    expect(rows).toEqual([{ open: 0 }])
  })

  test('a guarded update lets exactly one of 50 win', async () => {
    await house.db.change.create({ data: { id: 1, phase: 'planned', state: {}, createdAt: new Date(0) } })
    const tries = await Promise.all(
      Array.from({ length: 50 }, () => house.db.change.updateMany({ where: { id: 1, phase: 'planned' }, data: { phase: 'approved' } })),
    )
    expect(tries.reduce((won, { count }) => won + count, 0)).toBe(1)
  })
})

describe('the line of writers', () => {
  test('300 at once that all append to the audit chain: none times out, one chain', async () => {
    const write = createWriter(house.db, { atOnce: 4, waiting: 300 })
    await Promise.all(Array.from({ length: 300 }, (_, n) => write((tx) => appendAudit(tx, record(n)))))
    expect(await verifyAudit(house.db)).toMatchObject({ ok: true, head: { seq: 300 } })
  })

  test('one more than may wait is told so at once, and the others are served, failures or not', async () => {
    const write = createWriter(house.db, { atOnce: 1, waiting: 2 })
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const first = write(() => gate)
    const second = write(() => Promise.reject(new Error('no')))
    const third = write(async () => 3)
    await expect(write(async () => 4)).rejects.toMatchObject({ code: 'DATABASE_BUSY' })
    open()
    await first
    await expect(second).rejects.toThrow('no')
    expect(await third).toBe(3)
    expect(await write(async () => 5)).toBe(5)
  })
})
