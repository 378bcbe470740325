import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canonicalJson, sha256Hex } from '../../src/core/canonical.ts'
import { type AuditHead, appendAudit, verifyAudit } from '../../src/db/audit.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'

let house: FreshDatabase
beforeEach(async () => {
  house = await freshDatabase(20)
})
afterEach(() => house.drop())

const at = new Date('2026-11-23T14:05:00Z')
const entry = (n: number) => ({ at, actor: 'dana', action: 'approve', subject: `change:${n}`, detail: { why: `é "${n}" \u0000`, n } })
const append = (n: number): Promise<AuditHead> => house.db.$transaction((tx) => appendAudit(tx, entry(n)))

async function given(records: number): Promise<AuditHead> {
  let head: AuditHead = { seq: 0, hash: '' }
  for (let n = 1; n <= records; n += 1) head = await append(n)
  return head
}

describe('appending', () => {
  test('an empty chain is whole and has head 0', async () => {
    expect(await verifyAudit(house.db)).toEqual({ ok: true, head: { seq: 0, hash: '0'.repeat(64) } })
  })

  test('a record holds the canonical text, the previous hash, and the hash of both', async () => {
    const first = await append(1)
    const second = await append(2)
    const [a, b] = await house.db.auditRecord.findMany({ orderBy: { seq: 'asc' } })
    expect(a).toEqual({ seq: 1, previous: '0'.repeat(64), body: canonicalJson(entry(1)), hash: first.hash })
    expect(b).toEqual({ seq: 2, previous: first.hash, body: canonicalJson(entry(2)), hash: second.hash })
    expect(first.hash).toBe(sha256Hex('0'.repeat(64) + canonicalJson(entry(1))))
  })

  test('a transaction that fails leaves no record and no gap', async () => {
    await append(1)
    const failing = house.db.$transaction(async (tx) => {
      await appendAudit(tx, entry(2))
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    const head = await append(3)
    expect(head.seq).toBe(2)
    expect(await verifyAudit(house.db)).toEqual({ ok: true, head })
  })

  test('200 transactions over 20 connections make one chain, not a tree', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, worker) => {
        for (let n = 0; n < 10; n += 1) await append(worker * 10 + n)
      }),
    )
    const records = await house.db.auditRecord.findMany()
    expect(new Set(records.map(({ previous }) => previous)).size).toBe(200)
    expect(await verifyAudit(house.db)).toMatchObject({ ok: true, head: { seq: 200 } })
  })
})

describe('verifying a chain of 8 that somebody changed by SQL', () => {
  test.each<[string, string, { at: number; what: string }]>([
    ['text edited', `UPDATE "AuditRecord" SET body = replace(body, 'dana', 'eve') WHERE seq = 4`, { at: 4, what: 'edited' }],
    ['hash edited', `UPDATE "AuditRecord" SET hash = repeat('a', 64) WHERE seq = 4`, { at: 4, what: 'edited' }],
    [
      'text edited and its hash made to fit',
      `UPDATE "AuditRecord" SET body = '{}', hash = encode(sha256(convert_to(previous || '{}', 'UTF8')), 'hex') WHERE seq = 4`,
      { at: 5, what: 'swapped' },
    ],
    ['first deleted', `DELETE FROM "AuditRecord" WHERE seq = 1`, { at: 1, what: 'missing' }],
    ['middle deleted', `DELETE FROM "AuditRecord" WHERE seq = 4`, { at: 4, what: 'missing' }],
    [
      'middle deleted and the rest renumbered',
      `WITH gone AS (DELETE FROM "AuditRecord" WHERE seq = 4 RETURNING 1) UPDATE "AuditRecord" SET seq = seq - 1 WHERE seq > 4`,
      { at: 4, what: 'swapped' },
    ],
    ['two swapped', `UPDATE "AuditRecord" SET seq = 9 - seq WHERE seq IN (4, 5)`, { at: 4, what: 'swapped' }],
    ['last deleted', `DELETE FROM "AuditRecord" WHERE seq = 8`, { at: 8, what: 'head missing' }],
    ['all deleted', `TRUNCATE "AuditRecord"`, { at: 1, what: 'head missing' }],
    [
      'last edited, its hash made to fit',
      `UPDATE "AuditRecord" SET body = '{}', hash = encode(sha256(convert_to(previous || '{}', 'UTF8')), 'hex') WHERE seq = 8`,
      { at: 8, what: 'rewritten' },
    ],
  ])('%s', async (_what, sql, flaw) => {
    const head = await given(8)
    // The key would be in the way of swapping by one statement.
    await house.db.$executeRawUnsafe('ALTER TABLE "AuditRecord" DROP CONSTRAINT "AuditRecord_pkey"')
    await house.db.$executeRawUnsafe(sql)
    expect(await verifyAudit(house.db, head)).toEqual({ ok: false, ...flaw, text: expect.stringMatching(/\d/) })
  })

  test('without a known head, a missing last record cannot be seen: that is why the head is posted', async () => {
    await given(3)
    await house.db.auditRecord.delete({ where: { seq: 3 } })
    expect(await verifyAudit(house.db)).toMatchObject({ ok: true, head: { seq: 2 } })
  })

  test('an older head than the chain has now is fine', async () => {
    const older = await given(3)
    const head = await append(4)
    expect(await verifyAudit(house.db, older)).toEqual({ ok: true, head })
  })
})

test('a chain longer than a page is read to its end', async () => {
  await house.db.$executeRawUnsafe(`SELECT "append_audit"('{"n":' || n || '}') FROM generate_series(1, 2500) n`)
  expect(await verifyAudit(house.db)).toMatchObject({ ok: true, head: { seq: 2500 } })
  await house.db.$executeRawUnsafe(`UPDATE "AuditRecord" SET body = '{}' WHERE seq = 2001`)
  expect(await verifyAudit(house.db)).toMatchObject({ ok: false, at: 2001, what: 'edited' })
})
