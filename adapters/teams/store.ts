import type { FileStore } from '../chat/files.ts'

/** Where Teams keeps what is sent in a private chat: the sender's OneDrive for Business. */
const HOSTS = /^[a-z0-9-]{1,63}\.sharepoint\.com$/

/** An address carries its own right to read, so nothing of the bot is sent with it. `also`: an origin that tests may use. */
export const storeOf = (also: string | null): FileStore => ({
  name: 'Teams',
  keeps: (text) => {
    const url = URL.parse(text)
    return url !== null && (url.origin === also || isMicrosofts(url))
  },
})

const isMicrosofts = ({ protocol, hostname, port, username, password }: URL): boolean =>
  protocol === 'https:' && port === '' && username === '' && password === '' && HOSTS.test(hostname)
