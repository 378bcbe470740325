import { ApiError, get, post, sendWish, useToken } from './api.js'
import { attention } from './attention.js'
import { byId } from './dom.js'
import { liveEvents } from './events.js'
import { messageList } from './messages.js'
import { placeStore } from './place-store.js'
import { privateMessage } from './private.js'
import { sampleClock, showPeople, showPlaceHead, showPlaces } from './shell.js'
import { toast } from './toast.js'

/** @import {Place, Person, Post, Wish, CardJson, Outcome} from './types.js' */
/** @import {PrivateView} from './private.js' */

/** Milliseconds for which a click waits for a bot that is away. */
const PATIENCE = 60_000
/** Milliseconds after a click for which a new card is taken for its consequence. */
const CONSEQUENCE = 4_000

const banner = byId('banner', HTMLParagraphElement)

/** @type {{sample: boolean, places: Place[], people: Person[], person: string, place: string}} */
const state = { sample: false, places: [], people: [], person: '', place: '' }
/** @type {Set<() => void>} */
const waiting = new Set()

const zone = () => state.people.find((one) => one.id === state.person)?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
const clock = sampleClock({ zone, onMove: moveClock, onDue: readClock })
const messages = messageList(byId('messages', HTMLOListElement), (wish, id) =>
  send(wish, messages.find(id)?.card ?? null, messages.find(id)?.answers ?? null),
)
const reader = attention((id) => messages.find(id)?.element)
const store = placeStore(onRead)
const events = liveEvents({
  onOpen: onConnected,
  onLost: () => showBanner('Reconnecting... What you see may be old; nothing is lost.'),
  onEvent,
})

await start()

async function start() {
  wire()
  for (;;) {
    try {
      const me = await get('/api/me')
      state.sample = me.sample
      state.people = me.sample ? (await get('/api/people')).people : [me.person]
      state.places = (await get('/api/places')).places
      break
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) await askForToken()
      else await retryLater()
    }
  }
  // The first card drawn needs to know the year.
  await readClock()
  readHash()
}

function wire() {
  window.addEventListener('hashchange', readHash)
  byId('person', HTMLSelectElement).addEventListener('change', (event) => {
    if (event.target instanceof HTMLSelectElement) writeHash(state.place, event.target.value)
  })
  byId('composer', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    sendCommand()
  })
}

/** Place and person stand in the address, so that two windows can be two people and a reload changes nothing. */
function readHash() {
  const asked = new URLSearchParams(location.hash.slice(1))
  const person = state.people.find((one) => one.id === asked.get('person')) ?? state.people[0]
  const place = state.places.find((one) => one.id === asked.get('place')) ?? state.places[0]
  if (!person || !place) return showBanner('This organisation has no places or people yet.')
  const changed = { person: person.id !== state.person, place: place.id !== state.place }
  state.person = person.id
  state.place = place.id
  if (changed.person) events.connect(person.id)
  if (changed.person || changed.place) openPlace()
}

/** @param {string} place @param {string} person */
function writeHash(place, person) {
  location.hash = new URLSearchParams({ place, person }).toString()
}

/** Another place or another person: nothing private of before may stay on the page. */
function openPlace() {
  messages.clear()
  byId('answers', HTMLDivElement).replaceChildren()
  reader.forget()
  showPeople(state.people, state.person)
  showPlaceHead(state.places.find((one) => one.id === state.place))
  showCurrent()
  reader.toEnd()
  void readClock()
}

function showCurrent() {
  const posts = store.posts(state.place)
  const changed = messages.show(posts, zone(), clock.now())
  byId('empty', HTMLParagraphElement).hidden = posts.length > 0
  store.markSeen(state.person, state.place)
  showUnread()
  return changed
}

function showUnread() {
  showPlaces(
    state.places,
    state.place,
    (place) => store.unread(state.person, place),
    (place) => writeHash(place, state.person),
  )
}

/** @param {string} place @param {Post[]} fresh @param {boolean} first */
function onRead(place, fresh, first) {
  if (place !== state.place) return showUnread()
  const follow = first || reader.nearEnd()
  const changed = showCurrent()
  if (follow) reader.toEnd()
  if (!first) reader.pointOut(fresh, changed)
  if (!first && fresh.length > 0) announce(fresh.length === 1 ? 'One new message' : `${fresh.length} new messages`)
}

function onConnected() {
  banner.hidden = true
  for (const resume of waiting) resume()
  waiting.clear()
  void store.refresh([state.place, ...state.places.map((one) => one.id)])
  void readClock()
}

/** @param {string} name @param {any} data */
function onEvent(name, data) {
  const mine = (/** @type {string} */ id) => state.places.some((one) => one.id === id)
  if (name === 'posts') {
    void store.refresh(data.places.filter(mine))
    void readClock()
  }
  if (name === 'clock') {
    clock.show(data)
    showCurrent()
  }
  if (name === 'whisper') answer({ cards: [data.card], tone: 'plain' }, byId('answers', HTMLDivElement))
}

async function readClock() {
  if (state.sample) await get('/api/clock').then(clock.show, () => {})
}

async function moveClock() {
  const moved = await post('/api/clock', { to: 'next' }).catch((error) => ({ refusal: { text: wordsOf(error) } }))
  if (moved.refusal) answer({ text: moved.refusal.text, tone: 'refusal' }, byId('answers', HTMLDivElement))
  else clock.show(moved)
}

function sendCommand() {
  const input = byId('command', HTMLInputElement)
  const command = input.value.trim()
  if (command === '') return
  input.value = ''
  void send({ command }, null, byId('answers', HTMLDivElement), command)
}

/**
 * Sends what was pressed or typed, and shows the answer where it was pressed.
 * @param {Wish} wish @param {Pick<PrivateView, 'setPending' | 'closeForm' | 'showFieldError'> | null} source @param {HTMLElement | null} where @param {string} [said]
 */
async function send(wish, source, where, said) {
  const { person, place } = state
  source?.setPending(true)
  reader.follow(PATIENCE)
  /** @type {Outcome} */
  const outcome = await sendWish({ ...(state.sample ? { person } : {}), place, ...wish }, untilBack).catch((error) => ({
    refusal: { code: 'NOT_SENT', text: wordsOf(error) },
  }))
  source?.setPending(false)
  reader.follow(outcome.refusal || outcome.cards?.length ? 0 : CONSEQUENCE)
  // Whoever has moved on to another place or person must not see this answer there.
  if (state.person !== person || state.place !== place) return
  const target = where ?? byId('answers', HTMLDivElement)
  if (outcome.refusal) {
    const { text } = outcome.refusal
    if (outcome.field && source?.showFieldError(outcome.field, text)) return
    return answer({ text, tone: 'refusal', ...(said ? { said } : {}) }, target, wish.verb)
  }
  source?.closeForm()
  const cards = outcome.cards ?? []
  if (cards.length > 0) answer({ cards, tone: 'plain', ...(said ? { said } : {}) }, target, wish.verb)
  else {
    // What was said before may no longer hold.
    if (wish.verb) target.replaceChildren()
    toast('Recorded.')
  }
}

/**
 * @param {Parameters<typeof privateMessage>[0]} content @param {HTMLElement} where
 * @param {string} [verb] of the button that was pressed; under a card stands only the latest answer
 */
function answer(content, where, verb) {
  const view = privateMessage(content, { zone: zone(), now: clock.now(), onWish: (wish, from) => void send(wish, from, where) })
  if (verb) where.replaceChildren()
  where.append(view.element)
  view.element.scrollIntoView({ block: 'nearest' })
}

/** Resolves when the bot answers again. */
function untilBack() {
  showBanner('The bot is not answering. What you pressed is sent, once, as soon as it is back.')
  return new Promise((/** @type {(back: boolean) => void} */ resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE)
    waiting.add(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

function askForToken() {
  const dialog = byId('login', HTMLDialogElement)
  const token = byId('token', HTMLInputElement)
  byId('login-error', HTMLParagraphElement).textContent = token.value ? 'This token is not known.' : ''
  dialog.showModal()
  return new Promise((/** @type {(entered: void) => void} */ resolve) => {
    dialog.addEventListener(
      'close',
      () => {
        useToken(token.value.trim())
        resolve()
      },
      { once: true },
    )
  })
}

async function retryLater() {
  showBanner('The bot is not answering yet. Trying again...')
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  banner.hidden = true
}

/** @param {unknown} error */
function wordsOf(error) {
  return error instanceof ApiError
    ? error.message
    : 'The bot did not answer, so nobody knows whether this arrived. Look at the card before you try again.'
}

/** @param {string} text */
function showBanner(text) {
  banner.textContent = text
  banner.hidden = false
}

/** For screen readers; private answers stand in live regions of their own. @param {string} text */
function announce(text) {
  byId('announcer', HTMLDivElement).textContent = text
}
