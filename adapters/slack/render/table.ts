import type { types } from '@slack/bolt'
import type { Block } from '../../../src/cards/card.ts'
import { plainLine, shorten } from '../../../src/cards/text.ts'
import { LIMITS } from './limits.ts'
import { type Budget, section, take, words } from './rich.ts'

type Table = Extract<Block, { kind: 'table' }>

/** In the pane of a thread and on a phone a wider row would wrap, and a row that wraps is no row any more. */
const WIDEST = 64
const GAP = '  '
const LONGEST_CELL = 300
/** Room for saying how many rows are left out. */
const MORE = 20

/**
 * Columns in line, in a fixed-width face, where the table is narrow enough; else a list in which each value is named by its column.
 * Slack's own table block is not used: a message may hold one only, and it stands below the buttons.
 */
export function tableOf({ columns, rows }: Table, budget: Budget): (types.RichTextPreformatted | types.RichTextList)[] {
  const names = columns.map(cellOf)
  // Each row takes at least one character.
  const cells = rows.slice(0, LIMITS.sectionCharacters).map((row) => row.map(cellOf))
  const widths = widthsOf([names, ...cells])
  const width = widths.reduce((sum, one) => sum + one, GAP.length * (widths.length - 1))
  return rows.length === 0 || width <= WIDEST
    ? inLine([names, ...cells], widths, rows.length + 1, budget)
    : asList(names, cells, rows.length, budget)
}

const cellOf = (cell: string): string => shorten(plainLine(cell), LONGEST_CELL)

function widthsOf(lines: readonly (readonly string[])[]): number[] {
  const widths: number[] = []
  for (const line of lines) for (const [column, cell] of line.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return widths
}

function inLine(
  rows: readonly (readonly string[])[],
  widths: readonly number[],
  total: number,
  budget: Budget,
): types.RichTextPreformatted[] {
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
  const text = [...lines.slice(0, shown), ...leftOut(total - shown)].join('\n')
  return [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: take(budget, text) || '–' }] }]
}

interface Item {
  readonly name: string
  readonly rest: string
  /** 1: belongs to the row before, whose first cell it shares. */
  readonly indent: 0 | 1
}

function asList(names: readonly string[], rows: readonly (readonly string[])[], total: number, budget: Budget): types.RichTextList[] {
  const items = rows.map((row) => itemOf(names, row))
  const shown = fitting(
    items.map(({ name, rest }) => name.length + rest.length),
    budget.left,
  )
  const more = leftOut(total - shown).map((name): Item => ({ name, rest: '', indent: 0 }))
  const lists: { type: 'rich_text_list'; style: 'bullet'; indent: number; elements: types.RichTextSection[] }[] = []
  for (const { name, rest, indent } of [...items.slice(0, shown), ...more]) {
    const line = section([...words(take(budget, name), { bold: true }), ...words(take(budget, rest))])
    const last = lists.at(-1)
    if (last?.indent === indent) last.elements.push(line)
    else lists.push({ type: 'rich_text_list', style: 'bullet', indent, elements: [line] })
  }
  return lists
}

/** Cells that say that there is nothing to say. */
const NOTHING = ['', '-', '–']

function itemOf(names: readonly string[], [name = '', ...cells]: readonly string[]): Item {
  const told = cells.flatMap((cell, index) => (NOTHING.includes(cell) ? [] : [`${names[index + 1] ?? ''} ${cell}`.trim()]))
  const rest = told.join(' · ')
  return name === '' ? { name, rest, indent: 1 } : { name, rest: rest === '' ? '' : ` · ${rest}`, indent: 0 }
}

/** How many fit, the first in any case; where not all do, there is room left to say so. */
function fitting(lengths: readonly number[], room: number): number {
  if (lengths.reduce((sum, one) => sum + one, 0) <= room) return lengths.length
  let used = MORE
  const first = lengths.findIndex((length) => {
    used += length
    return used > room
  })
  return Math.max(1, first)
}

const leftOut = (rows: number): string[] => (rows > 0 ? [`… ${rows} more`] : [])
