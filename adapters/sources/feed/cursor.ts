import { z } from 'zod'
import type { Validators } from '../../http.ts'

/** What is remembered of one item: which content, which date, and how often the content changed without a new date. */
export interface Known {
  readonly digest: string
  readonly publishedAt: string
  readonly updatedAt: string
  readonly changes: number
}

/** What a feed was like at the last look. `items` in the order in which they were last seen. */
export interface FeedState extends Validators {
  readonly listed: number
  readonly items: ReadonlyMap<string, Known>
}

/** Items stay known after they have left the feed: one that comes back is not new. */
const MOST_KNOWN = 3_000

const schema = z.object({
  v: z.literal(1),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  listed: z.number(),
  items: z.array(z.tuple([z.string(), z.string(), z.string(), z.string(), z.number()])),
})

const UNKNOWN: FeedState = { listed: 0, items: new Map() }

/** A cursor that is not ours counts as none. */
export const readState = (text: string | null): FeedState => {
  if (text === null) return UNKNOWN
  try {
    const { v: _, items, ...rest } = schema.parse(JSON.parse(text))
    return {
      ...rest,
      items: new Map(items.map(([name, digest, publishedAt, updatedAt, changes]) => [name, { digest, publishedAt, updatedAt, changes }])),
    }
  } catch {
    return UNKNOWN
  }
}

export const writeState = ({ items, ...rest }: FeedState): string =>
  JSON.stringify({
    v: 1,
    ...rest,
    items: [...items].slice(-MOST_KNOWN).map(([name, one]) => [name, one.digest, one.publishedAt, one.updatedAt, one.changes]),
  })
