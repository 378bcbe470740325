import type { CardLink, ClockLine, OpenChange, Overview, SourceLine, Task } from '../core/overview/view.ts'
import type { Block, Card, Text } from './card.ts'
import { at, count, listed, quiet, textBlock } from './words.ts'

const MOST_TASKS = 20
const MOST_CHANGES = 20

type UrlOf = (card: CardLink) => string | null

/**
 * A person's own page, or the card in the conversation with the bot: what waits for them, and the open changes on their clocks.
 * @param urlOf address of a card's message; null: it is not on this platform, or not there yet
 */
export function homeCard({ waitsForYou, changes, sources }: Overview, urlOf: UrlOf = () => null): Card {
  const overdue = changes.filter((change) => deadline(change)?.state === 'overdue').length
  const title = waitsForYou.length === 0 ? 'Nothing waits for you' : `${count(waitsForYou.length, 'thing')} ${verb(waitsForYou)} for you`
  return {
    look: 'standard',
    tone: overdue > 0 ? 'danger' : waitsForYou.length > 0 ? 'warning' : 'good',
    badges: overdue > 0 ? [{ text: `${overdue} OVERDUE`, tone: 'danger' }] : [],
    title,
    blocks: [...taskBlocks(waitsForYou, urlOf), ...changeBlocks(changes, urlOf), ...sourceBlocks(sources)],
    actions: [],
    summary: `${title}; ${count(changes.length, 'open change')}`,
  }
}

const verb = ({ length }: readonly Task[]): string => (length === 1 ? 'waits' : 'wait')

function taskBlocks(tasks: readonly Task[], urlOf: UrlOf): readonly Block[] {
  const shown = tasks.slice(0, MOST_TASKS)
  return [...shown.flatMap((task) => taskLines(task, urlOf)), ...more(tasks.length - shown.length)]
}

function taskLines({ text, about, due, card }: Task, urlOf: UrlOf): readonly Block[] {
  return [name(`${text}: ${about}`, card, urlOf), ...(due === null ? [] : [textBlock('by ', at(due))])]
}

function changeBlocks(changes: readonly OpenChange[], urlOf: UrlOf): readonly Block[] {
  const heading: Block = { kind: 'heading', text: `Open changes (${changes.length})` }
  if (changes.length === 0) return [heading, quiet('There are none.')]
  const shown = changes.slice(0, MOST_CHANGES)
  const lines = shown.flatMap((one) => [name(`${one.name}, change ${one.id}`, one.card, urlOf), textBlock(...changeLine(one))])
  return [heading, ...lines, ...more(changes.length - shown.length)]
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

const more = (left: number): readonly Block[] => (left > 0 ? [quiet(`… ${left} more. Type \`changes\` to see all.`)] : [])

function sourceBlocks(sources: readonly SourceLine[]): readonly Block[] {
  const failing = sources.filter(({ state }) => state === 'failing').map(({ name }) => name)
  return failing.length === 0 ? [] : [textBlock({ strong: 'Not read: ' }, `${listed(failing)}. Their bulletins do not come.`)]
}
