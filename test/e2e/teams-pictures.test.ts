import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { samplePolicy } from '../../src/app/sample.ts'
import { launchBrowser } from '../support/browser.ts'
import { startTestHouse } from '../support/house.ts'
import type { Hands } from './hands.ts'
import { mainJob, timeOf } from './main-job.ts'
import { teamsHands, teamsSide } from './teams-hands.ts'

/** For eyes, so only where a folder is named: PATCHCRIER_PICTURES=FOLDER npm test -- test/e2e/teams-pictures.test.ts */
const folder = process.env.PATCHCRIER_PICTURES ?? ''

/** What is taken just before somebody presses this for the first time: the card by its title, in the conversation of this name. */
const TAKEN: Readonly<Record<string, readonly [name: string, conversation: string, title: string]>> = {
  Classify: ['alert', 'General', 'openssl security update'],
  Approve: ['decision', 'General', 'Go or no-go: openssl'],
  'I have read it': ['announcement', 'Announcements', 'Security update for your computer'],
  'I take it': ['progress', 'General', 'Rolling out openssl'],
  'Close the review': ['review', 'General', 'Review: openssl'],
}

async function take(page: Page, [name, conversation, title]: readonly [string, string, string]): Promise<void> {
  await page.getByText(conversation, { exact: true }).first().click()
  const picture = await page.locator('.ac-adaptiveCard', { hasText: title }).last().screenshot()
  expect(picture.length).toBeLessThan(120_000)
  await writeFile(join(folder, `teams-${name}.png`), picture)
}

test.runIf(folder)('pictures of the main job, as the playground shows it', async () => {
  const { policy: sample } = await samplePolicy(new URL('../../manifests/sample', import.meta.url).pathname)
  // The first place is the team itself, the second one its channel.
  const rank = (id: string): number => (id === 'patch-team' ? 0 : id === 'end-users' ? 1 : 2)
  const places = sample.places.map((place) => ({ ...place, platform: 'teams' as const })).toSorted((a, b) => rank(a.id) - rank(b.id))
  const side = await teamsSide({ ...sample, places })
  const house = await startTestHouse(side.parts)
  const browser = await launchBrowser()
  try {
    await mkdir(folder, { recursive: true })
    const page = await browser.newPage({ viewport: { width: 1280, height: 1200 } })
    await page.goto(side.peer.playgrounds[0]?.url ?? '')
    const hands = teamsHands(house, side)
    const left = new Map(Object.entries(TAKEN))
    const taking: Hands = {
      ...hands,
      press: async (person, place, title, label, inputs) => {
        const wanted = left.get(label)
        if (wanted !== undefined) await take(page, wanted)
        left.delete(label)
        return hands.press(person, place, title, label, inputs)
      },
    }
    await mainJob(taking, timeOf(house))
    expect([...left.keys()]).toEqual([])
  } finally {
    await browser.close()
    await house.end()
    await side.peer.close()
  }
})
