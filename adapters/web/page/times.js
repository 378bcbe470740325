/** @import {CardJson} from './types.js' */

/**
 * A time as the reader says it: `Thu 30 Mar 14:05`, with the year when it is not the present one.
 * @param {string} iso
 * @param {'date' | 'time' | 'date-time'} style
 * @param {string} zone IANA zone of the reader
 * @param {string} now ISO
 */
export function sayTime(iso, style, zone, now) {
  const parts = partsOf(iso, zone)
  const year = parts.year === partsOf(now, zone).year ? '' : ` ${parts.year}`
  const date = `${parts.weekday} ${parts.day} ${parts.month}${year}`
  const time = `${parts.hour}:${parts.minute}`
  if (style === 'date') return date
  return style === 'time' ? time : `${date} ${time}`
}

/** Hours up to which days alone would say too little. */
const EXACT_HOURS = 96

/** A span of time, rounded down: `6 days`, `2 days 19 h`, `30 hours`, `5 minutes`. @param {number} milliseconds */
export function sayLeft(milliseconds) {
  const minutes = Math.floor(milliseconds / 60_000)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 120) return counted(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return counted(hours, 'hour')
  const days = counted(Math.floor(hours / 24), 'day')
  return hours < EXACT_HOURS && hours % 24 > 0 ? `${days} ${hours % 24} h` : days
}

/** @param {number} count @param {string} unit */
const counted = (count, unit) => `${count} ${unit}${count === 1 ? '' : 's'}`

/** The reader's calendar day of an instant: `2026-11-23`. @param {string} iso @param {string} zone */
export const dayOf = (iso, zone) => new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(new Date(iso))

/** @param {string} day @param {number} count */
export const daysFrom = (day, count) => new Date(Date.parse(day) + count * 86_400_000).toISOString().slice(0, 10)

/**
 * The card with its times in the reader's zone. Times stand in TextBlocks as macros, everything else in there is escaped; both
 * are resolved here, and the result is a RichTextBlock, in which the renderer interprets nothing more.
 * @template T
 * @param {T} json
 * @param {string} zone
 * @param {string} now
 * @returns {T}
 */
export function localise(json, zone, now) {
  if (Array.isArray(json)) return /** @type {T} */ (json.map((one) => localise(one, zone, now)))
  if (typeof json !== 'object' || json === null) return json
  const element = /** @type {CardJson} */ (json)
  if (element.type === 'TextBlock') return /** @type {T} */ (richTextBlock(element, zone, now))
  return /** @type {T} */ (Object.fromEntries(Object.entries(element).map(([key, value]) => [key, localise(value, zone, now)])))
}

/** @param {CardJson} block @param {string} zone @param {string} now */
function richTextBlock({ text, wrap: _wrap, spacing, ...style }, zone, now) {
  /** @type {CardJson[]} */
  const inlines = []
  let strong = false
  for (const [, escaped, dateTime, date, time, bold, plain] of String(text).matchAll(TOKEN)) {
    if (bold) strong = !strong
    const said = say(dateTime, 'date-time', zone, now) ?? say(date, 'date', zone, now) ?? say(time, 'time', zone, now)
    const words = escaped ?? said ?? plain
    if (words) addRun(inlines, words, { ...style, type: 'TextRun', ...(strong ? { weight: 'bolder' } : {}) })
  }
  return { type: 'RichTextBlock', inlines, ...(spacing === undefined ? {} : { spacing }) }
}

/** @param {string | undefined} iso @param {'date' | 'time' | 'date-time'} style @param {string} zone @param {string} now */
function say(iso, style, zone, now) {
  return iso === undefined ? undefined : sayTime(iso, style, zone, now)
}

/**
 * Joins runs that look the same, but never two opening braces: the renderer would take them for a macro.
 * @param {CardJson[]} inlines @param {string} text @param {CardJson} style
 */
function addRun(inlines, text, style) {
  const last = inlines.at(-1)
  if (last && last.weight === style.weight && !(last.text.endsWith('{') && text === '{')) last.text += text
  else inlines.push({ ...style, text })
}

const ISO = '(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ)'
const DATE = `\\{\\{DATE\\(${ISO}, SHORT\\)\\}\\}`
const TIME = `\\{\\{TIME\\(${ISO}\\)\\}\\}`
/** Escaped character, date and time of one instant, date, time, bold on or off, any other character. */
const TOKEN = new RegExp(`\\\\([!-/:-@[-\`{-~])|${DATE} ${TIME.replace(ISO, '\\2')}|${DATE}|${TIME}|(\\*\\*)|(.)`, 'gsu')

/** @param {string} iso @param {string} zone */
function partsOf(iso, zone) {
  return Object.fromEntries(
    formatter(zone)
      .formatToParts(new Date(iso))
      .map(({ type, value }) => [type, value]),
  )
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formatters = new Map()

/** @param {string} zone */
function formatter(zone) {
  const known = formatters.get(zone)
  if (known) return known
  /** @type {Intl.DateTimeFormatOptions} */
  const fields = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
  const made = new Intl.DateTimeFormat('en-GB', { ...fields, timeZone: zone })
  formatters.set(zone, made)
  return made
}
