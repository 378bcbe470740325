import type { Block, Text } from '../card.ts'
import { plainLine } from '../text.ts'

type Table = Extract<Block, { kind: 'table' }>

/** What a card of ordinary width, or a phone, shows side by side: seen in Microsoft's own client. */
const MOST_COLUMNS = 5
const MOST_CHARACTERS = 44
/** In a table a dash holds a place; in a list there is none to hold. */
const NOTHING = new Set(['', '-', '–'])

/** No line begins with the dot: the space before it does not break. */
const BETWEEN = '\u00A0· '

/** A table that would overlap in an Adaptive Card is a list instead. Other blocks stay. */
export const narrowed = (block: Block): Block => (block.kind === 'table' && isWide(block) ? asList(block) : block)

/** A row is an item, each value named by its column. */
export const asList = ({ columns, rows }: Table): Extract<Block, { kind: 'list' }> => ({
  kind: 'list',
  items: rows.map((row) => item(columns, row)),
})

function isWide({ columns, rows }: Table): boolean {
  const widths = columns.map((name, i) => Math.max(longestWord(name), ...rows.map((row) => row[i]?.length ?? 0)))
  return columns.length > MOST_COLUMNS || widths.reduce((sum, width) => sum + width, 0) > MOST_CHARACTERS
}

/** A heading may break between its words. */
const longestWord = (text: string): number => Math.max(0, ...text.split(' ').map((word) => word.length))

function item(columns: readonly string[], [first = '', ...values]: readonly string[]): Text {
  const named = values.map(plainLine).flatMap((value, i) => {
    const name = plainLine(columns[i + 1] ?? '')
    return NOTHING.has(value) ? [] : [name === '' ? value : `${name} ${value}`]
  })
  const name = plainLine(first)
  // A row without a name belongs to the one before.
  if (name === '' && named.length > 0) return [`↳ ${named.join(BETWEEN)}`]
  return [{ strong: name }, ...(named.length === 0 ? [] : [`: ${named.join(BETWEEN)}`])]
}
