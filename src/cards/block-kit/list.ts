import type { Span, Text } from '../card.ts'
import type { RichList } from './json.ts'
import { type Budget, inline, inUtc, section, take, words } from './rich.ts'

/** A bullet for each item that fits; how many do not is said. */
export function list(items: readonly Text[], budget: Budget): RichList {
  const shown = fitting(items.map(lengthOf), budget.left)
  const lines = items.slice(0, shown).map((item) => {
    const elements = inline(item, budget)
    return section(elements.length > 0 ? elements : words(take(budget, '–')))
  })
  // Nothing is left where even the first had to be cut: that says itself that there is more.
  const more = budget.left < 0 ? [] : leftOut(items.length - shown).map((said) => section(words(take(budget, said))))
  return { type: 'rich_text_list', style: 'bullet', elements: lines.length > 0 ? [...lines, ...more] : [section([])] }
}

/** Characters that a text takes of its budget; an empty one is shown as a dash. */
const lengthOf = (text: Text): number =>
  Math.max(
    1,
    text.reduce((sum, span) => sum + wordsOf(span).length, 0),
  )

function wordsOf(span: Span): string {
  if (typeof span === 'string') return span
  if ('mention' in span) return span.name
  return 'strong' in span ? span.strong : inUtc(span.time, span.style)
}

/** Room for saying how many are left out. */
const MORE = 20

/** How many lines of these lengths fit, the first in any case; where not all do, there is room left to say so. */
export function fitting(lengths: readonly number[], room: number): number {
  if (lengths.reduce((sum, one) => sum + one, 0) <= room) return lengths.length
  let used = MORE
  const first = lengths.findIndex((length) => {
    used += length
    return used > room
  })
  return Math.max(1, first)
}

export const leftOut = (lines: number): string[] => (lines > 0 ? [`… ${lines} more`] : [])
