import { z } from 'zod'
import type { Progress } from '../../../src/core/identify/backlog.ts'
import type { Validators } from '../../http.ts'

/** What is remembered of one list: an ecosystem's, or the folder's. */
export interface ListState {
  readonly validators: Validators
  readonly listed: number
  readonly progress: Progress
  /** There is more to fetch: the list is needed even if it does not change. */
  readonly left: boolean
}

const schema = z.object({
  v: z.literal(1),
  lists: z.record(
    z.string(),
    z.object({
      validators: z.object({ etag: z.string().optional(), lastModified: z.string().optional() }),
      listed: z.number(),
      progress: z.object({ from: z.string(), upTo: z.string(), seen: z.array(z.string()), failed: z.array(z.string()) }),
      left: z.boolean(),
    }),
  ),
})

export type Lists = ReadonlyMap<string, ListState>

/** A cursor that is not ours counts as none. */
export const readLists = (text: string | null): Lists => {
  if (text === null) return new Map()
  try {
    return new Map(Object.entries(schema.parse(JSON.parse(text)).lists))
  } catch {
    return new Map()
  }
}

export const writeLists = (lists: Lists): string => JSON.stringify({ v: 1, lists: Object.fromEntries(lists) })
