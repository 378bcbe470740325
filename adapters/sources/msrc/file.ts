import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import { readMonth, readPart } from './read.ts'

/** What a file holds, for the command line. */
export interface ParsedFile {
  readonly bulletins: readonly Bulletin[]
  readonly dropped: readonly { readonly reason: string }[]
}

/** A month in a file, JSON or XML: one bulletin per product family. */
export const parseFile = (bytes: Uint8Array, fileName: string): ParsedFile => {
  const reading = readMonth({ bytes, families: [], known: [] })
  if (!reading.ok) return { bulletins: [], dropped: [{ reason: `${fileName}: ${reading.problem}` }] }
  const bulletins = reading.parts.flatMap((one) => {
    const read = one.bytes === null ? null : readPart({ source: fileName, namespace: 'https://api.msrc.microsoft.com', bytes: one.bytes })
    return read?.ok ? [read.bulletin] : []
  })
  return { bulletins, dropped: reading.dropped.map(({ reason }) => ({ reason })) }
}
