import type { CardLink, ClockLine, OpenChange, Overview, SourceLine, Task } from '../core/overview/view.ts'
import type { Block, Card, Text } from './card.ts'
import { askList, firstPage, linesOf, moreButton, type Page, pageBlocks, pagesOf } from './pages.ts'
import { at, count, listed, quiet, textBlock, whisper } from './words.ts'

/** What waits and open changes, in one list, on one page of it. */
export const HOME_A_PAGE = 20

export const homeLines = ({ waitsForYou, changes }: Overview): number => waitsForYou.length + changes.length

type UrlOf = (card: CardLink) => string | null

/**
 * A person's own page, or the card in the conversation with the bot: what waits for them, and the open changes on their clocks.
 * @param urlOf address of a card's message; null: it is not on this platform, or not there yet
 */
export function homeCard(overview: Overview, urlOf: UrlOf = () => null, page: Page = firstPage(HOME_A_PAGE, homeLines(overview))): Card {
  const { waitsForYou, changes, sources } = overview
  const overdue = changes.filter((change) => deadline(change)?.state === 'overdue').length
  const title = waitsForYou.length === 0 ? 'Nothing waits for you' : `${count(waitsForYou.length, 'thing')} ${verb(waitsForYou)} for you`
  return {
    look: 'standard',
    tone: overdue > 0 ? 'danger' : waitsForYou.length > 0 ? 'warning' : 'good',
    badges: overdue > 0 ? [{ text: `${overdue} OVERDUE`, tone: 'danger' }] : [],
    title,
    blocks: [...listBlocks(overview, urlOf, page), ...pageBlocks(page), ...sourceBlocks(sources)],
    actions: moreButton(page, askList('home')),
    summary: `${title}; ${count(changes.length, 'open change')}`,
  }
}

const verb = ({ length }: readonly Task[]): string => (length === 1 ? 'waits' : 'wait')

/** What waits goes before the changes, page by page; their heading stands on each page that has some, and where there are none. */
function listBlocks({ waitsForYou, changes }: Overview, urlOf: UrlOf, page: Page): readonly Block[] {
  const lines = linesOf<readonly [Task] | readonly [null, OpenChange]>(
    [...waitsForYou.map((task) => [task] as const), ...changes.map((change) => [null, change] as const)],
    page,
  )
  const tasks = lines.flatMap(([task]) => (task === null ? [] : [task]))
  const open = lines.flatMap(([, change]) => (change === undefined ? [] : [change]))
  const last = page.number === pagesOf(page)
  return [
    ...tasks.flatMap((task) => taskLines(task, urlOf)),
    ...(open.length > 0 || (last && changes.length === 0) ? changeBlocks(open, changes.length, urlOf) : []),
  ]
}

function taskLines({ text, about, due, card }: Task, urlOf: UrlOf): readonly Block[] {
  return [name(`${text}: ${about}`, card, urlOf), ...(due === null ? [] : [textBlock('by ', at(due))])]
}

function changeBlocks(shown: readonly OpenChange[], all: number, urlOf: UrlOf): readonly Block[] {
  const heading: Block = { kind: 'heading', text: `Open changes (${all})` }
  if (all === 0) return [heading, quiet('There are none.')]
  return [heading, ...shown.flatMap((one) => [name(`${one.name}, change ${one.id}`, one.card, urlOf), textBlock(...changeLine(one))])]
}

/** The way to its message, where there is one; else the words alone. */
function name(label: string, card: CardLink | null, urlOf: UrlOf): Block {
  const url = card === null ? null : urlOf(card)
  return url === null ? textBlock({ strong: label }) : { kind: 'links', links: [{ label, url }] }
}

function changeLine(change: OpenChange): Text {
  const { standsStill, hosts, wait } = change
  const turn = wait.names.length > 0 ? `${wait.text} (${listed(wait.names)})` : wait.text
  return [
    ...(standsStill === null ? [] : [{ strong: standsStill.toUpperCase() }, ' · ']),
    `${change.class ?? `proposed ${change.proposed}`}${marks(change)} · ${change.phaseWords}`,
    ...clockWords(change),
    ...(hosts.done + hosts.failed > 0 ? [` · ${hosts.done} of ${count(hosts.total, 'host')} done`] : []),
    ...(hosts.failed > 0 ? [`, ${hosts.failed} failed`] : []),
    ` · Next: ${turn}`,
  ]
}

function marks({ drill, rehearsal, knownExploited }: OpenChange): string {
  return `${knownExploited ? ', known exploited' : ''}${drill ? ', DRILL' : rehearsal ? ', REHEARSAL' : ''}`
}

/** The clock that runs: the start, until it was made, then the completion. */
function deadline({ clocks }: OpenChange): (ClockLine & { readonly what: string }) | null {
  if (clocks === null) return null
  const { start, complete } = clocks
  return start.doneAt === null && start.by !== null ? { ...start, what: 'start' } : { ...complete, what: 'complete' }
}

function clockWords(change: OpenChange): Text {
  const clock = deadline(change)
  if (clock === null) return [` · ${change.clockWords}, once it is classified`]
  if (clock.by === null || clock.doneAt !== null) return []
  const by: Text = [`${clock.what} by `, at(clock.by)]
  return clock.state === 'overdue' ? [' · ', { strong: 'OVERDUE: ' }, ...by] : [' · ', ...by]
}

function sourceBlocks(sources: readonly SourceLine[]): readonly Block[] {
  const failing = sources.filter(({ state }) => state === 'failing').map(({ name }) => name)
  return failing.length === 0 ? [] : [textBlock({ strong: 'Not read: ' }, `${listed(failing)}. Their bulletins do not come.`)]
}

/** What was shown to somebody who may no longer see it must not stay. */
export const closedHomeCard = (why: string): Card => whisper('Nothing to see', [textBlock(why)], { tone: 'warning', summary: why })
