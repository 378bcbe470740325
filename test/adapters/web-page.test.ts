import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RunningWeb, startWeb, type WebPlatform, webPlatform } from '../../adapters/web/index.ts'
import type { Card } from '../../src/cards/card.ts'
import { launchBrowser, openPage, type Visit } from '../support/browser.ts'
import { card } from '../support/cards.ts'
import { ALERT, type TestHouse, testHouse } from '../support/doors.ts'

let browser: Browser
let house: TestHouse
let platform: WebPlatform
let web: RunningWeb
let contexts: BrowserContext[]
/** Whatever a page complained about in its console. */
let complaints: string[]

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())
beforeEach(async () => {
  house = testHouse()
  platform = webPlatform()
  contexts = []
  complaints = []
  await start(0, true)
})
afterEach(async () => {
  for (const context of contexts) await context.close()
  await web.close()
  expect(complaints).toEqual([])
})

async function start(port: number, sample: boolean): Promise<void> {
  const tokens = { reports: 'r', people: [{ person: 'dana', token: 'token-of-dana' }] }
  web = await startWeb({
    doors: house.doors,
    platform,
    port,
    sample,
    tokens,
    log: { error: (entry: unknown) => void complaints.push(String(entry)) },
  })
}

async function open(visit: Visit = { person: 'ana', place: 'team' }): Promise<Page> {
  const { page, context } = await openPage(browser, web.url, visit)
  contexts.push(context)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text())) complaints.push(message.text())
  })
  return page
}

const message = (page: Page, id: string): Locator => page.locator(`[data-post="${id}"]`)
const bottom = async (one: Locator): Promise<number> => {
  const box = await one.boundingBox()
  return box ? box.y + box.height : Number.POSITIVE_INFINITY
}
const banner = (page: Page): Locator => page.locator('#banner')

describe('a button with a form', () => {
  test('sends its value with what was filled in, once, however often it is pressed', async () => {
    house.say('1', ALERT)
    const page = await open()
    const answered = Promise.withResolvers<void>()
    house.answer = async () => {
      await answered.promise
      return { ok: true, cards: [] }
    }
    await page.getByRole('button', { name: 'Classify...' }).click()
    await page.getByRole('combobox', { name: 'Class' }).selectOption('low')
    await page.getByRole('textbox', { name: 'Reason' }).fill('no exposure')
    await page.getByRole('button', { name: 'Save class' }).dblclick()
    answered.resolve()
    await page.getByText('Recorded.').waitFor()
    expect(house.intents).toMatchObject([
      {
        actor: 'ana',
        place: 'team',
        verb: 'classify',
        subject: 'change:12',
        digest: '9f3a',
        inputs: { class: 'low', reason: 'no exposure' },
      },
    ])
    await page.getByRole('combobox', { name: 'Class' }).waitFor({ state: 'hidden' })
  })

  test('shows a refusal at its field, and keeps what was typed', async () => {
    house.say('1', ALERT)
    house.answer = () => ({ ok: false, refusal: { code: 'REASON_MISSING', text: 'Say why it is low.' }, field: 'reason' })
    const page = await open()
    await page.getByRole('button', { name: 'Classify...' }).click()
    await page.getByRole('combobox', { name: 'Class' }).selectOption('low')
    await page.getByRole('button', { name: 'Save class' }).click()
    await page.getByRole('alert').filter({ hasText: 'Say why it is low.' }).waitFor()
    expect(await page.getByRole('combobox', { name: 'Class' }).inputValue()).toBe('low')
    expect(await page.locator('textarea:focus').count()).toBe(1)
  })

  test('stays open with what was typed while the card changes under it', async () => {
    house.say('1', ALERT)
    const page = await open()
    await page.getByRole('button', { name: 'Classify...' }).click()
    await page.getByRole('textbox', { name: 'Reason' }).fill('half a sent')
    house.say('1', { ...ALERT, title: 'openssl: revised' })
    await page.getByText('openssl: revised').waitFor()
    expect(await page.getByRole('textbox', { name: 'Reason' }).inputValue()).toBe('half a sent')
  })
})

describe('a form that opens out of sight', () => {
  test('comes into sight', async () => {
    house.say('1', ALERT)
    const page = await open({ person: 'ana', place: 'team', height: 560 })
    await page.getByRole('button', { name: 'Classify...' }).click()
    const frame = await bottom(page.locator('#timeline'))
    await expect.poll(() => bottom(page.getByRole('button', { name: 'Save class' })), { timeout: 10_000 }).toBeLessThanOrEqual(frame)
  })
})

describe('private answers', () => {
  test('a refusal stands under the card that was pressed, and can be dismissed', async () => {
    house.say('1', ALERT)
    house.say('2', card({ title: 'Another' }))
    house.answer = () => ({ ok: false, refusal: { code: 'STALE', text: 'This plan changed at 14:02.' } })
    const page = await open()
    await page.getByRole('button', { name: 'Details' }).click()
    const answer = message(page, '1').getByRole('region', { name: 'Only you see this' })
    await answer.getByText('This plan changed at 14:02.').waitFor()
    await answer.getByRole('button', { name: 'Dismiss' }).click()
    await answer.waitFor({ state: 'detached' })
  })

  test('answer cards have buttons that work', async () => {
    house.answer = (intent) =>
      intent.verb === 'command' ? { ok: true, cards: [{ ...ALERT, title: 'Change 12' }] } : { ok: true, cards: [] }
    const page = await open()
    await page.getByRole('textbox', { name: 'Command' }).fill('show 12')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Details' }).click()
    await page.getByText('Recorded.').waitFor()
    expect(house.intents.map((intent) => [intent.verb, intent.inputs.text])).toEqual([
      ['command', 'show 12'],
      ['details', undefined],
    ])
  })

  test('unasked private words come to that person alone, and leave with them', async () => {
    const ana = await open()
    const dana = await open({ person: 'dana', place: 'team' })
    await platform.whisper({ id: 'team', platform: 'web', ref: 'team' }, 'ana', card({ title: 'Only for Ana' }))
    await ana.getByText('Only for Ana').waitFor()
    expect(await dana.getByText('Only for Ana').count()).toBe(0)
    await ana.getByLabel('You are').selectOption('dana')
    await ana.getByText('Only for Ana').waitFor({ state: 'detached' })
  })
})

describe('live', () => {
  test('a new message, an edit and replies appear by themselves', async () => {
    const page = await open()
    await page.getByText('Nothing has been said here yet.').waitFor()
    house.say('1', ALERT)
    await page.getByText('openssl: security update').waitFor()
    house.say('1', { ...ALERT, title: 'openssl: approved', actions: [] })
    await page.getByText('openssl: approved').waitFor()
    expect(await message(page, '1').getByRole('button').count()).toBe(0)
    for (const reply of ['first', 'second', 'third', 'fourth', 'fifth']) house.say(reply, card({ title: `The ${reply}` }), '1')
    await page.getByText('The fifth').waitFor()
    expect(await page.getByText('The second').count()).toBe(0)
    await page.getByRole('button', { name: 'Show 2 earlier replies' }).click()
    await page.getByText('The second').waitFor()
  })

  test('a reply far above what is being read is one press away', async () => {
    for (let index = 0; index < 12; index += 1) house.say(`root ${index}`, ALERT)
    const page = await open()
    await message(page, 'root 11').getByText('openssl: security update').waitFor()
    house.say('reply', card({ title: 'Up here' }), 'root 0')
    await page.getByRole('button', { name: 'New: ' }).click()
    await page.getByRole('button', { name: 'New: ' }).waitFor({ state: 'hidden' })
    expect(await message(page, 'reply').evaluate((one) => one.getBoundingClientRect().top > 0)).toBe(true)
  })

  test('a card far above that changes, and wants somebody, is one press away', async () => {
    for (let index = 0; index < 12; index += 1) house.say(`root ${index}`, ALERT)
    const page = await open()
    await message(page, 'root 11').getByText('openssl: security update').waitFor()
    house.say('root 0', { ...ALERT, title: 'openssl: revised' })
    await page.getByRole('button', { name: 'Changed: ' }).click()
    await page.getByRole('button', { name: 'Changed: ' }).waitFor({ state: 'hidden' })
    expect(await message(page, 'root 0').evaluate((one) => one.getBoundingClientRect().bottom > 0)).toBe(true)
  })

  test('whoever has just pressed something is led to the card that follows from it', async () => {
    for (let index = 0; index < 12; index += 1) house.say(`root ${index}`, ALERT)
    const page = await open()
    house.answer = () => {
      house.say('the next step', card({ title: 'Here it goes on' }))
      return { ok: true, cards: [] }
    }
    await message(page, 'root 0').getByRole('button', { name: 'Details' }).click()
    await page.getByText('Recorded.').waitFor()
    const timeline = await bottom(page.locator('#timeline'))
    await expect.poll(() => bottom(message(page, 'the next step').locator('.card')), { timeout: 10_000 }).toBeLessThanOrEqual(timeline)
  })

  test('a place that is not open shows how much is unread', async () => {
    const page = await open({ person: 'ana', place: 'people' })
    await page.getByLabel('0 unread').first().waitFor({ state: 'attached' })
    house.say('1', ALERT)
    await page.getByLabel('1 unread').waitFor()
    await page.getByRole('button', { name: 'Patch team' }).click()
    await page.getByText('openssl: security update').waitFor()
    await page.getByLabel('1 unread').waitFor({ state: 'hidden' })
  })

  test('after a restart of the bot the page connects by itself and shows what it missed', async () => {
    house.say('1', ALERT)
    const page = await open()
    await page.getByText('openssl: security update').waitFor()
    const port = Number(new URL(web.url).port)
    await web.close()
    await banner(page).filter({ hasText: 'Reconnecting' }).waitFor()
    house.say('1', { ...ALERT, title: 'openssl: while you were away' })
    await start(port, true)
    await page.getByText('openssl: while you were away').waitFor()
    await banner(page).waitFor({ state: 'hidden' })
  })

  test('a click while the bot is away is sent once, as the same delivery, when it is back', async () => {
    house.say('1', ALERT)
    const page = await open()
    const port = Number(new URL(web.url).port)
    await web.close()
    await page.getByRole('button', { name: 'Details' }).click()
    await banner(page).waitFor()
    expect(house.intents).toEqual([])
    await start(port, true)
    await page.getByText('Recorded.').waitFor()
    expect(house.intents.map((intent) => intent.verb)).toEqual(['details'])
    expect(house.intents[0]?.delivery).toMatch(/^web:ana:/)
  })
})

describe('times', () => {
  test.each([
    ['ana', 'Thu 30 Mar 14:05', 'Wed 29 Mar 2023 22:10'],
    ['dana', 'Thu 30 Mar 08:05', 'Wed 29 Mar 2023 16:10'],
  ])('%s reads them in a zone of their own, not in that of the machine', async (person, due, now) => {
    house.say('1', ALERT)
    const page = await open({ person, place: 'team' })
    await message(page, '1').getByText(due).waitFor()
    await page.getByText(now).waitFor()
  })

  test('text beside a time is shown as it was written, and a macro of somebody else is no time', async () => {
    const text = '*not bold* [x](https://evil.example) {{TIME(2023-03-30T12:05:00Z)}} \\_ <b>'
    house.say(
      '1',
      card({
        title: text,
        blocks: [{ kind: 'text', text: [text, ' ', { strong: text }, ' at ', { time: '2023-03-30T12:05:00.000Z', style: 'time' }] }],
      }),
    )
    const page = await open()
    await page.getByText(`${text} ${text} at 14:05`, { exact: true }).waitFor()
    expect(await page.getByText(text).count()).toBe(2)
    expect(await message(page, '1').locator('a, img:not(.avatar), b').count()).toBe(0)
  })

  test('the clock of the sample moves to the next event', async () => {
    const page = await open()
    await page.getByText('ring 3 starts · Wed 29 Mar 23:00').waitFor()
    await page.getByRole('button', { name: 'Move to next event' }).click()
    await page.getByText('Wed 29 Mar 2023 23:00').waitFor()
    await page.getByRole('button', { name: 'Move to next event' }).waitFor({ state: 'hidden' })
  })
})

test('the place and the person stand in the address', async () => {
  const page = await open({ person: 'dana', place: 'people' })
  await page.getByRole('heading', { name: 'Announcements' }).waitFor()
  await page.getByLabel('You are').selectOption('ana')
  await page.getByRole('button', { name: 'Patch team' }).click()
  await page.waitForURL((url) => url.hash === '#place=team&person=ana')
  await page.reload()
  await page.getByRole('heading', { name: 'Patch team' }).waitFor()
  expect(await page.getByLabel('You are').inputValue()).toBe('ana')
})

test('everything can be reached and pressed by keyboard', async () => {
  house.say('1', ALERT)
  const page = await open()
  const details = page.getByRole('button', { name: 'Details' })
  await details.waitFor()
  for (let steps = 0; steps < 30 && (await details.and(page.locator(':focus')).count()) === 0; steps += 1) await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('Recorded.').waitFor()
})

test.each(['standard', 'announcement'] as const)('a %s card fits a phone', async (look) => {
  const wide: Card = {
    ...ALERT,
    look,
    blocks: [{ kind: 'table', columns: ['a', 'b', 'c'], rows: [Array(3).fill('a-long-word-without-a-gap')] }],
  }
  house.say('1', wide)
  const page = await open({ person: 'ana', place: 'team', width: 360, height: 740 })
  await page.getByText('openssl: security update').waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  expect(
    await message(page, '1')
      .locator('.card')
      .evaluate((one) => one.getBoundingClientRect().right <= 360),
  ).toBe(true)
})

test('outside sample mode the page asks for a token, and the token is the person', async () => {
  await web.close()
  await start(0, false)
  house.say('1', ALERT)
  const context = await browser.newContext()
  contexts.push(context)
  const page = await context.newPage()
  await page.goto(`${web.url}#place=team`)
  await page.getByLabel('Token').fill('wrong')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('This token is not known.').waitFor()
  await page.getByLabel('Token').fill('token-of-dana')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Details' }).click()
  await page.getByText('Recorded.').waitFor()
  expect(house.intents).toMatchObject([{ actor: 'dana', verb: 'details' }])
  for (const words of ['SAMPLE MODE', 'Move to next event']) expect(await page.getByText(words).isVisible()).toBe(false)
  expect(await page.getByLabel('You are').isVisible()).toBe(false)
  // A restart of the bot signs nobody out, and no script of the page gets hold of the session.
  const port = Number(new URL(web.url).port)
  await web.close()
  await start(port, false)
  await page.reload()
  await page.getByText('Dana Okafor').waitFor()
  expect(await page.evaluate('document.cookie + JSON.stringify(sessionStorage) + JSON.stringify(localStorage)')).not.toMatch(/v1|token-of/)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Token').waitFor()
  expect(await page.getByText('openssl').isVisible()).toBe(false)
})

test('a picture is drawn where the page may load nothing else, with its words for who cannot see it', async () => {
  const points = [
    { at: '2026-11-24T21:00:00.000Z', count: 0 },
    { at: '2026-11-24T22:00:00.000Z', count: 3 },
  ]
  const alt = 'Hosts over time: 3 of 4 verified.'
  house.say('1', card({ blocks: [{ kind: 'picture', alt, chart: { title: 'Hosts verified: 3 of 4', of: 4, points, marks: [] } }] }))
  const image = message(await open(), '1').getByRole('img', { name: alt })
  await image.waitFor()
  await expect.poll(() => image.evaluate((one) => (one as unknown as { naturalWidth: number }).naturalWidth)).toBe(480)
})
