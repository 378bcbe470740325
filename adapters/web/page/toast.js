import { byId, make } from './dom.js'

/** Milliseconds for which a toast can be read. */
const SHOWN = 4_000

/** A short word that something is done; it goes by itself. @param {string} text */
export function toast(text) {
  const element = make('p', 'toast', text)
  byId('toasts', HTMLDivElement).append(element)
  setTimeout(() => element.remove(), SHOWN)
}
