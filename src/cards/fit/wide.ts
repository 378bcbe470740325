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

/** A table that would overlap is a list instead: a row is an item, each value named by its column. Other blocks stay. */
export const narrowed = (block: Block): Block =>
  block.kind === 'table' && isWide(block) ? { kind: 'list', items: block.rows.map((row) => item(block.columns, row)) } : block

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
  return [{ strong: plainLine(first) }, ...(named.length === 0 ? [] : [`: ${named.join(BETWEEN)}`])]
}
