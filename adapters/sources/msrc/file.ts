import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import { bulletinOf } from './bulletin.ts'
import { revise } from './cursor.ts'
import { readMonth } from './read.ts'

/** What a file holds, for the command line. */
export interface ParsedFile {
  readonly bulletins: readonly Bulletin[]
  readonly dropped: readonly { readonly reason: string }[]
}

/** A month in a file, JSON or XML: one bulletin per product family. */
export const parseFile = (bytes: Uint8Array, fileName: string): ParsedFile => {
  const reading = readMonth({ bytes, families: [] })
  if (!reading.ok) return { bulletins: [], dropped: [{ reason: `${fileName}: ${reading.problem}` }] }
  const bulletins = reading.parts.flatMap((draft) => {
    const { part } = revise(draft, undefined)
    return part === null ? [] : [bulletinOf(fileName, 'https://api.msrc.microsoft.com', part)]
  })
  return { bulletins, dropped: reading.dropped.map((reason) => ({ reason })) }
}
