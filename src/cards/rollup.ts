import type { Block, Card } from './card.ts'
import { button, count, shortTitle, textBlock } from './words.ts'

/** A bulletin that shares a card with others. */
export interface RollupRow {
  readonly rowId: number
  readonly vendorId: string
  readonly title: string
  readonly product: string
  readonly hosts: number
  readonly severity: string
}

const MOST_ROWS = 20
const MOST_BUTTONS = 10

/** Many bulletins at once: the urgent ones have alerts of their own, the others are summed up here by product. */
export function rollupCard(sourceName: string, rows: readonly RollupRow[]): Card {
  const products = [...Map.groupBy(rows, ({ product }) => product)]
    .map(([product, all]) => ({ product, all, hosts: Math.max(...all.map((r) => r.hosts)) }))
    .sort((a, b) => b.hosts - a.hosts || (a.product < b.product ? -1 : 1))
  const shown = products.flatMap(({ all }) => all).slice(0, MOST_ROWS)
  const table: Block = {
    kind: 'table',
    columns: ['Product', 'Bulletin', 'Title', 'Severity', 'Hosts'],
    rows: shown.map((r) => [r.product, r.vendorId, shortTitle(r.title), r.severity, `${r.hosts}`]),
  }
  const title =
    rows.length === 0 ? `${sourceName}: all of the day are opened` : `${sourceName}: ${count(rows.length, 'more bulletin')} today`
  return {
    look: 'standard',
    tone: 'info',
    badges: [],
    title,
    blocks:
      rows.length === 0
        ? [textBlock('Each of them has an alert of its own now.')]
        : [
            textBlock(
              `About ${count(products.length, 'product')}. What is critical, high or known exploited has an alert of its own; these wait here.`,
            ),
            table,
            ...(rows.length > shown.length ? [textBlock(`And ${rows.length - shown.length} more: type "bulletins".`)] : []),
          ],
    actions: shown.slice(0, MOST_BUTTONS).map((r) => button(`Open ${r.vendorId}`, 'open', `bulletin:${r.rowId}`)),
    summary: title,
  }
}
