import type { types } from '@slack/bolt'
import type { Text } from '../../../src/cards/card.ts'
import { type Budget, fitting, inline, leftOut, lengthOf, section, take, words } from './rich.ts'

/** A bullet for each item that fits; how many do not is said. */
export function list(items: readonly Text[], budget: Budget): types.RichTextList {
  const shown = fitting(items.map(lengthOf), budget.left)
  const lines = items.slice(0, shown).map((item) => {
    const elements = inline(item, budget)
    return section(elements.length > 0 ? elements : words(take(budget, '–')))
  })
  // Nothing is left where even the first had to be cut: that says itself that there is more.
  const more = budget.left < 0 ? [] : leftOut(items.length - shown).map((said) => section(words(take(budget, said))))
  return { type: 'rich_text_list', style: 'bullet', elements: lines.length > 0 ? [...lines, ...more] : [section([])] }
}
