import type { AffectedHost } from '../assess/affected.ts'
import { allow } from '../result.ts'
import type { ChangeEvent, Command } from './command.ts'
import { settleElsewhere } from './evolve-elsewhere.ts'
import { testAgain } from './evolve-plan.ts'
import type { Decision } from './guard.ts'
import type { ChangeState } from './state.ts'
import { buildsOf } from './unite.ts'

type Renewed = Extract<ChangeEvent, { kind: 'hosts renewed' }>

/** Phases in which the hosts of a change are as the inventory says; a plan freezes them. */
const OPEN = ['alerted', 'awaiting', 'testing', 'planning', 'done elsewhere'] as const

/** May the hosts of this change still be renewed? */
export const takesHosts = ({ phase }: Pick<ChangeState, 'phase'>): boolean => (OPEN as readonly string[]).includes(phase)

/** What people go by: the last sign of life alone is no news. */
const face = ({ lastSeen: _, ...host }: AffectedHost): string => JSON.stringify(host)

/** Hosts of `after` that `before` does not have, or not with the same packages to come. */
export function newNeeds(before: readonly AffectedHost[], after: readonly AffectedHost[]): readonly string[] {
  const needs = (hosts: readonly AffectedHost[]) =>
    hosts.flatMap(({ host, packages }) => packages.map((p) => ({ host, need: `${host} ${p.name} ${p.arch} ${p.noFix ? '' : p.to}` })))
  const known = new Set(needs(before).map(({ need }) => need))
  return [...new Set(needs(after).flatMap(({ host, need }) => (known.has(need) ? [] : [host])))]
}

/** The inventory has changed: until there is a plan the hosts follow it. Nothing happens where nothing changed. */
export function rematch(state: ChangeState, command: Extract<Command, { kind: 'rematch' }>): Decision {
  if (!takesHosts(state)) return allow([])
  const { hosts, why } = command
  if (JSON.stringify(hosts.map(face)) === JSON.stringify(state.hosts.map(face))) return allow([])
  const names = new Set(hosts.map(({ host }) => host))
  const gone = state.hosts.flatMap(({ host }) => (names.has(host) ? [] : [host]))
  return allow([{ kind: 'hosts renewed', hosts, added: newNeeds(state.hosts, hosts), gone, why }])
}

/** A build that no host was to get before has not been tested, whatever was. */
export function renewed(state: ChangeState, { hosts }: Renewed): ChangeState {
  const known = buildsOf(state.hosts)
  const news = [...buildsOf(hosts)].some((build) => !known.has(build))
  return settleElsewhere({ ...(news ? testAgain(state) : state), hosts }, news)
}

const MOST = 5
const some = (hosts: readonly string[]): string =>
  hosts.length > MOST ? `${hosts.slice(0, MOST).join(', ')} and ${hosts.length - MOST} more` : hosts.join(', ')

/** "needed by web-09; not needed any more by web-02". */
export function renewedWords({ added, gone }: Pick<Renewed, 'added' | 'gone'>): string {
  const words = [
    ...(added.length > 0 ? [`needed by ${some(added)}`] : []),
    ...(gone.length > 0 ? [`not needed any more by ${some(gone)}`] : []),
  ]
  return words.join('; ') || 'facts about its hosts changed'
}
