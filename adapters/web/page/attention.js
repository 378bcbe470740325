import { byId } from './dom.js'
import { highlight } from './messages.js'

/** @import {Post} from './types.js' */

const timeline = byId('timeline', HTMLElement)
const newer = byId('newer', HTMLButtonElement)

/**
 * Leads the reader to what is new: whoever has just pressed something is taken to the card that follows from it, others
 * are told of what they cannot see, one press away.
 * @param {(id: string) => HTMLElement | undefined} elementOf the message as it is drawn
 */
export function attention(elementOf) {
  /** @type {HTMLElement | null} what is new and out of sight */
  let unseen = null
  /** Until when (performance.now) new cards are followed, because this person has just pressed something. */
  let followUntil = 0

  timeline.addEventListener('scroll', () => {
    if (unseen && isVisible(unseen)) offer(null)
  })
  newer.addEventListener('click', () => {
    unseen?.scrollIntoView({ block: 'center' })
    offer(null)
  })

  /** It may stand far above of what is being read. @param {HTMLElement | null} element @param {string} [words] */
  function offer(element, words = '') {
    unseen = element
    newer.hidden = element === null
    newer.textContent = words
  }

  /** @param {Post} post of the place that is open */
  function articleOf(post) {
    const article = elementOf(post.id)?.querySelector('article')
    if (article) return article
    throw new Error(`message ${post.id} is not drawn`)
  }

  /** @param {readonly Post[]} fresh @param {readonly Post[]} changed those that stood there already */
  function pointOut(fresh, changed) {
    for (const post of fresh) highlight(articleOf(post))
    const root = fresh.findLast((post) => post.threadOf === null)
    if (root && performance.now() < followUntil) return articleOf(root).scrollIntoView({ block: 'nearest', behavior: 'smooth' })
    const hidden = (/** @type {Post | undefined} */ post) => post !== undefined && !isVisible(articleOf(post))
    const acted = changed.findLast((post) => post.card.actions?.length && hidden(post))
    const reply = fresh.at(-1)
    if (root && hidden(root)) offer(articleOf(root), `New: ${root.card.speak}`)
    else if (acted) offer(articleOf(acted), `Changed: ${acted.card.speak}`)
    else if (reply && hidden(reply)) offer(articleOf(reply), `New: ${reply.card.speak}`)
  }

  return {
    pointOut,
    forget: () => offer(null),
    /** New cards are taken for the consequence of a press for so long. @param {number} milliseconds */
    follow: (milliseconds) => {
      followUntil = performance.now() + milliseconds
    },
    nearEnd: () => timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 120,
    toEnd: () => {
      timeline.scrollTop = timeline.scrollHeight
    },
  }
}

/** @param {HTMLElement} element */
function isVisible(element) {
  const { top, bottom } = element.getBoundingClientRect()
  const frame = timeline.getBoundingClientRect()
  return top < frame.bottom && bottom > frame.top
}
