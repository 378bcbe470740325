import type { Instant } from '../core/result.ts'
import type { Card } from './card.ts'
import { askList, linesOf, moreButton, type Page, pageBlocks } from './pages.ts'
import { at, count, quiet, shortTitle, whisper } from './words.ts'

/** An item that could not be taken, or is not proved, and is kept. Its name and the reason hold foreign text. */
export interface DroppedLine {
  readonly id: number
  readonly fileName: string
  readonly reason: string
  readonly at: Instant
  /** Bytes that came; 0: nothing did. */
  readonly size: number
  /** It could be taken, and counts for nothing. */
  readonly notProved: boolean
}

/** Items on one page. */
export const DROPPED_A_PAGE = 10

/** What of a source is no bulletin, the newest first. What came of it is not shown: it may be anything. */
export const droppedCard = (source: { readonly id: string; readonly name: string }, items: readonly DroppedLine[], page: Page): Card =>
  items.length === 0
    ? whisper(`Nothing of ${source.name} was dropped`, [])
    : whisper(
        `${count(items.length, 'item')} of ${source.name} that could not be taken or are not proved`,
        [
          {
            kind: 'list',
            items: linesOf(items, page).map((item) => [
              { strong: `${item.id}: ${shortTitle(item.fileName)}` },
              `, ${item.notProved ? 'not proved, ' : ''}${item.size === 0 ? 'nothing came' : count(item.size, 'byte')}, first seen `,
              at(item.at),
              `. ${item.reason}`,
            ]),
          },
          ...pageBlocks(page),
          quiet(`What came is in the database: "patchcrier dropped ${source.id} FOLDER" on the command line writes it into files.`),
        ],
        { actions: moreButton(page, askList(`dropped ${source.id}`)) },
      )
