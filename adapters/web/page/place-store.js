import { get } from './api.js'

/** @import {Post} from './types.js' */

/** Milliseconds until what could not be read is read again. */
const RETRY = 1_000

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

  /** Reads until nothing is left to read: a burst of events becomes one read per place. What could not be read is read later. */
  async function readDirty() {
    /** @type {string[]} */
    const failed = []
    for (const place of dirty) {
      dirty.delete(place)
      const posts = await get(`/api/places/${encodeURIComponent(place)}/posts`).then(
        (body) => body.posts,
        () => null,
      )
      if (posts === null) {
        failed.push(place)
        continue
      }
      const before = known.get(place)
      const old = new Set(before?.map((post) => post.id))
      known.set(place, posts)
      onRead(
        place,
        posts.filter((/** @type {Post} */ post) => !old.has(post.id)),
        before === undefined,
      )
    }
    if (failed.length > 0) setTimeout(() => void refresh(failed), RETRY)
  }

  /** @param {readonly string[]} places */
  async function refresh(places) {
    for (const place of places) dirty.add(place)
    reading ??= readDirty().finally(() => {
      reading = null
      // Asked for between the last read and here.
      if (dirty.size > 0) void refresh([])
    })
    await reading
  }

  /** @param {string} person @param {string} place */
  const key = (person, place) => `seen/${person}/${place}`

  return {
    /** @param {string} place */
    posts: (place) => known.get(place) ?? [],
    refresh,
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
