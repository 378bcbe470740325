import type { types } from '@slack/bolt'
import { afterEach, expect, test } from 'vitest'
import { samplePolicy } from '../../src/app/sample.ts'
import { renderCard } from '../../src/cards/block-kit/card.ts'
import type { Card } from '../../src/cards/card.ts'
import type { Policy, PolicyPlace } from '../../src/core/policy.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'
import type { Mode } from '../support/slack-bot.ts'
import { mainJob, timeOf } from './main-job.ts'
import { type SlackSide, slackHands, slackSide, titleOf } from './slack-hands.ts'
import { reachOf, webHands } from './web-hands.ts'

const GO = /^Go or no-go/
const { policy: sample } = await samplePolicy(new URL('../../manifests/sample', import.meta.url).pathname)
const inSlack = (place: PolicyPlace): PolicyPlace => ({ ...place, platform: 'slack' })

let side: SlackSide
let house: TestHouse
async function begin(places: Policy['places'], mode: Mode): Promise<void> {
  side = await slackSide({ ...sample, places }, mode)
  house = await startTestHouse(side.parts)
}
afterEach(async () => {
  await house?.end()
  await side?.peer.close()
})

test('the whole main job by clicks and forms in Slack, over its socket', async () => {
  await begin(sample.places.map(inSlack), 'socket')
  await mainJob(slackHands(house, side), timeOf(house))
  expect(await verifyAudit(house.house.db)).toMatchObject({ ok: true })
  for (const place of side.policy.places) await expectFaithful(place.id)
  // The one picture of the job, in the review, is a file in Slack.
  const shown = await Promise.all(side.policy.places.map(({ id }) => side.peer.messages(channelOf(id))))
  expect([...filesIn(shown.flat().flatMap(({ blocks }) => blocks))]).toHaveLength(1)
})

test('one organisation on the web and in Slack at once', async () => {
  const [team] = sample.places.filter((place) => place.id === 'patch-team')
  if (team === undefined) throw new Error('the sample has no patch team')
  await begin([...sample.places, inSlack({ ...team, id: 'slack-team', ref: 'team' })], 'http')
  const [web, slack] = [webHands(reachOf(house)), slackHands(house, side)]
  const db = house.house.db

  // The same change has the same state in both, wherever it was moved.
  while ((await web.count('patch-team', /^openssl security/)) === 0) await timeOf(house).next()
  await slack.press('ana', 'slack-team', /^openssl security/, 'Classify', { class: 'high', reason: 'They face the internet.' })
  await web.see('patch-team', /^openssl security/, /Classified high by Ana Ferreira/)
  for (let done = 0; (await slack.buttons('slack-team', /^Test openssl/)).includes('Record a test'); done += 1) {
    if (done % 2 === 0) await slack.press('ben', 'slack-team', /^Test openssl/, 'Record a test', { note: 'on vm-1' })
    else await web.press('ben', 'patch-team', /^Test openssl/, 'Record a test', { note: 'on vm-2' })
  }
  await expectSame('patch-team', 'slack-team')

  // Slack hangs, then stores the message and loses the answer: the web waits for nothing, and nothing is said twice.
  const resume = side.peer.proxy.stall('chat.postMessage')
  side.peer.proxy.fail('reset after', 1, 'chat.postMessage')
  const planned = web.press('chiara', 'patch-team', /^Test openssl/, 'Make the plan')
  await shown('patch-team', GO)
  expect(await seenInSlack(GO)).toBe(0)
  resume()
  await planned
  await shown('slack-team', GO)
  expect(await seenInSlack(GO)).toBe(1)
  expect(side.peer.proxy.requests.filter(({ method, answer }) => method === 'chat.postMessage' && answer === '')).toHaveLength(1)
  await expectSame('patch-team', 'slack-team')

  // A click replayed has one effect; the quorum is one click here and one there.
  await slack.press('dana', 'slack-team', GO, 'Approve')
  const counts = async () => [await db.delivery.count(), await db.auditRecord.count()]
  const before = await counts()
  expect(await side.peer.send(side.peer.lastSent())).toMatchObject({ status: 200 })
  await side.adapter().idle()
  expect(await counts()).toEqual(before)
  await slack.see('slack-team', GO, /1 of operations/)
  await web.press('emil', 'patch-team', GO, 'Approve')
  for (const seen of [await web.see('patch-team', GO), await slack.see('slack-team', GO)])
    expect(seen).toMatch(/Approved by Dana Kowalska.*Emil Sørensen/)
  await expectSame('patch-team', 'slack-team')
  expect(await verifyAudit(db)).toMatchObject({ ok: true })
})

/** Resolves once the place shows such a card, whatever other places wait for. */
async function shown(place: string, title: RegExp): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = async (): Promise<void> => {
    if ((await house.doors.posts(place))?.some(({ card }) => title.test(card.title))) resolve()
  }
  const end = house.doors.onPosts(() => void look())
  await look()
  await promise
  end()
}

const channelOf = (place: string): string => side.policy.places.find(({ id }) => id === place)?.ref ?? place
const seenInSlack = async (title: RegExp): Promise<number> =>
  (await side.peer.messages(channelOf('slack-team'))).filter(({ blocks }) => title.test(titleOf(blocks))).length

const postsOf = (place: string) => house.house.db.post.findMany({ where: { placeId: place }, orderBy: { id: 'asc' } })

/** Everybody of the policy has an account; no role has a group. */
function accounts({ mention, id }: { readonly mention: string; readonly id: string }): string | null {
  const person = side.policy.people.find((one) => mention === 'person' && one.id === id)
  return person ? side.peer.user(person.email) : null
}

/** Everything that is to be said in the place stands in the channel once, as it was last drawn. */
async function expectFaithful(place: string): Promise<void> {
  await house.settle()
  const seen = (await side.peer.messages(channelOf(place))).map(({ metadata, blocks }) => ({
    key: `${metadata?.event_payload.key}`,
    blocks,
  }))
  const files = filesIn(seen.flatMap(({ blocks }) => blocks))
  const meant = (await postsOf(place)).map(({ id, card, parentId }) => ({
    key: `post-${id}`,
    blocks: renderCard(card as unknown as Card, parentId === null ? 'root' : 'reply', accounts, ({ alt }) => files.get(alt) ?? null).blocks,
  }))
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)
  expect(seen.toSorted(byKey)).toEqual(meant.toSorted(byKey))
}

/** Slack's file of each picture that is shown, by its words. */
const filesIn = (blocks: readonly types.KnownBlock[]): ReadonlyMap<string, string> =>
  new Map(
    blocks.flatMap((block) =>
      block.type === 'image' && 'slack_file' in block && 'id' in block.slack_file ? [[block.alt_text, block.slack_file.id]] : [],
    ),
  )

async function expectSame(web: string, slack: string): Promise<void> {
  await expectFaithful(slack)
  const said = async (place: string) => (await postsOf(place)).map(({ subject, purpose, card }) => ({ subject, purpose, card }))
  expect(await said(slack)).toEqual(await said(web))
}
