import { own } from '../../core/own.ts'
import type { WindowRule } from '../../core/policy.ts'
import { allow, type Ruled, refuse } from '../../core/result.ts'

/** When computers may be changed, as somebody would say it. */
export type Spoken = Pick<WindowRule, 'weekdays' | 'nth' | 'start' | 'minutes'>

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const WHICH: readonly (readonly [string, 1 | 2 | 3 | 4 | 5 | -1])[] = [
  ['first', 1],
  ['second', 2],
  ['third', 3],
  ['fourth', 4],
  ['fifth', 5],
  ['last', -1],
]
const GROUPS: Readonly<Record<string, readonly number[]>> = {
  daily: [1, 2, 3, 4, 5, 6, 7],
  everyday: [1, 2, 3, 4, 5, 6, 7],
  weekdays: [1, 2, 3, 4, 5],
  weekends: [6, 7],
}

export const EXAMPLE = 'Tuesday to Thursday 22:00 for 2 hours, or: last Saturday 20:00-23:30'

/** Reads "second Tuesday 22:00 for 90 minutes", "Mon-Fri 21:00-23:00", "daily 22:00 for 2 h". */
export function readWindow(text: string): Ruled<Spoken> {
  const [, which = '', days = '', start = '', rest = ''] =
    /^\s*((?:(?:first|second|third|fourth|fifth|last|[1-5](?:st|nd|rd|th))[\s,]+(?:and\s+)?)*)(.*?)\s+(?:at\s+)?(\d{1,2}:\d{2})\s*(.*?)\s*$/i.exec(
      text,
    ) ?? []
  const weekdays = readDays(days)
  const nth = [...which.toLowerCase().matchAll(/first|second|third|fourth|fifth|last|[1-5]/g)].map(([word]) => numberOf(word))
  const clock = start.padStart(5, '0')
  const minutes = readLength(clock, rest)
  if (weekdays === null || !/^([01]\d|2[0-3]):[0-5]\d$/.test(clock) || minutes === null)
    return refuse('WINDOW_UNREAD', `Expected a day, a time and a length, such as ${EXAMPLE}; got "${text.trim()}".`)
  if (minutes < 15 || minutes > 1440)
    return refuse('WINDOW_LENGTH', `Expected 15 minutes to 24 hours; "${text.trim()}" is ${minutes} minutes.`)
  return allow({ weekdays, start: clock, minutes, ...(nth.length > 0 ? { nth: [...new Set(nth)] } : {}) })
}

const numberOf = (word: string): 1 | 2 | 3 | 4 | 5 | -1 => WHICH.find(([name, n]) => name === word || `${n}` === word)?.[1] ?? 1

function readDays(text: string): number[] | null {
  const plain = text
    .toLowerCase()
    .replace(/\bevery\s+(?:day|night)\b/, 'daily')
    .replace(/\b(every|each|on)\b/g, ' ')
    .trim()
  const days = plain.split(/\s*(?:,|\band\b|\s)\s*(?!to\b|-|–)/).filter((word) => word !== '')
  if (days.length === 0) return null
  const read = joinRanges(days).map(readRange)
  return read.some((range) => range === null) ? null : [...new Set(read.flatMap((range) => range ?? []))].sort((a, b) => a - b)
}

/** "monday to friday" comes in three words. */
const joinRanges = (words: readonly string[]): readonly string[] =>
  words
    .join(' ')
    .replace(/\s*(?:\bto\b|-|–)\s*/g, '-')
    .split(' ')

function readRange(word: string): readonly number[] | null {
  const group = own(GROUPS, word)
  if (group) return group
  const [from = '', to = from] = word.split('-')
  const [first, last] = [dayOf(from), dayOf(to)]
  if (first === null || last === null) return null
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, i) => ((first - 1 + i) % 7) + 1)
}

/** ISO number of a day, also of its first letters or its plural. */
function dayOf(word: string): number | null {
  const stem = word.replace(/s$/, '')
  const i = stem.length < 2 ? -1 : DAYS.findIndex((day) => day.startsWith(stem) || day === word)
  return i < 0 ? null : i + 1
}

function readLength(start: string, rest: string): number | null {
  const until = /^(?:-|–|to|until)\s*(\d{1,2}):(\d{2})$/i.exec(rest)
  if (until) {
    const [hour = 0, minute = 0] = start.split(':').map(Number)
    const end = Number(until[1]) * 60 + Number(until[2])
    return Number(until[1]) > 24 || Number(until[2]) > 59 ? null : (end - hour * 60 - minute + 1440) % 1440 || 1440
  }
  const [, number = '', unit = ''] = /^(?:for\s+)?(\d+(?:\.\d+)?)\s*(h|hours?|m|min|minutes?)$/i.exec(rest) ?? []
  if (number === '') return null
  return Math.round(Number(number) * (unit.toLowerCase().startsWith('h') ? 60 : 1))
}

/** "last Saturday 20:00 for 4 hours", as it was understood. */
export function windowWords({ weekdays, nth, start, minutes }: Spoken): string {
  const which = (nth ?? []).map((n) => WHICH.find(([, m]) => m === n)?.[0] ?? '').join(' and ')
  const days = weekdays.map((day) => capital(DAYS[day - 1] ?? '')).join(', ')
  const length = minutes % 60 === 0 ? `${minutes / 60} ${minutes === 60 ? 'hour' : 'hours'}` : `${minutes} minutes`
  return `${which === '' ? '' : `${which} `}${days} ${start} for ${length}`
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
