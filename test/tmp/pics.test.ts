import { test } from 'vitest'
import { samplePolicy } from '../../src/app/sample.ts'
import { launchBrowser } from '../support/browser.ts'
import { startTestHouse } from '../support/house.ts'
import { mainJob, timeOf } from '../e2e/main-job.ts'
import { teamsHands, teamsSide } from '../e2e/teams-hands.ts'
const { policy: sample } = await samplePolicy(new URL('../../manifests/sample', import.meta.url).pathname)
test('pics', async () => {
  const side = await teamsSide({ ...sample, places: sample.places.map((place) => ({ ...place, platform: 'teams' as const })) })
  const house = await startTestHouse(side.parts)
  const browser = await launchBrowser()
  const pages = await Promise.all(side.peer.playgrounds.map(async (pg) => { const page = await browser.newPage({ viewport: { width: 1500, height: 1600 } }); await page.goto(pg.url); await page.getByText('General').first().click(); return page }))
  const hands = teamsHands(house, side)
  await mainJob(hands, timeOf(house), async (step) => {
    for (const [i, page] of pages.entries()) { await page.waitForTimeout(700); await page.screenshot({ path: `/tmp/pg/${step}-${i}.png` }) }
  })
  for (const [i, page] of pages.entries()) { await page.waitForTimeout(700); await page.screenshot({ path: `/tmp/pg/end-${i}.png` }) ; const html = await page.content(); (await import('node:fs')).writeFileSync(`/tmp/pg/end-${i}.html`, html) }
  await browser.close(); await house.end(); await side.peer.close()
}, 200000)
