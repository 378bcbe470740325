import { type DayFacts, type DoubtFacts, type Rollup, rollups, troubled } from '../core/remind/summary.ts'
import type { Block, Card, Text } from './card.ts'
import { durationOf } from './review.ts'
import { at, count, fact, quiet, shortened, shortTitle, textBlock } from './words.ts'

/** Most products that the card names one by one. */
const MOST_PRODUCTS = 15

/** The day for the patch team: what came in, what was decided, what stands still. */
export function daySummaryCard(day: DayFacts, kind: 'news' | 'quiet week'): Card {
  const trouble = troubled(day)
  const title = kind === 'news' ? `Since the last summary: ${headline(day)}` : 'All quiet for a week'
  return {
    look: 'standard',
    tone: trouble.length > 0 ? 'warning' : 'neutral',
    badges: [],
    title,
    blocks: [
      textBlock('From ', at(day.since), ' to ', at(day.until)),
      ...bulletinBlocks(day),
      ...changeBlocks(day),
      ...doubtBlocks(day.doubts),
      { kind: 'facts', facts: [sourcesFact(day), fact('Hosts', hostsWords(day))] },
      ...unwatchedBlocks(day),
    ],
    actions: [],
    summary: title,
  }
}

/** The same day in a few figures, for management. */
export function briefSummaryCard(day: DayFacts, kind: 'news' | 'quiet week'): Card {
  const missed = day.deadlines.filter((d) => Date.parse(d.by) <= Date.parse(day.until))
  const title = kind === 'news' ? `Security updates: ${headline(day)}` : 'Security updates: all quiet for a week'
  return {
    look: 'standard',
    tone: missed.length > 0 ? 'warning' : 'neutral',
    badges: [],
    title,
    blocks: [
      {
        kind: 'facts',
        facts: [
          fact('Changes', `${day.opened.length} opened, ${day.decided.length} decided, ${day.finished.length} finished`),
          fact('Deadlines', missed.length > 0 ? `MISSED: ${missed.map((d) => d.what).join(', ')}` : 'none missed'),
          ...(day.doubts.asked + day.doubts.drills.length > 0 ? [fact('Is this real?', ...doubtWords(day.doubts))] : []),
          fact('Hosts', hostsWords(day)),
        ],
      },
    ],
    actions: [],
    summary: title,
  }
}

const doubtBlocks = (doubts: DoubtFacts): readonly Block[] =>
  doubts.asked + doubts.drills.length > 0 ? [textBlock({ strong: 'Is this real? ' }, ...doubtWords(doubts))] : []

/** How often people asked, what was forged, and how the drills went. */
const doubtWords = ({ asked, forged, warned, drills }: DoubtFacts): Text => [
  `asked ${count(asked, 'time')}; ${count(forged, 'forgery', 'forgeries')}, everybody warned of ${warned}`,
  ...drills.map(
    ({ people, reported, rate, medianSeconds }) =>
      `; bogus drill: ${reported} of ${people} reported it${rate === null ? '' : ` (${Math.round(rate * 100)} %)`}${medianSeconds === null ? '' : `, half of them within ${durationOf(medianSeconds)}`}`,
  ),
  '.',
]

function headline(day: DayFacts): string {
  const bulletins = new Set(day.bulletins.map((b) => b.vendorId)).size
  const parts = [
    bulletins > 0 ? count(bulletins, 'bulletin') : '',
    day.opened.length > 0 ? `${count(day.opened.length, 'change')} opened` : '',
    day.finished.length > 0 ? `${day.finished.length} finished` : '',
    day.deadlines.length > 0 ? `${count(day.deadlines.length, 'deadline')} near or missed` : '',
    troubled(day).length > 0 ? `${count(troubled(day).length, 'source')} in trouble` : '',
  ].filter((part) => part !== '')
  return parts.slice(0, 3).join(', ') || 'a little news'
}

function bulletinBlocks(day: DayFacts): readonly Block[] {
  if (day.bulletins.length === 0 && day.held === 0) return [quiet('No bulletin came in.')]
  const all = rollups(day.bulletins)
  const named = all.filter((r) => r.changes.length > 0 || r.bulletins > r.unmatched).slice(0, MOST_PRODUCTS)
  const unmatched = all.reduce((sum, r) => sum + r.unmatched, 0)
  return [
    ...(named.length > 0
      ? [
          {
            kind: 'table' as const,
            columns: ['Product', 'Bulletins', 'Here'],
            rows: named.map((r) => [r.product, `${r.bulletins}`, hereWords(r)]),
          },
        ]
      : []),
    ...(unmatched > 0 ? [textBlock(`${count(unmatched, 'bulletin')} matched nothing here. Type \`bulletins\` to see them.`)] : []),
    ...(day.held > 0 ? [textBlock(`${count(day.held, 'document')} held: security looks at what does not verify.`)] : []),
  ]
}

const hereWords = ({ changes, bulletins, unmatched }: Rollup): string =>
  [
    shortened(
      changes.map((c) => `change ${c}`),
      5,
    ),
    bulletins > unmatched && changes.length === 0 ? 'matched' : '',
    unmatched > 0 ? `${unmatched} no match` : '',
  ]
    .filter((part) => part !== '')
    .join(', ')

function changeBlocks({ opened, decided, finished, deadlines, until }: DayFacts): readonly Block[] {
  const lines: readonly Text[] = [
    ...(opened.length > 0 ? [[{ strong: 'Opened: ' }, shortened(opened, 10)]] : []),
    ...(decided.length > 0 ? [[{ strong: 'Decided: ' }, shortened(decided, 10)]] : []),
    ...(finished.length > 0 ? [[{ strong: 'Finished: ' }, shortened(finished, 10)]] : []),
    ...deadlines.map(
      ({ what, by }): Text => [{ strong: Date.parse(by) <= Date.parse(until) ? 'MISSED: ' : 'Soon: ' }, `${what}, by `, at(by)],
    ),
  ]
  return lines.length > 0 ? [{ kind: 'list', items: lines }] : []
}

function sourcesFact(day: DayFacts) {
  const words = troubled(day).flatMap(
    (s): Text =>
      s.failingSince
        ? [`${s.name} FAILING since `, at(s.failingSince), '; ']
        : s.silentSince
          ? [`${s.name} silent since `, at(s.silentSince), '; ']
          : [],
  )
  const good = day.sources.length - troubled(day).length
  return fact('Sources', ...words, `${good} of ${day.sources.length} answer well`)
}

/** As many products that no source watches are named. */
const MOST_UNWATCHED = 3

/** On so many hosts nobody would hear of a flaw: the largest are named, with what would help. */
function unwatchedBlocks({ unwatched }: DayFacts): readonly Block[] {
  if (unwatched.length === 0) return []
  const items = unwatched
    .slice(0, MOST_UNWATCHED)
    .map(({ name, hosts, proposal }): Text => [{ strong: shortTitle(name) }, ` on ${count(hosts, 'host')}. What would help: ${proposal}.`])
  const more = unwatched.length - items.length
  return [
    textBlock({ strong: `${count(unwatched.length, 'product')} that no source watches, the largest first:` }),
    { kind: 'list', items },
    quiet(more > 0 ? `And ${more} more: type "coverage".` : 'Type "coverage" to see them again.'),
  ]
}

const hostsWords = ({ hosts }: DayFacts): string => `${hosts.fresh} of ${hosts.all} heard of within ${count(hosts.days, 'day')}`
