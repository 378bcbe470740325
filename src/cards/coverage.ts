import { type Gap, nameOf } from '../core/assess/coverage.ts'
import type { Card } from './card.ts'
import { listPages, pageLine, pageOf } from './paging.ts'
import { count, shortTitle, textBlock, whisper } from './words.ts'

const MOST_ROWS = 20

/** What of the inventory no healthy source watches, the most hosts first, with what would help. */
export function coverageCard(gaps: readonly Gap[], watched: number, number = 1): Card {
  if (gaps.length === 0)
    return whisper('Every product is watched by a source that works', [
      textBlock(`${count(watched, 'product or stream', 'products and streams')} in the inventory.`),
    ])
  const page = pageOf(gaps, number, MOST_ROWS)
  return whisper(
    `${count(gaps.length, 'product')} that no source watches`,
    [
      {
        kind: 'table',
        columns: ['Product', 'Hosts', 'What would help'],
        rows: page.items.map((gap) => [shortTitle(nameOf(gap)), `${gap.hosts}`, gap.proposal]),
      },
      ...pageLine(page),
      textBlock(`${count(watched, 'other', 'others')} watched. Which source watches what is told by names, not by versions.`),
    ],
    { actions: listPages(page, 'coverage') },
  )
}
