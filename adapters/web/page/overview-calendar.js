import { make } from './dom.js'
import { dayOf, daysFrom, sayTime } from './times.js'

/** @import {Overview, OverviewContext, CalendarOpening, Calendar} from './types.js' */

/** Days of the list that are shown before the rest is unfolded. */
const SHOWN_DAYS = 6
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/**
 * The openings of the windows, as a calendar and, where that is too narrow, as a list. Styles show one of the two.
 * @param {Overview} overview @param {OverviewContext} context
 */
export function drawCalendar({ calendar, now }, context) {
  const zoneWords = make('p', 'legend', `Times in ${context.zone}.`)
  if (calendar.openings.length === 0)
    return [make('p', 'nothing', 'No window opens in the next four weeks.'), ...freezes(calendar, now, context)]
  return [grid(calendar, now, context), agenda(calendar, now, context), zoneWords]
}

/** @param {Calendar} calendar @param {string} now @param {OverviewContext} context */
function grid(calendar, now, context) {
  const { zone } = context
  const first = dayOf(calendar.from, zone)
  const last = dayOf(calendar.to, zone)
  const monday = daysFrom(first, -((new Date(first).getUTCDay() + 6) % 7))
  const table = make('table', 'calendar-grid')
  table.append(make('caption', 'hidden', `Windows from ${first} to ${last}, times in ${zone}`))
  const head = make('tr')
  head.append(...WEEKDAYS.map((name) => columnHead(name)))
  const thead = make('thead')
  thead.append(head)
  const body = make('tbody')
  for (let week = monday; week <= last; week = daysFrom(week, 7)) {
    const row = make('tr')
    for (let day = 0; day < 7; day += 1) row.append(cell(daysFrom(week, day), { first, last }, calendar, now, context))
    body.append(row)
  }
  table.append(thead, body)
  return table
}

/** @param {string} name */
function columnHead(name) {
  const cell = make('th')
  cell.scope = 'col'
  cell.abbr = name
  cell.append(make('span', '', name.slice(0, 3)))
  return cell
}

/** @param {string} day @param {{first: string, last: string}} range @param {Calendar} calendar @param {string} now @param {OverviewContext} context */
function cell(day, { first, last }, calendar, now, context) {
  const element = make('td')
  if (day < first || day > last) {
    element.className = 'outside'
    return element
  }
  const frozen = calendar.blackouts.filter((one) => dayOf(one.from, context.zone) <= day && day <= lastDay(one.to, context.zone))
  element.className = [frozen.length > 0 && 'frozen', day === first && 'today'].filter(Boolean).join(' ')
  element.append(dayHead(day, first))
  for (const { name } of frozen) element.append(make('p', 'freeze', name))
  const here = calendar.openings.filter(({ start }) => dayOf(start, context.zone) === day)
  if (here.length > 0) element.append(openingList(here, now, context))
  return element
}

/** @param {string} day @param {string} today */
function dayHead(day, today) {
  const time = make('time', 'day')
  time.dateTime = day
  const number = Number(day.slice(8))
  const month = new Date(day).toLocaleDateString('en-GB', { month: 'short', timeZone: 'UTC' })
  time.append(String(number), number === 1 || day === today ? ` ${month}` : make('span', 'hidden', ` ${month}`))
  if (day === today) time.append(' ', make('span', 'mark', 'today'))
  return time
}

/** @param {CalendarOpening[]} openings @param {string} now @param {OverviewContext} context @param {string} [where] */
function openingList(openings, now, context, where = 'grid') {
  const list = make('ul', 'openings')
  list.append(...openings.map((opening) => openingItem(opening, now, context, where)))
  return list
}

/** @param {CalendarOpening} opening @param {string} now @param {OverviewContext} context @param {string} where */
function openingItem({ window, name, start, end, hosts, opens, changes }, now, { zone, hrefOf }, where) {
  const item = make('li', opens ? (changes.length > 0 ? 'opening planned' : 'opening') : 'opening closed')
  const times = `${sayTime(start, 'time', zone, now)}–${sayTime(end, 'time', zone, now)}`
  const open = opens && start <= now && now < end
  item.append(make('span', 'times', times), ' ', make('span', 'window', hosts ? `${name} · ${hosts}` : name))
  if (open) item.append(' ', make('span', 'mark', 'open now'))
  if (!opens) item.append(' ', make('span', 'mark bad', 'does not open'))
  for (const change of changes) {
    const words = `${change.name} (${change.id})${change.approved ? '' : ', if approved'}`
    const link = change.card ? make('a', 'planned-change', words) : make('span', 'planned-change', words)
    if (change.card && link instanceof HTMLAnchorElement) link.href = hrefOf(change.card)
    link.dataset.key = `${where} ${window} ${start} ${change.id}`
    link.title = `Change ${change.id} is planned into this window`
    item.append(' ', link)
  }
  return item
}

/** One entry per day on which something is. @param {Calendar} calendar @param {string} now @param {OverviewContext} context */
function agenda(calendar, now, context) {
  const { zone } = context
  const box = make('div', 'agenda')
  const entries = [...Map.groupBy(calendar.openings, ({ start }) => dayOf(start, zone)).values()]
  // Whatever is planned is shown, however far away it is.
  const planned = entries.findLastIndex((openings) => openings.some(({ changes }) => changes.length > 0))
  const shown = Math.max(SHOWN_DAYS, planned + 1)
  const draw = (/** @type {CalendarOpening[]} */ openings) => agendaEntry(openings, now, context)
  box.append(...freezes(calendar, now, context), listOf(entries.slice(0, shown).map(draw)))
  if (entries.length > shown) {
    const rest = make('details')
    const summary = make('summary', '', `Show ${entries.length - shown} more`)
    summary.dataset.key = 'agenda rest'
    rest.append(summary, listOf(entries.slice(shown).map(draw)))
    box.append(rest)
  }
  return box
}

/** @param {HTMLElement[]} items */
function listOf(items) {
  const list = make('ol')
  list.append(...items)
  return list
}

/** @param {CalendarOpening[]} openings of one day @param {string} now @param {OverviewContext} context */
function agendaEntry(openings, now, context) {
  const item = make('li', 'entry')
  const day = openings[0] ? sayTime(openings[0].start, 'date', context.zone, now) : ''
  item.append(make('strong', 'day', day), openingList(openings, now, context, 'list'))
  return item
}

/** @param {Calendar} calendar @param {string} now @param {OverviewContext} context */
function freezes({ blackouts }, now, { zone }) {
  return blackouts.map(({ name, reason, from, to }) => {
    const words = make('p', 'freeze')
    words.append(
      make('strong', '', name),
      `: ${sayTime(from, 'date-time', zone, now)} to ${sayTime(to, 'date-time', zone, now)}. ${reason}.`,
    )
    return words
  })
}

/** A freeze that ends at midnight does not touch the day that begins then. @param {string} to @param {string} zone */
const lastDay = (to, zone) => dayOf(new Date(Date.parse(to) - 1).toISOString(), zone)
