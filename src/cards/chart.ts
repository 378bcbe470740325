import type { Instant } from '../core/result.ts'
import type { Chart, Tone } from './card.ts'
import { plainLine } from './text.ts'

/** Pixels. Small enough that its PNG fits into a Teams card (28 KB with everything else). */
const WIDTH = 480
const HEIGHT = 190
const LEFT = 40
const RIGHT = WIDTH - 16
const TOP = 46
const BOTTOM = HEIGHT - 34

const INK = '#1d2330'
const QUIET = '#5b6475'
const LINE = '#d9dde6'
const ACCENT = '#2f4fc6'
const TONES: Readonly<Record<Tone, string>> = { neutral: QUIET, info: ACCENT, good: '#1c7a43', warning: '#8a5300', danger: '#b3261e' }

/**
 * A chart as SVG: steps from one count to the next, so that nothing is shown that was not so. Times are UTC, because a picture cannot
 * know its reader's zone. Foreign text is escaped, and nothing in it is loaded from anywhere.
 */
export function chartSvg(chart: Chart): string {
  const points = chart.points.filter(({ at }) => Number.isFinite(Date.parse(at))).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const first = Date.parse(points[0]?.at ?? '') || 0
  const last = Math.max(first + 60_000, Date.parse(points.at(-1)?.at ?? '') || 0)
  // A deadline that is far away would press everything else into a corner; it is told in words.
  const marks = chart.marks.filter(({ at }) => Date.parse(at) >= first && Date.parse(at) <= first + 2 * (last - first))
  const end = Math.max(last, ...marks.map(({ at }) => Date.parse(at)))
  const most = Math.max(1, chart.of, ...points.map(({ count }) => count))
  const x = (ms: number): number => round(LEFT + ((ms - first) / (end - first)) * (RIGHT - LEFT))
  const y = (count: number): number => round(BOTTOM - (Math.max(0, count) / most) * (BOTTOM - TOP))
  const steps = points.map(({ at, count }) => ({ x: x(Date.parse(at)), y: y(count) }))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="Inter, system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#ffffff"/>`,
    text(16, 24, chart.title, INK, 'start', 14),
    rule(LEFT, y(most), RIGHT, y(most), LINE, true),
    rule(LEFT, BOTTOM, RIGHT, BOTTOM, LINE),
    text(LEFT - 8, y(most) + 4, `${most}`, QUIET, 'end'),
    text(LEFT - 8, BOTTOM + 4, '0', QUIET, 'end'),
    ...marks.map(({ at, label, tone }) => mark(x(Date.parse(at)), label, TONES[tone])),
    curve(steps, x(last)),
    text(LEFT, HEIGHT - 12, utc(first), QUIET, 'start'),
    text(RIGHT, HEIGHT - 12, utc(end), QUIET, 'end'),
    '</svg>',
  ].join('')
}

interface Point {
  readonly x: number
  readonly y: number
}

function curve(steps: readonly Point[], until: number): string {
  const [first, ...rest] = steps
  if (!first) return ''
  const path = `M${first.x} ${first.y}${rest.map((step) => `H${step.x}V${step.y}`).join('')}H${until}`
  const end = steps.at(-1) ?? first
  return [
    `<path d="${path}V${BOTTOM}H${first.x}Z" fill="${ACCENT}" fill-opacity="0.12"/>`,
    `<path d="${path}" fill="none" stroke="${ACCENT}" stroke-width="2" stroke-linejoin="round"/>`,
    `<circle cx="${until}" cy="${end.y}" r="3.5" fill="${ACCENT}"/>`,
  ].join('')
}

/** Its label stands on the side where there is room. */
function mark(x: number, label: string, colour: string): string {
  const right = x > (LEFT + RIGHT) / 2
  return rule(x, TOP - 8, x, BOTTOM, colour, true) + text(right ? x - 5 : x + 5, TOP - 2, label, colour, right ? 'end' : 'start', 11)
}

const rule = (x1: number, y1: number, x2: number, y2: number, colour: string, dashed = false): string =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}"${dashed ? ' stroke-dasharray="4 4"' : ''}/>`

function text(x: number, y: number, words: string, colour: string, anchor: 'start' | 'end', size = 12): string {
  const line = plainLine(words)
  const short = line.length > MOST ? `${[...line].slice(0, MOST - 1).join('')}…` : line
  return `<text x="${x}" y="${y}" fill="${colour}" text-anchor="${anchor}" font-size="${size}">${escaped(short)}</text>`
}

const MOST = 60

const escaped = (words: string): string =>
  words.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[^\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')

const round = (value: number): number => Math.round(value * 10) / 10

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** "24 Nov 22:10 UTC", where no platform makes a time the reader's own. */
export function utc(when: number | Instant): string {
  const date = new Date(when)
  if (Number.isNaN(date.getTime())) return `${when}`
  const clock = date.toISOString().slice(11, 16)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${clock} UTC`
}

/** For a page that draws SVG itself. */
export const svgAddress = (chart: Chart): string => `data:image/svg+xml,${encodeURIComponent(chartSvg(chart))}`
