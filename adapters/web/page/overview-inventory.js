import { make } from './dom.js'
import { inventoryForm } from './inventory-form.js'
import { sayTime } from './times.js'

/** @import {Overview, OverviewContext, SourceLine} from './types.js' */

/** @param {Overview} overview @param {OverviewContext} context */
export function drawInventory({ sources, now }, context) {
  const list = make('ul', 'sources')
  list.append(...sources.map((source) => sourceItem(source, now, context.zone)))
  const parts = sources.length > 0 ? [list] : [make('p', 'nothing', 'The policy names no source: no bulletin comes in by itself.')]
  // One form for as long as the page is open: what was chosen in it must not vanish because something else has changed.
  return context.roles.includes('admin') ? [...parts, inventoryForm(context)] : parts
}

/** @param {SourceLine} source @param {string} now @param {string} zone */
function sourceItem(source, now, zone) {
  const item = make('li', `source ${source.state.replace(' ', '-')}`)
  item.append(make('strong', '', source.name), ' ', make('span', 'state', stateWords(source, now, zone)))
  return item
}

/** @param {SourceLine} source @param {string} now @param {string} zone */
function stateWords({ state, lastGoodAt, since, dropped }, now, zone) {
  const at = (/** @type {string} */ time) => sayTime(time, 'date-time', zone, now)
  const answer = lastGoodAt ? [`last good answer ${at(lastGoodAt)}`] : []
  const lost = dropped > 0 ? [`${dropped} ${dropped === 1 ? 'document' : 'documents'} not taken`] : []
  switch (state) {
    case 'failing':
      return [`FAILING since ${since ? at(since) : 'its first look'}`, ...answer, ...lost].join(', ')
    case 'silent':
      return [`SILENT: no news${since ? ` since ${at(since)}` : ''}`, ...answer, ...lost].join(', ')
    case 'good':
      return ['good', ...answer, ...lost].join(', ')
    default:
      return 'not asked yet'
  }
}
