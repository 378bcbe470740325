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
function sourceItem({ name, state, lastGoodAt, failingSince, dropped }, now, zone) {
  const item = make('li', `source ${state.replace(' ', '-')}`)
  const words = failingSince
    ? `FAILING since ${sayTime(failingSince, 'date-time', zone, now)}${lastGoodAt ? `, last good answer ${sayTime(lastGoodAt, 'date-time', zone, now)}` : ''}`
    : lastGoodAt
      ? `good, last answer ${sayTime(lastGoodAt, 'date-time', zone, now)}${dropped > 0 ? `, ${dropped} documents dropped` : ''}`
      : 'not asked yet'
  item.append(make('strong', '', name), ' ', make('span', 'state', words))
  return item
}
