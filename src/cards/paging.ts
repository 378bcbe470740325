import type { Action, Block } from './card.ts'
import { button, quiet } from './words.ts'

/** Where a page of a long list stands in the whole. */
export interface Page<T> {
  readonly items: readonly T[]
  /** 1 for the first. */
  readonly page: number
  readonly size: number
  readonly total: number
}

/** Page `page` (1 or more) of a list; behind the end there is nothing on it. */
export const pageOf = <T>(all: readonly T[], page: number, size: number): Page<T> => ({
  items: all.slice((page - 1) * size, page * size),
  page,
  size,
  total: all.length,
})

/** What fits on one page needs no words and no button. */
const isWhole = ({ page, size, total }: Page<unknown>): boolean => page === 1 && total <= size

/** "21–40 of 137", and the way on: `subject` and `verb` of the button that shows another page privately to whoever presses it. */
export const pageLine = (page: Page<unknown>): readonly Block[] => {
  if (isWhole(page)) return []
  const first = (page.page - 1) * page.size + 1
  const words = page.items.length === 0 ? `There is no page ${page.page}.` : `${first}–${first + page.items.length - 1} of ${page.total}`
  return [quiet(words)]
}

export function pageActions(page: Page<unknown>, verb: string, subjectOf: (page: number) => string): readonly Action[] {
  const last = Math.max(1, Math.ceil(page.total / page.size))
  const back = page.page > 1 ? [button('Back', verb, subjectOf(Math.min(page.page - 1, last)))] : []
  const on = page.page < last ? [button('Show more', verb, subjectOf(page.page + 1))] : []
  return [...on, ...back]
}

/** Pages of a command that lists: `bulletins page 2`. */
export const listPages = (page: Page<unknown>, command: string): readonly Action[] =>
  pageActions(page, 'more', (number) => `page:${number}/${command}`)
