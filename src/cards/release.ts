import type { Block, Card } from './card.ts'
import type { RollupRow } from './rollup.ts'
import { button, count, shortTitle, textBlock } from './words.ts'

/** A part of a release: what shares one card because it was published together. */
export interface ReleaseRow extends RollupRow {
  readonly exploited: boolean
  /** Number of the change that it was opened as; null: nobody has. */
  readonly changeId: number | null
}

const MOST_ROWS = 20
const MOST_BUTTONS = 10
const GRAVEST = ['critical', 'important', 'moderate', 'low', 'none']

/** The gravest first: known exploited, then by severity, then by hosts. */
const byGravity = (a: ReleaseRow, b: ReleaseRow): number =>
  Number(b.exploited) - Number(a.exploited) || GRAVEST.indexOf(a.severity) - GRAVEST.indexOf(b.severity) || b.hosts - a.hosts

/** One card for what a vendor publishes on one day (a Patch Tuesday), with a line per product that is here; each can be opened. */
export function releaseCard(release: string, rows: readonly ReleaseRow[]): Card {
  const sorted = [...rows].sort(byGravity)
  const shown = sorted.slice(0, MOST_ROWS)
  const waiting = sorted.filter(({ changeId }) => changeId === null)
  const urgent = waiting.some(({ exploited, severity }) => exploited || severity === 'critical')
  const table: Block = {
    kind: 'table',
    columns: ['Product', 'Severity', 'Known exploited', 'Hosts', 'State'],
    rows: shown.map((r) => [
      shortTitle(r.title),
      r.severity,
      r.exploited ? 'yes' : 'not known',
      `${r.hosts}`,
      r.changeId === null ? 'not opened' : `change ${r.changeId}`,
    ]),
  }
  const title = `${release}: ${count(rows.length, 'product')} of ours, ${waiting.length === 0 ? 'all opened' : `${waiting.length} to open`}`
  return {
    look: 'standard',
    tone: urgent ? 'warning' : 'info',
    badges: [],
    title,
    blocks: [
      textBlock('Published together. What is critical or known exploited is a change already; open the others as you come to them.'),
      table,
      ...(sorted.length > shown.length ? [textBlock(`And ${sorted.length - shown.length} more: type "bulletins".`)] : []),
    ],
    actions: waiting.slice(0, MOST_BUTTONS).map((r) => button(`Open ${shortTitle(r.product)}`, 'open', `bulletin:${r.rowId}`)),
    summary: title,
  }
}
