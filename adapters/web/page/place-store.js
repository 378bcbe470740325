import { get } from './api.js'

/** @import {Post} from './types.js' */

/**
 * The posts of every place as last read, and how many of them this person has seen.
 * @param {(place: string, fresh: Post[], first: boolean) => void} onRead `fresh` are posts that were not there at the read before
 */
export function placeStore(onRead) {
  /** @type {Map<string, Post[]>} */
  const known = new Map()
  /** @type {Set<string>} */
  const dirty = new Set()
  /** @type {Promise<void> | null} */
  let reading = null

  /** Reads until nothing is left to read: a burst of events becomes one read per place. */
  async function readDirty() {
    for (const place of dirty) {
      dirty.delete(place)
      const { posts } = await get(`/api/places/${encodeURIComponent(place)}/posts`)
      const before = known.get(place)
      const old = new Set(before?.map((post) => post.id))
      known.set(place, posts)
      onRead(
        place,
        posts.filter((/** @type {Post} */ post) => !old.has(post.id)),
        before === undefined,
      )
    }
  }

  /** @param {string} person @param {string} place */
  const key = (person, place) => `seen/${person}/${place}`

  return {
    /** @param {string} place */
    posts: (place) => known.get(place) ?? [],
    /** @param {readonly string[]} places */
    async refresh(places) {
      for (const place of places) dirty.add(place)
      reading ??= readDirty().finally(() => {
        reading = null
      })
      await reading
    },
    /** @param {string} person @param {string} place */
    unread(person, place) {
      return Math.max(0, (known.get(place)?.length ?? 0) - Number(localStorage.getItem(key(person, place)) ?? 0))
    },
    /** @param {string} person @param {string} place */
    markSeen(person, place) {
      localStorage.setItem(key(person, place), String(known.get(place)?.length ?? 0))
    },
  }
}
