import { arrange, byId, make } from './dom.js'
import { sayTime } from './times.js'

/** @import {Place, Person, ClockView} from './types.js' */

/** @type {Map<string, HTMLElement>} */
const entries = new Map()

/**
 * The list of places, with how much is unread in each.
 * @param {readonly Place[]} places @param {string | null} current null: the overview @param {(place: string) => number} unread @param {(place: string) => void} onOpen
 */
export function showPlaces(places, current, unread, onOpen) {
  const items = places.map((place) => {
    const entry = entries.get(place.id) ?? placeEntry(place, onOpen)
    entries.set(place.id, entry)
    const button = entry.querySelector('button')
    if (place.id === current) button?.setAttribute('aria-current', 'page')
    else button?.removeAttribute('aria-current')
    const count = place.id === current ? 0 : unread(place.id)
    const badge = entry.querySelector('.unread')
    badge?.toggleAttribute('hidden', count === 0)
    if (badge) badge.textContent = count > 99 ? '99+' : String(count)
    badge?.setAttribute('aria-label', `${count} unread`)
    return entry
  })
  arrange(byId('places', HTMLUListElement), items)
  const overview = byId('open-overview', HTMLButtonElement)
  if (current === null) overview.setAttribute('aria-current', 'page')
  else overview.removeAttribute('aria-current')
}

/** @param {Place} place @param {(place: string) => void} onOpen */
function placeEntry(place, onOpen) {
  const entry = make('li')
  const button = make('button')
  button.type = 'button'
  const words = make('span', 'words')
  words.append(make('span', 'name', place.name))
  if (audienceOf(place)) words.append(make('span', 'audience', audienceOf(place)))
  button.append(words, make('span', 'unread'))
  button.addEventListener('click', () => onOpen(place.id))
  entry.append(button)
  return entry
}

/** What each audience will read, for a place in which nothing stands yet. @type {Record<string, string>} */
const EXPECTED = {
  'patch team': 'Bulletins that match your hosts arrive here by themselves. To look around, type help below.',
  security: 'Bulletins that do not verify are held here. Nobody else hears of them.',
  representatives: 'They are told of a deployment first, so that they can prepare their departments.',
  'end users': 'Once a deployment is announced, they read here what happens, when and why.',
  management: 'A short summary arrives when a deployment is finished and reviewed.',
  admin: 'The head of the audit trail arrives here once a day.',
}

/** Who reads a place, where its name does not say it already. @param {Place} place */
function audienceOf({ name, audience }) {
  return name.toLowerCase().includes(audience.toLowerCase()) ? '' : audience
}

/** @param {Place | undefined} place */
export function showPlaceHead(place) {
  byId('place-name', HTMLHeadingElement).textContent = place?.name ?? ''
  byId('place-audience', HTMLParagraphElement).textContent = place && audienceOf(place) ? `for ${audienceOf(place)}` : ''
  byId('empty-words', HTMLSpanElement).textContent = EXPECTED[place?.audience ?? ''] ?? ''
  document.title = place ? `${place.name} · Patchcrier` : 'Patchcrier'
}

/** @param {string} name of the reader */
export function showOverviewHead(name) {
  byId('place-name', HTMLHeadingElement).textContent = 'Overview'
  byId('place-audience', HTMLParagraphElement).textContent = name === '' ? '' : `for ${name}`
  document.title = 'Overview · Patchcrier'
}

/** @param {readonly Person[]} people @param {string} current */
export function showPeople(people, current) {
  const select = byId('person', HTMLSelectElement)
  const options = people.map((person) => new Option(`${person.name} · ${person.roles.join(', ').replaceAll('-', ' ')}`, person.id))
  select.replaceChildren(...options)
  select.value = current
  select.disabled = people.length < 2
  byId('who', HTMLDivElement).hidden = false
  const zone = people.find((person) => person.id === current)?.zone
  select.title = zone ? `Times are shown in ${zone}` : ''
}

/**
 * The sample's clock. Shown in the reader's zone, moves by itself, and can be sent ahead.
 * @param {{onMove: () => Promise<void>, zone: () => string, onDue: () => void}} options
 */
export function sampleClock({ onMove, zone, onDue }) {
  const time = byId('clock', HTMLTimeElement)
  const next = byId('next', HTMLButtonElement)
  /** @type {{view: ClockView, at: number} | null} */
  let known = null
  let moving = false
  let asked = ''

  next.addEventListener('click', async () => {
    if (moving) return
    setMoving(true)
    await onMove().finally(() => setMoving(false))
  })
  setInterval(tick, 1_000)

  /** @param {boolean} value */
  function setMoving(value) {
    moving = value
    next.setAttribute('aria-busy', String(value))
    next.setAttribute('aria-disabled', String(value))
  }

  function now() {
    return known ? new Date(Date.parse(known.view.now) + performance.now() - known.at).toISOString() : new Date().toISOString()
  }

  function tick() {
    if (!known) return
    const said = `${sayTime(now(), 'date-time', zone(), '0001-01-01T00:00:00Z')}`
    if (time.textContent !== said) time.textContent = said
    time.title = `Time in ${zone()}`
    const due = known.view.next
    if (due && due.at <= now() && asked !== due.at) {
      asked = due.at
      onDue()
    }
  }

  return {
    now,
    /** @param {ClockView} view */
    show(view) {
      known = { view, at: performance.now() }
      byId('sample', HTMLElement).hidden = !view.sample
      next.hidden = view.next === null
      const due = byId('due', HTMLSpanElement)
      due.textContent = view.next
        ? `${view.next.what} · ${sayTime(view.next.at, 'date-time', zone(), view.now)}`
        : 'Nothing is due: the next step is up to a person.'
      due.title = due.textContent
      tick()
    },
  }
}
