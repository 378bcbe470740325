import { afterEach, expect, test } from 'vitest'
import { samplePolicy } from '../../src/app/sample.ts'
import type { PolicyPlace } from '../../src/core/policy.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'
import { bothHands, twinOf } from './both-hands.ts'
import { mainJob, timeOf } from './main-job.ts'
import { type SlackSide, slackHands, slackSide } from './slack-hands.ts'
import { type TeamsSide, teamsHands, teamsSide } from './teams-hands.ts'

const GO = /^Go or no-go/
const TEAMS = twinOf('patch-team')
const { policy: sample } = await samplePolicy(new URL('../../manifests/sample', import.meta.url).pathname)

let slack: SlackSide
let teams: TeamsSide
let house: TestHouse
afterEach(async () => {
  await house?.end()
  await slack?.peer.close()
  await teams?.peer.close()
})

/** One organisation whose people are half in Slack and half in Teams, each where they are at home: every place stands on both. */
async function begin(): Promise<void> {
  const both = sample.places.flatMap((place): PolicyPlace[] => [
    { ...place, platform: 'slack' },
    { ...place, id: twinOf(place.id), platform: 'teams', ref: twinOf(place.id) },
  ])
  slack = await slackSide({ ...sample, places: both })
  teams = await teamsSide(slack.policy)
  house = await startTestHouse({ ...teams.parts, connect: [...(slack.parts.connect ?? []), teams.connect] })
}

/** What was said in a place, and how it stands now. */
const said = async (placeId: string) =>
  (await house.house.db.post.findMany({ where: { placeId }, orderBy: { id: 'asc' } })).map(({ subject, purpose, card }) => ({
    subject,
    purpose,
    card,
  }))

test('the whole main job with every other click in Teams: whatever is read, counted or offered is the same in Slack', async () => {
  await begin()
  await mainJob(bothHands(slackHands(house, slack), teamsHands(house, teams)), timeOf(house))
  for (const { id } of sample.places) expect(await said(twinOf(id)), id).toEqual(await said(id))
  expect(await verifyAudit(house.house.db)).toMatchObject({ ok: true })
})

test('one organisation in Slack and Teams at once: one quorum with a click from each, the same card in both', async () => {
  await begin()
  const [inSlack, inTeams] = [slackHands(house, slack), teamsHands(house, teams)]
  while ((await inTeams.count(TEAMS, /^openssl security/)) === 0) await timeOf(house).next()

  await inTeams.press('ana', TEAMS, /^openssl security/, 'Classify', { class: 'high', reason: 'They face the internet.' })
  await inSlack.see('patch-team', /^openssl security/, /Classified high by Ana Ferreira/)
  for (let done = 0; (await inSlack.buttons('patch-team', /^Test openssl/)).includes('Record a test'); done += 1) {
    if (done % 2 === 0) await inSlack.press('ben', 'patch-team', /^Test openssl/, 'Record a test', { note: 'on vm-1' })
    else await inTeams.press('ben', TEAMS, /^Test openssl/, 'Record a test', { note: 'on vm-2' })
  }
  await inTeams.press('chiara', TEAMS, /^Test openssl/, 'Make the plan')
  expect(await inTeams.buttons(TEAMS, GO)).toEqual(await inSlack.buttons('patch-team', GO))

  expect(await inSlack.press('dana', 'patch-team', GO, 'Approve')).toMatchObject({ refused: false })
  await inTeams.see(TEAMS, GO, /1 of operations/)
  // Who has said it in one place has said it in the other.
  expect(await inTeams.press('dana', TEAMS, GO, 'Approve')).toMatchObject({ refused: true, text: expect.stringMatching(/already/) })
  expect(await inTeams.press('emil', TEAMS, GO, 'Approve')).toMatchObject({ refused: false })
  // A click that Teams delivers again has its one effect, and the same answer.
  const counts = async () => [await house.house.db.delivery.count(), await house.house.db.auditRecord.count()]
  const before = await counts()
  expect(await teams.peer.send(teams.peer.lastActivity())).toMatchObject({ status: 200, body: { statusCode: 200 } })
  expect(await counts()).toEqual(before)
  for (const seen of [await inSlack.see('patch-team', GO), await inTeams.see(TEAMS, GO)])
    expect(seen).toMatch(/Approved by Dana Kowalska.*Emil Sørensen/)

  expect(await said(TEAMS)).toEqual(await said('patch-team'))
  expect(await verifyAudit(house.house.db)).toMatchObject({ ok: true })
})
