import { afterAll, beforeAll, expect, test } from 'vitest'
import { samplePolicy } from '../../src/app/sample.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'
import { mainJob, timeOf } from './main-job.ts'
import { type SlackSide, slackHands, slackSide } from './slack-hands.ts'

let side: SlackSide
let house: TestHouse
beforeAll(async () => {
  const { policy } = await samplePolicy(new URL('../../manifests/sample', import.meta.url).pathname)
  side = await slackSide({ ...policy, places: policy.places.map((place) => ({ ...place, platform: 'slack' })) })
  house = await startTestHouse(side.parts)
})
afterAll(async () => {
  await house?.end()
  await side?.peer.close()
})

test('the whole main job by clicks and forms in Slack', async () => {
  await mainJob(slackHands(house, side), timeOf(house))
  expect(await verifyAudit(house.house.db)).toMatchObject({ ok: true })
})
