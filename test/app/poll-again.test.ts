import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPoller } from '../../src/app/bulletins/poll.ts'
import { json } from '../../src/app/change/rows.ts'
import type { House } from '../../src/app/house.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { aBulletin } from '../support/bulletin.ts'
import { type Intake, intake } from '../support/intake.ts'
import { rowPrints } from '../support/row-prints.ts'

/** More than one question's worth. */
const ITEMS = 260
const CSAF = { kind: 'csaf', provider: 'ubuntu.com', namespaces: ['ubuntu.com'] }

const NOW = new Date('2026-11-25T12:00:00Z')

let house: Intake
beforeAll(async () => {
  house = await intake({ csaf: [CSAF, 'signed'] })
  await house.poll('csaf')
  await house.house.db.bulletin.createMany({ data: bring(ITEMS).map(row) })
})
afterAll(() => house?.end())

/** The next polls bring so many. */
const bring = (count: number): readonly Bulletin[] => {
  const bulletins = Array.from({ length: count }, (_, i) => aBulletin({ source: 'csaf', vendorId: `TEST-${i}`, names: [] }))
  if (house.sources.csaf) house.sources.csaf.next = { bulletins, cursor: 'another one' }
  return bulletins
}

/** As a poll would have stored it. */
const row = (bulletin: Bulletin) => ({
  source: 'csaf',
  vendorId: bulletin.vendorId,
  revision: bulletin.revision,
  updatedAt: new Date(bulletin.updatedAt),
  digest: createHash('sha256').update(JSON.stringify(bulletin)).digest('hex'),
  fileName: `${bulletin.vendorId}.json`,
  raw: Buffer.from(JSON.stringify(bulletin)),
  document: json(bulletin),
  verdict: 'AUTHENTIC',
  verification: {},
  current: true,
  origin: 'history',
  seenAt: NOW,
})

/** Polls, and counts the transactions that it took. */
async function poll(): Promise<number> {
  let transactions = 0
  const write: House['write'] = (work) => {
    transactions += 1
    return house.house.write(work)
  }
  await createPoller({ ...house.house, write })('csaf', new AbortController().signal)
  return transactions
}

describe('given a long list that is known', () => {
  test('when all of it comes again, one transaction writes the health of the source, and nothing else is written', async () => {
    const before = await rowPrints(house.house.db)
    expect(before.Bulletin).toMatch(new RegExp(`^${ITEMS} `))
    house.moveTo(new Date('2026-11-25T13:00:00Z'))
    expect(await poll()).toBe(1)
    const after = await rowPrints(house.house.db)
    const written = Object.keys(after).filter((name) => after[name] !== before[name])
    expect(written).toEqual(['Setting'])
    const state = await house.house.db.setting.findUniqueOrThrow({ where: { key: 'source:csaf' } })
    expect(state.value).toMatchObject({ lastGoodAt: '2026-11-25T13:00:00.000Z', lastNewsAt: '2026-11-25T12:00:00.000Z' })
  })

  test('when one of it is new, that one is written beside the health', async () => {
    bring(ITEMS + 1)
    expect(await poll()).toBe(2)
    expect(await house.house.db.bulletin.count()).toBe(ITEMS + 1)
  })
})
