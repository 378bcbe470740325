import { Fault } from '../core/fault.ts'
import type { Database, Tx } from './database.ts'

/** Runs `work` in a transaction of its own, in its turn. */
export type Write = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>

export interface WriterLimits {
  /** Transactions open at once; keep it below the pool's size, or readers starve. */
  readonly atOnce: number
  /** Callers that may wait for their turn. */
  readonly waiting: number
}

/**
 * The one way to write. All writers queue for the audit chain's lock in the end; when they do so inside open transactions,
 * Prisma's timeouts end half of 300 of them (P2028). So they wait here, before they begin. Throws Fault DATABASE_BUSY at
 * once when the line is full.
 */
export function createWriter(db: Database, { atOnce, waiting }: WriterLimits): Write {
  const line: (() => void)[] = []
  let open = 0
  const enter = async (): Promise<void> => {
    if (open < atOnce) {
      open += 1
      return
    }
    if (line.length >= waiting) throw new Fault('DATABASE_BUSY', `${waiting} transactions are waiting already; try again in a moment`)
    await new Promise<void>((turn) => line.push(turn))
  }
  const leave = (): void => {
    const next = line.shift()
    if (next) next()
    else open -= 1
  }
  return async (work) => {
    await enter()
    try {
      return await db.$transaction(work)
    } finally {
      leave()
    }
  }
}
