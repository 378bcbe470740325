import axe from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RunningWeb, startWeb, webPlatform } from '../../adapters/web/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { card } from '../support/cards.ts'
import { ALERT, type TestHouse, testHouse } from '../support/doors.ts'
import { aChange, anOverview } from '../support/overview.ts'

let browser: Browser
let house: TestHouse
let web: RunningWeb
let contexts: BrowserContext[]
/** Whatever the page complained about: errors, and what the content security policy stopped. */
let complaints: string[]

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())
beforeEach(async () => {
  house = testHouse()
  contexts = []
  complaints = []
  const log = { error: (entry: unknown) => void complaints.push(String(entry)) }
  web = await startWeb({ doors: house.doors, platform: webPlatform(), port: 0, sample: true, tokens: { reports: 'r', people: [] }, log })
})
afterEach(async () => {
  for (const context of contexts) await context.close()
  await web.close()
  expect(complaints).toEqual([])
})

interface Visit {
  readonly person?: string
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
}

/** The page as somebody finds it who has only its address. */
async function open({ person = 'ana', width = 1280, colorScheme = 'light' }: Visit = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' })
  contexts.push(context)
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text())
  })
  await page.goto(`${web.url}#person=${person}`)
  return page
}

const ready = (page: Page): Promise<void> => page.getByRole('heading', { name: 'Inventory and sources' }).waitFor()

/** What has the focus: its words, and whether one sees that it has it. */
const focused = (page: Page) =>
  page.evaluate(`(() => {
    const one = document.activeElement
    const { outlineStyle, outlineWidth } = getComputedStyle(one)
    return { words: (one.innerText || one.ariaLabel || one.id).trim().replace(/\\s+/g, ' '), tag: one.tagName, seen: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 }
  })()`) as Promise<{ words: string; tag: string; seen: boolean }>

describe('by keyboard alone', () => {
  test('everything is reached in the order of the page, one always sees where one is, and a task leads to its card', async () => {
    house.say('1', ALERT)
    const page = await open()
    await ready(page)
    const stops: { words: string; tag: string; seen: boolean }[] = []
    for (let i = 0; i < 40; i += 1) {
      await page.keyboard.press('Tab')
      const stop = await focused(page)
      if (stop.tag === 'BODY') break
      stops.push(stop)
    }
    expect(stops.filter(({ seen }) => !seen)).toEqual([])
    const words = stops.map((stop) => stop.words)
    const wanted = [
      /^Skip to the content/,
      /Ana Duarte/,
      /Move to next event/,
      /^Overview/,
      /^Patch team/,
      /^Announcements/,
      /^Record 3 of 3 tests openssl, change 12/,
      /^Classify it bind/,
      /^Open its card/,
      /^Open its card/,
      /^Open its card/,
      /^Open its card/,
      /^bash \(9\)/,
      /^openssl \(12\), if approved/,
      /^Show 1 more/,
      /^Show as a table/,
      /^Show as a table/,
    ]
    expect(words).toEqual(wanted.map((one) => expect.stringMatching(one)))

    await page.keyboard.press('Shift+Tab')
    await page.getByRole('link', { name: 'Record 3 of 3 tests' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.hash === '#place=team&person=ana&post=1')
    await expect.poll(async () => (await focused(page)).words).toContain('openssl: security update')
  })

  test('the way past the navigation leads to the heading', async () => {
    const page = await open()
    await ready(page)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect((await focused(page)).words).toBe('Overview')
    expect(new URL(page.url()).hash).toBe('#person=ana')
  })

  test('what changes meanwhile takes nobody away from where they are, nor folds what they have unfolded', async () => {
    const page = await open()
    await ready(page)
    await page.getByText('Show 1 more').click()
    await page.getByRole('link', { name: 'Classify it' }).focus()
    house.overview = anOverview({
      waitsForYou: [aTask('Make the plan'), ...house.overview.waitsForYou],
      changes: [aChange({ name: 'bash' })],
    })
    house.say('1', ALERT)
    await page.getByRole('link', { name: 'Make the plan' }).waitFor()
    expect((await focused(page)).words).toContain('Classify it')
    expect(await page.getByRole('heading', { level: 3, name: 'bash' }).count()).toBe(1)
    expect(await page.locator('.chart').getByText('time servers').isVisible()).toBe(true)
  })
})

const aTask = (text: string) => ({ text, about: 'x', due: null, card: { place: 'team', post: '1' } })

describe('what stands there', () => {
  test('both clocks in words, overdue in words too, the turn of who reads, and a window that does not open', async () => {
    const page = await open()
    await ready(page)
    for (const words of [
      'by Thu 30 Mar 16:10 · 18 hours left',
      'by Sat 1 Apr 16:10 · 2 days 18 h left',
      'started Sun 26 Mar 22:00 · 18 hours to spare',
      'OVERDUE by 30 hours, was due Tue 28 Mar 16:10',
      'by Thu 30 Mar 16:10 · only 18 hours left',
      'no deadline: it awaits a rollup or service pack',
      'does not open',
      'open now',
      '5 of 9 at, 2 below, 1 above, 1 exempt',
      'FAILING since Wed 29 Mar 11:10',
      'SILENT: no news since Wed 1 Mar 10:10',
      '1 document not taken',
    ])
      await page.getByText(words).filter({ visible: true }).first().waitFor()
    expect(await page.getByText('YOUR TURN').count()).toBe(3)
    const levels = await page.getByRole('heading').evaluateAll((all) => all.map((one) => Number(one.tagName.slice(1))))
    expect(levels[0]).toBe(1)
    expect(levels.filter((level, i) => level - (levels[i - 1] ?? level) > 1)).toEqual([])
  })

  test('an empty house says what will be here', async () => {
    const none = { hosts: 0, stale: 0, staleAfterDays: 7, unmanaged: 0, lastSeen: null, patches: [], baselines: [] }
    const calendar = { ...house.overview.calendar, openings: [], blackouts: [] }
    house.overview = anOverview({ waitsForYou: [], changes: [], calendar, compliance: none, sources: [] })
    const page = await open()
    for (const words of [
      /^Nothing waits for you/,
      /^No change is open/,
      /^No window opens/,
      /^The inventory is empty/,
      /^The policy names no source/,
    ])
      await page.getByText(words).waitFor()
  })

  test('who is only told things lands in the announcements, and is offered no overview', async () => {
    const page = await open({ person: 'lena' })
    await page.getByRole('heading', { level: 1, name: 'Announcements' }).waitFor()
    expect(await page.getByRole('button', { name: 'Overview' }).isVisible()).toBe(false)
    await page.getByLabel('You are').selectOption('dana')
    await page.getByRole('button', { name: 'Overview' }).click()
    await page.getByText('for Dana Okafor').waitFor()
    await page.getByLabel('You are').selectOption('lena')
    await page.getByRole('heading', { level: 1, name: 'Announcements' }).waitFor()
    expect(await page.getByRole('heading', { name: 'Waits for you' }).isVisible()).toBe(false)
  })
})

describe('for every eye and every window', () => {
  test.each([
    'light',
    'dark',
  ] as const)('%s: nothing stands out sideways, and axe finds nothing, contrast included', async (colorScheme) => {
    house.say('1', { ...ALERT, badges: [{ text: 'HIGH', tone: 'warning' }] })
    const page = await open({ person: 'nora', colorScheme })
    await ready(page)
    for (const summary of await page.locator('summary:visible').all()) await summary.click()
    for (const width of [1280, 768, 390, 360]) {
      await page.setViewportSize({ width, height: 900 })
      for (const box of ['document.documentElement', 'document.querySelector("#overview")'])
        expect(await page.evaluate(`${box}.scrollWidth - ${box}.clientWidth`), `${box} at ${width}`).toBe(0)
      // The frame stays where it is; only what is in it scrolls.
      expect(await page.evaluate('document.documentElement.scrollHeight - innerHeight'), `height at ${width}`).toBe(0)
      if (width !== 1280 && width !== 360) continue
      const { violations, contrast } = await audit(page)
      expect(violations).toEqual([])
      expect(contrast).toBeGreaterThan(40)
    }
    await page.getByRole('button', { name: 'Patch team' }).click()
    await page.getByRole('button', { name: 'Classify...' }).click()
    expect((await audit(page)).violations).toEqual([])
  })

  test('on a phone the wide table of a card is read row by row', async () => {
    const columns = ['Ring', 'arrived', 'attempted', 'installed', 'verified', 'failed', 'not attempted', 'unknown', '']
    const rows = [
      ['Pilot 2', '2', '2', '2', '2', '0', '0', '0', 'done'],
      ['Early 4', '4', '4', '3', '3', '1', '0', '0', 'running, 1 excluded'],
    ]
    house.say('1', card({ title: 'Rolling out', blocks: [{ kind: 'table', columns, rows }] }))
    const page = await open({ width: 360 })
    await page.getByRole('button', { name: 'Patch team' }).click()
    const table = page.getByRole('table')
    await table.waitFor()
    expect(await table.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0)
    const cell = page.getByText('running, 1 excluded')
    const box = await cell.boundingBox()
    expect(box && box.x >= 0 && box.x + box.width <= 360).toBe(true)
  })
})

/** Runs axe in the page. `contrast`: texts whose contrast was computed and is enough (WCAG 2 AA). */
async function audit(page: Page): Promise<{ violations: readonly string[]; contrast: number }> {
  // By the debugger, because the page lets no foreign script in.
  await page.evaluate(axe.source)
  const result = (await page.evaluate('axe.run(document)')) as axe.AxeResults
  return {
    violations: result.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
    ),
    contrast: result.passes.find(({ id }) => id === 'color-contrast')?.nodes.length ?? 0,
  }
}

describe('an admin brings an inventory in', () => {
  const FILE = { name: 'hosts.csv', mimeType: 'text/csv', buffer: Buffer.from('host,product\nweb-01,openssl\n') }

  const view = { id: 7, rows: 3, taken: 2, skipped: { count: 1 }, status: 'done', reason: null }
  const ANSWERS: readonly (readonly [number, object, string])[] = [
    [200, { ok: true, import: view }, 'Import 7: 2 of 3 hosts taken, 1 line skipped.'],
    [
      200,
      { ok: true, import: { ...view, status: 'failed', reason: 'The file breaks off.' } },
      'It was not imported whole: The file breaks off.',
    ],
    [202, { import: 7 }, 'Taken as import 7.'],
    [200, { refusal: { code: 'FORMAT_UNKNOWN', text: 'Expected another kind.' } }, 'Expected another kind.'],
    [403, { error: { code: 'ROLE_MISSING', text: 'Only an admin imports.' } }, 'Only an admin imports.'],
    [404, { error: { code: 'NOT_FOUND', text: 'x' } }, 'takes no inventory by the page'],
    [413, { error: { code: 'BODY_TOO_LARGE', text: 'Expected at most 512 MB.' } }, 'Expected at most 512 MB.'],
  ]

  test('and is told what became of it', async () => {
    const page = await open({ person: 'nora' })
    await ready(page)
    const sent: unknown[] = []
    const answers = [...ANSWERS]
    await page.route('**/api/inventory?*', async (route) => {
      const request = route.request()
      sent.push([new URL(request.url()).search, request.headers()['content-type'], request.postDataBuffer()?.toString()])
      const [status, json] = answers.shift() ?? [500, {}]
      await route.fulfill({ status, json })
    })
    await page.getByLabel('File').setInputFiles(FILE)
    await page.getByLabel('What it is').selectOption('rpm-qa')
    await page.getByLabel('Host', { exact: true }).fill('web-01')
    for (const [, , words] of ANSWERS) {
      await page.getByRole('button', { name: 'Import' }).click()
      await page.getByText(words).waitFor()
    }
    const query = '?kind=rpm-qa&name=hosts.csv&host=web-01&person=nora'
    expect(sent).toEqual(ANSWERS.map(() => [query, 'application/octet-stream', `${FILE.buffer}`]))
  })

  test('others are not offered it', async () => {
    const page = await open({ person: 'ana' })
    await ready(page)
    expect(await page.getByRole('heading', { name: 'Import an inventory' }).count()).toBe(0)
  })
})
