/** Microsoft's hosts of the Bot Connector for Teams: worldwide, and for government customers of the public cloud. */
const HOSTS = new Set(['smba.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com'])
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
      if (fixed === null && isMicrosofts(serviceUrl)) address = serviceUrl.endsWith('/') ? serviceUrl : `${serviceUrl}/`
    },
  }
}

function isMicrosofts(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '') return false
  return HOSTS.has(url.hostname) && url.search === '' && url.hash === ''
}
