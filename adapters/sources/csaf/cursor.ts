import { createHash } from 'node:crypto'
import { z } from 'zod'

/** What was last seen of a file: `stamp` of the file system (cheap to compare), `digest` of the content and its sidecars. */
export interface Seen {
  readonly stamp: string
  readonly digest: string
}
export type Cursor = Map<string, Seen>

const schema = z.object({ v: z.literal(1), files: z.record(z.string(), z.tuple([z.string(), z.string()])) })

/** A cursor that is not ours counts as none: everything is handed over again, and known bytes are recognised as seen. */
export const readCursor = (text: string | null): ReadonlyMap<string, Seen> => {
  if (text === null) return new Map()
  try {
    const { files } = schema.parse(JSON.parse(text))
    return new Map(Object.entries(files).map(([name, [stamp, digest]]) => [name, { stamp, digest }]))
  } catch {
    return new Map()
  }
}

export const writeCursor = (cursor: ReadonlyMap<string, Seen>): string =>
  JSON.stringify({ v: 1, files: Object.fromEntries([...cursor].map(([name, seen]) => [name, [seen.stamp, seen.digest]])) })

/** 128 bits of the SHA-256 of a text, hex. */
export const shortDigest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)
