import { numbers } from '../support/numbers.ts'
import type { Kill } from './bot.ts'

/** Calls that a walk of the main job makes at least; deaths are drawn from all of it. */
const CALLS = 420
/** A bot that is just being born is killed within this. */
const BIRTH_MS = 2_000
const CALL_MS = 60

export interface RandomPlan {
  /** How often the bot dies on this walk. */
  readonly kills: number
  /** How many of these take the database along. */
  readonly databases: number
}

/** Deaths at moments drawn from the whole walk; about one in five falls into a start, be it the first or the one after another death. */
export function randomKills(seed: number, { kills, databases }: RandomPlan): readonly Kill[] {
  const draw = numbers(seed)
  const whole = (below: number): number => Math.floor(draw() * below)
  const early = Array.from({ length: kills }, () => draw() < 0.2)
  const moments = early.map((is) => (is ? null : 1 + whole(CALLS)))
  const sorted = moments.filter((m) => m !== null).sort((a, b) => a - b)
  // The database goes along with the first ones of a shuffled row.
  const row = early.map((_, index) => ({ index, at: draw() })).sort((a, b) => a.at - b.at)
  const withDatabase = new Set(row.slice(0, databases).map(({ index }) => index))
  let before = 0
  return early.map((is, index): Kill => {
    const database = withDatabase.has(index) ? { database: draw() < 0.5 ? ('first' as const) : ('last' as const) } : {}
    if (is) return { after: 0, delayMs: whole(BIRTH_MS), ...database }
    const moment = sorted.shift() ?? before + 1
    const after = Math.max(1, moment - before)
    before = moment
    return { after, delayMs: whole(CALL_MS), ...database }
  })
}

/** The seed of this run: given, or drawn and to be printed. */
export const seedOf = (given: string | undefined): number => (given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given))
