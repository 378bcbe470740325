import { z } from 'zod'
import { type ListState, readLists, writeLists } from '../../../src/core/identify/backlog.ts'

/** What is remembered of a notice that was taken. */
export interface Taken {
  /** Of what we read in it: what else its publisher writes there changes by itself. */
  readonly digest: string
  /** How often its publisher has changed it under the same id. */
  readonly changes: number
  /** Day of the last look at it; empty: it stands in the list itself, which is looked at anyway. */
  readonly day: string
}

export interface AdvisoryState {
  readonly list: ListState | undefined
  /** In the order in which they came. */
  readonly taken: ReadonlyMap<string, Taken>
}

const LIST = 'list'
const MOST_TAKEN = 500
/** So many that came last are looked at again, each once a day: a notice is corrected in its first days. */
const LOOKED_AT_AGAIN = 40
const AT_ONE_LOOK = 20

const schema = z.object({
  v: z.literal(1),
  list: z.string(),
  taken: z.array(z.tuple([z.string(), z.string(), z.number(), z.string()])),
})

/** A cursor that is not ours counts as none. */
export const readState = (text: string | null): AdvisoryState => {
  try {
    const { list, taken } = schema.parse(JSON.parse(text ?? ''))
    return {
      list: readLists(list).get(LIST),
      taken: new Map(taken.map(([key, digest, changes, day]) => [key, { digest, changes, day }])),
    }
  } catch {
    return { list: undefined, taken: new Map() }
  }
}

export const writeState = ({ list, taken }: AdvisoryState): string =>
  JSON.stringify({
    v: 1,
    list: writeLists(list === undefined ? new Map() : new Map([[LIST, list]])),
    taken: [...taken].slice(-MOST_TAKEN).map(([key, one]) => [key, one.digest, one.changes, one.day]),
  })

/** A notice that came: the same content as before is no news. */
export function takenNow(before: Taken | undefined, digest: string, day: string): { readonly taken: Taken; readonly isNews: boolean } {
  if (before?.digest === digest) return { taken: { ...before, day }, isNews: false }
  return { taken: { digest, changes: before === undefined ? 0 : before.changes + 1, day }, isNews: true }
}

/** Notices that are looked at again today: no list says that one was changed. */
export const dueAgain = (taken: AdvisoryState['taken'], today: string): readonly string[] =>
  [...taken]
    .slice(-LOOKED_AT_AGAIN)
    .filter(([, { day }]) => day !== '' && day < today)
    .map(([key]) => key)
    .slice(0, AT_ONE_LOOK)
