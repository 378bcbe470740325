import type { HostProgress, HostStatus } from './progress.ts'

/**
 * `arrived`, `attempted` and `installed` are three separate facts of a host's current try and overlap (a verified host counts in all
 * three); the others are states, and `waiting` to `rolledBack` without these three plus `running` add up to `total`.
 */
export interface RingCounters {
  readonly total: number
  readonly arrived: number
  readonly attempted: number
  readonly installed: number
  readonly waiting: number
  /** Ordered and not ended, an installed host that waits for its check included. */
  readonly running: number
  readonly verified: number
  readonly failed: number
  readonly notAttempted: number
  readonly unknown: number
  readonly excluded: number
  readonly delayed: number
  readonly skipped: number
  readonly rolledBack: number
  /** Heard of again after they had been unknown. */
  readonly late: number
}

/** Figures of any set of hosts: a ring, or the whole rollout. Hosts that people took out count as nothing but that. */
export function ringCounters(hosts: readonly HostProgress[]): RingCounters {
  const inside = hosts.filter(({ status }) => status !== 'excluded' && status !== 'skipped' && status !== 'delayed')
  const count = (...statuses: HostStatus[]) => hosts.filter(({ status }) => statuses.includes(status)).length
  return {
    total: hosts.length,
    arrived: inside.filter(hasArrived).length,
    attempted: inside.filter(wasAttempted).length,
    installed: inside.filter(isInstalled).length,
    waiting: count('waiting'),
    running: count('ordered', 'arrived', 'attempted', 'installed'),
    verified: count('verified'),
    failed: count('failed'),
    notAttempted: count('not attempted'),
    unknown: count('unknown'),
    excluded: count('excluded'),
    delayed: count('delayed'),
    skipped: count('skipped'),
    rolledBack: count('rolled back'),
    late: hosts.filter(({ late }) => late === true).length,
  }
}

/** A later fact implies the earlier one; a failure implies neither. */
const wasAttempted = ({ facts }: HostProgress): boolean =>
  facts.attemptedAt !== undefined || facts.installedAt !== undefined || facts.verifiedAt !== undefined || facts.rolledBackAt !== undefined
const isInstalled = ({ facts, status }: HostProgress): boolean =>
  (facts.installedAt !== undefined || facts.verifiedAt !== undefined) && status !== 'failed' && status !== 'rolled back'
const hasArrived = (host: HostProgress): boolean => host.facts.arrivedAt !== undefined || wasAttempted(host)

export interface FailureGroup {
  readonly cause: string
  /** By name. */
  readonly hosts: readonly string[]
}

/** Failed hosts by cause, the largest group first. */
export function failuresByCause(hosts: readonly HostProgress[]): readonly FailureGroup[] {
  const groups = new Map<string, { cause: string; hosts: string[] }>()
  const failed = hosts.filter(({ status }) => status === 'failed').sort((a, b) => (a.host < b.host ? -1 : 1))
  for (const { host, cause } of failed) {
    const text = normaliseCause(cause ?? '', host)
    const group = groups.get(text.toLowerCase())
    if (group === undefined) groups.set(text.toLowerCase(), { cause: text, hosts: [host] })
    else group.hosts.push(host)
  }
  return [...groups.values()].sort((a, b) => b.hosts.length - a.hosts.length || (a.cause < b.cause ? -1 : 1))
}

/** One line, without what differs from host to host: its own name and process numbers. At most 200 characters. */
export function normaliseCause(cause: string, host: string): string {
  const line = cause
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replace(new RegExp(`(?<![\\w.-])${RegExp.escape(host)}(?![\\w-])`, 'gi'), 'this host')
    .replace(/\b(pid|process)[ =:#]*\d+\b/gi, '$1 N')
    .trim()
    .replace(/[.!]+$/, '')
    .slice(0, 200)
  return line === '' ? 'no cause given' : line
}
