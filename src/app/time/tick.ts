import { own } from '../../core/own.ts'
import type { House } from '../house.ts'
import { advanceRollout } from '../rollout/advance.ts'
import type { Giver } from '../rollout/giving.ts'
import { observeOrders } from '../rollout/reports.ts'
import type { DueKind } from './due.ts'
import { type Arrive, type DueHandler, dueHandlers } from './handlers.ts'

/** Most due rows that one tick takes; the next tick takes the rest. */
const BATCH = 200

type Handlers = Readonly<Record<DueKind, DueHandler>>

/**
 * Starts everything that is due, oldest first, and takes in what runners have to say. The one place where time makes
 * things happen; a missed tick is caught up by the next one.
 */
async function tick(house: House, giver: Giver, handlers: Handlers): Promise<void> {
  const rows = await house.db.due.findMany({
    where: { doneAt: null, dueAt: { lte: house.clock.now() } },
    orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
    take: BATCH,
  })
  // After a downtime the back ends know more than we do: who has reported meanwhile was not silent.
  if (rows.some((row) => row.kind === 'silence' || row.kind === 'advance')) await hear(house)
  for (const row of rows) {
    try {
      const handler = own(handlers, row.kind)
      if (handler) await handler(house, row)
      else house.log.error({ due: row.kind }, 'nobody handles this kind of due row')
    } catch (error) {
      // The row stays due and is tried again; the others must not wait for it.
      if (!isStop(error)) house.log.error({ err: error, due: row.kind, subject: row.subject }, 'what was due failed')
    }
  }
  await giver.giveAll()
  await hear(house)
}

/** Takes in what runners have to say, and goes on from there. One that cannot be asked must not hold up everything else that is due. */
async function hear(house: House): Promise<void> {
  try {
    for (const change of await observeOrders(house)) await advanceRollout(house, change)
  } catch (error) {
    house.log.error({ err: error }, 'a runner could not be asked for its reports')
  }
}

export interface Ticker {
  /** One whole tick that begins after the call. */
  run(): Promise<void>
  /** A tick, unless one is under way. */
  nudge(): void
  /** When the last tick went well, on the clock of `performance.now()`; before the first one, never. */
  lastGood(): number
}

/** The bot stops in the middle of a poll: no fault, the row is done at the next start. */
const isStop = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

/** Ticks one after the other, whoever asks for them. */
export function createTicker(house: House, giver: Giver, arrive: Arrive): Ticker {
  const handlers = dueHandlers(arrive)
  let last: Promise<void> = Promise.resolve()
  let waiting = 0
  let good = Number.NEGATIVE_INFINITY
  const one = async (): Promise<void> => {
    try {
      await tick(house, giver, handlers)
      good = performance.now()
    } catch (error) {
      house.log.error({ err: error }, 'a tick failed')
    }
    waiting -= 1
  }
  const run = (): Promise<void> => {
    waiting += 1
    last = last.then(one)
    return last
  }
  return {
    run,
    nudge: () => {
      if (waiting === 0) void run()
    },
    lastGood: () => good,
  }
}

/** Ticks until nothing is due any more, within reason: what is due may make something else due. */
export async function tickUntilNothingIsDue(house: House, ticker: Ticker): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await ticker.run()
    if ((await house.db.due.count({ where: { doneAt: null, dueAt: { lte: house.clock.now() } } })) === 0) return
  }
}
