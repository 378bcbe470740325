import type { Block } from '../card.ts'
import { asList } from '../fit/wide.ts'
import { plainLine, shorten } from '../text.ts'
import type { Preformatted, RichList } from './json.ts'
import { list } from './list.ts'
import { type Budget, take } from './rich.ts'
import { fitting, leftOut } from './share.ts'

type Table = Extract<Block, { kind: 'table' }>

/** In the pane of a thread and on a phone a wider row would wrap, and a row that wraps is no row any more. */
const WIDEST = 64
const GAP = '  '
const LONGEST_CELL = 300

/**
 * Columns in line, in a fixed-width face, where the table is narrow enough; else a list in which each value is named by its column.
 * Slack's own table block is not used: a message may hold one only, and it stands below the buttons.
 */
export function tableOf({ columns, rows }: Table, budget: Budget): Preformatted | RichList {
  const short: Table = { kind: 'table', columns: columns.map(cellOf), rows: rows.map((row) => row.map(cellOf)) }
  const lines = [short.columns, ...short.rows]
  const widths = widthsOf(lines)
  const width = widths.reduce((sum, one) => sum + one, GAP.length * (widths.length - 1))
  return rows.length === 0 || width <= WIDEST ? inLine(lines, widths, budget) : list(asList(short).items, budget)
}

const cellOf = (cell: string): string => shorten(plainLine(cell), LONGEST_CELL)

function widthsOf(lines: readonly (readonly string[])[]): number[] {
  const widths: number[] = []
  for (const line of lines) for (const [column, cell] of line.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return widths
}

function inLine(rows: readonly (readonly string[])[], widths: readonly number[], budget: Budget): Preformatted {
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  )
  const shown = fitting(
    lines.map((line) => line.length + 1),
    budget.left,
  )
  const text = [...lines.slice(0, shown), ...leftOut(lines.length - shown)].join('\n')
  return { type: 'rich_text_preformatted', elements: [{ type: 'text', text: take(budget, text) || '–' }] }
}
