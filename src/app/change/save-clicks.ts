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
  saving: boolean
}

/** Clicks of one transaction: others wait for its end. */
const MOST_AT_ONCE = 50

const lines = new WeakMap<Database, Line>()

/**
 * Saves a click durably, with its audit record, if its change is still as it was known; false: nothing was done. Whatever comes while a
 * transaction is under way shares the next one. Throws when the database cannot be asked; then the click may have been saved.
 */
export function saveClick(db: Database, click: Click): Promise<boolean> {
  const line = lines.get(db) ?? { waiting: new Map<number, Waiting>(), saving: false }
  lines.set(db, line)
  if (line.waiting.has(click.change)) return Promise.resolve(false)
  const one = { ...Promise.withResolvers<boolean>(), click }
  line.waiting.set(click.change, one)
  if (!line.saving) void saveAll(db, line)
  return one.promise
}

async function saveAll(db: Database, line: Line): Promise<void> {
  line.saving = true
  while (line.waiting.size > 0) {
    const together = [...line.waiting.values()].slice(0, MOST_AT_ONCE)
    for (const { click } of together) line.waiting.delete(click.change)
    await saveTogether(db, together)
  }
  line.saving = false
}

async function saveTogether(db: Database, together: readonly Waiting[]): Promise<void> {
  try {
    const clicks = JSON.stringify(together.map(({ click }) => click))
    const [row] = await db.prepared<{ saved: number[] }>('save-clicks', 'SELECT "save_clicks"($1::jsonb) AS saved', [clicks])
    for (const { click, resolve } of together) resolve(row?.saved.includes(click.change) ?? false)
  } catch (error) {
    // The server refused the statement, so nothing was done; one bad click must not be the end of the others.
    for (const { resolve, reject } of together) wasRefused(error) ? resolve(false) : reject(error)
  }
}
