import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pngOf } from '../../adapters/picture.ts'
import { type FileOf, renderCard, renderHome } from '../../src/cards/block-kit/card.ts'
import { homeCard } from '../../src/cards/home.ts'
import type { HostProgress } from '../../src/core/deploy/progress.ts'
import { launchBrowser } from '../support/browser.ts'
import { NOW } from '../support/change.ts'
import { cardOf, hostsOf, stateAt } from '../support/change-cards.ts'
import { anOverview } from '../support/overview.ts'
import { pictureOf } from '../support/slack-picture.ts'

/** For eyes, so only where a folder is named: PATCHCRIER_PICTURES=FOLDER npm test -- test/adapters/slack-pictures.test.ts */
const folder = process.env.PATCHCRIER_PICTURES

const later = (minutes: number): string => new Date(Date.parse(NOW) + minutes * 60_000).toISOString()
/** One after the other, as hosts of a ring are. */
const verified = (host: HostProgress, index = 0): HostProgress => {
  const from = index * 7
  const [orderedAt, arrivedAt, attemptedAt, installedAt, verifiedAt] = [
    later(0),
    later(from + 1),
    later(from + 2),
    later(from + 5),
    later(from + 6),
  ]
  return { ...host, action: 'install', status: 'verified', facts: { orderedAt, arrivedAt, attemptedAt, installedAt, verifiedAt } }
}
const files: FileOf = (picture) => `data:image/png;base64,${Buffer.from(pngOf(picture)).toString('base64')}`
const reviewed = stateAt('reviewing')
const running = stateAt('pilotPassed')
/** Two are done, one failed, the others wait. */
const hosts = hostsOf(running).map((host, index): HostProgress => {
  const facts = { orderedAt: NOW, arrivedAt: NOW, attemptedAt: NOW }
  if (index < 2) return verified(host, index)
  return index === 2 ? { ...host, status: 'failed', cause: 'dpkg lock held by another process', facts: { ...facts, failedAt: NOW } } : host
})

const every = anOverview()
/** Its longest name is there to try the page, not to be looked at. */
const shown = { ...every, changes: every.changes.map((change) => (change.id === 9 ? { ...change, name: 'kernel-rt' } : change)) }

describe.runIf(folder)('pictures', () => {
  test.each([
    ['alert', () => renderCard(cardOf(stateAt('alerted'), 'alert'))],
    ['decision', () => renderCard(cardOf(stateAt('deciding'), 'decision'))],
    ['announcement', () => renderCard(cardOf(stateAt('announced'), 'announcement'))],
    ['progress', () => renderCard(cardOf(running, 'progress', hosts))],
    ['review', () => renderCard(cardOf(reviewed, 'review', hostsOf(reviewed).map(verified)), 'root', undefined, files)],
    ['home', () => renderHome(homeCard(shown, () => 'https://example.slack.com/archives/C1/p1'))],
  ])('%s', async (name, draw) => {
    const browser = await launchBrowser()
    try {
      await mkdir(folder ?? '', { recursive: true })
      const picture = await pictureOf(browser, draw())
      await writeFile(join(folder ?? '', `slack-${name}.png`), picture)
      expect(picture.length).toBeLessThan(120_000)
    } finally {
      await browser.close()
    }
  })
})
