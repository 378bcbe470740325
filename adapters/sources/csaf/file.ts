import type { Bulletin } from '../../../src/core/identify/bulletin.ts'

/** What a file holds, for the command line. */
export interface ParsedFile {
  readonly bulletins: readonly Bulletin[]
  readonly dropped: readonly { readonly reason: string }[]
}

/** A CSAF document in a file: schema, mandatory tests, and what it says; nothing about who wrote it. The validator (140 MB) is loaded by the first call. */
export const parseFile = async (bytes: Uint8Array, fileName: string): Promise<ParsedFile> => {
  const { readDocument } = await import('./read.ts')
  const { bulletin, evidence, dropped } = await readDocument(fileName, bytes)
  if (bulletin === null) return { bulletins: [], dropped: [{ reason: `${fileName}: ${evidence}` }] }
  return { bulletins: [bulletin], dropped: dropped.map((reason) => ({ reason })) }
}
