import { versionBefore } from '../../../src/core/deploy/progress.ts'
import type { Clock, HostReport, Order, OrderedHost, Runner } from '../../../src/ports.ts'
import { DEFAULT_SCRIPT, type Fate, firstFate, readOrderId, type Script, story, takesUpAt } from './fates.ts'
import { orderStore, type Started } from './store.ts'

export interface RehearsalOptions {
  /** Where the pretended back end keeps its orders; it outlives the bot. */
  readonly folder: string
  readonly clock: Clock
  /** Decides all times; the same seed tells the same story. */
  readonly seed: string
  /** What goes wrong, by ring; DEFAULT_SCRIPT when absent. */
  readonly script?: Script
}

/**
 * A runner that touches no host. An order and its beginning are on disk; what the hosts say follows from the seed, the order, its
 * beginning and the time, so that a killed bot finds the same story again. Throws `Fault` RUNNER_FAILED when its files are broken.
 */
export function rehearsalRunner({ folder, clock, seed, script = DEFAULT_SCRIPT }: RehearsalOptions): Runner {
  const store = orderStore(folder)

  /** An install order's fate; a lost host stays lost, every other second try is clean. */
  async function fateOf(order: Order, host: string): Promise<Fate> {
    const id = readOrderId(order.id)
    if (id === null) return 'clean'
    if (order.action === 'install' && id.run === 1) return firstFate(script, order, host)
    const first = await store.started(`${id.change}.ring-${id.ring}.install.1`)
    return first !== null && firstFate(script, first.order, host) === 'lost' ? 'lost' : 'clean'
  }

  async function tell(started: Started, ordered: OrderedHost, until: number): Promise<readonly HostReport[]> {
    const { order } = started
    const startedAt = Date.parse(started.startedAt)
    const stoppedAt = await store.stoppedAt(order.id)
    const takenUp = takesUpAt(seed, order, ordered.host, startedAt)
    if (stoppedAt !== null && takenUp >= Date.parse(stoppedAt)) return []
    if (order.action === 'verify') return takenUp > until ? [] : check(order, ordered, takenUp)
    const told = story(seed, order, ordered, await fateOf(order, ordered.host), startedAt)
    return told.filter(({ seenAt }) => seenAt <= until).map(({ report }) => report)
  }

  /** The independent check: what the orders so far have left on the host. A silent or lost host does not answer it. */
  async function check(order: Order, ordered: OrderedHost, at: number): Promise<readonly HostReport[]> {
    const last = await lastWork(order, ordered.host)
    const fate = last === undefined ? 'clean' : await fateOf(last.order, ordered.host)
    if (fate === 'silent' || fate === 'lost') return []
    const reports = last === undefined ? [] : await tell(last, ordered, at)
    const found = reports.findLast(({ step }) => step === 'installed' || step === 'rolled back')?.version ?? versionBefore(ordered.packages)
    return [{ host: ordered.host, step: 'verified', at: new Date(at).toISOString(), version: found }]
  }

  async function lastWork(verify: Order, host: string): Promise<Started | undefined> {
    const change = readOrderId(verify.id)?.change
    const all = change === undefined ? [] : await store.withPrefix(`${change}.`)
    return all.find(({ order }) => order.action !== 'verify' && order.hosts.some((one) => one.host === host))
  }

  return {
    name: 'rehearsal',
    rehearsal: true,
    stage: () => store.prepare(),
    async start(order) {
      const at = clock.now().toISOString()
      if (!(await store.begin(order, at))) return
      await store.log(order.hosts.map(({ host }) => ({ order: order.id, action: order.action, host, at })))
    },
    async stop(orderIds) {
      for (const id of orderIds) await store.stop(id, clock.now().toISOString())
    },
    async observe(orderId) {
      const started = await store.started(orderId)
      if (started === null) return { known: false, reports: [] }
      const now = clock.now().getTime()
      const reports = await Promise.all(started.order.hosts.map((ordered) => tell(started, ordered, now)))
      return { known: true, reports: reports.flat() }
    },
  }
}
