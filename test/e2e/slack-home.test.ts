import { afterEach, expect, test } from 'vitest'
import { samplePolicy } from '../../src/app/sample.ts'
import { textOf } from '../support/block-kit.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'
import type { Whisper } from '../support/slack.ts'
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

/** As many open changes as these numbers: a page shows twenty lines. */
async function manyChanges(most: number): Promise<readonly string[]> {
  const { db } = house.house
  const like = await db.change.findFirstOrThrow()
  const ids: string[] = []
  for (let n = 0; n < most; n++) {
    const { id } = await db.change.create({ data: { phase: like.phase, state: {}, createdAt: like.createdAt } })
    await db.change.update({ where: { id }, data: { state: { ...(like.state as object), id } as never } })
    ids.push(`change ${id}`)
  }
  return ids
}

/** What a press on somebody's own page is answered, in their conversation with the bot. */
async function pressAtHome(person: string, label: string): Promise<Whisper> {
  const { peer } = side
  const blocks = peer.home(emailOf(person))?.blocks ?? []
  const buttons = blocks.flatMap((block) => ('elements' in block && block.type === 'actions' ? block.elements : []))
  const button = buttons.find((one) => 'text' in one && typeof one.text === 'object' && one.text.text === label)
  if (button === undefined) throw new Error(`no button ${label} on the page`)
  return answered(person, () =>
    peer.send({
      payload: JSON.stringify({
        type: 'block_actions',
        user: { id: peer.user(emailOf(person)) },
        trigger_id: `home-${Math.random()}`,
        container: { type: 'view', view_id: 'V1' },
        view: { type: 'home' },
        actions: [{ ...button, action_ts: '1.2', block_id: 'b' }],
      }),
    }),
  )
}

async function answered(person: string, act: () => Promise<unknown>): Promise<Whisper> {
  const { peer } = side
  const before = peer.whispers(emailOf(person)).length
  await act()
  await side.adapter().idle()
  const [answer, ...others] = peer.whispers(emailOf(person)).slice(before)
  expect(others).toEqual([])
  if (answer === undefined) throw new Error('nothing was answered')
  return answer
}

test('"Show more" on the page goes on in the conversation with the bot, to the end of the list, and the page stays as it is', async () => {
  side = await slackSide({ ...sample, places: sample.places.map((place) => ({ ...place, platform: 'slack' as const })) })
  house = await startTestHouse(side.parts)
  const hands = slackHands(house, side)
  while ((await hands.count('patch-team', /^openssl security/)) === 0) await timeOf(house).next()
  const ids = await manyChanges(45)
  await open('ana')
  const seen = new Set((await home('ana')).match(/change \d+/g))
  const channel = await side.peer.direct(emailOf('ana'))
  let answer = await pressAtHome('ana', 'Show more')
  for (let page = 2; ; page++) {
    const text = textOf(answer.blocks)
    for (const name of text.match(/change \d+/g) ?? []) seen.add(name)
    if (!JSON.stringify(answer.blocks).includes('Show more')) break
    expect(page).toBeLessThan(10)
    const last = answer
    answer = await answered('ana', () => side.peer.click(emailOf('ana'), channel, last, 'Show more'))
  }
  expect([...seen]).toEqual(expect.arrayContaining([...ids]))
  expect(await home('ana')).toContain('1-20 of')
})

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
