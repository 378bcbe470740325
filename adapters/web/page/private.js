import { cardView } from './cards.js'
import { make } from './dom.js'

/** @import {CardJson, Wish} from './types.js' */

/**
 * A message that only the person at this page sees: cards, or a sentence, dismissible.
 * @param {{cards?: CardJson[], text?: string, said?: string, tone: 'plain' | 'refusal' | 'done'}} content
 * @param {{zone: string, now: string, onWish: (wish: Wish, from: PrivateView) => void}} context
 * @returns {PrivateView}
 * @typedef {{element: HTMLElement, setPending: (pending: boolean) => void, closeForm: () => void, showFieldError: (field: string, text: string) => boolean}} PrivateView
 */
export function privateMessage({ cards = [], text, said, tone }, { zone, now, onWish }) {
  const element = make('section', `private ${tone}`)
  element.setAttribute('aria-label', 'Only you see this')
  const head = make('header')
  const dismiss = make('button', 'dismiss', '×')
  dismiss.type = 'button'
  dismiss.setAttribute('aria-label', 'Dismiss')
  dismiss.addEventListener('click', () => element.remove())
  head.append(make('span', '', 'Only you see this'), dismiss)
  element.append(head)
  if (said) element.append(make('p', 'said', said))
  if (text) element.append(make('p', 'words', text))
  /** @type {PrivateView} */
  const view = {
    element,
    setPending: (pending) => {
      for (const one of views) one.setPending(pending)
    },
    closeForm: () => {
      for (const one of views) one.closeForm()
    },
    showFieldError: (field, words) => views.some((one) => one.showFieldError(field, words)),
  }
  const views = cards.map((json) => {
    const one = cardView((wish) => onWish(wish, view))
    one.update(json, zone, now)
    element.append(one.element)
    return one
  })
  return view
}
