import type { Instant } from '../result.ts'

/** What is remembered of a source's looks: the latest last. */
export interface Track {
  /** When it brought something new. */
  readonly news: readonly Instant[]
  /** How many items it listed, look by look, where that changed. */
  readonly listed: readonly number[]
}

const MOST = 12
/** Fewer say nothing about a habit. */
const FEWEST = 4

/** The track after a look. `listed` null: it has no list. */
export function tracked({ news, listed }: Track, now: Instant, broughtNews: boolean, count: number | null): Track {
  return {
    news: broughtNews ? [...news, now].slice(-MOST) : news,
    listed: count === null || count === listed.at(-1) ? listed : [...listed, count].slice(-MOST),
  }
}

const DAY = 86_400_000
/** So many times its usual interval without news is no habit any more. */
const TIMES = 20
/** Nor is twice the longest silence that is remembered: some publish twice a year, many notices at once. */
const LONGEST_TIMES = 2
const SHORTEST = 7 * DAY

const gapsOf = (news: readonly Instant[]): readonly number[] => news.slice(1).map((at, i) => Date.parse(at) - Date.parse(news[i] ?? at))

/** Milliseconds without news after which a source counts as failing: what the policy says, else by its habit; null: not enough is known of it. */
export function longestSilence(news: readonly Instant[], silentDays: number | null): number | null {
  if (silentDays !== null) return silentDays * DAY
  const usual = usualInterval(news)
  return usual === null ? null : Math.max(TIMES * usual, LONGEST_TIMES * Math.max(...gapsOf(news)), SHORTEST)
}

/** Milliseconds between two news, as a rule (the median); null: not enough is known. */
export function usualInterval(news: readonly Instant[]): number | null {
  if (news.length < FEWEST) return null
  const gaps = gapsOf(news)
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? null
}

/** How the number of items moves, from the first count that is remembered to the last; null: it does not, or is not known. */
export function trend(listed: readonly number[]): { readonly from: number; readonly to: number } | null {
  const [from, to] = [listed[0], listed.at(-1)]
  return from === undefined || to === undefined || from === to ? null : { from, to }
}
