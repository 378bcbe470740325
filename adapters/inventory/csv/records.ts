import type { Line } from '../../../src/core/assess/import/text.ts'

/** One record of a table: usually a line, more where a quoted cell holds line ends. */
export interface Csv extends Line {
  /** Why it is none. */
  readonly broken: string | null
}

/** Most lines that one record may go over. A quote that is never closed must not swallow the rest of the file. */
const MOST_LINES = 20

/** Lines put together where a quote is open. One that stays open breaks its own line only; reading goes on behind it. */
export async function* recordsOf(lines: AsyncIterable<Line>): AsyncGenerator<Csv> {
  let open: readonly Line[] = []
  for await (const line of lines) {
    open = [...open, line]
    for (let taken = take(open, false); taken; taken = take(open, false)) {
      yield taken.record
      open = taken.rest
    }
  }
  for (let taken = take(open, true); taken; taken = take(open, true)) {
    yield taken.record
    open = taken.rest
  }
}

/** The first record of the lines at hand and what is left of them; null when it needs further lines. `last`: there are none. */
function take(lines: readonly Line[], last: boolean): { readonly record: Csv; readonly rest: readonly Line[] } | null {
  const [first] = lines
  if (!first) return null
  const length = closedAt(lines)
  if (length > 0) return { record: whole(first, lines.slice(0, length)), rest: lines.slice(length) }
  if (!last && lines.length <= MOST_LINES) return null
  const broken = 'a quote is opened and not closed; a quote inside a quoted cell is written twice'
  return { record: { ...first, broken }, rest: lines.slice(1) }
}

/** How many lines it takes until every quote is closed; 0 when none of them does it. A line that was cut stands alone. */
function closedAt(lines: readonly Line[]): number {
  let quotes = 0
  for (const [i, { text, cut }] of lines.entries()) {
    if (cut) return i === 0 ? 1 : 0
    quotes += text.split('"').length - 1
    if (quotes % 2 === 0) return i + 1
  }
  return 0
}

const whole = ({ number, cut }: Line, lines: readonly Line[]): Csv => ({
  number,
  text: lines.map(({ text }) => text).join('\n'),
  cut,
  broken: null,
})
