import type { Conflict } from './merge.ts'

/** What an import has done; every list is as long as a card can show, its count is whole. */
export interface ImportFigures {
  /** Hosts that were not known before, hosts of which something changed, hosts that are as they were. */
  readonly added: number
  readonly changed: number
  readonly same: number
  /** What is said about the whole file. */
  readonly notes: readonly string[]
  /** Hosts that are known under another name, and what says so. */
  readonly renamed: Counted<string>
  /** Facts of the imported hosts on which origins disagree. */
  readonly conflicts: Counted<Conflict>
  readonly matched: MatchFigures
}

export interface Counted<T> {
  readonly count: number
  readonly first: readonly T[]
}

/** What the new inventory means for bulletins and changes. */
export interface MatchFigures {
  /** Changes that were opened because something matches now. */
  readonly opened: readonly number[]
  /** Opened although an earlier change was over: that one, and the new one. */
  readonly reopened: readonly { readonly earlier: number; readonly change: number }[]
  /** Changes whose hosts were renewed. */
  readonly renewed: readonly number[]
  /** Changes that are past their plan, with hosts that need them, too. */
  readonly late: readonly { readonly change: number; readonly hosts: readonly string[] }[]
  /** Bulletins of the time before their source was connected that match hosts now: a person opens them from the source's card. */
  readonly history: number
  /** Bulletins that match now and share one card of their source, because there are many of them and they are not urgent. */
  readonly listed: number
}

export const NOTHING_MATCHED: MatchFigures = { opened: [], reopened: [], renewed: [], late: [], history: 0, listed: 0 }

const MOST = 20

export const NONE: Counted<never> = { count: 0, first: [] }

export const counted = <T>({ count, first }: Counted<T>, more: readonly T[], most = MOST): Counted<T> => ({
  count: count + more.length,
  first: [...first, ...more.slice(0, Math.max(0, most - first.length))],
})

export const NO_FIGURES: ImportFigures = {
  added: 0,
  changed: 0,
  same: 0,
  notes: [],
  renamed: NONE,
  conflicts: NONE,
  matched: NOTHING_MATCHED,
}

/** A line of the file that was skipped, as far as the reason says. */
export interface Skipped {
  readonly line: number
  readonly reason: string
}

/** Most skipped lines that are kept. */
export const MOST_SKIPPED = 200
