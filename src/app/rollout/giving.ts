import type { HostProgress } from '../../core/deploy/progress.ts'
import { Fault } from '../../core/fault.ts'
import type { Order, Runner } from '../../ports.ts'
import { changeSubject, lockChange, readHosts, writeHosts } from '../change/rows.ts'
import { type House, transact, type Unit } from '../house.ts'

/**
 * Gives stored orders to their runners. stored -> giving -> given, or stored -> withdrawn when the rollout was stopped before.
 * `giving` is written before the back end hears of the order: whoever finds it after a crash asks the back end first, so that
 * no order is given twice and none that a host already carries out is withdrawn.
 */
export interface Giver {
  /** One change at a time; also passes a STOP on. */
  give(changeId: number): Promise<void>
  /** Every order that is stored anywhere; after a restart and in the sweep. */
  giveAll(): Promise<void>
  /** After a restart: a STOP that was on its way when the bot died does not wait for its job to come back. Never throws. */
  catchUp(): Promise<void>
}

export function createGiver(house: House): Giver {
  let last: Promise<void> = Promise.resolve()
  const give = (changeId: number): Promise<void> => {
    const mine = last.catch(() => undefined).then(() => giveOrders(house, changeId))
    last = mine
    return mine
  }
  return {
    give,
    giveAll: async () => {
      const rows = await house.db.runnerOrder.findMany({
        where: { status: { in: ['stored', 'giving'] } },
        distinct: ['changeId'],
        select: { changeId: true },
      })
      for (const { changeId } of rows) await give(changeId)
    },
    catchUp: async () => {
      const rows = await house.db.runnerOrder.findMany({ where: { status: 'given' }, distinct: ['changeId'], select: { changeId: true } })
      for (const { changeId } of rows)
        await give(changeId).catch((error: unknown) =>
          house.log.error({ err: error, change: changeId }, 'orders could not be caught up; their job is tried again'),
        )
    },
  }
}

async function giveOrders(house: House, changeId: number): Promise<void> {
  await settleUnclear(house, changeId)
  await passStopOn(house, changeId)
  const rows = await house.db.runnerOrder.findMany({ where: { changeId, status: 'stored' }, orderBy: { storedAt: 'asc' } })
  for (const row of rows) {
    const order = row.body as unknown as Order
    if (!(await claim(house, changeId, order))) continue
    const runner = runnerOf(house, row.runner)
    await runner.stage(order)
    await runner.start(order)
    await mark(house, row.id, 'giving', 'given')
  }
}

/** Orders whose giver died in the middle: what the back end knows was given, what it does not know is still to be given. */
async function settleUnclear(house: House, changeId: number): Promise<void> {
  const rows = await house.db.runnerOrder.findMany({ where: { changeId, status: 'giving' } })
  for (const row of rows) {
    const { known } = await runnerOf(house, row.runner).observe(row.id)
    await mark(house, row.id, 'giving', known ? 'given' : 'stored')
  }
}

async function mark(house: House, id: string, from: string, to: string): Promise<void> {
  await house.db.runnerOrder.updateMany({
    where: { id, status: from },
    data: { status: to, ...(to === 'given' ? { givenAt: house.clock.now() } : {}) },
  })
}

/** Takes an order for giving, unless the rollout stands still by now: the change's lock decides which of the two was first. */
function claim(house: House, changeId: number, order: Order): Promise<boolean> {
  return transact(house, async ({ tx }) => {
    const state = await lockChange(tx, changeId)
    if (order.action === 'install' && standsStill(state?.rollout?.status)) return false
    const { count } = await tx.runnerOrder.updateMany({ where: { id: order.id, status: 'stored' }, data: { status: 'giving' } })
    return count === 1
  })
}

const standsStill = (status: string | undefined): boolean => status === 'halted' || status === 'stopped' || status === 'rolling back'

/** Throws Fault RUNNER_FAILED when no runner of that name is connected. */
export function runnerOf(house: House, name: string): Runner {
  const runner = house.runners.get(name)
  if (runner) return runner
  throw new Fault(
    'RUNNER_FAILED',
    `the plan names the runner "${name}", which is not connected; there are: ${[...house.runners.keys()].join(', ')}`,
  )
}

/** STOP reaches the back end: withdraws what was not given, and lets no further host of a given order begin. */
async function passStopOn(house: House, changeId: number): Promise<void> {
  const standing = await transact(house, async (unit) => {
    const state = await lockChange(unit.tx, changeId)
    const status = state?.rollout?.status
    if (!state || !standsStill(status)) return []
    await withdraw(unit, state.id)
    return unit.tx.runnerOrder.findMany({ where: { changeId, status: 'given', id: { contains: '.install.' } } })
  })
  for (const runner of new Set(standing.map((row) => row.runner)))
    await runnerOf(house, runner).stop(standing.filter((row) => row.runner === runner).map((row) => row.id))
}

/** Install orders that were stored and never given: their hosts were not attempted. */
async function withdraw(unit: Unit, changeId: number): Promise<void> {
  const rows = await unit.tx.runnerOrder.findMany({ where: { changeId, status: 'stored', id: { contains: '.install.' } } })
  if (rows.length === 0) return
  const names = rows.flatMap((row) => (row.body as unknown as Order).hosts.map((h) => h.host))
  const hosts = (await readHosts(unit.tx, changeId)).filter((h) => names.includes(h.host) && h.status === 'ordered')
  await writeHosts(
    unit.tx,
    changeId,
    hosts.map((h): HostProgress => ({ ...h, facts: {}, status: 'waiting', tries: h.tries - 1 })),
  )
  await unit.tx.runnerOrder.updateMany({ where: { id: { in: rows.map((r) => r.id) }, status: 'stored' }, data: { status: 'withdrawn' } })
  unit.audit({
    actor: 'patchcrier',
    action: 'withdraw-orders',
    subject: changeSubject(changeId),
    detail: { orders: rows.map((r) => r.id) },
  })
}
