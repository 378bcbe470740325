import { byId, make } from './dom.js'

/** Milliseconds for which a toast can be read. */
const SHOWN = 3_000

/** A short word that something is done; it goes by itself, or when the next one comes. @param {string} text */
export function toast(text) {
  const element = make('p', 'toast', text)
  byId('toasts', HTMLDivElement).replaceChildren(element)
  setTimeout(() => element.remove(), SHOWN)
}
