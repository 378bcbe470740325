import type { BogusDrillFigures } from '../identify/bogus-drill.ts'
import type { Instant } from '../result.ts'

/** A revision that came in, as the summary of a day counts it. */
export interface CameIn {
  /** What it is about: the shortest package that it fixes, or its title. */
  readonly product: string
  readonly vendorId: string
  readonly revised: boolean
  /** Number of its change; null: it has none. */
  readonly change: number | null
  /** Hosts that it matched. */
  readonly matched: number
}

/** What happened between two instants, and how things stand at the second. */
export interface DayFacts {
  readonly since: Instant
  readonly until: Instant
  readonly bulletins: readonly CameIn[]
  readonly held: number
  /** Changes, in words: "openssl (change 12)". */
  readonly opened: readonly string[]
  readonly decided: readonly string[]
  readonly finished: readonly string[]
  /** Deadlines of open changes that are missed or come soon. */
  readonly deadlines: readonly { readonly what: string; readonly by: Instant }[]
  readonly sources: readonly SourceFacts[]
  readonly doubts: DoubtFacts
  readonly hosts: { readonly all: number; readonly fresh: number; readonly days: number }
  /** What no healthy source watches, the most hosts first, each with what would help. */
  readonly unwatched: readonly { readonly name: string; readonly hosts: number; readonly proposal: string }[]
}

/** What people doubted, and what came of it: the education figures. */
export interface DoubtFacts {
  /** Times that somebody asked whether something is real. */
  readonly asked: number
  /** Different forgeries among them, and of those how many everybody was warned of. */
  readonly forged: number
  readonly warned: number
  /** Bogus drills that were revealed, each in figures. */
  readonly drills: readonly BogusDrillFigures[]
}

export interface SourceFacts {
  readonly name: string
  readonly lastGoodAt: Instant | null
  readonly failingSince: Instant | null
  /** Nothing new from it for longer than its policy takes for normal. */
  readonly silentSince: Instant | null
}

export interface Rollup {
  readonly product: string
  readonly bulletins: number
  readonly changes: readonly number[]
  readonly unmatched: number
}

/** One line per product, those with a change first. */
export function rollups(bulletins: readonly CameIn[]): readonly Rollup[] {
  return [...Map.groupBy(bulletins, (b) => b.product)]
    .map(([product, all]) => ({
      product,
      bulletins: new Set(all.map((b) => b.vendorId)).size,
      changes: [...new Set(all.flatMap((b) => b.change ?? []))].sort((a, b) => a - b),
      unmatched: new Set(all.filter((b) => b.change === null && b.matched === 0).map((b) => b.vendorId)).size,
    }))
    .sort((a, b) => b.changes.length - a.changes.length || b.bulletins - a.bulletins || (a.product < b.product ? -1 : 1))
}

const WEEK_MS = 7 * 86_400_000

/**
 * Is there a card today? Yes, where something happened or stands still. A quiet day has none, but a quiet week has one that says so:
 * silence alone would look the same as a bot that has stopped.
 */
export function summaryKind(day: DayFacts, lastCardAt: Instant): 'news' | 'quiet week' | null {
  const news =
    day.bulletins.length +
    day.held +
    day.opened.length +
    day.decided.length +
    day.finished.length +
    day.deadlines.length +
    day.doubts.asked +
    day.doubts.drills.length
  if (news > 0 || troubled(day).length > 0) return 'news'
  return Date.parse(day.until) - Date.parse(lastCardAt) >= WEEK_MS ? 'quiet week' : null
}

/** Sources that fail, or from which nothing has come for too long. */
export const troubled = ({ sources }: Pick<DayFacts, 'sources'>): readonly SourceFacts[] =>
  sources.filter((s) => s.failingSince !== null || s.silentSince !== null)
