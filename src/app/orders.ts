import type { ChangeState } from '../core/change/state.ts'
import { orderInstall, orderUninstall, orderVerify } from '../core/deploy/acts.ts'
import type { HostProgress } from '../core/deploy/progress.ts'
import { foldReport } from '../core/deploy/report.ts'
import { Fault } from '../core/fault.ts'
import type { Ruled } from '../core/result.ts'
import type { HostReport, Order, Runner } from '../ports.ts'
import { due } from './due.ts'
import { type House, transact, type Unit } from './house.ts'
import { takeOver } from './inventory.ts'
import { orderQueue } from './jobs.ts'
import { touchSubject } from './posts.ts'
import { changeSubject, json, lockChange, readHosts, writeHosts } from './rows.ts'

/**
 * Writes an order and marks its hosts, in the transaction of the decision: an order is stored before it is given.
 * Hosts that their own rule does not let go (delayed meanwhile, running) are left out.
 */
export async function startOrder(
  unit: Unit,
  state: ChangeState,
  ring: number,
  action: Order['action'],
  names: readonly string[],
): Promise<void> {
  const plan = state.submission?.plan
  if (!plan) throw new Fault('STATE_CORRUPT', `change ${state.id} has no plan to order by`)
  const at = unit.now.toISOString()
  const hosts = (await readHosts(unit.tx, state.id)).filter((h) => names.includes(h.host)).map((h) => ordered(h, action, at))
  const going = hosts.flatMap((h) => (h.ok ? [h.value] : []))
  if (going.length === 0) return
  const prefix = `change-${state.id}.ring-${ring}.${action}.`
  const run = (await unit.tx.runnerOrder.count({ where: { changeId: state.id, id: { startsWith: prefix } } })) + 1
  const order: Order = {
    id: `${prefix}${run}`,
    action,
    hosts: going.map((h) => ({ host: h.host, packages: h.packages.map(({ name, from, to }) => ({ name, from, to })) })),
    options: plan.options,
  }
  await unit.tx.runnerOrder.create({
    data: { id: order.id, changeId: state.id, ring, runner: plan.runner, body: json(order), status: 'stored', storedAt: unit.now },
  })
  await writeHosts(unit.tx, state.id, going)
  await unit.tx.rolloutHost.updateMany({
    where: { changeId: state.id, host: { in: going.map((h) => h.host) } },
    data: { orderId: order.id },
  })
  await unit.house.boss.send(unit.tx, orderQueue, { change: state.id })
  const silent = new Date(unit.now.getTime() + unit.house.inForce.policy.silentAfterMinutes * 60_000)
  await due(unit, 'advance', changeSubject(state.id), silent, `silent hosts of change ${state.id} become unknown`)
}

function ordered(host: HostProgress, action: Order['action'], at: string): Ruled<HostProgress> {
  switch (action) {
    case 'install':
      return orderInstall(host, at)
    case 'verify':
      return orderVerify(host, at)
    case 'uninstall':
      return orderUninstall(host, at)
    default:
      return action satisfies never
  }
}

/**
 * Gives what is stored and not given. After a restart the back end is asked first: what it knows is not started again.
 * A rollout that was stopped before its order went out has the order withdrawn instead.
 */
export async function giveOrders(house: House, changeId: number): Promise<void> {
  await passStopOn(house, changeId)
  const rows = await house.db.runnerOrder.findMany({ where: { changeId, status: 'stored' }, orderBy: { storedAt: 'asc' } })
  for (const row of rows) {
    const order = row.body as unknown as Order
    const runner = runnerOf(house, row.runner)
    const { known } = await runner.observe(order.id)
    if (!known) {
      await runner.stage(order)
      await runner.start(order)
    }
    await house.db.runnerOrder.updateMany({
      where: { id: row.id, status: 'stored' },
      data: { status: 'given', givenAt: house.clock.now() },
    })
  }
}

/** Every order that is stored anywhere; after a restart and in the sweep. */
export async function giveAllOrders(house: House): Promise<void> {
  const rows = await house.db.runnerOrder.findMany({ where: { status: 'stored' }, distinct: ['changeId'], select: { changeId: true } })
  for (const { changeId } of rows) await giveOrders(house, changeId)
}

function runnerOf(house: House, name: string): Runner {
  const runner = house.runners.get(name)
  if (!runner)
    throw new Fault(
      'RUNNER_FAILED',
      `the plan names the runner "${name}", which is not connected; there are: ${[...house.runners.keys()].join(', ')}`,
    )
  return runner
}

/** STOP reaches the back end: withdraws what was not given, and lets no further host of a given order begin. */
async function passStopOn(house: House, changeId: number): Promise<void> {
  const standing = await transact(house, async (unit) => {
    const state = await lockChange(unit.tx, changeId)
    const status = state?.rollout?.status
    if (!state || (status !== 'halted' && status !== 'stopped' && status !== 'rolling back')) return []
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

/** Asks every back end that has an order of ours for its reports, and folds in what is new. Answers the changes that moved. */
export async function observeOrders(house: House): Promise<readonly number[]> {
  const rows = await house.db.runnerOrder.findMany({ where: { status: 'given' }, orderBy: { storedAt: 'asc' } })
  const moved = new Set<number>()
  for (const row of rows) {
    const { reports } = await runnerOf(house, row.runner).observe(row.id)
    const answer = await takeReports(house, row.changeId, reports)
    if (answer.moved) moved.add(row.changeId)
  }
  return [...moved]
}

export interface Taken {
  /** False: there is no such rollout. */
  readonly known: boolean
  readonly moved: boolean
  readonly accepted: number
  readonly refused: readonly { readonly index: number; readonly reason: string }[]
}

/** Folds a batch of reports into its hosts: one transaction, one audit record. Nothing new writes nothing. */
export async function takeReports(house: House, changeId: number, reports: readonly HostReport[]): Promise<Taken> {
  // Most observations bring nothing new: look without a transaction first.
  const glance = foldAll(await readHosts(house.db, changeId), reports)
  if (glance.hosts.size === 0) return { known: glance.known, moved: false, accepted: glance.accepted, refused: glance.refused }
  return transact(house, async (unit) => {
    const state = await lockChange(unit.tx, changeId)
    const folded = foldAll(await readHosts(unit.tx, changeId), reports)
    const moved = [...folded.hosts.values()]
    await writeHosts(unit.tx, changeId, moved)
    await takeOver(unit.tx, moved, state?.submission?.plan.options.reboot === true)
    await touchSubject(unit.tx, changeSubject(changeId), unit.now)
    unit.audit({ actor: 'patchcrier', action: 'take-reports', subject: changeSubject(changeId), detail: { reports: folded.counted } })
    return { known: true, moved: moved.length > 0, accepted: folded.accepted, refused: folded.refused }
  })
}

function foldAll(rows: readonly HostProgress[], reports: readonly HostReport[]) {
  const known = new Map(rows.map((row) => [row.host, row]))
  const hosts = new Map<string, HostProgress>()
  const refused: { index: number; reason: string }[] = []
  const counted: HostReport[] = []
  for (const [index, report] of reports.entries()) {
    const before = hosts.get(report.host) ?? known.get(report.host)
    if (!before) {
      refused.push({ index, reason: `"${report.host}" is not a host of this rollout` })
      continue
    }
    const { progress, changed, note } = foldReport(before, report)
    if (note !== undefined) refused.push({ index, reason: note })
    if (changed) {
      hosts.set(report.host, progress)
      counted.push(report)
    }
  }
  return { known: rows.length > 0, hosts, refused, counted, accepted: reports.length - refused.length }
}
