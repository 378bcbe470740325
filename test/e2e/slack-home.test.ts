import { afterEach, expect, test } from 'vitest'
import { samplePolicy } from '../../src/app/sample.ts'
import { textOf } from '../support/block-kit.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'
import { timeOf } from './main-job.ts'
import { type SlackSide, slackHands, slackSide } from './slack-hands.ts'

const GO = /^Go or no-go/
const { policy: sample } = await samplePolicy(new URL('../../manifests/sample', import.meta.url).pathname)

let side: SlackSide
let house: TestHouse
afterEach(async () => {
  await house?.end()
  await side?.peer.close()
})

const emailOf = (person: string): string => side.policy.people.find(({ id }) => id === person)?.email ?? person
const published = (): number => side.peer.proxy.requests.filter(({ method }) => method === 'views.publish').length

async function open(person: string): Promise<void> {
  await side.peer.event({ type: 'app_home_opened', user: side.peer.user(emailOf(person)), channel: 'D1', tab: 'home' })
  await side.adapter().idle()
}

/** What stands on somebody's page when everything that has happened has been said. */
async function home(person: string): Promise<string> {
  await house.settle()
  return textOf(side.peer.home(emailOf(person))?.blocks)
}

test('a page that was opened once tells of what happens elsewhere: a new change, a plan, a vote, and it does so after a restart', async () => {
  side = await slackSide({ ...sample, places: sample.places.map((place) => ({ ...place, platform: 'slack' as const })) })
  house = await startTestHouse(side.parts)
  const hands = slackHands(house, side)
  await open('ana')
  await open('dana')
  expect(await home('ana')).not.toContain('Classify')

  while ((await hands.count('patch-team', /^openssl security/)) === 0) await timeOf(house).next()
  expect(await home('ana')).toMatch(/Classify.*openssl/)
  const channel = side.policy.places.find(({ id }) => id === 'patch-team')?.ref
  expect(JSON.stringify(side.peer.home(emailOf('ana')))).toContain(`https://emulate.slack.com/archives/${channel}/p`)

  await hands.press('ana', 'patch-team', /^openssl security/, 'Classify', { class: 'high', reason: 'They face the internet.' })
  expect(await home('ana')).not.toMatch(/Classify[^.]*openssl/)
  while ((await hands.buttons('patch-team', /^Test openssl/)).includes('Record a test'))
    await hands.press('ben', 'patch-team', /^Test openssl/, 'Record a test', { note: 'on vm-1' })
  await hands.press('chiara', 'patch-team', /^Test openssl/, 'Make the plan')
  expect(await home('dana')).toMatch(/Approve or reject the plan: .*openssl/)

  // Slack is away while she votes; the vote counts, and her page tells of it when Slack is back.
  side.peer.proxy.fail('reset before', 1, 'views.publish')
  await hands.press('dana', 'patch-team', GO, 'Approve')
  house = await house.restart()
  expect(await home('dana')).not.toMatch(/Approve or reject the plan: .*openssl/)

  // What is as it was is not published again, and nobody else has a page.
  const before = published()
  await house.settle()
  expect(published()).toBe(before)
  expect(side.peer.home(emailOf('emil'))).toBeNull()
  await open('dana')
  await house.settle()
  expect(published()).toBe(before + 1)
})
