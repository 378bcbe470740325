import { ApiError, get } from './api.js'
import { byId, make } from './dom.js'
import { drawCalendar } from './overview-calendar.js'
import { drawChanges } from './overview-changes.js'
import { drawCompliance } from './overview-compliance.js'
import { drawInventory } from './overview-inventory.js'
import { drawTasks } from './overview-tasks.js'
import { redraw } from './redraw.js'

/** @import {Overview, OverviewContext} from './types.js' */

/** Milliseconds: how long a burst of events is gathered; after how long what time alone changes is drawn again; next try. */
const GATHER = 150
const MINUTE = 60_000
const RETRY = 2_000

/** The sections, in the order of the page. @type {readonly [string, string, (overview: Overview, context: OverviewContext) => (Node | string)[]][]} */
const SECTIONS = [
  ['tasks', 'Waits for you', drawTasks],
  ['changes', 'Open changes on their clocks', drawChanges],
  ['calendar', 'Windows of the next four weeks', drawCalendar],
  ['compliance', 'Compliance', drawCompliance],
  ['inventory', 'Inventory and sources', drawInventory],
]

/**
 * The cycle at a glance. What it shows is read again when something happens, and once a minute, because time happens too.
 * @param {() => OverviewContext} contextOf
 */
export function overviewPage(contextOf) {
  const box = byId('overview', HTMLDivElement)
  const problem = make('p', 'problem')
  problem.setAttribute('role', 'status')
  const sections = SECTIONS.map(([id, title, draw]) => ({ ...sectionOf(id, title), draw }))
  box.append(problem, ...sections.map(({ element }) => element))
  let open = false
  let reads = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let planned
  setInterval(() => document.hidden || refresh(0), MINUTE)
  document.addEventListener('visibilitychange', () => document.hidden || refresh(0))

  /** @param {number} wait milliseconds */
  function refresh(wait) {
    if (!open) return
    clearTimeout(planned)
    planned = setTimeout(() => void read(), wait)
  }

  async function read() {
    const mine = ++reads
    const context = contextOf()
    const query = context.sample ? `?${new URLSearchParams({ person: context.person })}` : ''
    const answer = await get(`/api/overview${query}`).catch((error) => error)
    // Another person or place meanwhile: this answer is nobody's any more.
    if (!open || mine !== reads) return
    if (answer instanceof ApiError && answer.status === 403) return fail(answer.message)
    if (answer instanceof Error) {
      if (box.classList.contains('unread')) problem.textContent = 'The overview cannot be read at the moment. Trying again...'
      return refresh(RETRY)
    }
    show(answer, context)
  }

  /** @param {string} words */
  function fail(words) {
    box.classList.add('unread')
    problem.textContent = words
  }

  /** @param {Overview} overview @param {OverviewContext} context */
  function show(overview, context) {
    problem.textContent = ''
    box.classList.remove('unread')
    for (const { body, draw } of sections) redraw(body, draw(overview, context))
  }

  return {
    /** Nothing of another person may stay. */
    open() {
      open = true
      fail('')
      refresh(0)
    },
    close() {
      open = false
      reads += 1
    },
    refresh: () => refresh(GATHER),
  }
}

/** @param {string} id @param {string} title */
function sectionOf(id, title) {
  const element = make('section', 'section')
  const heading = make('h2', '', title)
  heading.id = `overview-${id}`
  element.setAttribute('aria-labelledby', heading.id)
  const body = make('div', 'body')
  element.append(heading, body)
  return { element, body }
}
