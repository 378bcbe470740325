/** @import {Person, Place, CardLink} from './types.js' */

/** Roles that act in the cycle; the others are only told what concerns them. */
const ACTING = ['patch-team', 'security', 'operations', 'manager', 'admin']

/** @param {Person | undefined} person */
export const acts = (person) => person?.roles.some((role) => ACTING.includes(role)) ?? false

/**
 * Where to be. `place` null: the overview. `post`: a message to be led to.
 * @typedef {{person: Person, place: string | null, post: string | null}} Route
 */

/**
 * Place and person stand in the address, so that two windows can be two people and a reload changes nothing.
 * @param {string} hash @param {readonly Person[]} people @param {readonly Place[]} places @returns {Route | null} null where there is nobody or nowhere to go
 */
export function readRoute(hash, people, places) {
  const asked = new URLSearchParams(hash.slice(1))
  const person = people.find((one) => one.id === asked.get('person')) ?? people[0]
  if (!person) return null
  const place = places.find((one) => one.id === asked.get('place'))
  if (place) return { person, place: place.id, post: asked.get('post') }
  if (acts(person)) return { person, place: null, post: null }
  const home = places.find((one) => one.audience === 'end users') ?? places[0]
  return home ? { person, place: home.id, post: null } : null
}

/** @param {string | null} place null: the overview @param {string} person @param {string} [post] */
export function hashOf(place, person, post) {
  const where = new URLSearchParams(place === null ? { view: 'overview', person } : { place, person })
  if (post !== undefined) where.set('post', post)
  return `#${where}`
}
