import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { samplePolicy } from '../../src/app/sample.ts'
import { launchBrowser } from '../support/browser.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'
import { timeOf } from './main-job.ts'
import { type TeamsSide, teamsHands, teamsSide } from './teams-hands.ts'

const { policy: sample } = await samplePolicy(new URL('../../manifests/sample', import.meta.url).pathname)

let side: TeamsSide
let house: TestHouse
let browser: Browser
beforeAll(async () => {
  side = await teamsSide({
    ...sample,
    places: sample.places.map((place) => (place.id === 'patch-team' ? { ...place, platform: 'teams' } : place)),
  })
  house = await startTestHouse(side.parts)
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await house?.end()
  await side?.peer.close()
})

test('in the playground’s own page: an alert appears, is classified by clicking, and changes', async () => {
  const hands = teamsHands(house, side)
  const page = await browser.newPage({ viewport: { width: 1280, height: 1200 } })
  await page.goto(side.peer.playgrounds[0]?.url ?? '')
  await page.getByText('General', { exact: true }).click()
  while ((await hands.count('patch-team', /^openssl security/)) === 0) await timeOf(house).next()

  const alert = page.locator('.ac-adaptiveCard', { hasText: 'openssl security update' }).first()
  await alert.getByRole('button', { name: 'Classify' }).click()
  // The form unfolds in the card, with what is proposed filled in.
  const form = alert.locator('.ac-adaptiveCard')
  await form.locator('textarea').fill('The web servers face the internet.')
  await form.getByRole('button', { name: 'Classify' }).click()
  await page.locator('.ac-adaptiveCard', { hasText: 'Classified medium by Ana Ferreira' }).first().waitFor()
  await hands.see('patch-team', /^openssl security/, /Classified medium by Ana Ferreira.*The web servers face the internet/)
})
