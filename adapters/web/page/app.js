import { ApiError, get, post, sendWish, whenSignedOut } from './api.js'
import { attention } from './attention.js'
import { byId } from './dom.js'
import { liveEvents } from './events.js'
import { messageList } from './messages.js'
import { overviewPage } from './overview.js'
import { placeStore } from './place-store.js'
import { privateMessage } from './private.js'
import { acts, hashOf, readRoute } from './route.js'
import { sampleClock, showOverviewHead, showPeople, showPlaceHead, showPlaces } from './shell.js'
import { askToSignIn, showSignedIn } from './sign-in.js'
import { toast } from './toast.js'

/** @import {Place, Person, Post, Wish, CardJson, Outcome} from './types.js' */
/** @import {PrivateView} from './private.js' */

/** Milliseconds for which a click waits for a bot that is away. */
const PATIENCE = 60_000
/** Milliseconds after a click for which a new card is taken for its consequence. */
const CONSEQUENCE = 4_000

const banner = byId('banner', HTMLParagraphElement)

/**
 * `place` null: the overview. `target`: a message that the reader is to be led to, once it is there.
 * @type {{sample: boolean, places: Place[], people: Person[], person: string, place: string | null, target: string | null}}
 */
const state = { sample: false, places: [], people: [], person: '', place: '', target: null }
/** @type {Set<() => void>} */
const waiting = new Set()

const me = () => state.people.find((one) => one.id === state.person)
const zone = () => me()?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
const clock = sampleClock({ zone, onMove: moveClock, onDue: readClock })
const messages = messageList(byId('messages', HTMLOListElement), (wish, id) =>
  send(wish, messages.find(id)?.card ?? null, messages.find(id)?.answers ?? null),
)
const reader = attention((id) => messages.find(id)?.element)
const store = placeStore(onRead)
const overview = overviewPage(() => ({
  person: state.person,
  roles: me()?.roles ?? [],
  zone: zone(),
  sample: state.sample,
  hrefOf: ({ place, post }) => hashOf(place, state.person, post),
  adminPlace: state.places.find((place) => place.audience === 'admin')?.id ?? null,
}))
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
      const { sample, person } = await get('/api/me')
      state.sample = sample
      state.people = sample ? (await get('/api/people')).people : [person]
      state.places = (await get('/api/places')).places
      break
    } catch (error) {
      // Signing in begins everything anew.
      if (error instanceof ApiError && error.status === 401) return
      if (error instanceof ApiError && error.status === 403) return showBanner(error.message)
      await retryLater()
    }
  }
  if (!state.sample) showSignedIn(state.people[0]?.name ?? '')
  // The first card drawn needs to know the year.
  await readClock()
  readHash()
}

function wire() {
  whenSignedOut(askToSignIn)
  window.addEventListener('hashchange', readHash)
  byId('person', HTMLSelectElement).addEventListener('change', (event) => {
    if (event.target instanceof HTMLSelectElement) location.hash = hashOf(state.place, event.target.value)
  })
  byId('open-overview', HTMLButtonElement).addEventListener('click', () => {
    location.hash = hashOf(null, state.person)
  })
  byId('skip', HTMLAnchorElement).addEventListener('click', (event) => {
    // The address says where we are; it must not change.
    event.preventDefault()
    if (state.place === null) byId('place-name', HTMLHeadingElement).focus()
    else byId('command', HTMLInputElement).focus()
  })
  byId('composer', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    sendCommand()
  })
}

function readHash() {
  const route = readRoute(location.hash, state.people, state.places)
  if (!route) return showBanner('This organisation has no places or people yet.')
  const changed = { person: route.person.id !== state.person, place: route.place !== state.place }
  state.person = route.person.id
  state.place = route.place
  state.target = route.post
  if (changed.person) events.connect(route.person.id)
  if (changed.person || changed.place) openPlace()
  else leadToTarget()
}

/** Another place or another person: nothing private of before may stay on the page. */
function openPlace() {
  messages.clear()
  byId('answers', HTMLDivElement).replaceChildren()
  reader.forget()
  if (state.sample) showPeople(state.people, state.person)
  byId('overview', HTMLDivElement).hidden = state.place !== null
  byId('chat', HTMLDivElement).hidden = state.place === null
  if (state.place === null) {
    showOverviewHead(me()?.name ?? '')
    overview.open()
    showUnread()
  } else {
    overview.close()
    showPlaceHead(state.places.find((one) => one.id === state.place))
    showCurrent()
    reader.toEnd()
    leadToTarget()
  }
  void readClock()
}

function showCurrent() {
  if (state.place === null) return []
  const posts = store.posts(state.place)
  const changed = messages.show(posts, zone(), clock.now())
  byId('empty', HTMLParagraphElement).hidden = posts.length > 0
  store.markSeen(state.person, state.place)
  showUnread()
  return changed
}

/** Whoever followed a link to a card stands on it. */
function leadToTarget() {
  if (state.target === null || !messages.reveal(state.target)) return
  state.target = null
}

function showUnread() {
  showPlaces(
    state.places,
    state.place,
    (place) => store.unread(state.person, place),
    (place) => {
      location.hash = hashOf(place, state.person)
    },
  )
  byId('views', HTMLUListElement).hidden = !acts(me())
}

/** @param {string} place @param {Post[]} fresh @param {boolean} first */
function onRead(place, fresh, first) {
  if (place !== state.place) return showUnread()
  const follow = first || reader.nearEnd()
  const changed = showCurrent()
  if (follow) reader.toEnd()
  leadToTarget()
  if (!first) reader.pointOut(fresh, changed)
  if (!first && fresh.length > 0) announce(fresh.length === 1 ? 'One new message' : `${fresh.length} new messages`)
}

function onConnected() {
  banner.hidden = true
  for (const resume of waiting) resume()
  waiting.clear()
  void store.refresh([...(state.place === null ? [] : [state.place]), ...state.places.map((one) => one.id)])
  overview.refresh()
  void readClock()
}

/** @param {string} name @param {any} data */
function onEvent(name, data) {
  const mine = (/** @type {string} */ id) => state.places.some((one) => one.id === id)
  if (name === 'posts') {
    void store.refresh(data.places.filter(mine))
    overview.refresh()
    void readClock()
  }
  if (name === 'clock') {
    clock.show(data)
    overview.refresh()
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
  if (place === null) return
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
