import { PAGED, type Page, pagesOf } from '../../cards/pages.ts'
import { HOST_GROUPS } from '../../core/assess/inventory.ts'
import { allow, type Ruled, refuse } from '../../core/result.ts'

/** Highest page that is read: beyond it nobody pages. */
const LAST_PAGE = 10_000

/** What the buttons "Show more" of typed lists carry. Nothing else that can be typed is run by it. */
const MORE = new RegExp(`^(?:${PAGED.join('|')}|inventory (?:${HOST_GROUPS.join('|')})|dropped [a-z0-9][a-z0-9-]{0,39}) page \\d{1,5}$`)

export const isMore = (subject: string): boolean => MORE.test(subject)

/** Reads `page 2`, untrusted; nothing is the first page. `example`: the command, as the refusal names it. */
export function readPage(text: string, example: string): Ruled<number> {
  if (text.trim() === '') return allow(1)
  const number = Number(/^page[ -](\d{1,5})$/i.exec(text.trim())?.[1] ?? 0)
  return number >= 1 && number <= LAST_PAGE
    ? allow(number)
    : refuse('PAGE_UNKNOWN', `Expected \`${example} page 2\`, with a page from 1 to ${LAST_PAGE}; got "${text.trim().slice(0, 40)}".`)
}

/** The page as it is of a list of so many lines; one beyond its end is refused in words. */
export function pageOf(number: number, size: number, total: number): Ruled<Page> {
  const last = pagesOf({ size, total })
  if (number <= last) return allow({ number, size, total })
  return refuse('PAGE_BEYOND', last === 1 ? 'There is only one page.' : `There are ${last} pages, so there is no page ${number}.`)
}

/** The page that somebody asks for, as `page 2` or `page-2`, of a list of so many lines. */
export function askedPage(text: string, example: string, size: number, total: number): Ruled<Page> {
  const number = readPage(text, example)
  return number.ok ? pageOf(number.value, size, total) : number
}
