import { afterAll, beforeAll, expect, test } from 'vitest'
import { json, readHosts, readNamedHosts, writeHosts } from '../../src/app/change/rows.ts'
import { takeReports } from '../../src/app/rollout/reports.ts'
import { newProgress } from '../../src/core/deploy/progress.ts'
import { type BareHouse, bareHouse } from '../support/bare-house.ts'
import { NOW, policy } from '../support/change.ts'

let bare: BareHouse
beforeAll(async () => {
  bare = await bareHouse(policy)
})
afterAll(() => bare?.end())

/** A rollout of these hosts, each with its ring. */
async function rollout(rings: Readonly<Record<string, number>>): Promise<number> {
  const { db } = bare.house
  const { id } = await db.change.create({ data: { phase: 'rolling out', state: { elsewhere: [] }, createdAt: new Date(NOW) } })
  const rows = Object.entries(rings).map(([host, ring]) => newProgress(host, ring, []))
  await db.rolloutHost.createMany({
    data: rows.map((row) => ({ changeId: id, host: row.host, ring: row.ring, state: json(row), status: row.status })),
  })
  return id
}

const write = (id: number, hosts: Parameters<typeof writeHosts>[2]) => bare.house.db.$transaction((tx) => writeHosts(tx, id, hosts))
const names = (hosts: readonly { host: string }[]) => hosts.map(({ host }) => host)

test('hosts are read ring by ring, and named ones only where the rollout has them', async () => {
  const id = await rollout({ web: 2, mail: 1, db: 2 })
  await rollout({ web: 1, other: 1 })
  expect(names(await readHosts(bare.house.db, id))).toEqual(['mail', 'db', 'web'])
  expect(names(await readNamedHosts(bare.house.db, id, ['web', 'web', 'other']))).toEqual(['web'])
  expect(await readHosts(bare.house.db, 999_999)).toEqual([])
})

test('several hosts are saved at once, with their status beside them, and no other rollout is touched', async () => {
  const [id, another] = [await rollout({ web: 1, db: 1, mail: 1 }), await rollout({ web: 1, db: 1 })]
  const failed = (await readNamedHosts(bare.house.db, id, ['web', 'db'])).map((row) => ({ ...row, status: 'failed' as const }))
  await write(id, failed)
  const saved = await bare.house.db.rolloutHost.findMany({
    where: { changeId: { in: [id, another] } },
    orderBy: [{ changeId: 'asc' }, { host: 'asc' }],
  })
  expect(saved.map((row) => [row.status, (row.state as { status: string }).status])).toEqual([
    ['failed', 'failed'],
    ['waiting', 'waiting'],
    ['failed', 'failed'],
    ['waiting', 'waiting'],
    ['waiting', 'waiting'],
  ])
})

test('a host that is none of the rollout is an error, and the others are not saved either', async () => {
  const id = await rollout({ web: 1 })
  const rows = ['web', 'stranger'].map((host) => ({ ...newProgress(host, 1, []), status: 'verified' as const }))
  await expect(write(id, rows)).rejects.toThrow('1 of 2 hosts')
  expect(await readHosts(bare.house.db, id)).toMatchObject([{ host: 'web', status: 'waiting' }])
})

test.each([
  ['of a host that the rollout does not have', true, { web: 1 }],
  ['where there is no rollout', false, {}],
] as const)('a report %s is refused', async (_, known, hosts) => {
  const report = { host: 'stranger', step: 'arrived', at: NOW } as const
  expect(await takeReports(bare.house, await rollout(hosts), [report])).toEqual({
    known,
    moved: false,
    accepted: 0,
    refused: [{ index: 0, reason: '"stranger" is not a host of this rollout' }],
  })
})
