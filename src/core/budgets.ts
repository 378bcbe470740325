/** What a platform may count on its own: first messages (a reply is one), edits, searches. */
export type CallKind = 'post' | 'edit' | 'find'

/** At most `count` calls within any `perMs` milliseconds. */
export interface Budget {
  readonly calls: CallKind | 'all'
  /** `place`: each channel has one of its own. `platform`: all of them together have one. */
  readonly per: 'place' | 'platform'
  readonly count: number
  readonly perMs: number
}

/** What is remembered of the calls that one budget counts. Times are milliseconds of one clock that never goes back. */
export interface Log {
  /** When calls ended, oldest first; the last `count` of the budget are enough. */
  readonly ended: readonly number[]
  /** Calls that are under way: they count as made now, because they may reach the platform as late as that. */
  readonly underWay: number
  /** The platform asked for silence until then. */
  readonly silentUntil: number
}

export interface Planned {
  readonly kind: CallKind
  /** The platform's own id of the channel: two places of ours may be one channel. */
  readonly channel: string
}

/** What was made so far of the calls that a budget counts together with the planned one. */
export type History = (budget: Budget, call: Planned) => Log

export const NOTHING_MADE: Log = { ended: [], underWay: 0, silentUntil: Number.NEGATIVE_INFINITY }

export const counts = (budget: Budget, kind: CallKind): boolean => budget.calls === 'all' || budget.calls === kind

/**
 * The first moment, now or later, at which `call` breaks none of the budgets; milliseconds. A call counts at its end, and the next one at its
 * start: whenever between the two they reach the platform, no window of it holds more than the budget allows.
 */
export function nextFree(budgets: readonly Budget[], history: History, call: Planned, now: number): number {
  return budgets.reduce((at, budget) => (counts(budget, call.kind) ? Math.max(at, freeAt(budget, history(budget, call), now)) : at), now)
}

/** How many calls may begin at `now`, all at once; milliseconds. */
export function freeNow({ count, perMs }: Budget, { ended, underWay, silentUntil }: Log, now: number): number {
  if (silentUntil > now) return 0
  return Math.max(0, count - underWay - ended.filter((at) => at > now - perMs).length)
}

/** The window that begins with the call `count` calls back must be over. */
function freeAt({ count, perMs }: Budget, { ended, underWay, silentUntil }: Log, now: number): number {
  const before = underWay >= count ? now : ended.at(underWay - count)
  return before === undefined ? silentUntil : Math.max(silentUntil, before + perMs)
}
