import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAudit } from '../../src/db/audit.ts'
import { launchBrowser, openPage } from '../support/browser.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'
import { browserHands, browserTime, newestOf, openPlace, pressOn } from './browser-hands.ts'
import type { Answer, Hands } from './hands.ts'
import { mainJob, timeOf } from './main-job.ts'
import { reachOf, webHands } from './web-hands.ts'

const TEAM = 'patch-team'
const GO = /^Go or no-go/

let browser: Browser
let house: TestHouse
beforeAll(async () => {
  browser = await launchBrowser()
  house = await startTestHouse()
})
afterAll(async () => {
  await browser?.close()
  await house?.end()
})

test('the whole main job by clicks in a real browser', async () => {
  const { page, context } = await openPage(browser, house.url, { person: 'ana', place: TEAM })
  await mainJob(browserHands(house, page), browserTime(house, page, timeOf(house)))
  expect(await verifyAudit(house.house.db)).toMatchObject({ ok: true })
  await overviewAfterTheJob(page)
  await context.close()
})

/** The change is closed: its versions are the baseline now, and a host with a later build is above it. */
async function overviewAfterTheJob(page: Page): Promise<void> {
  await page.getByLabel('You are').selectOption('ana')
  await page.getByRole('button', { name: 'Overview' }).click()
  await page.getByRole('heading', { name: 'Baselines by class of asset and product' }).waitFor()
  await page.getByText('above: web-04').first().waitFor()
  await page.getByText(/^61 hosts in the inventory/).waitFor()
  await page.getByText(/^good, last good answer/).waitFor()
  expect(await page.getByRole('heading', { level: 3, name: 'openssl' }).count()).toBe(0)
}

test('approvals at the same instant: one person counts once, two people decide once', async () => {
  const hands = webHands(reachOf(house))
  await planAgain(hands)
  const twice = await approveAtOnce('dana', 'dana')
  expect(twice.map((answer) => answer.refused).sort()).toEqual([false, true])
  expect(twice.map((answer) => answer.text).join(' ')).toMatch(/already/)
  expect((await hands.see(TEAM, GO)).match(/Dana Kowalska \(security\)/g)).toHaveLength(1)
  expect(await hands.buttons(TEAM, GO)).toContain('Approve')

  const before = { cards: await hands.count(TEAM, GO), decided: await decidedCards() }
  await hands.press('chiara', TEAM, /^Test/, 'Change the plan', { undo: 'Downgrade, and restart the services.' })
  expect(await hands.count(TEAM, GO)).toBe(before.cards + 1)
  const both = await approveAtOnce('dana', 'emil')
  expect(both.map((answer) => answer.refused)).toEqual([false, false])
  const decided = await hands.see(TEAM, GO, /Approved by/)
  expect(decided).toMatch(/Dana Kowalska \(security\)/)
  expect(decided).toMatch(/Emil Sørensen \(operations\)/)
  expect(await hands.buttons(TEAM, GO)).not.toContain('Approve')
  expect(await decidedCards()).toBe(before.decided + 1)
  expect(await verifyAudit(house.house.db)).toMatchObject({ ok: true })
})

/** A bulletin of the history, led to its decision. */
async function planAgain(hands: Hands): Promise<void> {
  await hands.press('ana', TEAM, /is connected$/, 'Open RHSA-2025:23414')
  await hands.press('ana', TEAM, /^bind security update/, 'Classify')
  while ((await hands.buttons(TEAM, /^Test/)).includes('Record a test')) await hands.press('ben', TEAM, /^Test/, 'Record a test')
  await hands.press('chiara', TEAM, /^Test/, 'Make the plan')
}

/** Two browsers press Approve; the clicks are held on their way until both have been made. */
async function approveAtOnce(...people: readonly string[]): Promise<readonly Answer[]> {
  const gates = people.map(() => Promise.withResolvers<void>())
  const windows = await Promise.all(
    people.map(async (person, index) => {
      const { page, context } = await openPage(browser, house.url, { person, place: TEAM })
      await page.route('**/api/intents', async (route) => {
        gates[index]?.resolve()
        await Promise.all(gates.map((gate) => gate.promise))
        await route.continue()
      })
      await openPlace(house, page, TEAM)
      return { page, context }
    }),
  )
  const answers = await Promise.all(windows.map(async ({ page }) => pressOn(page, await newestOf(page, GO), 'Approve')))
  await Promise.all(windows.map(({ context }) => context.close()))
  await house.settle()
  return answers
}

async function decidedCards(): Promise<number> {
  const response = await fetch(new URL(`/api/places/${TEAM}/posts`, house.url))
  const { posts } = (await response.json()) as { posts: readonly { card: unknown }[] }
  return posts.filter((post) => JSON.stringify(post.card).includes('Approved by ')).length
}
