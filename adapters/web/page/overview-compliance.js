import { stackedBar } from './chart.js'
import { make } from './dom.js'
import { sayTime } from './times.js'

/** @import {Overview, OverviewContext, Compliance, PatchLine, BaselineLine} from './types.js' */
/** @import {Part} from './chart.js' */

/** Classes of asset that are shown before the rest is unfolded. */
const SHOWN = 8

/** @param {Overview} overview @param {OverviewContext} context */
export function drawCompliance({ compliance, now }, { zone }) {
  if (compliance.hosts === 0)
    return [make('p', 'nothing', 'The inventory is empty: nobody can say which hosts need what. An admin imports one on this page.')]
  return [freshness(compliance, now, zone), patchFigure(compliance.patches), baselineFigure(compliance.baselines)]
}

/** Every count shows how fresh it is. @param {Compliance} compliance @param {string} now @param {string} zone */
function freshness({ hosts, stale, staleAfterDays, unmanaged, lastSeen }, now, zone) {
  const parts = [
    `${hosts} hosts in the inventory`,
    lastSeen ? `last heard of ${sayTime(lastSeen, 'date-time', zone, now)}` : 'never heard of',
    ...(stale > 0 ? [`${stale} not for more than ${staleAfterDays} days`] : []),
    ...(unmanaged > 0 ? [`${unmanaged} unmanaged`] : []),
  ]
  return make('p', 'legend', `${parts.join(' · ')}.`)
}

/** @param {readonly PatchLine[]} lines */
function patchFigure(lines) {
  return figure({
    title: 'Open changes by class of asset',
    key: 'patches',
    legend: [
      ['good', 'no open change'],
      ['warning', 'an open change'],
      ['danger', 'a change past its deadline'],
    ],
    rows: lines.map((line) => ({
      name: line.assetClass,
      parts: [
        { kind: 'good', size: line.clear },
        { kind: 'warning', size: line.open },
        { kind: 'danger', size: line.overdue },
      ],
      words: patchWords(line),
      more: '',
    })),
    columns: ['Class of asset', 'Hosts', 'No open change', 'Open change', 'Past its deadline'],
    table: lines.map(({ assetClass, hosts, clear, open, overdue }) => [assetClass, hosts, clear, open, overdue].map(String)),
  })
}

/** @param {PatchLine} line */
function patchWords({ hosts, open, overdue }) {
  if (open + overdue === 0) return `all ${hosts} clear`
  return [`${open + overdue} of ${hosts} to patch`, ...(overdue > 0 ? [`${overdue} OVERDUE`] : [])].join(', ')
}

/** @param {readonly BaselineLine[]} lines */
function baselineFigure(lines) {
  if (lines.length === 0) {
    const box = make('div', 'figure empty-figure')
    box.append(
      make('h3', '', 'Baselines'),
      make(
        'p',
        'nothing',
        'There is no baseline yet. When the first review is closed, the versions that were verified become the standard of each class of asset, and this chart shows who is at, below or above it.',
      ),
    )
    return box
  }
  return figure({
    title: 'Baselines by class of asset and product',
    key: 'baselines',
    legend: [
      ['good', 'at the baseline'],
      ['info', 'exempt'],
      ['warning', 'above: unauthorised?'],
      ['danger', 'below: bring up'],
    ],
    rows: lines.map((line) => ({
      name: `${line.assetClass}: ${line.product}`,
      parts: [
        { kind: 'good', size: line.at },
        { kind: 'info', size: line.exempt },
        { kind: 'warning', size: line.above },
        { kind: 'danger', size: line.below },
      ],
      words: baselineWords(line),
      more: namedWords(line),
    })),
    columns: ['Class of asset', 'Product', 'Baseline', 'At', 'Below', 'Above', 'Exempt'],
    table: lines.map(({ assetClass, product, versions, at, below, above, exempt }) => [
      assetClass,
      product,
      versions.join(', '),
      ...[at, below, above, exempt].map(String),
    ]),
  })
}

/** @param {BaselineLine} line */
function baselineWords({ at, below, above, exempt }) {
  const off = [
    ...(below > 0 ? [`${below} below`] : []),
    ...(above > 0 ? [`${above} above`] : []),
    ...(exempt > 0 ? [`${exempt} exempt`] : []),
  ]
  return [`${at} of ${at + below + above + exempt} at`, ...off].join(', ')
}

/** @param {BaselineLine} line */
function namedWords({ below, above, named }) {
  const say = (/** @type {string} */ word, /** @type {readonly string[]} */ hosts, /** @type {number} */ all) =>
    hosts.length === 0 ? [] : [`${word}: ${hosts.join(', ')}${all > hosts.length ? ` and ${all - hosts.length} more` : ''}`]
  return [...say('below', named.below, below), ...say('above', named.above, above)].join(' · ')
}

/**
 * A chart of stacked bars with a legend, and the same as a table for whoever would rather read it.
 * @typedef {{name: string, parts: readonly Part[], words: string, more: string}} ChartRow
 * @param {{title: string, key: string, legend: readonly [Part['kind'], string][], rows: readonly ChartRow[], columns: readonly string[], table: readonly string[][]}} what
 */
function figure({ title, key, legend, rows, columns, table }) {
  const box = make('figure', 'figure')
  const caption = make('figcaption')
  caption.append(make('h3', '', title), legendOf(legend))
  box.append(caption, chart(rows.slice(0, SHOWN)))
  if (rows.length > SHOWN) {
    const rest = make('details')
    rest.dataset.key = `${key} rest`
    rest.append(summary(`Show ${rows.length - SHOWN} more`, `${key} rest summary`), chart(rows.slice(SHOWN)))
    box.append(rest)
  }
  const as = make('details')
  as.dataset.key = `${key} table`
  as.append(summary('Show as a table', `${key} table summary`), tableOf(title, columns, table))
  box.append(as)
  return box
}

/** @param {string} words @param {string} key */
function summary(words, key) {
  const element = make('summary', '', words)
  element.dataset.key = key
  return element
}

/** @param {readonly [Part['kind'], string][]} entries */
function legendOf(entries) {
  const list = make('ul', 'key')
  for (const [kind, words] of entries) {
    const item = make('li')
    item.append(stackedBar([{ kind, size: 1 }], 'swatch'), words)
    list.append(item)
  }
  return list
}

/** @param {readonly ChartRow[]} rows */
function chart(rows) {
  const list = make('ul', 'chart')
  for (const { name, parts, words, more } of rows) {
    const item = make('li')
    item.append(make('span', 'name', name), stackedBar(parts), make('span', 'figures', words))
    if (more) item.append(make('span', 'more', more))
    list.append(item)
  }
  return list
}

/** @param {string} title @param {readonly string[]} columns @param {readonly string[][]} rows */
function tableOf(title, columns, rows) {
  const box = make('div', 'scroller')
  box.tabIndex = 0
  box.setAttribute('role', 'region')
  box.setAttribute('aria-label', title)
  const table = make('table', 'figures-table')
  const head = make('tr')
  for (const name of columns) {
    const cell = make('th', '', name)
    cell.scope = 'col'
    head.append(cell)
  }
  const thead = make('thead')
  thead.append(head)
  const body = make('tbody')
  for (const cells of rows) {
    const row = make('tr')
    row.append(...cells.map((text, index) => make(index === 0 ? 'th' : 'td', '', text)))
    row.querySelector('th')?.setAttribute('scope', 'row')
    body.append(row)
  }
  table.append(thead, body)
  box.append(table)
  return box
}
