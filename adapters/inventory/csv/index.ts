import { parse } from 'csv-parse/sync'
import { type ImportItem, note, problem } from '../../../src/core/assess/import/item.ts'
import { type ReadRow, type Row, type RowKey, readRow } from '../../../src/core/assess/import/row.ts'
import { garbled, linesOf } from '../../../src/core/assess/import/text.ts'
import type { InventoryFormat, ReadOptions } from '../../../src/ports.ts'
import { COLUMNS, columnOf, missingWords } from './columns.ts'
import { type Csv, recordsOf } from './records.ts'

/** A table with one host a row; its first row names the columns (README.md). */
export const csvFormat: InventoryFormat = { kind: 'csv', oneHost: false, read }

async function* read(bytes: AsyncIterable<Uint8Array>, { now }: ReadOptions): AsyncGenerator<ImportItem> {
  let table: Table | null = null
  for await (const record of recordsOf(linesOf(bytes))) {
    const broken = record.broken ?? garbled(record)
    if (broken !== null) {
      yield problem(record.number, broken)
      // Without its columns nothing of a table can be read.
      if (table === null) return
      continue
    }
    if (table === null) {
      table = tableOf(record)
      yield* table.says
      if (!table.columns.includes('host')) return
      continue
    }
    yield* hostOf(record, table, now)
  }
  if (table === null) yield problem(1, `the file is empty; expected a first line with the columns ${COLUMNS.join(', ')}`)
}

interface Table {
  readonly delimiter: string
  /** By place; null for a column that nobody knows. */
  readonly columns: readonly (RowKey | null)[]
  readonly says: readonly ImportItem[]
}

/** The delimiter is the one that the first line has; spreadsheets of many countries write semicolons. */
function tableOf({ text, number }: Csv): Table {
  const delimiter = [',', ';', '\t'].find((one) => text.includes(one)) ?? ','
  const names = cellsOf(text, delimiter) ?? []
  const columns = names.map((name) => columnOf(name))
  const unknown = names.filter((_name, i) => columns[i] === null)
  const twice = names.filter((_name, i) => columns[i] !== null && columns.indexOf(columns[i] ?? null) < i)
  const found = columns.filter((column) => column !== null)
  return {
    delimiter,
    // Of a column that is there twice the first one counts.
    columns: columns.map((column, i) => (columns.indexOf(column) === i ? column : null)),
    says: [
      ...(found.includes('host')
        ? []
        : [
            problem(
              number,
              `the column "host" is missing. Expected the columns ${COLUMNS.join(', ')}; found ${names.map((n) => n.slice(0, 40)).join(', ') || 'none'}`,
            ),
          ]),
      ...(unknown.length > 0 ? [note(`Unknown columns, not read: ${unknown.map((name) => name.slice(0, 40)).join(', ')}.`)] : []),
      ...(twice.length > 0 ? [note(`Columns that are there twice, of which the first counts: ${twice.join(', ')}.`)] : []),
      ...missingWords(found).map(note),
    ],
  }
}

function* hostOf({ number, text }: Csv, { delimiter, columns }: Table, now: string): Generator<ImportItem> {
  const cells = cellsOf(text, delimiter)
  if (cells === null) return yield problem(number, 'its quotes do not close; a quote inside a quoted cell is written twice')
  if (cells.every((cell) => cell.trim() === '')) return
  if (cells.length !== columns.length)
    return yield problem(number, `expected ${columns.length} cells as the first line has, got ${cells.length}`)
  yield* itemsOf(number, readRow(rowOf(cells, columns), { now, called: (key) => COLUMNS.find((name) => columnOf(name) === key) ?? key }))
}

function* itemsOf(line: number, read: ReadRow): Generator<ImportItem> {
  if ('reason' in read) return yield problem(line, read.reason)
  for (const reason of read.problems) yield problem(line, `${read.host.host}: ${reason}`)
  yield { kind: 'host', line, host: read.host }
}

const rowOf = (cells: readonly string[], columns: readonly (RowKey | null)[]): Row =>
  Object.fromEntries(columns.flatMap((column, i) => (column === null ? [] : [[column, cells[i]] as const])))

/** The cells of one record; null when its quotes are broken. */
function cellsOf(text: string, delimiter: string): readonly string[] | null {
  // Without a quote there is nothing to interpret, and making a parser for every row takes longer than everything else.
  if (!text.includes('"')) return text.split(delimiter)
  try {
    const [cells] = parse(text, { delimiter, relax_column_count: true, skip_empty_lines: false, max_record_size: 0 }) as string[][]
    return cells ?? ['']
  } catch {
    return null
  }
}
