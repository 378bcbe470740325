import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { samplePolicy } from '../../src/app/sample.ts'
import type { Card } from '../../src/cards/card.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import type { PolicyPlace } from '../../src/core/policy.ts'
import { textOf } from '../support/block-kit.ts'
import { launchBrowser, openPage } from '../support/browser.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'
import { accountOf } from '../support/teams.ts'
import { browserHands } from './browser-hands.ts'
import { timeOf } from './main-job.ts'
import { type SlackSide, slackHands, slackSide, titleOf } from './slack-hands.ts'
import { pressedData, type TeamsSide, teamsHands, teamsSide, wordsOf } from './teams-hands.ts'

const ALERT = /^openssl security/
const HOSTS = Array.from({ length: 50 }, (_, i) => `listed-${i}.`)
const { policy: sample } = await samplePolicy(new URL('../../manifests/sample', import.meta.url).pathname)

let slack: SlackSide
let teams: TeamsSide
let house: TestHouse
let browser: Browser
/** One organisation on all platforms, with a change that concerns more hosts than a page of them holds. */
beforeAll(async () => {
  const [team] = sample.places.filter(({ id }) => id === 'patch-team')
  if (team === undefined) throw new Error('the sample has no patch team')
  const also = (['slack', 'teams'] as const).map(
    (platform): PolicyPlace => ({ ...team, id: `${platform}-team`, name: `On ${platform}`, platform, ref: platform }),
  )
  slack = await slackSide({ ...sample, places: [...sample.places, ...also] })
  teams = await teamsSide(slack.policy)
  house = await startTestHouse({ ...teams.parts, connect: [...(slack.parts.connect ?? []), teams.connect] })
  browser = await launchBrowser()
  const hands = slackHands(house, slack)
  while ((await hands.count('slack-team', ALERT)) === 0) await timeOf(house).next()
  await spread()
})
afterAll(async () => {
  await browser?.close()
  await house?.end()
  await slack?.peer.close()
  await teams?.peer.close()
})

async function spread(): Promise<void> {
  const { db } = house.house
  const posts = await db.post.findMany({ where: { placeId: 'patch-team', purpose: 'alert' }, orderBy: { id: 'asc' } })
  const alert = posts.findLast(({ card }) => ALERT.test((card as unknown as Card).title))
  const id = Number(alert?.subject.split(':')[1])
  const state = (await db.change.findUniqueOrThrow({ where: { id } })).state as unknown as ChangeState
  const [like] = state.hosts
  if (like === undefined) throw new Error('it concerns nobody')
  const hosts = HOSTS.map((host) => ({ ...like, host, packages: like.packages.slice(0, 1) }))
  await db.change.update({ where: { id }, data: { state: { ...state, hosts } as never } })
}

const listed = (text: string): readonly string[] => text.match(/listed-\d+\./g) ?? []

test('in Slack a long list is walked to its end in private answers', async () => {
  const { peer } = slack
  const email = slack.policy.people.find(({ id }) => id === 'ana')?.email ?? ''
  const channel = slack.policy.places.find(({ id }) => id === 'slack-team')?.ref ?? ''
  const alert = (await peer.messages(channel)).findLast(({ blocks }) => ALERT.test(titleOf(blocks)))
  const press = async (where: Parameters<typeof peer.click>[2], label: string) => {
    const before = peer.whispers(email).length
    expect(await peer.click(email, channel, where, label)).toMatchObject({ status: 200 })
    await slack.adapter().idle()
    const [answer, ...others] = peer.whispers(email).slice(before)
    expect(others).toEqual([])
    if (answer === undefined) throw new Error(`${label}: nothing was answered`)
    return answer
  }
  let answer = await press(alert?.ts ?? '', 'Affected hosts')
  const seen = [...listed(textOf(answer.blocks))]
  while (JSON.stringify(answer.blocks).includes('Show more')) {
    answer = await press(answer, 'Show more')
    seen.push(...listed(textOf(answer.blocks)))
  }
  expect(seen).toEqual(HOSTS)
})

test('in Teams a long list is walked to its end where only the one who pressed sees it', async () => {
  const { peer } = teams
  await teamsHands(house, teams).see('teams-team', ALERT)
  const channel = teams.policy.places.find(({ id }) => id === 'teams-team')?.ref ?? ''
  const alert = peer.messages(channel).findLast(({ card }) => wordsOf(card).includes('openssl security'))
  if (alert === undefined) throw new Error('there is no alert')
  const press = async (card: unknown, label: string): Promise<unknown> => {
    const { type, value } = await peer.press(accountOf('ana'), alert, pressedData(card, label, {}))
    expect(type).toBe('application/vnd.microsoft.card.adaptive')
    return value
  }
  let answer = await press(alert.card, 'Affected hosts')
  const seen = [...listed(wordsOf(answer))]
  while (JSON.stringify(answer).includes('Show more')) {
    answer = await press(answer, 'Show more')
    seen.push(...listed(wordsOf(answer)))
  }
  expect(seen).toEqual(HOSTS)
  // The message itself is as it was, for everybody.
  expect(listed(wordsOf(peer.messages(channel).find(({ id }) => id === alert.id)?.card))).toEqual([])
})

test('on the page a long list is walked to its end by clicks, in answers that only one person sees', async () => {
  const { page, context } = await openPage(browser, house.url, { person: 'ana', place: 'patch-team' })
  const first = await browserHands(house, page).press('ana', 'patch-team', ALERT, 'Affected hosts')
  expect(first.refused).toBe(false)
  const seen = [...listed(first.text)]
  const answers = page.locator('.private')
  for (;;) {
    const more = answers.last().getByRole('button', { name: 'Show more' })
    if ((await more.count()) === 0) break
    const next = HOSTS[seen.length] ?? 'nothing more'
    await more.click()
    await answers.filter({ hasText: next }).waitFor({ timeout: 10_000 })
    seen.push(...listed(await answers.filter({ hasText: next }).innerText()))
  }
  expect(seen).toEqual(HOSTS)
  await context.close()
})
