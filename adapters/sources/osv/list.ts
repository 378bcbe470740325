import { parse } from 'csv-parse/sync'
import type { Listed } from '../../../src/core/identify/backlog.ts'

export type ListReading =
  | { readonly ok: true; readonly records: readonly Listed[]; readonly dropped: readonly string[] }
  | { readonly ok: false; readonly problem: string }

/** So much of a line is kept. */
const MOST_FOUND = 500

const ID = /^[A-Za-z][A-Za-z0-9:._+-]{2,99}$/

const instant = (text: string): string | null => {
  const time = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

/** `ECOSYSTEM/modified_id.csv`: `TIME,ID` a line, newest first. Lines that are none are told. Never throws. */
export const readList = (bytes: Uint8Array): ListReading => {
  let rows: readonly (readonly string[])[]
  try {
    rows = parse(Buffer.from(bytes), { bom: true, relax_quotes: true, relax_column_count: true, skip_empty_lines: true, trim: true })
  } catch {
    return { ok: false, problem: 'It is no CSV.' }
  }
  const dropped: string[] = []
  const records = rows.flatMap((row): readonly Listed[] => {
    const [time = '', id = ''] = row
    const at = instant(time)
    if (at !== null && ID.test(id)) return [{ key: id, at }]
    dropped.push(row.join(',').slice(0, MOST_FOUND))
    return []
  })
  return { ok: true, records, dropped }
}
