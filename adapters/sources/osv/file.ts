import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import { readRecord } from './read.ts'

/** What a file holds, for the command line. */
export interface ParsedFile {
  readonly bulletins: readonly Bulletin[]
  readonly dropped: readonly { readonly reason: string }[]
}

/** An OSV record in a file, with all its ecosystems. */
export const parseFile = (bytes: Uint8Array, fileName: string): ParsedFile => {
  const parsed = readRecord({ source: fileName, bytes, ecosystems: [] })
  if (!parsed.ok) return { bulletins: [], dropped: [{ reason: `${fileName}: ${parsed.problem}` }] }
  return { bulletins: [parsed.bulletin], dropped: parsed.dropped.map((reason) => ({ reason })) }
}
