import type { Badge, Block, Picture, Text, Tone } from '../card.ts'
import { plainLine } from '../text.ts'
import { inChunks, isHttps } from './actions.ts'
import type { Column, ColumnSet, Element, Style, Table, TableCell } from './json.ts'
import type { MentionBook } from './mention.ts'
import { rich, textElements } from './text.ts'

/** Container style for a tone; neutral is none. */
export const TONE_STYLE: Readonly<Record<Tone, Style>> = {
  neutral: 'default',
  info: 'accent',
  good: 'good',
  warning: 'warning',
  danger: 'attention',
}

/** A row of small coloured columns. */
export function badgeRow(badges: readonly Badge[]): Element[] {
  if (badges.length === 0) return []
  const columns = badges.map(
    (badge): Column => ({
      type: 'Column',
      width: 'auto',
      style: badge.tone === 'neutral' ? 'emphasis' : TONE_STYLE[badge.tone],
      items: [rich(plainLine(badge.text), { size: 'small', weight: 'bolder' })],
    }),
  )
  return [{ type: 'ColumnSet', columns }]
}

/** How one platform draws what not all can: whom a card calls, and pictures. */
export interface Drawing {
  readonly book: MentionBook
  /** The `data:` address of a picture; null: its words are shown. */
  picture(picture: Picture): string | null
}

export function blockElements(block: Block, drawing: Drawing): Element[] {
  const { book } = drawing
  switch (block.kind) {
    case 'text':
      return textElements(block.text, block.quiet ? { isSubtle: true, size: 'small' } : {}, book)
    case 'heading':
      return [{ ...rich(plainLine(block.text), { weight: 'bolder' }), spacing: 'medium' }]
    case 'facts':
      return block.facts.map((fact, index) => factRow(fact.label, fact.value, index, book))
    case 'list':
      return block.items.map(
        (item): Element => ({
          type: 'Container',
          spacing: 'small',
          items: textElements(isTicked(item) ? item : ['• ', ...item], {}, book),
        }),
      )
    case 'table':
      return table(block.columns, block.rows)
    case 'progress':
      return progress(plainLine(block.label), block.done, block.of)
    case 'outcome':
      return [
        {
          type: 'Container',
          style: block.tone === 'neutral' ? 'emphasis' : TONE_STYLE[block.tone],
          items: textElements(block.text, {}, book),
        },
      ]
    case 'links':
      return links(block.links)
    case 'picture':
      return picture(block, drawing)
    default:
      return block satisfies never
  }
}

/** An item that begins with a box of its own needs no bullet. */
const isTicked = ([first]: Text): boolean => typeof first === 'string' && /^[☐☑☒]/u.test(first)

function factRow(label: string, value: Text, index: number, book: MentionBook): ColumnSet {
  return {
    type: 'ColumnSet',
    spacing: index === 0 ? 'medium' : 'small',
    columns: [
      { type: 'Column', width: '132px', items: [rich(plainLine(label), { isSubtle: true })] },
      { type: 'Column', width: 'stretch', items: textElements(value, {}, book) },
    ],
  }
}

function table(names: readonly string[], rows: readonly (readonly string[])[]): Element[] {
  const width = Math.max(names.length, ...rows.map((row) => row.length))
  if (width === 0) return []
  const columns = Array.from({ length: width }, (_, index) => {
    const cells = rows.map((row) => plainLine(row[index] ?? ''))
    return { width: columnWeight([names[index] ?? '', ...cells]), horizontalCellContentAlignment: alignment(cells) }
  })
  const cells = (row: readonly string[]): TableCell[] => columns.map((_, index) => ({ type: 'TableCell', items: cell(row[index] ?? '') }))
  const element: Table = {
    type: 'Table',
    firstRowAsHeaders: true,
    showGridLines: false,
    gridStyle: 'default',
    columns,
    rows: [names, ...rows].map((row) => ({ type: 'TableRow', cells: cells(row) })),
  }
  return [element]
}

function cell(text: string): Element[] {
  const line = plainLine(text)
  return line === '' ? [] : [rich(line, { size: 'small' })]
}

/** Weights follow the longest cell, within bounds, so that a long text does not starve the numbers beside it. */
function columnWeight(cells: readonly string[]): number {
  return Math.min(24, Math.max(6, ...cells.map((text) => text.length)))
}

function alignment(cells: readonly string[]): 'left' | 'right' {
  return cells.length > 0 && cells.every((text) => /^([-–]|\d[\d.,]*( ?%)?)$/.test(text)) ? 'right' : 'left'
}

const BAR = 16

function progress(label: string, done: number, of: number): Element[] {
  const full = of > 0 ? Math.floor((Math.min(Math.max(done, 0), of) / of) * BAR) : 0
  const bar = '█'.repeat(full) + '░'.repeat(BAR - full)
  const line: Element = {
    type: 'RichTextBlock',
    spacing: 'small',
    inlines: [
      { type: 'TextRun', text: bar, fontType: 'monospace', color: 'accent' },
      { type: 'TextRun', text: `  ${done} of ${of}`, weight: 'bolder' },
    ],
  }
  return label === '' ? [line] : [rich(label), line]
}

function links(all: readonly { readonly label: string; readonly url: string }[]): Element[] {
  const live = all.filter((link) => isHttps(link.url))
  const dead = all.filter((link) => !isHttps(link.url))
  return [
    ...inChunks(live.map((link) => ({ type: 'Action.OpenUrl', title: plainLine(link.label) || new URL(link.url).host, url: link.url }))),
    ...dead.flatMap((link) => textElements([`${plainLine(link.label)}: ${plainLine(link.url)}`])),
  ]
}

/** The words say the same as the picture; where they are all that there is, they stand as text. */
function picture(block: Picture, drawing: Drawing): Element[] {
  const altText = plainLine(block.alt)
  const url = drawing.picture(block)
  return url === null ? textElements([altText], { isSubtle: true, size: 'small' }) : [{ type: 'Image', url, altText, size: 'stretch' }]
}
