import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAudit } from '../../src/db/audit.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'
import { mainJob, timeOf } from './main-job.ts'
import { reachOf, webHands } from './web-hands.ts'

let house: TestHouse
beforeAll(async () => {
  house = await startTestHouse()
})
afterAll(() => house?.end())

test('the whole main job by the JSON of the page', async () => {
  await mainJob(webHands(reachOf(house)), timeOf(house))
  expect(await verifyAudit(house.house.db)).toMatchObject({ ok: true })
})
