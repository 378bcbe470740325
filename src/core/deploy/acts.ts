import { allow, type Instant, type Ruled, refuse } from '../result.ts'
import { type HostProgress, type HostStatus, inFlight, isDelayed, isStartable } from './progress.ts'

/**
 * What an order or a person does to one host. Reports are in report.ts. Refusals have the codes HOST_RUNNING, HOST_DELAYED,
 * HOST_OUT, HOST_DONE, HOST_CLAIMED and HOST_IDLE.
 */

/** Begins the next try. The order is stored in the same transaction and given afterwards. */
export function orderInstall(host: HostProgress, at: Instant): Ruled<HostProgress> {
  if (isStartable(host, at)) return allow(newTry(host, 'install', at))
  if (isDelayed(host, at)) return refuse('HOST_DELAYED', `${host.host} is delayed until ${host.delayedUntil}.`)
  return refuseBusy(host, 'ordered again without a retry')
}

/** Asks for the independent check of an installed host. */
export function orderVerify(host: HostProgress, at: Instant): Ruled<HostProgress> {
  if (host.status === 'installed') return allow({ ...host, facts: { ...host.facts, verifyOrderedAt: at } })
  return refuse('HOST_IDLE', `${host.host} is ${host.status}; only an installed host is checked.`)
}

/** Begins to take the packages off again. A running host has to end first: two orders at once leave it in nobody knows what state. */
export function orderUninstall(host: HostProgress, at: Instant): Ruled<HostProgress> {
  const undoable: readonly HostStatus[] = ['installed', 'verified', 'failed', 'unknown']
  if (undoable.includes(host.status)) return allow(newTry(host, 'uninstall', at))
  return refuseBusy(host, 'rolled back')
}

/** Lets a host wait for its next try: `nextStep` starts it when the rollout and the window allow it. */
export function retry(host: HostProgress): Ruled<HostProgress> {
  const ended: readonly HostStatus[] = ['failed', 'unknown', 'rolled back']
  if (!ended.includes(host.status)) return refuseBusy(host, 'tried again')
  const { cause: _cause, version: _version, late: _late, claimedBy: _claimedBy, ...kept } = host
  return allow({ ...kept, action: 'install', facts: {}, status: 'waiting' })
}

/** Takes a host out of the rollout for good, by a named person with a reason. What it reports is still kept. */
export function exclude(host: HostProgress, excluded: { by: string; reason: string; at: Instant }): Ruled<HostProgress> {
  if (host.status === 'verified') return refuse('HOST_DONE', `${host.host} is verified already.`)
  if (host.status === 'excluded') return refuse('HOST_OUT', `${host.host} was excluded by ${host.excluded?.by} already.`)
  return allow({ ...host, status: 'excluded', excluded })
}

/** A granted delay. Only a host that was not ordered yet can wait. */
export function delay(host: HostProgress, until: Instant): Ruled<HostProgress> {
  if (host.status !== 'waiting' && host.status !== 'delayed' && host.status !== 'not attempted') return refuseBusy(host, 'delayed')
  return allow({ ...host, status: 'delayed', delayedUntil: until })
}

/** A planned host that the inventory no longer knows. */
export function skip(host: HostProgress, cause: string): Ruled<HostProgress> {
  if (inFlight(host) || host.status === 'verified') return refuseBusy(host, 'skipped')
  return allow({ ...host, status: 'skipped', cause })
}

/** A person looks after a failed or unknown host. The first claim counts until it is given back by a retry. */
export function claim(host: HostProgress, by: string): Ruled<HostProgress> {
  if (host.status !== 'failed' && host.status !== 'unknown')
    return refuse('HOST_IDLE', `${host.host} is ${host.status}; nothing to look after.`)
  if (host.claimedBy !== undefined && host.claimedBy !== by)
    return refuse('HOST_CLAIMED', `${host.claimedBy} looks after ${host.host} already.`)
  return allow({ ...host, claimedBy: by })
}

function newTry(host: HostProgress, action: HostProgress['action'], at: Instant): HostProgress {
  const { cause: _cause, version: _version, late: _late, delayedUntil: _until, ...kept } = host
  return { ...kept, action, facts: { orderedAt: at }, status: 'ordered', tries: host.tries + 1 }
}

function refuseBusy(host: HostProgress, what: string) {
  if (inFlight(host)) return refuse('HOST_RUNNING', `${host.host} is ${host.status}; it cannot be ${what} before it has ended.`)
  if (host.status === 'excluded' || host.status === 'skipped')
    return refuse('HOST_OUT', `${host.host} is ${host.status} and no part of the rollout.`)
  if (host.status === 'verified') return refuse('HOST_DONE', `${host.host} is verified already.`)
  return refuse('HOST_IDLE', `${host.host} is ${host.status}; it cannot be ${what}.`)
}
