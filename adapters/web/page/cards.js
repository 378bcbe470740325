import { dress } from './dress.js'
import { HOST_CONFIG } from './host-config.js'
import { localise } from './times.js'

/** @import {CardJson, Wish} from './types.js' */
/** @import * as Renderer from 'adaptivecards' */

/**
 * A drawn card that can be drawn again in place.
 * @typedef {object} CardView
 * @property {HTMLElement} element
 * @property {(json: CardJson, zone: string, now: string) => boolean} update draws again when something differs, and says so; an open form stays open with what was typed
 * @property {(pending: boolean) => void} setPending while an answer is awaited no button of the card works
 * @property {() => void} closeForm
 * @property {(field: string, text: string) => boolean} showFieldError false when the card has no open form with this field
 */

/**
 * @param {(wish: Wish) => void} onWish
 * @returns {CardView}
 */
export function cardView(onWish) {
  const element = document.createElement('div')
  element.className = 'card'
  let drawn = ''
  let pending = false
  /** @type {Renderer.AdaptiveCard | null} */
  let card = null

  // A form opens below its button, which may be out of sight. On the way down, because the renderer lets no click come up again.
  element.addEventListener('click', scrollToForm, { capture: true })

  /** @param {CardJson} json @param {string} zone @param {string} now */
  function update(json, zone, now) {
    const wanted = JSON.stringify(localise(json, zone, now))
    if (wanted === drawn) return false
    const typed = openForm()
    const focused = element.contains(document.activeElement)
    drawn = wanted
    card = draw(JSON.parse(wanted), typed, (wish) => pending || onWish(wish))
    const body = card.render()
    element.replaceChildren(...(body ? [body] : []))
    dress(card)
    if (typed) reopen(typed)
    setPending(pending)
    // The button that was pressed may be gone; whoever goes on by keyboard goes on from this card.
    if (focused && !element.contains(document.activeElement)) body?.focus({ preventScroll: true })
    return true
  }

  /** @param {boolean} value */
  function setPending(value) {
    pending = value
    element.setAttribute('aria-busy', String(value))
    // Not `disabled`: that would take the focus away from the button just pressed.
    for (const button of element.querySelectorAll('button')) button.setAttribute('aria-disabled', String(value))
  }

  /** @param {MouseEvent} event */
  function scrollToForm({ target, isTrusted }) {
    if (isTrusted && target instanceof Element && target.closest('.expandable'))
      requestAnimationFrame(() => form()?.scrollIntoView({ block: 'nearest', behavior: 'smooth' }))
  }

  const form = () => element.querySelector('.ac-adaptiveCard .ac-adaptiveCard')

  /** @returns {HTMLElement | null} */
  const expanded = () => element.querySelector('.ac-pushButton.expanded')

  function openForm() {
    const title = expanded()?.textContent
    if (!card || !title) return null
    const inputs = card.getAllInputs(true)
    const focused = inputs.find((input) => input.renderedElement?.contains(document.activeElement))
    return { title, values: new Map(inputs.map((input) => [input.id, String(input.value ?? '')])), focused: focused?.id }
  }

  /** @param {NonNullable<ReturnType<typeof openForm>>} form */
  function reopen({ title, focused }) {
    const button = [...element.querySelectorAll('button')].find((one) => one.textContent === title && one.classList.contains('expandable'))
    button?.click()
    if (focused)
      card
        ?.getAllInputs(true)
        .find((input) => input.id === focused)
        ?.focus()
  }

  /** @param {string} field @param {string} text */
  function showFieldError(field, text) {
    const input = expanded() && card?.getAllInputs(true).find((one) => fieldOf(one.id ?? '') === field && one.renderedElement?.isConnected)
    if (!input?.renderedElement) return false
    element.querySelector('.field-error')?.remove()
    const error = document.createElement('p')
    error.className = 'field-error'
    error.setAttribute('role', 'alert')
    error.textContent = text
    input.renderedElement.append(error)
    input.focus()
    return true
  }

  return { element, update, setPending, closeForm: () => expanded()?.click(), showFieldError }
}

/**
 * @param {CardJson} json
 * @param {{values: Map<string | undefined, string>} | null} form what was typed into the card drawn before
 * @param {(wish: Wish) => void} onWish
 */
function draw(json, form, onWish) {
  const card = new AdaptiveCards.AdaptiveCard()
  card.hostConfig = new AdaptiveCards.HostConfig(HOST_CONFIG)
  card.parse(json)
  for (const input of card.getAllInputs(true)) {
    const typed = form?.values.get(input.id)
    if (typed && (input instanceof AdaptiveCards.TextInput || input instanceof AdaptiveCards.ChoiceSetInput)) input.defaultValue = typed
  }
  card.onExecuteAction = (action) => {
    if (action instanceof AdaptiveCards.ExecuteAction) onWish(wishOf(action))
    else if (action instanceof AdaptiveCards.OpenUrlAction && action.url?.startsWith('https:'))
      window.open(action.url, '_blank', 'noopener,noreferrer')
  }
  return card
}

/** @param {Renderer.ExecuteAction} action @returns {Wish} */
function wishOf(action) {
  const { v: _v, verb, id, digest, ...inputs } = /** @type {Record<string, string>} */ (action.data ?? {})
  return { verb, subject: id, ...(digest === undefined ? {} : { digest }), inputs }
}

/** Input ids are `field~index`. @param {string} id */
function fieldOf(id) {
  return id.replace(/~\d+$/, '')
}
