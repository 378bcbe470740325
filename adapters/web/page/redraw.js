/**
 * Draws a part of the page again by changing only what differs: whoever reads it with a screen reader, has selected something, or is
 * in it by keyboard stays where they are. What can be focused is told apart by `data-key`.
 * @param {HTMLElement} box @param {(Node | string)[]} wanted
 */
export function redraw(box, wanted) {
  const focused = box.contains(document.activeElement) ? keyOf(document.activeElement) : ''
  const draft = document.createElement('div')
  draft.append(...wanted.map((node) => (node === box.querySelector('form') ? placeholder(/** @type {HTMLElement} */ (node)) : node)))
  morphChildren(box, draft)
  if (focused === '' || keyOf(document.activeElement) === focused) return
  const next = [...box.querySelectorAll('[data-key]')].find((one) => keyOf(one) === focused)
  if (next instanceof HTMLElement) next.focus({ preventScroll: true })
}

/** @param {Element | null} element */
const keyOf = (element) => (element instanceof HTMLElement ? (element.dataset.key ?? '') : '')

/** Stands for an element that is there already and shall stay untouched. @param {HTMLElement} element */
function placeholder(element) {
  const stand = document.createElement(element.tagName)
  stand.dataset.stay = ''
  return stand
}

/** @param {Node} old @param {Node} wanted */
function morphChildren(old, wanted) {
  const next = [...wanted.childNodes]
  for (const [index, node] of next.entries()) {
    const there = old.childNodes[index]
    if (!there) old.appendChild(node)
    else morph(there, node)
  }
  while (old.childNodes.length > next.length) old.lastChild?.remove()
}

/** @param {ChildNode} old @param {Node} wanted */
function morph(old, wanted) {
  if (old.nodeName !== wanted.nodeName) return old.replaceWith(wanted)
  if (old instanceof Text) {
    if (old.data !== wanted.textContent) old.data = wanted.textContent ?? ''
    return
  }
  if (!(old instanceof Element) || !(wanted instanceof Element) || wanted.matches('[data-stay]')) return
  syncAttributes(old, wanted)
  morphChildren(old, wanted)
}

/** @param {Element} old @param {Element} wanted */
function syncAttributes(old, wanted) {
  // Whether something is unfolded is the reader's business; a style attribute may not be set by name.
  const ours = (/** @type {string} */ name) => name !== 'open' && name !== 'style'
  for (const { name } of [...old.attributes]) if (ours(name) && !wanted.hasAttribute(name)) old.removeAttribute(name)
  for (const { name, value } of wanted.attributes) if (ours(name) && old.getAttribute(name) !== value) old.setAttribute(name, value)
  if (old instanceof HTMLElement && wanted instanceof HTMLElement && old.style.cssText !== wanted.style.cssText)
    old.style.cssText = wanted.style.cssText
}
