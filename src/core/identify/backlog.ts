import { z } from 'zod'
import { sha256Hex } from '../canonical.ts'
import type { Instant } from '../result.ts'

/** A document in a source's list. `at` is when it was last changed, in UTC with milliseconds; empty where the list does not say. */
export interface Listed {
  readonly key: string
  readonly at: Instant | ''
  /** Of what the list says of it, where that is all there is: it is asked for again when that changes under the same date. */
  readonly digest?: string
}

/** How far a source's list has been worked through. */
export interface Progress {
  /** What changed before this was there before the first look, and is not asked for. */
  readonly from: Instant | ''
  readonly upTo: Instant | ''
  /** Short digests of what was taken and may still be asked about. */
  readonly seen: readonly string[]
  /** Short digests of what could not be fetched, in the order in which it is tried again. */
  readonly failed: readonly string[]
}

/** Publishers add documents that are dated some days back: so far is looked back for what was not seen. */
const LOOK_BACK_DAYS = 14
/** So many that failed before are tried again at each look, beside what is new. */
const MOST_RETRIES = 20
const DAY = 86_400_000

const marked = ({ key, at, digest }: Listed): string =>
  sha256Hex(digest === undefined ? `${key}\n${at}` : `${key}\n${at}\n${digest}`).slice(0, 12)

const inOrder = (a: Listed, b: Listed): number => (a.at === b.at ? (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) : a.at < b.at ? -1 : 1)

const windowOf = ({ from, upTo }: Progress): string => {
  if (upTo === '') return from
  const back = new Date(Date.parse(upTo) - LOOK_BACK_DAYS * DAY).toISOString()
  return back > from ? back : from
}

const inWindow = (entry: Listed, window: string): boolean => entry.at === '' || entry.at >= window

/**
 * What is asked for now: at the first look (no progress) the newest `most`; later what is new or changed, oldest first, at most `most`,
 * and some of what failed before. `left`: there is more, so the list is needed again although it may not change.
 */
export const dueOf = <T extends Listed>(
  entries: readonly T[],
  progress: Progress | null,
  most: number,
): { readonly fresh: readonly T[]; readonly again: readonly T[]; readonly left: boolean } => {
  const sorted = [...entries].sort(inOrder)
  if (progress === null) return { fresh: most === 0 ? [] : sorted.slice(-most), again: [], left: false }
  const window = windowOf(progress)
  const [seen, failed] = [new Set(progress.seen), new Map(progress.failed.map((mark, i) => [mark, i]))]
  const unseen = sorted.filter((entry) => inWindow(entry, window) && !seen.has(marked(entry)) && !failed.has(marked(entry)))
  const waiting = sorted
    .filter((entry) => failed.has(marked(entry)))
    .sort((a, b) => (failed.get(marked(a)) ?? 0) - (failed.get(marked(b)) ?? 0))
  return { fresh: unseen.slice(0, most), again: waiting.slice(0, MOST_RETRIES), left: unseen.length > most || waiting.length > 0 }
}

const later = (a: string, b: string): string => (a > b ? a : b)

/** Progress after a look: `tried` was asked for, `failed` of it could not be fetched and is not lost. A date in the future counts as `now`. */
export const advanced = <T extends Listed>(
  entries: readonly T[],
  before: Progress | null,
  tried: readonly T[],
  failed: readonly T[],
  now: Instant,
): Progress => {
  const failedNow = new Set(failed.map(marked))
  const taken = new Set(tried.map(marked).filter((mark) => !failedNow.has(mark)))
  const reached = tried.map((entry) => (entry.at > now ? now : entry.at)).reduce(later, before?.upTo ?? '')
  const from =
    before?.from ?? (tried.length < entries.length ? tried.reduce((first, { at }) => (first === '' || at < first ? at : first), '') : '')
  const window = windowOf({ from, upTo: reached, seen: [], failed: [] })
  // A list without dates does not say what is old: what the first look leaves out is taken for known.
  const old = before === null ? new Set(entries.filter((entry) => entry.at === '' && !failedNow.has(marked(entry))).map(marked)) : new Set()
  const known = new Set(before?.seen ?? [])
  const listed = new Set(entries.map(marked))
  return {
    from,
    upTo: reached,
    seen: entries
      .filter((entry) => inWindow(entry, window))
      .map(marked)
      .filter((mark) => taken.has(mark) || known.has(mark) || old.has(mark)),
    failed: [...(before?.failed ?? []).filter((mark) => listed.has(mark) && !taken.has(mark) && !failedNow.has(mark)), ...failedNow],
  }
}

/** What is remembered of one list of a source. */
export interface ListState {
  /** What the last answer said of itself, for a conditional request. */
  readonly validators: { readonly etag?: string | undefined; readonly lastModified?: string | undefined }
  readonly listed: number
  readonly progress: Progress
  /** There is more to fetch: the list is needed even if it does not change. */
  readonly left: boolean
}

/** Address or name of a list -> how far it was worked through. */
export type Lists = ReadonlyMap<string, ListState>

const lists = z.object({
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

/** The cursor of a source with lists. One that is not ours counts as none. */
export const readLists = (text: string | null): Lists => {
  if (text === null) return new Map()
  try {
    return new Map(Object.entries(lists.parse(JSON.parse(text)).lists))
  } catch {
    return new Map()
  }
}

export const writeLists = (known: Lists): string => JSON.stringify({ v: 1, lists: Object.fromEntries(known) })
