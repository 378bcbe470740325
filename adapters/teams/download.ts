import { allow, type Ruled, refuse } from '../../src/core/result.ts'
import { readCapped } from '../http/capped.ts'

/** Fetches a file that somebody sent in a private chat. */
export type Download = (url: string) => Promise<Ruled<Uint8Array>>

/** Where Teams keeps what is sent in a private chat: the sender's OneDrive for Business. */
const HOSTS = /^[a-z0-9-]{1,63}\.sharepoint\.com$/
const MOST_BYTES = 10 * 1024 * 1024
const ANSWER_WITHIN_MS = 20_000

const NOT_THERE = refuse('FILE_UNREACHABLE', 'I could not fetch that file from Teams. Please send it again.')
const FOREIGN = refuse('FILE_FOREIGN', 'That file is not kept where Teams keeps files, so I did not fetch it.')
const TOO_LARGE = refuse('FILE_TOO_LARGE', 'That file is larger than 10 MB, which is more than I look at.')

/**
 * The address carries its own right to read, so nothing of the bot is sent with it; only Microsoft's hosts are asked, and no redirect is followed.
 * @param also an origin that tests may use
 */
export function downloader(also: string | null): Download {
  return async (url) => {
    const address = URL.parse(url)
    if (address === null || !(address.origin === also || (isMicrosofts(address) && address.port === ''))) return FOREIGN
    try {
      const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
      if (!response.ok || response.body === null) return NOT_THERE
      const bytes = await readCapped(response.body, MOST_BYTES)
      return bytes === null ? TOO_LARGE : allow(bytes)
    } catch {
      return NOT_THERE
    }
  }
}

const isMicrosofts = ({ protocol, hostname, username, password }: URL): boolean =>
  protocol === 'https:' && username === '' && password === '' && HOSTS.test(hostname)
