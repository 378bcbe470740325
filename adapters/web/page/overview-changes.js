import { badge, make } from './dom.js'
import { sayLeft, sayTime } from './times.js'

/** @import {Overview, OverviewContext, OpenChange, ClockLine} from './types.js' */

const TONES = /** @type {Record<string, string>} */ ({ critical: 'danger', high: 'warning', medium: 'info', low: 'neutral' })
const VERDICTS = /** @type {Record<string, string>} */ ({ AUTHENTIC: 'good', CORROBORATED: 'good', UNCONFIRMED: 'warning' })
/** Names that are said before the rest is counted. */
const SAID_NAMES = 3

/** Every open change with both of its clocks on one axis. @param {Overview} overview @param {OverviewContext} context */
export function drawChanges({ changes, now }, context) {
  if (changes.length === 0) return [make('p', 'nothing', 'No change is open. The next one opens when a bulletin matches your hosts.')]
  const list = make('ol', 'changes')
  list.append(...changes.map((change) => changeItem(change, now, context)))
  return changes.some(({ clocks }) => clocks) ? [markers(), list] : [list]
}

/** What the lines on the bars are. */
function markers() {
  const legend = make('p', 'legend markers')
  legend.setAttribute('aria-hidden', 'true')
  legend.append(make('span', 'line now'), 'now', make('span', 'line deadline'), 'deadline', make('span', 'line done'), 'done')
  return legend
}

/** @param {OpenChange} change @param {string} now @param {OverviewContext} context */
function changeItem(change, now, context) {
  const item = make('li')
  const article = make('article', 'change')
  const heading = make('h3')
  heading.id = `overview-change-${change.id}`
  article.setAttribute('aria-labelledby', heading.id)
  heading.append(change.name, ' ', make('span', 'number', `change ${change.id}`))
  const head = make('header')
  head.append(badges(change), heading, make('p', 'facts', factsOf(change)))
  article.append(head, hostsOf(change), clocksOf(change, now, context), nextOf(change, now, context))
  item.append(article)
  return item
}

/** @param {OpenChange} change */
function badges(change) {
  const box = make('p', 'badges')
  const word = change.class ?? change.proposed
  box.append(badge(change.class ? word.toUpperCase() : `PROPOSED ${word.toUpperCase()}`, change.class ? TONES[word] : 'neutral'))
  if (change.drill) box.append(badge('DRILL', 'info'))
  if (change.emergency) box.append(badge('EMERGENCY', 'danger'))
  if (change.verdict !== 'AUTHENTIC') box.append(badge(change.verdict, VERDICTS[change.verdict] ?? 'danger'))
  if (change.knownExploited) box.append(badge('KNOWN EXPLOITED', 'danger'))
  if (change.standsStill) box.append(badge(change.standsStill.toUpperCase(), 'danger'))
  if (change.rehearsal) box.append(badge('REHEARSAL', 'info'))
  return box
}

/** @param {OpenChange} change */
const factsOf = ({ vendorId, phaseWords }) => `${vendorId} · ${phaseWords}`

/** @param {OpenChange} change */
function hostsOf({ hosts: { total, done, failed, unknown }, phase }) {
  const box = make('p', 'hosts')
  const started = ['announced', 'rolling out', 'reviewing'].includes(phase)
  box.append(
    make('strong', '', started ? `${done} of ${total}` : String(total)),
    ` ${started ? 'verified' : total === 1 ? 'host' : 'hosts'}`,
  )
  if (failed > 0) box.append(make('span', 'bad', `${failed} failed`))
  if (unknown > 0) box.append(make('span', 'bad', `${unknown} unknown`))
  return box
}

/** @param {OpenChange} change @param {string} now @param {OverviewContext} context */
function clocksOf({ clocks, clockWords }, now, context) {
  if (!clocks) return make('p', 'no-clocks', `Not classified yet. As proposed: ${clockWords}.`)
  const { zero, start, complete } = clocks
  const axis = axisOf(zero, [start, complete], now)
  const box = make('div', 'clocks')
  box.append(
    clockRow('Start', start, { words: startWords(start, now, context), axis }),
    clockRow('Complete', complete, { words: completeWords(complete, now, context), axis }),
  )
  return box
}

/**
 * Both clocks on one axis: from zero to the last thing that is to be seen on it.
 * @param {string} zero @param {ClockLine[]} clocks @param {string} now
 */
function axisOf(zero, clocks, now) {
  const from = Date.parse(zero)
  const running = clocks.some(({ by, doneAt }) => by !== null && doneAt === null)
  const points = clocks.flatMap(({ by, doneAt }) => (by === null ? [] : [by, doneAt ?? by])).map((at) => Date.parse(at))
  const to = Math.max(...points, running ? Date.parse(now) : from, from + 1)
  /** @param {number} at */
  const share = (at) => Math.min(1, Math.max(0, (at - from) / (to - from)))
  return { share, now: running ? share(Date.parse(now)) : null, nowAt: Date.parse(now) }
}

/** @param {string} name @param {ClockLine} clock @param {{words: string, axis: ReturnType<typeof axisOf>}} how */
function clockRow(name, clock, { words, axis }) {
  const row = make('div', `clock-row ${clock.state}`)
  row.append(make('span', 'name', name), clockBar(clock, axis), make('span', 'words', words))
  return row
}

/** The words beside it say the same. @param {ClockLine} clock @param {ReturnType<typeof axisOf>} axis */
function clockBar({ by, doneAt }, axis) {
  const bar = make('span', 'clock-bar')
  bar.setAttribute('aria-hidden', 'true')
  if (by === null) return bar
  const end = axis.share(Date.parse(by))
  const at = axis.share(doneAt === null ? axis.nowAt : Date.parse(doneAt))
  bar.append(piece('time', 0, end), piece('used', 0, Math.min(at, end)))
  if (at > end) bar.append(piece('late', end, at))
  bar.append(piece('deadline', end, end))
  if (doneAt !== null) bar.append(piece('done', at, at))
  if (axis.now !== null) bar.append(piece('now', axis.now, axis.now))
  return bar
}

/** @param {string} kind @param {number} from @param {number} to shares of the axis */
function piece(kind, from, to) {
  const element = make('span', kind)
  element.style.left = `${100 * from}%`
  if (to > from) element.style.width = `${100 * (to - from)}%`
  return element
}

/** @param {ClockLine} clock @param {string} now @param {OverviewContext} context */
const startWords = (clock, now, context) => clockWords(clock, now, context, 'started', 'no deadline: it awaits a rollup or service pack')

/** @param {ClockLine} clock @param {string} now @param {OverviewContext} context */
const completeWords = (clock, now, context) => clockWords(clock, now, context, 'completed', 'no deadline')

/** @param {ClockLine} clock @param {string} now @param {OverviewContext} context @param {string} done @param {string} none */
function clockWords({ by, doneAt, state }, now, { zone }, done, none) {
  if (by === null) return doneAt === null ? none : `${done} ${sayTime(doneAt, 'date-time', zone, now)}`
  const margin = Date.parse(by) - Date.parse(doneAt ?? now)
  const when = sayTime(doneAt ?? by, 'date-time', zone, now)
  switch (state) {
    case 'met':
      return `${done} ${when} · ${sayLeft(margin)} to spare`
    case 'missed':
      return `${done} ${when} · ${sayLeft(-margin)} too late`
    case 'overdue':
      return `OVERDUE by ${sayLeft(-margin)}, was due ${when}`
    case 'near':
      return `by ${when} · only ${sayLeft(margin)} left`
    default:
      return `by ${when} · ${sayLeft(margin)} left`
  }
}

/** The next step, whose turn it is, and the way to its card. @param {OpenChange} change @param {string} now @param {OverviewContext} context */
function nextOf({ id, name, wait, card }, now, { zone, person, hrefOf }) {
  const row = make('div', 'next-step')
  const words = make('p')
  words.append(make('strong', '', 'Next: '), wait.text.replace(/\.$/, ''))
  if (wait.until) words.append(', ', sayTime(wait.until, 'date-time', zone, now))
  words.append('. ')
  if (wait.people.includes(person)) words.append(badge('YOUR TURN', 'accent'), ' ')
  if (wait.roles.length > 0) words.append(make('span', 'whose', whose(wait)))
  row.append(words)
  if (card) {
    const link = make('a', 'to-card', 'Open its card')
    link.href = hrefOf(card)
    link.dataset.key = `change ${id}`
    link.append(make('span', 'hidden', `: ${name}, change ${id}`))
    row.append(link)
  }
  return row
}

/** @param {OpenChange['wait']} wait */
function whose({ roles, names }) {
  const words = roles.map((role) => role.replaceAll('-', ' ')).join(' or ')
  const who = words.charAt(0).toUpperCase() + words.slice(1)
  if (names.length === 0) return `${who}: nobody can at the moment`
  const more = names.length > SAID_NAMES ? ` and ${names.length - SAID_NAMES} more` : ''
  return `${who}: ${names.slice(0, SAID_NAMES).join(', ')}${more}`
}
