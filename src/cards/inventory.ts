import type { Counted, ImportFigures, MatchFigures, Skipped } from '../core/assess/import/figures.ts'
import type { Conflict } from '../core/assess/import/merge.ts'
import type { Fresh, HostFacts, HostGroup, InventorySummary, ProductCount } from '../core/assess/inventory.ts'
import type { Policy } from '../core/policy.ts'
import type { Instant } from '../core/result.ts'
import type { Block, Card, Text, Tone } from './card.ts'
import { askList, firstPage, linesOf, moreButton, type Page, pageBlocks } from './pages.ts'
import { at, count, fact, listed, nameOf, next, outcome, quiet, shortened, textBlock, whisper } from './words.ts'

/** One import, as far as it is. */
export interface ImportView {
  readonly id: number
  readonly fileName: string
  readonly kind: string
  readonly host: string | null
  readonly by: string
  readonly startedAt: Instant
  readonly finishedAt: Instant | null
  /** Hosts read, and hosts taken of them. */
  readonly rows: number
  readonly taken: number
  /** Lines that were skipped, as far as each reason says. */
  readonly skipped: Counted<Skipped>
  readonly figures: ImportFigures
  readonly status: 'running' | 'done' | 'failed' | 'broken off'
  readonly reason: string | null
}

/** Most skipped lines that a card shows. */
const LINES = 10

const TITLES: Readonly<Record<ImportView['status'], string>> = {
  running: 'is being imported',
  done: 'is imported',
  failed: 'could not be imported whole',
  'broken off': 'was broken off',
}

/** A file without a single host is no success. */
const toneOf = ({ status, skipped, taken }: ImportView): Tone =>
  status === 'running' ? 'info' : status !== 'done' ? 'danger' : skipped.count > 0 || taken === 0 ? 'warning' : 'good'

/** The live card of an import: how far it is, what it did, what it skipped and why. */
export function importCard(view: ImportView, policy: Policy): Card {
  const title = `${view.fileName} ${TITLES[view.status]}`
  return {
    look: 'standard',
    tone: toneOf(view),
    badges: [],
    title,
    subtitle: `Inventory import ${view.id} · ${view.kind}${view.host === null ? '' : ` of ${view.host}`} · ${nameOf(policy, view.by)}`,
    blocks: [
      {
        kind: 'facts',
        facts: [
          fact('Begun', at(view.startedAt)),
          ...(view.finishedAt === null ? [] : [fact('Ended', at(view.finishedAt))]),
          fact('Hosts', hostsWords(view)),
          ...(view.status === 'done' ? matchFacts(view.figures.matched) : []),
        ],
      },
      ...endBlocks(view),
      ...skippedBlocks(view.skipped),
      ...conflictBlocks(view.figures.conflicts),
      ...(view.figures.renamed.count > 0 ? [quiet(`Known under another name: ${more(view.figures.renamed, 3)}.`)] : []),
      ...view.figures.notes.map((text) => quiet(text)),
    ],
    actions: [],
    summary: `${title}: ${hostsWords(view)}`,
  }
}

function hostsWords({ rows, taken, figures: { added, changed, same } }: ImportView): string {
  return `${taken} of ${rows} taken: ${added} new, ${changed} changed, ${same} as before`
}

/** "a, b (+3 more)" of a counted list. */
const more = ({ count: all, first }: Counted<string>, most: number): string =>
  `${first.slice(0, most).join(', ')}${all > most ? ` (+${all - most} more)` : ''}`

function matchFacts({ opened, reopened, renewed, late, history, listed: inList }: MatchFigures) {
  const changes = (ids: readonly number[]): string => `${ids.length === 1 ? 'change' : 'changes'} ${shortened(ids.map(String), 10)}`
  const words = [
    ...(opened.length > 0 ? [`${changes(opened)} opened: nothing matched before`] : []),
    ...reopened.map(({ earlier, change }) => `change ${change} opened, because hosts changed since change ${earlier} was over`),
    ...(renewed.length > 0 ? [`hosts of ${changes(renewed)} renewed`] : []),
    ...(inList > 0 ? [`${count(inList, 'bulletin')} more match now and share the card of their source: they are not urgent`] : []),
    ...(history > 0 ? [`${count(history, 'bulletin')} of before the sources were connected match now: see the cards of the sources`] : []),
  ]
  return [
    fact('Bulletins', words.length > 0 ? words.join('; ') : 'nothing changes for them'),
    ...late.map(({ change, hosts }) =>
      fact(`Change ${change}`, `has its plan already, and ${shortened(hosts, 5)} ${hosts.length === 1 ? 'needs' : 'need'} it, too`),
    ),
  ]
}

function endBlocks({ status, reason }: ImportView): readonly Block[] {
  if (status === 'running') return []
  if (status === 'done') return []
  return [
    outcome('danger', `${reason ?? 'Nobody knows why.'}`),
    next('import the file again. What was taken stays, and nothing is taken twice.'),
  ]
}

function skippedBlocks(skipped: Counted<Skipped>): readonly Block[] {
  if (skipped.count === 0) return []
  const items = skipped.first.slice(0, LINES).map(({ line, reason }): Text => [{ strong: `Line ${line}: ` }, reason])
  return [
    textBlock(`${count(skipped.count, 'line')} could not be taken, or not whole:`),
    { kind: 'list', items },
    ...(skipped.count > LINES ? [quiet(`and ${skipped.count - LINES} more`)] : []),
  ]
}

const conflictWords = ({ host, fact: what, said, counts }: Conflict): Text => [
  { strong: `${host}: ` },
  `${what} ${listed(said.map(({ origin, value }) => `${value} (${origin})`))}; ${counts} counts`,
]

function conflictBlocks({ count: all, first }: Counted<Conflict>, most = LINES): readonly Block[] {
  if (all === 0) return []
  return [
    textBlock('Files disagree. The worse counts until one of them changes its word:'),
    { kind: 'list', items: first.slice(0, most).map(conflictWords) },
    ...(all > most ? [quiet(`and ${all - most} more`)] : []),
  ]
}

/** "14, 13 of them seen within 7 days, the others since 3 Nov": a count and how fresh it is. */
function freshWords({ hosts, seenLately, oldest }: Fresh, days: number): Text {
  if (hosts === 0) return ['none']
  const all = seenLately === hosts ? `${hosts}, all seen within ${days} days` : `${hosts}, of which ${seenLately} seen within ${days} days`
  return oldest === null || seenLately === hosts ? [all] : [`${all}, one not since `, at(oldest)]
}

function withNames(fresh: Fresh, days: number, group: HostGroup): Text {
  const rest = fresh.hosts - fresh.names.length
  const names = fresh.hosts === 0 ? '' : `: ${fresh.names.join(', ')}${rest > 0 ? ` (+${rest} more: "inventory ${group}")` : ''}`
  return [...freshWords(fresh, days), names]
}

const MOST = 8

/** Operating systems, and facts on which files disagree, in one list, on one page of it. */
export const INVENTORY_A_PAGE = 12

export const inventoryLines = ({ systems, conflicts }: InventorySummary): number => systems.length + conflicts.length

/** The eight questions that an inventory has to answer, each count with how fresh it is. Later pages go on with the lists alone. */
export function inventoryCard(
  summary: InventorySummary,
  imports: readonly ImportView[],
  page: Page = firstPage(INVENTORY_A_PAGE, inventoryLines(summary)),
): Card {
  const { systems, software, conflicts, staleAfterDays: days, all } = summary
  const first = page.number === 1
  const lines = linesOf([...systems, ...conflicts], page)
  const here = {
    systems: lines.flatMap((one) => ('fresh' in one ? [one] : [])),
    conflicts: lines.flatMap((one) => ('fresh' in one ? [] : [one])),
  }
  const blocks: readonly Block[] = [
    ...(first ? factBlocks(summary) : []),
    ...systemsBlocks(here.systems, days),
    ...(first ? [...productBlocks('Most widespread', software.widespread), ...productBlocks('In most versions', software.scattered)] : []),
    ...conflictBlocks({ count: here.conflicts.length, first: here.conflicts }, page.size),
    ...pageBlocks(page),
    ...(first ? imports.slice(0, 3).map(importLine) : []),
  ]
  const title = all.hosts === 0 ? 'The inventory is empty' : `Inventory: ${count(all.hosts, 'host')}`
  return whisper(title, blocks, { actions: moreButton(page, askList('inventory')) })
}

/** Hosts of a group on one page. */
export const HOSTS_A_PAGE = 20

/** The hosts of a group by their names, a page at a time. */
export const hostGroupCard = (group: HostGroup, hosts: readonly HostFacts[], page: Page): Card =>
  whisper(
    hosts.length === 0 ? `No host is ${group}` : `${count(hosts.length, 'host')} ${hosts.length === 1 ? 'is' : 'are'} ${group}`,
    [...(hosts.length === 0 ? [] : [{ kind: 'list' as const, items: linesOf(hosts, page).map(hostLine) }]), ...pageBlocks(page)],
    { actions: moreButton(page, askList(`inventory ${group}`)) },
  )

const hostLine = ({ host, operatingSystem, lastSeen }: HostFacts): Text => [
  { strong: host },
  `, ${operatingSystem || 'operating system not known'}, last seen `,
  at(lastSeen),
]

const importLine = (view: ImportView): Block =>
  quiet(`Import ${view.id}, ${view.fileName}, ${TITLES[view.status]}: ${hostsWords(view)}, `, at(view.startedAt))

function factBlocks(summary: InventorySummary): readonly Block[] {
  const { staleAfterDays: days, systems, software, streams } = summary
  const versions = systems.reduce((sum, s) => sum + s.versions.length, 0)
  return [
    ...(summary.all.hosts === 0 ? [next('import a file: csv, json, rpm-qa or dpkg-l.')] : []),
    {
      kind: 'facts',
      facts: [
        fact('Hosts', ...freshWords(summary.all, days)),
        fact('Operating systems', `${systems.length}, in ${count(versions, 'version')}`),
        fact('Applications', `${software.products}, in ${count(software.versions, 'version')}`),
        fact('Different patches', `${count(streams.length, 'group')} of hosts take packages from different streams`),
        ...(summary.withoutStreams.hosts > 0
          ? [fact('Matched by nothing', ...withNames(summary.withoutStreams, days, 'without a stream'), ' (no stream)')]
          : []),
        fact('Unpatched', ...withNames(summary.unpatched, days, 'unpatched')),
        fact('Unmanaged', ...withNames(summary.unmanaged, days, 'unmanaged')),
        fact('Mission critical', ...withNames(summary.missionCritical, days, 'mission critical')),
        fact('Not our own', ...withNames(summary.foreign, days, 'not our own')),
        fact('Not seen lately', ...withNames(summary.stale, days, 'not seen lately')),
        fact('Dependencies', 'not known: an inventory of packages does not say what needs what'),
      ],
    },
  ]
}

function systemsBlocks(systems: InventorySummary['systems'], staleAfterDays: number): readonly Block[] {
  if (systems.length === 0) return []
  const rows = systems.map(({ name, fresh, versions }) => [
    name,
    `${fresh.hosts}`,
    `${fresh.seenLately}`,
    shortened(
      versions.map((v) => `${v.name.startsWith(name) ? v.name.slice(name.length).trim() || v.name : v.name} (${v.hosts})`),
      4,
    ),
  ])
  return [{ kind: 'table', columns: ['Operating system', 'Hosts', `Seen within ${staleAfterDays} days`, 'Versions'], rows }]
}

function productBlocks(title: string, products: readonly ProductCount[]): readonly Block[] {
  if (products.length === 0) return []
  return [
    {
      kind: 'table',
      columns: [title, 'Hosts', 'Versions'],
      rows: products.slice(0, MOST).map(({ name, hosts, versions }) => [name, `${hosts}`, `${versions}`]),
    },
  ]
}
