import { z } from 'zod'
import { canonicalJson, sha256Hex } from '../../../src/core/canonical.ts'
import { type ListState, readLists, writeLists } from '../../../src/core/identify/backlog.ts'
import { revisionOf } from '../../../src/core/identify/revision.ts'
import type { Draft, Part } from './part.ts'

/** What is remembered of one part: its content, its date, and how often the content changed without a new date. */
export interface Known {
  readonly digest: string
  readonly updatedAt: string
  readonly changes: number
}

export interface MsrcState {
  readonly list: ListState | undefined
  readonly parts: ReadonlyMap<string, Known>
}

const LIST = 'updates'
/** Ten years of fifteen families. */
const MOST_PARTS = 2_000

const schema = z.object({
  v: z.literal(1),
  list: z.string().nullable(),
  parts: z.array(z.tuple([z.string(), z.string(), z.string(), z.number()])),
})

/** A cursor that is not ours counts as none. */
export const readState = (text: string | null): MsrcState => {
  try {
    if (text === null) return { list: undefined, parts: new Map() }
    const { list, parts } = schema.parse(JSON.parse(text))
    return {
      list: readLists(list).get(LIST),
      parts: new Map(parts.map(([id, digest, updatedAt, changes]) => [id, { digest, updatedAt, changes }])),
    }
  } catch {
    return { list: undefined, parts: new Map() }
  }
}

export const writeState = ({ list, parts }: MsrcState): string =>
  JSON.stringify({
    v: 1,
    list: list === undefined ? null : writeLists(new Map([[LIST, list]])),
    parts: [...parts].slice(-MOST_PARTS).map(([id, one]) => [id, one.digest, one.updatedAt, one.changes]),
  })

/**
 * Gives a part its revision: its latest date, and a content that changes without a new date counts up behind it. Dates never go
 * backwards. `part` is null when nothing changed.
 */
export const revise = (draft: Draft, before: Known | undefined): { readonly known: Known; readonly part: Part | null } => {
  const digest = sha256Hex(canonicalJson(draft)).slice(0, 24)
  if (before?.digest === digest) return { known: before, part: null }
  const updatedAt = before !== undefined && before.updatedAt > draft.updatedAt ? before.updatedAt : draft.updatedAt
  const changes = before?.updatedAt === updatedAt ? before.changes + 1 : 0
  return { known: { digest, updatedAt, changes }, part: { ...draft, updatedAt, revision: revisionOf(updatedAt, changes) } }
}
