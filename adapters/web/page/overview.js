import { ApiError, get } from './api.js'
import { byId, make } from './dom.js'
import { drawCalendar } from './overview-calendar.js'
import { drawChanges } from './overview-changes.js'
import { drawCompliance } from './overview-compliance.js'
import { drawInventory } from './overview-inventory.js'
import { drawTasks } from './overview-tasks.js'
import { redraw } from './redraw.js'

/** @import {Overview, OverviewContext} from './types.js' */

/** Milliseconds: how long a burst of events is gathered; rest between two reads; after how long what time alone changes is read again. */
const GATHER = 150
const REST = 1_500
const MINUTE = 60_000

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
  /** Raised when what is on its way is nobody's any more: another person, or a place. */
  let visit = 0
  /** @type {ReturnType<typeof setTimeout> | null} */
  let planned = null
  let lastRead = Number.NEGATIVE_INFINITY
  let shownAt = ''
  setInterval(() => document.hidden || refresh(0), MINUTE)
  document.addEventListener('visibilitychange', () => document.hidden || refresh(0))

  /** A read that is planned already sees what has just happened; a flood of events puts it off no further. @param {number} wait milliseconds */
  function refresh(wait) {
    if (!open || planned !== null) return
    const rest = lastRead + REST - performance.now()
    planned = setTimeout(() => void read(), Math.max(wait, rest))
  }

  async function read() {
    planned = null
    lastRead = performance.now()
    const mine = visit
    const context = contextOf()
    const query = context.sample ? `?${new URLSearchParams({ person: context.person })}` : ''
    const answer = await get(`/api/overview${query}`).catch((error) => error)
    if (mine !== visit) return
    if (answer instanceof ApiError && answer.status === 403) return fail(answer.message)
    if (answer instanceof ApiError && answer.status === 401) return
    if (answer instanceof Error) {
      if (box.classList.contains('unread')) problem.textContent = 'The overview cannot be read at the moment. Trying again...'
      return refresh(REST)
    }
    // A slow answer must not take back what a later one has said.
    if (answer.now < shownAt) return
    shownAt = answer.now
    show(answer, context)
  }

  function leave() {
    open = false
    visit += 1
    if (planned !== null) clearTimeout(planned)
    planned = null
    shownAt = ''
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
      leave()
      open = true
      lastRead = Number.NEGATIVE_INFINITY
      fail('')
      refresh(0)
    },
    close: leave,
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
