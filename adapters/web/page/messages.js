import { cardView } from './cards.js'
import { arrange, make } from './dom.js'
import { sayTime } from './times.js'

/** @import {Post, CardJson, Wish} from './types.js' */
/** @import {CardView} from './cards.js' */

/** Latest replies shown without asking. Earlier ones are folded away, but for those on which somebody may still act. */
const SHOWN_REPLIES = 3

/**
 * One message with its thread, and private answers to what was pressed on it.
 * @typedef {object} MessageView
 * @property {HTMLElement} element
 * @property {HTMLElement} replies
 * @property {HTMLElement} answers
 * @property {CardView} card
 * @property {(post: Post, zone: string, now: string) => boolean} update true when a card that stood there already has changed
 */

/**
 * The messages of the place that is open.
 * @param {HTMLElement} list
 * @param {(wish: Wish, message: string) => void} onWish
 */
export function messageList(list, onWish) {
  /** @type {Map<string, MessageView>} */
  const views = new Map()
  /** @type {Set<string>} threads that the reader has unfolded */
  const unfolded = new Set()
  /** @type {readonly Post[]} */
  let drawn = []

  /** @param {readonly Post[]} posts oldest first @param {string} zone @param {string} now @returns {Post[]} those that stood there already and have changed */
  function show(posts, zone, now) {
    drawn = posts
    const ids = new Set(posts.map((post) => post.id))
    for (const id of views.keys()) if (!ids.has(id)) views.delete(id)
    const changed = posts.filter((post) => viewOf(post.id).update(post, zone, now))
    // A reply whose root is not here stands alone rather than vanish.
    const roots = posts.filter((post) => post.threadOf === null || !ids.has(post.threadOf))
    for (const root of roots) {
      const replies = posts.filter((post) => post.threadOf === root.id)
      showThread(root.id, replies)
    }
    arrange(
      list,
      roots.map((root) => viewOf(root.id).element),
    )
    return changed
  }

  /** @param {string} root @param {readonly Post[]} replies */
  function showThread(root, replies) {
    const foldable = replies.slice(0, -SHOWN_REPLIES).filter((reply) => !reply.card.actions?.length)
    const folded = new Set(unfolded.has(root) ? [] : foldable)
    const shown = replies.filter((reply) => !folded.has(reply)).map((reply) => viewOf(reply.id).element)
    const box = viewOf(root).replies
    const old = box.querySelector(':scope > .fold')
    const fold = old instanceof HTMLElement ? old : make('li', 'fold')
    if (foldable.length > 0) fold.replaceChildren(foldButton(root, replies, folded.size))
    arrange(box, foldable.length > 0 ? [fold, ...shown] : shown)
    box.hidden = replies.length === 0
  }

  /** @param {string} root @param {readonly Post[]} replies @param {number} hidden */
  function foldButton(root, replies, hidden) {
    const button = make('button', 'quiet', hidden > 0 ? `Show ${hidden} earlier ${hidden === 1 ? 'reply' : 'replies'}` : 'Fold the thread')
    button.type = 'button'
    button.setAttribute('aria-expanded', String(hidden === 0))
    button.addEventListener('click', () => {
      if (hidden > 0) unfolded.add(root)
      else unfolded.delete(root)
      showThread(root, replies)
      viewOf(root).replies.querySelector('button')?.focus()
    })
    return button
  }

  /** @param {string} id @returns {MessageView} */
  function viewOf(id) {
    const known = views.get(id)
    if (known) return known
    const made = messageView(id, (wish) => onWish(wish, id))
    views.set(id, made)
    return made
  }

  return {
    show,
    /** @param {string} id */
    find: (id) => views.get(id) ?? null,
    /** Leads the reader to a message, into its thread where it is a reply. False: it is not here (yet). @param {string} id */
    reveal(id) {
      const view = views.get(id)
      if (!view) return false
      const root = drawn.find((post) => post.id === id)?.threadOf
      if (root && !view.element.isConnected) {
        unfolded.add(root)
        showThread(
          root,
          drawn.filter((post) => post.threadOf === root),
        )
      }
      const article = view.element.querySelector('article')
      if (article) {
        article.scrollIntoView({ block: 'start' })
        article.tabIndex = -1
        article.focus({ preventScroll: true })
        highlight(article)
      }
      return true
    },
    clear() {
      views.clear()
      list.replaceChildren()
    },
  }
}

/** Draws the eye to what has just changed. @param {HTMLElement} article */
export function highlight(article) {
  article.classList.remove('changed')
  // A restart needs a style without the class in between.
  void article.offsetWidth
  article.classList.add('changed')
}

/** @param {string} id @param {(wish: Wish) => void} onWish @returns {MessageView} */
function messageView(id, onWish) {
  const element = make('li', 'message')
  element.dataset.post = id
  const article = make('article')
  const icon = make('img', 'avatar')
  icon.src = '/icon.svg'
  icon.alt = ''
  const time = make('time')
  const head = make('header')
  head.append(make('strong', '', 'Patchcrier'), ' ', time)
  const card = cardView(onWish)
  const answers = make('div', 'answers')
  answers.setAttribute('aria-live', 'polite')
  const replies = make('ol', 'replies')
  replies.setAttribute('aria-label', 'Thread')
  const body = make('div', 'body')
  article.append(head, card.element)
  body.append(article, answers, replies)
  element.append(icon, body)
  return {
    element,
    replies,
    answers,
    card,
    update(post, zone, now) {
      article.setAttribute('aria-label', String(post.card.speak ?? 'Message'))
      time.textContent = sayTime(post.updatedAt, 'date-time', zone, now)
      time.title = `Time in ${zone}`
      const isNew = time.dateTime === ''
      time.dateTime = post.updatedAt
      const changed = card.update(post.card, zone, now) && !isNew
      if (changed) highlight(article)
      return changed
    },
  }
}
