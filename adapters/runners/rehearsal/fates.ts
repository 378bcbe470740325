import { createHash } from 'node:crypto'
import { versionAfter, versionBefore } from '../../../src/core/deploy/progress.ts'
import type { HostReport, Order, OrderedHost } from '../../../src/ports.ts'

export type Fate = 'clean' | 'failed' | 'wrong version' | 'silent' | 'late' | 'lost'

/** Fates of the first hosts of a ring's first install order, by ring number; everybody else's is clean. */
export type Script = Readonly<Record<number, readonly Fate[]>>

/** Ring 1, the pilot, is clean; ring 2 halts by threshold; ring 3 has what silence looks like. */
export const DEFAULT_SCRIPT: Script = { 2: ['failed', 'wrong version'], 3: ['silent', 'late', 'lost'] }

/** A report and when the back end comes to know of it, in milliseconds. A late host's report is older than that. */
export interface Told {
  readonly report: HostReport
  readonly seenAt: number
}

const LATE_MS = 15 * 60_000
const LOCKED = 'rpm database lock held by another process'

/** Number of the ring in an order id such as `change-12.ring-2.install.1`, and how often it was ordered. */
export function readOrderId(id: string): { readonly change: string; readonly ring: number; readonly run: number } | null {
  const found = /^(.+)\.ring-(\d+)\.(?:install|uninstall|verify)\.(\d+)$/.exec(id)
  return found?.[1] === undefined ? null : { change: found[1], ring: Number(found[2]), run: Number(found[3]) }
}

/** The scripted fate of a host in the first install order of its ring. */
export function firstFate(script: Script, order: Order, host: string): Fate {
  const id = readOrderId(order.id)
  const place = order.hosts.findIndex((one) => one.host === host)
  return (id === null ? undefined : script[id.ring]?.[place]) ?? 'clean'
}

/** Milliseconds from the order to a moment, drawn between two numbers of seconds from the seed, the order and the host. */
function draw(seed: string, order: Order, host: string, what: string, from: number, to: number): number {
  const hash = createHash('sha256')
    .update(JSON.stringify([seed, order.id, host, what]))
    .digest()
  return Math.round((from + (hash.readUInt32BE(0) / 2 ** 32) * (to - from)) * 1000)
}

/** When a host takes up its order: 2 to 4 seconds after it, a check after 1 to 3. Nothing runs when the order is stopped before. */
export const takesUpAt = (seed: string, order: Order, host: string, startedAt: number): number =>
  startedAt + (order.action === 'verify' ? draw(seed, order, host, 'verify', 1, 3) : draw(seed, order, host, 'arrived', 2, 4))

/** Everything that a host will say about an install or uninstall order. */
export function story(seed: string, order: Order, ordered: OrderedHost, fate: Fate, startedAt: number): readonly Told[] {
  const { host, packages } = ordered
  const arrived = takesUpAt(seed, order, host, startedAt)
  const attempted = startedAt + draw(seed, order, host, 'attempted', 4, 8)
  const ended = startedAt + draw(seed, order, host, 'ended', 8, 15)
  const tell = (step: HostReport['step'], ms: number, more: Pick<HostReport, 'cause' | 'version'> = {}): Told => ({
    report: { host, step, at: new Date(ms).toISOString(), ...more },
    seenAt: fate === 'late' ? Math.max(ms, startedAt + LATE_MS) : ms,
  })
  if (fate === 'silent') return []
  if (fate === 'lost') return [tell('arrived', arrived)]
  const begun = [tell('arrived', arrived), tell('attempted', attempted)]
  if (fate === 'failed') return [...begun, tell('failed', ended, { cause: LOCKED, version: versionBefore(packages) })]
  if (order.action === 'uninstall') return [...begun, tell('rolled back', ended, { version: versionBefore(packages) })]
  const version = fate === 'wrong version' ? versionBefore(packages) : versionAfter(packages)
  return [...begun, tell('installed', ended, { version })]
}
