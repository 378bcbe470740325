import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { verifyAudit } from '../../src/db/audit.ts'
import { done, eventually, moveTo, OPENSSL, startWalk, TEAM, until, type Walk, walkIn } from './paths-support.ts'

const MINUTE = 60_000
const FAILING = /^Source "Sample CSAF folder" is failing/

let walk: Walk
beforeAll(async () => {
  walk = await startWalk()
  await eventually(walk, OPENSSL)
})
afterAll(() => walk?.house.end())

/** Later, and the source has been asked again. */
async function asked(): Promise<void> {
  await moveTo(walk.house, new Date(walk.now().getTime() + 11 * MINUTE))
}

describe('a source that fails', () => {
  const folder = (name: string): string => join(walk.house.dataFolder, name)

  test('given its folder is gone, then the admins hear it once, with the reason', async () => {
    await rename(folder('published'), folder('away'))
    await vi.waitFor(async () => {
      await asked()
      expect(await walk.hands.count('admin', FAILING)).toBe(1)
    }, 20_000)
    await asked()
    await asked()
    expect(await walk.hands.count('admin', FAILING)).toBe(1)
    expect(await walk.hands.see('admin', FAILING)).toMatch(/cannot be listed.*You are told when it works again/)
    expect((await done(walk.say('ana', 'status'))).text).toMatch(/Sample CSAF folder FAILING since/)
    expect(await walk.hands.count(TEAM, /failing/)).toBe(0)
  })

  test('when it is back, then its recovery is said once, in the same thread', async () => {
    await rename(folder('away'), folder('published'))
    await vi.waitFor(async () => {
      await asked()
      expect(await walk.hands.count('admin', /^It works again/)).toBe(1)
    }, 20_000)
    await asked()
    expect(await walk.hands.count('admin', /^It works again/)).toBe(1)
    expect((await done(walk.say('ana', 'status'))).text).toMatch(/last good answer/)
  })
})

describe('the clock of the sample', () => {
  const move = async (to: unknown): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(new URL('/api/clock', walk.house.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  test.each(['yesterday', '2026', 5, null])('%j is no time', async (to) => {
    expect((await move(to)).status).toBe(400)
  })

  test('it only goes forward', async () => {
    const { status, body } = await move(new Date(walk.now().getTime() - MINUTE).toISOString())
    expect(status).toBe(200)
    expect(body).toMatchObject({ refusal: { code: 'CLOCK_FORWARD_ONLY', text: expect.stringMatching(/only goes forward; it is .* now/) } })
  })

  test('it shows what comes next, goes there, and survives a restart', async () => {
    const { body } = await move('next')
    expect(body).toMatchObject({ ok: true, sample: true, next: { what: expect.stringMatching(/arrives: /) } })
    await moveTo(walk.house, new Date(walk.now().getTime() + 3 * 3_600_000))
    const before = walk.now().getTime()
    walk = walkIn(await walk.house.restart())
    expect(walk.now().getTime()).toBeGreaterThanOrEqual(before)
    expect(walk.now().getTime()).toBeLessThan(before + 60 * MINUTE)
    expect(await walk.hands.count(TEAM, OPENSSL)).toBe(1)
  })
})

describe('the head of the audit', () => {
  const HEAD = /^Audit head of the day/
  const shown = async () => {
    const text = await until(walk, 'admin', HEAD)
    const [, seq = '', hash = ''] = /(\d+):([0-9a-f]{64})/.exec(text) ?? []
    return { seq: Number(seq), hash }
  }

  test('is posted once a day where the database cannot reach it, and the chain still fits it', async () => {
    const head = await shown()
    expect(await verifyAudit(walk.house.house.db, head)).toMatchObject({ ok: true })
    const before = await walk.hands.count('admin', HEAD)
    await walk.at('12:00', 1)
    const after = await walk.hands.count('admin', HEAD)
    expect(after).toBeGreaterThan(before)
    expect(after).toBeLessThanOrEqual(before + 3)
    expect(await verifyAudit(walk.house.house.db, await shown())).toMatchObject({ ok: true })
  })

  test('shows that the last records are gone, which the chain alone cannot', async () => {
    const head = await shown()
    await done(walk.hands.press('ana', TEAM, OPENSSL, 'Not relevant', { reason: 'Only a test.' }))
    const { head: now } = (await verifyAudit(walk.house.house.db)) as { head: { seq: number; hash: string } }
    expect(now.seq).toBeGreaterThan(head.seq)
    await walk.house.house.db.$executeRaw`DELETE FROM "AuditRecord" WHERE "seq" >= ${head.seq}`
    expect(await verifyAudit(walk.house.house.db)).toMatchObject({ ok: true })
    expect(await verifyAudit(walk.house.house.db, head)).toMatchObject({ ok: false, what: 'head missing' })
  })
})
