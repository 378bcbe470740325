import type { Text } from '../card.ts'
import type { RichList } from './json.ts'
import { type Budget, inline, section, words } from './rich.ts'
import { lengthOf, shared } from './share.ts'

/** A bullet for each item that fits; how many do not is said. An empty one is shown as a dash. */
export function list(items: readonly Text[], budget: Budget): RichList {
  const parts = items.map((item) => ({ length: Math.max(1, lengthOf(item)), draw: (own: Budget) => inline(item, own) }))
  const { drawn, more } = shared(parts, budget)
  const lines = [
    ...drawn.map((elements) => section(elements.length > 0 ? elements : words('–'))),
    ...(more.length > 0 ? [section(more)] : []),
  ]
  return { type: 'rich_text_list', style: 'bullet', elements: lines.length > 0 ? lines : [section([])] }
}
