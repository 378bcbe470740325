import type { Locator, Page } from 'playwright-core'
import type { TestHouse } from '../support/house.ts'
import type { Answer, Hands } from './hands.ts'
import type { Time } from './main-job.ts'

type Served = Pick<TestHouse, 'url' | 'settle'>

/** A message as it is drawn, in the order in which it was posted. */
interface Drawn {
  readonly id: number
  readonly title: string
  readonly text: string
  readonly shownAt: string
  readonly buttons: readonly string[]
}

/** The main job by clicks on the page: people switch by the person switcher, press what is drawn, and read what stands there. */
export function browserHands(house: Served, page: Page): Hands {
  const found = async (place: string, title: RegExp): Promise<Drawn> => {
    await openPlace(house, page, place)
    const all = await drawn(page)
    const one = all.findLast((m) => title.test(m.title))
    if (!one) throw new Error(`no card of ${place} matches ${title}; there are: ${all.map((m) => m.title).join(' | ')}`)
    return one
  }
  return {
    name: 'browser',
    press: async (person, place, title, label, inputs = {}) => {
      await page.getByLabel('You are').selectOption(person)
      await openPlace(house, page, place)
      const answer = await pressOn(page, await newestOf(page, title), label, inputs)
      await house.settle()
      return answer
    },
    see: async (place, title, text) => {
      const { text: words } = await found(place, title)
      if (text && !text.test(words)) throw new Error(`the card ${title} of ${place} does not show ${text}; it shows:\n${words}`)
      return words
    },
    count: async (place, title) => {
      await openPlace(house, page, place)
      return (await drawn(page)).filter((m) => title.test(m.title)).length
    },
    buttons: async (place, title) => (await found(place, title)).buttons,
  }
}

/** The clock moves by the page's own button. */
export function browserTime(house: Served, page: Page, time: Time): Time {
  return {
    next: async () => {
      const button = page.getByRole('button', { name: 'Move to next event' })
      const moved = page.waitForResponse((r) => r.url().endsWith('/api/clock') && r.request().method() === 'POST')
      await Promise.all([moved, button.click()])
      await page.locator('#next[aria-busy=false]').waitFor({ state: 'attached' })
      await house.settle()
    },
    pass: time.pass,
  }
}

const messageOf = (page: Page, id: number): Locator => page.locator(`[data-post="${id}"] > .body`)

/** The newest message with a title that matches, of the place that is open. */
export async function newestOf(page: Page, title: RegExp): Promise<Locator> {
  const all = await drawn(page)
  const one = all.findLast((m) => title.test(m.title))
  if (!one) throw new Error(`no card matches ${title}; there are: ${all.map((m) => m.title).join(' | ')}`)
  return messageOf(page, one.id)
}

/** Opens a place, unfolds its threads, and waits until the page shows what the house has. */
export async function openPlace(house: Served, page: Page, place: string): Promise<void> {
  await house.settle()
  const { places } = (await ask(house, '/api/places')) as { places: readonly { id: string; name: string }[] }
  const name = places.find((p) => p.id === place)?.name
  if (!name) throw new Error(`there is no place ${place}`)
  const called = page.getByText(name, { exact: true })
  const entry = page.getByRole('navigation', { name: 'Places' }).getByRole('button').filter({ has: called })
  if ((await entry.getAttribute('aria-current')) === null) await entry.click()
  const { posts } = (await ask(house, `/api/places/${place}/posts`)) as { posts: readonly { id: string; updatedAt: string }[] }
  const wanted = posts.map((p) => `${Number(p.id)} ${p.updatedAt}`).join('\n')
  for (const patience = Date.now() + 10_000; ; ) {
    for (const fold of await page.locator('.fold > button[aria-expanded=false]').all()) await fold.click()
    const shown = (await drawn(page)).map((m) => `${m.id} ${m.shownAt}`).join('\n')
    if (shown === wanted) return
    if (Date.now() > patience) throw new Error(`the page of ${place} shows\n${shown}\nbut the house has\n${wanted}`)
    await page.evaluate('new Promise(requestAnimationFrame)')
  }
}

/** Presses a button of a card and fills in the form that it opens, if any. What the person is told comes back. */
export async function pressOn(page: Page, message: Locator, label: string, inputs: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const card = message.locator(':scope > article > .card')
  const button = card.getByRole('button', { name: label, exact: true }).and(card.locator(`button:not(${IN_FORM} *)`))
  if ((await button.count()) !== 1) throw new Error(`the card has no button "${label}": ${await card.innerText()}`)
  // What stood there before is not the answer to this.
  await page.evaluate(`document.querySelectorAll(${JSON.stringify(ANSWERS)}).forEach((one) => one.setAttribute('data-before', ''))`)
  if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click()
  const form = card.locator(IN_FORM)
  if ((await form.count()) > 0) {
    for (const [field, value] of Object.entries(inputs)) await fill(form.locator(`[id^="${field}~"] :is(input, select, textarea)`), value)
    await form.getByRole('button').click()
  }
  return answered(page)
}

/** Where the renderer draws the form of a pressed button. */
const IN_FORM = '.ac-adaptiveCard .ac-adaptiveCard'
/** A refusal under the card, one at its field, and what the page itself asks for before it sends anything. */
const REFUSALS = '.private.refusal, .field-error, [id*="~"]:has(.ac-input-validation-failed)'
const ANSWERS = `.private, .toast, ${REFUSALS}`

async function fill(field: Locator, value: string): Promise<void> {
  const tag = await field.evaluate((element) => element.tagName)
  if (tag === 'SELECT') await field.selectOption(value)
  else await field.fill(value)
}

async function answered(page: Page): Promise<Answer> {
  const fresh = page.locator(
    ANSWERS.split(', ')
      .map((s) => `${s}:not([data-before])`)
      .join(', '),
  )
  await fresh.first().waitFor({ timeout: 10_000 })
  const refused = (await fresh.and(page.locator(REFUSALS)).count()) > 0
  return { refused, text: oneLine((await fresh.allInnerTexts()).join(' ')) }
}

async function drawn(page: Page): Promise<readonly Drawn[]> {
  const all = (await page.evaluate(`[...document.querySelectorAll('[data-post]')].map((message) => {
    const card = message.querySelector(':scope > .body > article > .card')
    return {
      id: Number(message.dataset.post),
      title: card.querySelector('.title')?.innerText ?? card.innerText,
      text: card.innerText,
      shownAt: message.querySelector(':scope > .body > article > header time').getAttribute('datetime'),
      buttons: [...card.querySelectorAll('button')].filter((b) => !b.matches(${JSON.stringify(IN_FORM)} + ' *')).map((b) => b.innerText),
    }
  }).sort((a, b) => a.id - b.id)`)) as Drawn[]
  return all.map((m) => ({ ...m, title: oneLine(m.title), text: oneLine(m.text), buttons: m.buttons.map(oneLine) }))
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

async function ask(house: Served, path: string): Promise<unknown> {
  return (await fetch(new URL(path, house.url))).json()
}
