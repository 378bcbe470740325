import type { HostGroup } from '../core/assess/inventory.ts'
import type { Action, Block } from './card.ts'
import { quiet } from './words.ts'

/** One page of a list that no platform would show whole. Pages are counted from 1; `total` is the number of lines of the whole list. */
export interface Page {
  readonly number: number
  readonly size: number
  readonly total: number
}

/** The first page of a list, as it is shown where nobody asked for another one. */
export const firstPage = (size: number, total: number): Page => ({ number: 1, size, total })

/** How many pages a list has: an empty one has one, which says that it is empty. */
export const pagesOf = ({ size, total }: Omit<Page, 'number'>): number => Math.max(1, Math.ceil(total / size))

/** What of the whole list stands on the page. */
export const linesOf = <T>(all: readonly T[], { number, size }: Page): readonly T[] => all.slice((number - 1) * size, number * size)

/** "21-40 of 137"; nothing where the page is the whole list. */
export function pageBlocks(page: Page): readonly Block[] {
  const { number, size, total } = page
  return pagesOf(page) === 1 ? [] : [quiet(`${(number - 1) * size + 1}-${Math.min(number * size, total)} of ${total}`)]
}

/** The button that asks the same for the next page; nothing on the last one. */
export const moreButton = (page: Page, ask: (next: number) => Pick<Action, 'verb' | 'id' | 'digest'>): readonly Action[] =>
  page.number < pagesOf(page) ? [{ label: 'Show more', style: 'default', ...ask(page.number + 1) }] : []

/** Commands that answer with a list in pages. */
export const PAGED = ['bulletins', 'changes', 'coverage', 'home', 'inventory', 'policy', 'roles', 'sources', 'status'] as const

/** Asks for a page of a list that has a command of its own; the door of typed commands answers it. */
export const askList =
  (command: (typeof PAGED)[number] | `dropped ${string}` | `inventory ${HostGroup}`) =>
  (next: number): Pick<Action, 'verb' | 'id'> => ({ verb: 'more', id: `${command} page ${next}` })
