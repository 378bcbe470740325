import type { Instant } from '../core/result.ts'
import type { Block, Card, Text } from './card.ts'
import { at, count, fact, listed, quiet, textBlock, whisper } from './words.ts'

export interface WindowView {
  readonly name: string
  /** Hosts that it is for, in words; empty: all. */
  readonly hosts: string
  /** Until when it is open; null: it is closed, for the reason `why`. */
  readonly openUntil: Instant | null
  readonly why: string
  readonly next: readonly Instant[]
}

/** Each window of the policy: for whom, is it open, when next. */
export const windowsCard = (windows: readonly WindowView[]): Card =>
  whisper(
    'Maintenance windows',
    windows.flatMap((w): readonly Block[] => [
      { kind: 'heading', text: w.name },
      textBlock(
        ...(w.openUntil ? ['OPEN until ', at(w.openUntil)] : [`Closed now: ${w.why}`]),
        w.openUntil ? '. ' : ' ',
        w.hosts === '' ? 'For all hosts.' : `For ${w.hosts}.`,
      ),
      w.next.length > 0
        ? { kind: 'list', items: w.next.map((start): Text => ['Opens ', at(start)]) }
        : textBlock('It does not open within two years.'),
    ]),
  )

export interface Occasion {
  readonly at: Instant
  readonly until: Instant
  readonly what: Text
}

export interface OpeningsView {
  readonly name: string
  readonly count: number
  readonly next: Instant | null
}

/** What is planned into which window, when nothing may change, and how often each window opens. */
export const scheduleCard = (weeks: number, occasions: readonly Occasion[], openings: readonly OpeningsView[]): Card =>
  whisper(`The next ${weeks} weeks`, [
    occasions.length === 0
      ? textBlock('Nothing is planned.')
      : { kind: 'list', items: occasions.map(({ at: from, until, what }): Text => [at(from), ' to ', at(until), ': ', ...what]) },
    {
      kind: 'facts',
      facts: openings.map(({ name, count: times, next }) =>
        fact(name, times === 0 ? 'does not open' : `opens ${count(times, 'time')}`, ...(next ? [', next ', at(next)] : [])),
      ),
    },
    quiet('Type `windows` to see for whom each is, and whether it is open now.'),
  ])

/** The openings that a delay could be asked for, with how to ask. */
export const openingsCard = (change: number, openings: readonly Instant[]): Card =>
  whisper(`Until when shall change ${change} wait?`, [
    openings.length === 0
      ? textBlock('No later opening of its window is known.')
      : { kind: 'list', items: openings.map((start): Text => [at(start)]) },
    quiet(`Type when and why: \`delay ${change} tomorrow 22:00 month-end closing\`.`),
  ])

/** "web servers, in production": which hosts a window is for. */
export const hostsWords = (parts: readonly (readonly string[] | undefined)[]): string =>
  parts.flatMap((part) => (part === undefined ? [] : [listed(part)])).join('; ')
