import type { ChangeState } from '../../core/change/state.ts'
import { orderInstall, orderUninstall, orderVerify } from '../../core/deploy/acts.ts'
import type { HostProgress } from '../../core/deploy/progress.ts'
import { Fault } from '../../core/fault.ts'
import type { Ruled } from '../../core/result.ts'
import type { Order } from '../../ports.ts'
import { changeSubject, json, readHosts, writeHosts } from '../change/rows.ts'
import type { Unit } from '../house.ts'
import { orderQueue } from '../jobs.ts'
import { due } from '../time/due.ts'

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
  await due(unit, 'silence', changeSubject(state.id), silent, `hosts of change ${state.id} that stay silent become unknown`)
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
