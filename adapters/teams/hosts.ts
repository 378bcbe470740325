import type { FileStore } from '../chat/files.ts'

/** Microsoft's hosts of the Bot Connector for Teams: worldwide, and for government customers of the public cloud. */
const SERVICES = /^(smba\.trafficmanager\.net|smba\.infra\.gcc\.teams\.microsoft\.com)$/
const DEFAULT = 'https://smba.trafficmanager.net/teams/'

/** Where our messages go. The bot's token is sent there, so it must be one of Microsoft's hosts, whatever a request says. */
export interface Service {
  address(): string
  /** Takes the address of an activity whose token was checked against it. */
  learn(serviceUrl: string): void
}

/** @param fixed the only address, for a test or another cloud; null: Microsoft's, until the tenant's own was learnt */
export function serviceOf(fixed: string | null): Service {
  let address = fixed ?? DEFAULT
  return {
    address: () => address,
    learn: (serviceUrl) => {
      const url = URL.parse(serviceUrl)
      if (fixed !== null || !isAt(url, SERVICES) || url?.search !== '' || url.hash !== '') return
      address = serviceUrl.endsWith('/') ? serviceUrl : `${serviceUrl}/`
    },
  }
}

/** Where Teams keeps what is sent in a private chat: the sender's OneDrive for Business. */
const STORES = /^[a-z0-9-]{1,63}\.sharepoint\.com$/

/** An address carries its own right to read, so nothing of the bot is sent with it. `also`: an origin that tests may use. */
export const storeOf = (also: string | null): FileStore => ({
  name: 'Teams',
  keeps: (text) => {
    const url = URL.parse(text)
    return (url !== null && url.origin === also) || isAt(url, STORES)
  },
})

const isAt = (url: URL | null, hosts: RegExp): boolean =>
  url?.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '' && hosts.test(url.hostname)
