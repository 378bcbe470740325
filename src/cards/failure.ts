import type { ChangeState, Incident } from '../core/change/state.ts'
import type { FailureGroup } from '../core/deploy/counters.ts'
import type { HostProgress } from '../core/deploy/progress.ts'
import type { Plan } from '../core/evaluate/plan.ts'
import { own } from '../core/own.ts'
import type { Policy } from '../core/policy.ts'
import type { Action, Block, Card } from './card.ts'
import { exemptionFields } from './exemption.ts'
import { linesOf, moreButton, type Page, pageBlocks } from './pages.ts'
import { at, button, callRole, count, nameOf, note, outcome, rehearsalBadge, shortened, textBlock, whisper } from './words.ts'

/** One group of hosts that failed for the same reason, or that nobody hears of. `key` names it for the buttons. */
export interface FailureView extends FailureGroup {
  readonly key: string
  /** Hosts of the group that are still failed or unknown. */
  readonly open: readonly string[]
  /** Hosts of the group that are under way again, and have not said how it went. */
  readonly again: readonly string[]
}

/** Hosts of a rollout on one page: so many rows no platform cuts. */
export const HOSTS_A_PAGE = 20

/** A group of failures in the thread: who takes it, and what may be done while it is open. */
export function failureCard(state: ChangeState, group: FailureView, policy: Policy): Card {
  const subject = `failure:${state.id}/${group.key}`
  const claimed = own(state.claims, group.key)
  const { hosts, open, again } = group
  const solved = open.length + again.length === 0
  const running = state.phase === 'rolling out' && !state.rollout?.rolledBack
  return {
    look: 'standard',
    tone: solved ? 'good' : 'warning',
    badges: rehearsalBadge(state),
    title: `${shortened(hosts, 3)}: ${group.cause}`,
    blocks: [
      ...(hosts.length > 3 ? [textBlock(shortened(hosts, HOSTS_A_PAGE))] : []),
      ...(claimed ? [outcome('neutral', `${nameOf(policy, claimed.by)} takes care of it since `, at(claimed.at))] : []),
      ...(open.length === 0 || claimed ? [] : [textBlock(callRole('operations'), ': somebody has to take care of it.')]),
      ...(open.length > 0 && open.length < hosts.length ? [textBlock(`Still open: ${shortened(open, HOSTS_A_PAGE)}.`)] : []),
      ...(again.length > 0 ? [outcome('neutral', `Their reports are awaited: ${shortened(again, HOSTS_A_PAGE)}.`)] : []),
      ...(solved ? [outcome('good', 'Settled: none of these hosts is open any more.')] : []),
    ],
    actions: [
      ...(open.length === 0 || claimed ? [] : [button('I take it', 'claim', subject)]),
      ...(running && open.length > 0 ? mendActions(subject, open.length) : []),
      ...(hosts.length > HOSTS_A_PAGE ? [button('All hosts', 'failed-hosts', subject)] : []),
    ],
    summary: `${count(hosts.length, 'host')}: ${group.cause}`,
  }
}

const mendActions = (subject: string, hosts: number): readonly Action[] => [
  button('Retry', 'retry', subject, { style: 'primary' }),
  button('Exclude', 'exclude', subject, {
    form: {
      title: `Exclude ${count(hosts, 'host')}`,
      submit: 'Exclude',
      fields: exemptionFields(),
    },
  }),
]

/** What an end user said went wrong: claimable. */
export function incidentCard(state: ChangeState, incident: Incident, policy: Policy): Card {
  const key = `incident-${incident.number}`
  const claimed = own(state.claims, key)
  return {
    ...note(
      `${nameOf(policy, incident.by)}: "It went wrong"`,
      claimed ? 'neutral' : 'warning',
      textBlock(incident.text),
      ...(claimed ? [outcome('neutral', `${nameOf(policy, claimed.by)} takes care of it since `, at(claimed.at))] : []),
    ),
    badges: rehearsalBadge(state),
    actions: claimed ? [] : [button('I take it', 'claim', `failure:${state.id}/${key}`, { style: 'primary' })],
  }
}

/** Every host of change `id` with its three facts and what became of it, ring by ring, a page at a time. */
export function hostsCard(id: number, hosts: readonly HostProgress[], plan: Plan, page: Page): Card {
  const sorted = [...hosts].sort((a, b) => a.ring - b.ring || (a.host < b.host ? -1 : 1))
  return whisper(`Hosts of change ${id}`, [hostsTable(linesOf(sorted, page), plan), ...pageBlocks(page)], {
    actions: moreButton(page, (next) => ({ verb: 'hosts', id: `change:${id}/page-${next}` })),
  })
}

/** The hosts of one group of failures in change `id`, a page at a time, each as it is now. */
export function failedHostsCard(
  id: number,
  { key, cause, hosts: names }: FailureView,
  hosts: readonly HostProgress[],
  plan: Plan,
  page: Page,
): Card {
  const all = new Map(hosts.map((h) => [h.host, h]))
  const here = linesOf(names, page).flatMap((name) => all.get(name) ?? [])
  return whisper(`${count(names.length, 'host')}: ${cause}`, [hostsTable(here, plan), ...pageBlocks(page)], {
    actions: moreButton(page, (next) => ({ verb: 'failed-hosts', id: `failure:${id}/${key}-page-${next}` })),
  })
}

const hostsTable = (hosts: readonly HostProgress[], plan: Plan): Block => ({
  kind: 'table',
  columns: ['Host', 'Ring', 'Status', 'arrived', 'attempted', 'installed', 'Notes'],
  rows: hosts.map((h) => hostRow(h, plan)),
})

function hostRow(h: HostProgress, plan: Plan): readonly string[] {
  const yes = (fact: string | undefined): string => (fact ? '✓' : '–')
  return [
    h.host,
    plan.rings[h.ring - 1]?.name ?? `${h.ring}`,
    h.status,
    yes(h.facts.arrivedAt),
    yes(h.facts.attemptedAt),
    yes(h.facts.installedAt),
    [
      h.cause,
      h.late && 'late',
      h.tries > 1 && `try ${h.tries}`,
      h.excluded?.reason,
      h.delayedUntil && `delayed until ${h.delayedUntil.slice(0, 16).replace('T', ' ')} UTC`,
    ]
      .filter(Boolean)
      .join('; '),
  ]
}
