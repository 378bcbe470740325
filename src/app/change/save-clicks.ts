import type { Step } from '../../core/patch.ts'
import { type Database, wasRefused } from '../../db/database.ts'
import type { Outcome } from '../../ports.ts'

/** What a click makes of its change, decided on the state as it was saved by save `known`. */
export interface Click {
  readonly change: number
  readonly known: number
  readonly phase: string
  readonly steps: readonly Step[]
  readonly delivery: string | null
  readonly answer: Outcome
  readonly at: Date
  /** The text of its audit record. */
  readonly record: string
}

interface Waiting extends PromiseWithResolvers<boolean> {
  readonly click: Click
}

interface Line {
  /** By change: a second click on one is decided anew. */
  readonly waiting: Map<number, Waiting>
  readonly deliveries: Set<string>
  saving: boolean
}

/** Clicks of one transaction: others wait for its end. */
const MOST_AT_ONCE = 50
/** Not more than half of those that wait, unless they are few: while the database saves them, this process decides the next ones. */
const FEW = 8
/** Whoever comes then is told by the long way that too many wait. */
const MOST_WAITING = 500

const lines = new WeakMap<Database, Line>()

/**
 * Saves a click durably, with its audit record, if its change is still as it was known; false: nothing was done. Whatever comes while a
 * transaction is under way shares the next one. Throws when the database cannot be asked; then the click may have been saved.
 */
export function saveClick(db: Database, click: Click): Promise<boolean> {
  const line = lines.get(db) ?? { waiting: new Map<number, Waiting>(), deliveries: new Set<string>(), saving: false }
  lines.set(db, line)
  const { waiting, deliveries } = line
  if (waiting.has(click.change) || waiting.size >= MOST_WAITING) return Promise.resolve(false)
  // The same delivery again has to wait for the first one's end, which the long way does.
  if (click.delivery !== null && deliveries.has(click.delivery)) return Promise.resolve(false)
  const one = { ...Promise.withResolvers<boolean>(), click }
  waiting.set(click.change, one)
  if (click.delivery !== null) deliveries.add(click.delivery)
  if (!line.saving) void saveAll(db, line)
  return one.promise
}

async function saveAll(db: Database, line: Line): Promise<void> {
  line.saving = true
  while (line.waiting.size > 0) {
    const share = Math.max(FEW, Math.ceil(line.waiting.size / 2))
    const together = [...line.waiting.values()].slice(0, Math.min(share, MOST_AT_ONCE))
    for (const { click } of together) {
      line.waiting.delete(click.change)
      if (click.delivery !== null) line.deliveries.delete(click.delivery)
    }
    await saveTogether(db, together)
  }
  line.saving = false
}

/** Never throws: every click has its answer when it ends. */
async function saveTogether(db: Database, together: readonly Waiting[]): Promise<void> {
  try {
    const clicks = JSON.stringify(together.map(({ click }) => click))
    const [row] = await db.prepared<{ saved: number[] }>('save-clicks', 'SELECT "save_clicks"($1::jsonb) AS saved', [clicks])
    for (const { click, resolve } of together) resolve(row?.saved.includes(click.change) ?? false)
  } catch (error) {
    // Nothing was done where the server refused it: each goes the long way by itself, so that one bad click is not the end of the others.
    for (const { resolve, reject } of together) wasRefused(error) ? resolve(false) : reject(error)
  }
}
