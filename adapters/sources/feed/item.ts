import { z } from 'zod'

/** What is taken from one item of a feed. All of it is plain text. */
export interface FeedItem {
  /** The publisher's own id, or a short stable one. */
  readonly vendorId: string
  readonly title: string
  /** As the feed has it; may be relative or empty. */
  readonly link: string
  readonly text: string
  /** The publisher's word for the severity; empty where there is none. */
  readonly severity: string
  readonly categories: readonly string[]
  /** Instants; null where the feed has no date that can be read. */
  readonly publishedAt: string | null
  readonly updatedAt: string | null
}

export interface FeedJob {
  readonly bytes: Uint8Array
  readonly contentType: string
}

/** An item that could not be read, or what else is wrong with a feed. */
export interface FeedProblem {
  readonly reason: string
  /** What was found of the item, as JSON. */
  readonly found?: string
}

export type FeedReading =
  | { readonly ok: true; readonly listed: number; readonly items: readonly FeedItem[]; readonly dropped: readonly FeedProblem[] }
  | { readonly ok: false; readonly problem: string }

const instant = z.iso.datetime()

/** The document that is made of an item: what `check` reads, and what is kept as evidence. */
export const documentSchema = z.strictObject({
  vendorId: z.string().min(1).max(200),
  revision: z.string().regex(/^\d{8}\.\d{1,6}\.\d{1,6}$/),
  title: z.string().min(1).max(300),
  link: z.string().max(2_000),
  text: z.string().max(8_000),
  severity: z.string().max(60),
  categories: z.array(z.string().max(60)).max(20).readonly(),
  publishedAt: instant,
  updatedAt: instant,
})
export type FeedDocument = z.infer<typeof documentSchema>
