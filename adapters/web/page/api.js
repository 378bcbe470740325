/** @import {Outcome, Wish} from './types.js' */

/** The server's no to a whole request: status and its words. */
export class ApiError extends Error {
  /** @param {number} status @param {string} text */
  constructor(status, text) {
    super(text)
    this.status = status
  }
}

const TOKEN_KEY = 'patchcrier.token'

/** @param {string} token */
export function useToken(token) {
  sessionStorage.setItem(TOKEN_KEY, token)
}

/** @returns {Record<string, string>} */
export function authorisation() {
  const token = sessionStorage.getItem(TOKEN_KEY)
  return token === null ? {} : { authorization: `Bearer ${token}` }
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function get(path) {
  return answer(await fetch(path, { headers: authorisation() }))
}

/**
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<any>}
 */
export async function post(path, body) {
  const headers = { 'content-type': 'application/json', ...authorisation() }
  return answer(await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }))
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
  const body = await response.json()
  if (response.ok) return body
  throw new ApiError(response.status, body?.error?.text ?? `The bot answered with status ${response.status}.`)
}
