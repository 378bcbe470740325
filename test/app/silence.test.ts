import { afterAll, beforeAll, expect, test } from 'vitest'
import { json } from '../../src/app/change/rows.ts'
import { advanceRollout } from '../../src/app/rollout/advance.ts'
import { type HostProgress, newProgress } from '../../src/core/deploy/progress.ts'
import { type BareHouse, bareHouse } from '../support/bare-house.ts'
import { evolved, NOW, opened, policy, UNTIL } from '../support/change.ts'

let bare: BareHouse
beforeAll(async () => {
  bare = await bareHouse(policy)
})
afterAll(() => bare?.end())

const minutesFromNow = (minutes: number): string => new Date(Date.parse(NOW) + minutes * 60_000).toISOString()

/** A rollout whose first ring runs, with these hosts. */
async function running(hosts: readonly HostProgress[]): Promise<number> {
  const { db } = bare.house
  const { id } = await db.change.create({ data: { phase: 'rolling out', state: {}, createdAt: new Date(NOW) } })
  await db.change.update({ where: { id }, data: { state: json({ ...evolved(opened(), UNTIL.pilotRuns), id }) } })
  await db.rolloutHost.createMany({
    data: hosts.map((host) => ({ changeId: id, host: host.host, ring: host.ring, state: json(host), status: host.status })),
  })
  return id
}

test('a host that is tried again and falls silent again is shown at once, also where nothing else happens because another one is delayed', async () => {
  const silent: HostProgress = { ...newProgress('web-01', 1, []), status: 'ordered', facts: { orderedAt: minutesFromNow(-100_000) } }
  const delayed: HostProgress = { ...newProgress('web-02', 1, []), delayedUntil: minutesFromNow(10_000) }
  const id = await running([silent, delayed])
  const { db } = bare.house
  const advanced = async () => {
    await db.redraw.deleteMany()
    await advanceRollout(bare.house, id)
    const hosts = await db.rolloutHost.findMany({ orderBy: { host: 'asc' } })
    return [...hosts.map(({ status }) => status), (await db.redraw.count({ where: { subject: `change:${id}` } })) > 0]
  }
  expect(await advanced()).toEqual(['unknown', 'not attempted', true])
  await db.rolloutHost.updateMany({ where: { host: 'web-01' }, data: { state: json(silent), status: 'ordered' } })
  expect(await advanced(), 'its group has a card already').toEqual(['unknown', 'not attempted', true])
  expect(await advanced(), 'nothing has changed since').toEqual(['unknown', 'not attempted', false])
})
