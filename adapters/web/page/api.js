/** @import {Outcome, Wish} from './types.js' */

/** The server's no to a whole request: status and its words. */
export class ApiError extends Error {
  /** @param {number} status @param {string} text */
  constructor(status, text) {
    super(text)
    this.status = status
  }
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function get(path) {
  return answer(await fetch(path))
}

/**
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<any>}
 */
export async function post(path, body) {
  const headers = { 'content-type': 'application/json' }
  return answer(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }))
}

/**
 * The bytes of a file, as they are.
 * @param {string} path
 * @param {Blob} bytes
 * @returns {Promise<any>}
 */
export async function upload(path, bytes) {
  return answer(await fetch(path, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: bytes }))
}

/** @param {string} path */
export async function remove(path) {
  return answer(await fetch(path, { method: 'DELETE' }))
}

/** Called whenever the bot does not know (any more) who is there. @type {() => void} */
let onSignedOut = () => {}
/** @param {() => void} listener */
export function whenSignedOut(listener) {
  onSignedOut = listener
}

/** For those that read an answer themselves. @param {Response} response */
export function noticeSignedOut(response) {
  if (response.status === 401) onSignedOut()
}

/**
 * Sends a click or a command. Its delivery key lets it be sent again when no answer came (the bot may have been restarted in
 * between) without having its effect twice.
 * @param {{person?: string, place: string} & Wish} wish
 * @param {() => Promise<boolean>} untilBack resolves to true once the bot answers again, to false when it takes too long
 * @returns {Promise<Outcome>}
 */
export async function sendWish(wish, untilBack) {
  const body = { ...wish, delivery: crypto.randomUUID() }
  for (;;) {
    try {
      return await post('/api/intents', body)
    } catch (error) {
      if (error instanceof ApiError && error.status !== 503) throw error
      if (!(await untilBack())) throw error
    }
  }
}

/** @param {Response} response */
async function answer(response) {
  noticeSignedOut(response)
  const body = await response.json()
  if (response.ok) return body
  throw new ApiError(response.status, body?.error?.text ?? `The bot answered with status ${response.status}.`)
}
