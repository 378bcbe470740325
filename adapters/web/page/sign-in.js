import { ApiError, post, remove } from './api.js'
import { byId } from './dom.js'

/** Asks for the token until it is known; the browser then keeps a session that no script can read. Everything begins anew after it. */
export function askToSignIn() {
  const box = byId('sign-in', HTMLElement)
  if (!box.hidden) return
  for (const other of ['frame', 'who', 'sample', 'banner']) byId(other, HTMLElement).hidden = true
  box.hidden = false
  const token = byId('token', HTMLInputElement)
  token.focus()
  byId('sign-in-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault()
    const refused = await post('/api/session', { token: token.value.trim() }).then(
      () => '',
      (error) => (error instanceof ApiError ? error.message : 'The bot does not answer. Please try again.'),
    )
    if (refused === '') return location.reload()
    byId('sign-in-error', HTMLParagraphElement).textContent = refused
    token.select()
  })
}

/** Who is signed in, and the way out. @param {string} name */
export function showSignedIn(name) {
  byId('who', HTMLElement).hidden = false
  byId('me', HTMLElement).hidden = false
  byId('choose', HTMLElement).hidden = true
  byId('my-name', HTMLElement).textContent = name
  byId('sign-out', HTMLButtonElement).addEventListener('click', async () => {
    // Whatever the bot says: nothing of this person may stay on the screen.
    await remove('/api/session').catch(() => undefined)
    location.reload()
  })
}
