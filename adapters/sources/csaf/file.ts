import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import { readDocument } from './read.ts'

/** What a file holds, for the command line. */
export interface ParsedFile {
  readonly bulletins: readonly Bulletin[]
  readonly dropped: readonly { readonly reason: string }[]
}

/** A CSAF document in a file: schema, mandatory tests, and what it says; nothing about who wrote it. Heavy: loads the validator. */
export const parseFile = async (bytes: Uint8Array, fileName: string): Promise<ParsedFile> => {
  const { bulletin, evidence, dropped } = await readDocument(fileName, bytes)
  if (bulletin === null) return { bulletins: [], dropped: [{ reason: `${fileName}: ${evidence}` }] }
  return { bulletins: [bulletin], dropped: dropped.map((reason) => ({ reason })) }
}
