import { phaseWords } from '../core/change/guard.ts'
import type { ChangeState } from '../core/change/state.ts'
import type { Instant } from '../core/result.ts'
import type { Card, Text } from './card.ts'
import { askList, firstPage, linesOf, moreButton, type Page, pageBlocks } from './pages.ts'
import { at, count, fact, quiet, shortTitle, subjectOf, textBlock, whisper } from './words.ts'

/** Answers to typed commands: private, and nothing but lists. */

export interface HelpLine {
  readonly usage: string
  readonly what: string
}

export const helpCard = (name: string, lines: readonly HelpLine[]): Card =>
  whisper(`What you can do, ${name.split(' ')[0]}`, [
    { kind: 'table', columns: ['Type', 'to see'], rows: lines.map((l) => [l.usage, l.what]) },
    quiet('Everything else is done by the buttons on the cards.'),
  ])

export interface StatusView {
  readonly open: readonly ChangeState[]
  readonly closed: number
  readonly hosts: number
  readonly bulletins: number
  readonly held: number
  readonly sources: readonly {
    readonly name: string
    readonly lastGoodAt: Instant | null
    readonly failingSince: Instant | null
    readonly dropped: number
  }[]
}

/** Sources and open changes, in one list, on one page of it. */
export const STATUS_A_PAGE = 20

export function statusCard(view: StatusView, page: Page = firstPage(STATUS_A_PAGE, view.sources.length + view.open.length)): Card {
  const lines = linesOf([...view.sources, ...view.open], page)
  const sources = lines.flatMap((one) => ('phase' in one ? [] : [one]))
  const open = lines.flatMap((one) => ('phase' in one ? [one] : []))
  return whisper(
    'Where everything stands',
    [
      {
        kind: 'facts',
        facts: [
          fact('Changes', `${view.open.length} open, ${view.closed} closed`),
          fact('Bulletins', `${view.bulletins} taken, ${view.held} held`),
          fact('Inventory', count(view.hosts, 'host')),
          ...sources.map(sourceFact),
        ],
      },
      ...(open.length > 0
        ? [{ kind: 'list' as const, items: open.map((c) => [`change ${c.id} (${subjectOf(c)}) ${standsWords(c)}`]) }]
        : []),
      ...pageBlocks(page),
    ],
    { actions: moreButton(page, askList('status')) },
  )
}

function sourceFact({ name, failingSince, lastGoodAt, dropped }: StatusView['sources'][number]) {
  if (failingSince) return fact(name, 'FAILING since ', at(failingSince))
  return lastGoodAt
    ? fact(name, 'last good answer ', at(lastGoodAt), dropped > 0 ? `, ${dropped} dropped` : '')
    : fact(name, 'not asked yet')
}

/** Where a change stands, with what it waits for or where it went on. */
function standsWords({ phase, awaiting, joinedInto, drill }: ChangeState): string {
  const words = awaiting ? `waits for: ${awaiting.what}` : joinedInto ? `goes on as part of change ${joinedInto.change}` : phaseWords(phase)
  return drill ? `${words} (a drill)` : words
}

export interface BulletinLine {
  readonly vendorId: string
  readonly revision: string
  readonly title: string
  readonly verdict: string
  readonly origin: string
  readonly matched: number
  readonly changeId: number | null
  readonly seenAt: Instant
}

/** Bulletins on one page of their list. */
export const BULLETINS_A_PAGE = 20

/** `lines` are those of the page. */
export const bulletinsCard = (lines: readonly BulletinLine[], page: Page): Card =>
  whisper(
    lines.length === 0 ? 'No bulletin has come in yet' : 'Bulletins, newest first',
    [
      {
        kind: 'table',
        columns: ['Bulletin', 'Rev', 'Title', 'Verdict', 'What', 'Matches'],
        rows: lines.map((l) => [l.vendorId, l.revision, shortTitle(l.title), l.verdict, l.origin, matchWords(l)]),
      },
      ...pageBlocks(page),
    ],
    { actions: moreButton(page, askList('bulletins')) },
  )

/** A held document was not read, so nobody knows what it would match. */
function matchWords({ origin, changeId, matched }: BulletinLine): string {
  if (origin === 'held') return 'not read'
  if (changeId !== null) return `change ${changeId}`
  return matched > 0 ? count(matched, 'host') : 'no match'
}

/** Changes on one page of their list: each is several lines. */
export const CHANGES_A_PAGE = 10

/** `changes` are those of the page; without a page they are all that was asked for. */
export const changesCard = (
  changes: readonly ChangeState[],
  page: Page = { number: 1, size: CHANGES_A_PAGE, total: changes.length },
): Card =>
  whisper(
    page.total === 0 ? 'There is no change yet' : page.total === 1 ? 'One change' : 'Changes, newest first',
    [
      ...changes.map((state) => ({
        kind: 'facts' as const,
        facts: [
          fact(
            `Change ${state.id}`,
            `${shortTitle(state.bulletin.title)} (${state.bulletin.vendorId} rev ${state.bulletin.revision}, ${state.bulletin.verdict})`,
          ),
          fact(
            'State',
            `${standsWords(state)} · ${state.classification?.class ?? `proposed ${state.proposal.class}`} · ${count(state.hosts.length, 'host')}`,
          ),
          ...(state.clocks?.startBy ? [fact('Start by', at(state.clocks.startBy))] : []),
          ...(state.clocks?.completeBy ? [fact('Complete by', at(state.clocks.completeBy))] : []),
        ],
      })),
      ...pageBlocks(page),
    ],
    { actions: moreButton(page, askList('changes')) },
  )

export interface WhyLine {
  readonly at: Instant
  readonly what: Text
  readonly source: string
}

/** `asOf`: what was known then; null: until now. */
export function whyCard(host: string, lines: readonly WhyLine[], asOf: Instant | null): Card {
  const nothing = asOf === null ? 'No bulletin has matched it so far.' : 'No bulletin had matched it by then.'
  const known = lines.some((l) => l.source !== 'inventory')
  return whisper(`What happened to ${host}`, [
    ...(asOf === null ? [] : [textBlock('As it was ', at(asOf), ':')]),
    ...(known ? [] : [textBlock(nothing)]),
    ...(lines.length > 0 ? list(lines) : []),
  ])
}

const list = (lines: readonly WhyLine[]) => [
  { kind: 'list' as const, items: lines.map((l): Text => [at(l.at), ' ', ...l.what, ` (${l.source})`]) },
]
