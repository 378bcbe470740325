import { type Gap, nameOf } from '../core/assess/coverage.ts'
import type { Card } from './card.ts'
import { askList, linesOf, moreButton, type Page, pageBlocks } from './pages.ts'
import { count, shortTitle, textBlock, whisper } from './words.ts'

/** Products on one page. */
export const PRODUCTS_A_PAGE = 20

/** What of the inventory no healthy source watches, the most hosts first, with what would help. */
export const coverageCard = (gaps: readonly Gap[], watched: number, page: Page): Card =>
  gaps.length === 0
    ? whisper('Every product is watched by a source that works', [
        textBlock(`${count(watched, 'product or stream', 'products and streams')} in the inventory.`),
      ])
    : whisper(
        `${count(gaps.length, 'product')} that no source watches`,
        [
          {
            kind: 'table',
            columns: ['Product', 'Hosts', 'What would help'],
            rows: linesOf(gaps, page).map((gap) => [shortTitle(nameOf(gap)), `${gap.hosts}`, gap.proposal]),
          },
          ...pageBlocks(page),
          textBlock(`${count(watched, 'other', 'others')} watched. Which source watches what is told by names, not by versions.`),
        ],
        { actions: moreButton(page, askList('coverage')) },
      )
