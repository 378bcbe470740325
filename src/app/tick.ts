import { note, quiet, textBlock } from '../cards/words.ts'
import { dueOpening } from './change/planning.ts'
import { changeSubject, lockChange } from './change/rows.ts'
import { runCommand } from './change/run-command.ts'
import { touchSubject } from './chat/posts.ts'
import { show } from './chat/show.ts'
import { due } from './due.ts'
import { type House, transact } from './house.ts'
import { pollQueue } from './jobs.ts'
import { advanceRollout } from './rollout/advance.ts'
import type { Giver } from './rollout/giving.ts'
import { observeOrders } from './rollout/reports.ts'
import { hostsLiveOn } from './sample.ts'

/** How often a source is asked. */
const POLL_MINUTES = 10
/** Most due rows that one tick takes; the next tick takes the rest. */
const BATCH = 200

interface DueRow {
  readonly id: number
  readonly kind: string
  readonly subject: string
  readonly dueAt: Date
}

/** What only the sample mode does when something is due. */
export type Arrive = (id: string) => Promise<void>

/**
 * Starts everything that is due, oldest first, and takes in what runners have to say. The one place where time makes
 * things happen; a missed tick is caught up by the next one.
 */
async function tick(house: House, giver: Giver, arrive: Arrive): Promise<void> {
  const rows = await house.db.due.findMany({
    where: { doneAt: null, dueAt: { lte: house.clock.now() } },
    orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
    take: BATCH,
  })
  // After a downtime the back ends know more than we do: who has reported meanwhile was not silent.
  if (rows.some((row) => row.kind === 'silence' || row.kind === 'advance')) await hear(house)
  for (const row of rows) {
    try {
      await handle(house, row, arrive)
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
  let last: Promise<void> = Promise.resolve()
  let waiting = 0
  let good = Number.NEGATIVE_INFINITY
  const one = async (): Promise<void> => {
    try {
      await tick(house, giver, arrive)
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

async function handle(house: House, row: DueRow, arrive: Arrive): Promise<void> {
  const id = Number(row.subject.split(':')[1])
  switch (row.kind) {
    case 'advance':
    case 'silence':
      await advanceRollout(house, id)
      return finish(house, row)
    case 'tell-end-users':
      return tellEndUsers(house, row, id)
    case 'arrival':
      // Copying a file twice is harmless, so the row is closed after it.
      await arrive(row.subject.split(':')[1] ?? '')
      return finish(house, row)
    case 'poll':
      return poll(house, row)
    case 'audit-head':
      return postAuditHead(house, row)
    case 'opening':
      return openingPassed(house, row)
    case 'signs-of-life':
      return hostsLiveOn(house, row)
    default:
      house.log.error({ due: row.kind }, 'nobody handles this kind of due row')
  }
}

const finish = async (house: House, row: DueRow): Promise<void> => {
  await house.db.due.updateMany({ where: { id: row.id, doneAt: null }, data: { doneAt: house.clock.now() } })
}

async function tellEndUsers(house: House, row: DueRow, changeId: number): Promise<void> {
  await transact(house, async (unit) => {
    const state = await lockChange(unit.tx, changeId)
    if (state) await runCommand(unit, state, { kind: 'tell-end-users' }, null)
    await unit.tx.due.update({ where: { id: row.id }, data: { doneAt: unit.now } })
  })
}

/** Enqueues the poll and writes down the next one, from now: a downtime is caught up by one poll. */
async function poll(house: House, row: DueRow): Promise<void> {
  const source = row.subject.split(':')[1] ?? ''
  await transact(house, async (unit) => {
    const { count } = await unit.tx.due.updateMany({ where: { id: row.id, doneAt: null }, data: { doneAt: unit.now } })
    if (count === 0) return
    await unit.house.boss.send(unit.tx, pollQueue, { source })
    await due(unit, 'poll', row.subject, new Date(unit.now.getTime() + POLL_MINUTES * 60_000), 'next look at the source')
  })
}

/** A window has just opened: forms that offer it to plan into are drawn anew. The next opening is written down. */
async function openingPassed(house: House, row: DueRow): Promise<void> {
  await transact(house, async (unit) => {
    await unit.tx.due.updateMany({ where: { id: row.id }, data: { doneAt: unit.now } })
    const open = await unit.tx.change.findMany({
      where: { phase: { in: ['planning', 'deciding', 'approved', 'announced', 'rolling out'] } },
      select: { id: true },
    })
    for (const { id } of open) await touchSubject(unit.tx, changeSubject(id), unit.now)
    await dueOpening(unit)
  })
}

/** The chain alone cannot see that its last record is gone: its head is kept where the database cannot reach it. */
async function postAuditHead(house: House, row: DueRow): Promise<void> {
  await transact(house, async (unit) => {
    const { count } = await unit.tx.due.updateMany({ where: { id: row.id, doneAt: null }, data: { doneAt: unit.now } })
    if (count === 0) return
    const head = await unit.tx.auditRecord.findFirst({ orderBy: { seq: 'desc' } })
    const text = head ? `${head.seq}:${head.hash}` : '0:none'
    const card = note(
      'Audit head of the day',
      'neutral',
      textBlock(text),
      quiet('Check it with: npm run -s patchcrier -- audit verify --head ', text),
    )
    await show(unit, 'admin', `audit:${head?.seq ?? 0}`, `head:${unit.now.toISOString().slice(0, 10)}`, { frozen: card })
    await due(
      unit,
      'audit-head',
      'audit:0',
      new Date(Math.max(row.dueAt.getTime(), unit.now.getTime() - 86_400_000) + 86_400_000),
      'audit head',
    )
  })
}

/** Ticks until nothing is due any more, within reason: what is due may make something else due. */
export async function tickUntilNothingIsDue(house: House, ticker: Ticker): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await ticker.run()
    if ((await house.db.due.count({ where: { doneAt: null, dueAt: { lte: house.clock.now() } } })) === 0) return
  }
}

/** A tick that is older than this is missing, in milliseconds. */
const LATE_TICK_MS = 15_000

/** Is the database there, and does time make things happen? */
export async function healthOf(house: House, ticker: Ticker): Promise<{ ok: boolean; detail: Record<string, string> }> {
  const database = await house.db.$queryRaw`SELECT 1`.then(
    () => 'ok',
    () => 'unreachable',
  )
  const jobs = performance.now() - ticker.lastGood() < LATE_TICK_MS ? 'ok' : 'not ticking'
  return { ok: database === 'ok' && jobs === 'ok', detail: { database, jobs } }
}
