import { type Gap, nameOf } from '../core/assess/coverage.ts'
import type { Card } from './card.ts'
import { count, shortTitle, textBlock, whisper } from './words.ts'

const MOST_ROWS = 20

/** What of the inventory no healthy source watches, the most hosts first, with what would help. */
export const coverageCard = (gaps: readonly Gap[], watched: number): Card =>
  gaps.length === 0
    ? whisper('Every product is watched by a source that works', [
        textBlock(`${count(watched, 'product or stream', 'products and streams')} in the inventory.`),
      ])
    : whisper(`${count(gaps.length, 'product')} that no source watches`, [
        {
          kind: 'table',
          columns: ['Product', 'Hosts', 'What would help'],
          rows: gaps.slice(0, MOST_ROWS).map((gap) => [shortTitle(nameOf(gap)), `${gap.hosts}`, gap.proposal]),
        },
        ...(gaps.length > MOST_ROWS ? [textBlock(`And ${gaps.length - MOST_ROWS} more on fewer hosts.`)] : []),
        textBlock(`${count(watched, 'other', 'others')} watched. Which source watches what is told by names, not by versions.`),
      ])
