import ipaddr from 'ipaddr.js'
import { Fault } from '../../src/core/fault.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Private networks that may be reached, e.g. an intranet mirror's. Nothing else that is not public may. */
export type Networks = readonly (readonly [Address, number])[]

const refused = (words: string): Fault => new Fault('HTTP_REFUSED', words)

/** CIDR texts of the policy -> networks. Throws Fault CONFIG_INVALID for what is none. */
export const networksOf = (texts: readonly string[]): Networks =>
  texts.map((text) => {
    if (!ipaddr.isValidCIDR(text)) throw new Fault('CONFIG_INVALID', `Expected a network such as 10.20.0.0/16, received "${text}".`)
    return ipaddr.parseCIDR(text)
  })

/** Services of cloud machines that answer at addresses which look public, or give out credentials: never, whatever is allowed. */
const METADATA = ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254']
const GLOBAL_V6 = ipaddr.IPv6.parseCIDR('2000::/3')

const isPublic = (address: Address): boolean =>
  address.range() === 'unicast' && (address instanceof ipaddr.IPv4 || address.match(GLOBAL_V6))

const isAllowed = (address: Address, networks: Networks): boolean =>
  networks.some(
    ([network, bits]) => network.kind() === address.kind() && address.match([network, bits] as [ipaddr.IPv4 & ipaddr.IPv6, number]),
  )

/** What kind of address it is, in words. */
const kindOf = (address: Address): string =>
  address.range() === 'unicast'
    ? 'reserved'
    : address
        .range()
        .replace(/([A-Z])/g, ' $1')
        .toLowerCase()

/**
 * Every address that a name resolves to must be public, or in an allowed network: one bad one is enough to refuse. Other ports than
 * `usual` are for allowed networks only. IPv6 addresses that carry an IPv4 address (mapped, NAT64, 6to4, Teredo ...) are never public.
 * Throws Fault HTTP_REFUSED; answers the addresses as they were checked.
 */
export const checkAddresses = (
  host: string,
  port: number,
  texts: readonly string[],
  networks: Networks,
  usual: readonly number[] = [443],
): readonly string[] => {
  if (texts.length === 0) throw new Fault('HTTP_FAILED', `${host} has no address.`)
  for (const text of texts) {
    if (!ipaddr.isValid(text)) throw refused(`${host} resolves to something that is no address.`)
    const address = ipaddr.parse(text)
    if (METADATA.includes(address.toString())) throw refused(`${host} resolves to ${text}, a cloud machine's metadata service.`)
    if (isAllowed(address, networks)) continue
    if (!isPublic(address)) throw refused(`${host} resolves to ${text} (${kindOf(address)}). Only public addresses are fetched from.`)
    if (!usual.includes(port))
      throw refused(
        `${host}:${port} is not the ${usual[0] === 443 ? 'https port' : `usual port (${usual.join(', ')})`}. Other ports are for allowed networks only.`,
      )
  }
  return texts
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')

/** The host's address where the URL has one instead of a name. */
export const literalOf = (url: URL): string | null => (ipaddr.isValid(bare(url.hostname)) ? bare(url.hostname) : null)

/** Port of an https address. */
export const portOf = (url: URL): number => (url.port === '' ? 443 : Number(url.port))

/** An address for messages: no user, no password, no query, not endless. */
export const shown = (url: URL | string): string => {
  if (typeof url === 'string' && !URL.canParse(url)) return 'an unreadable address'
  const { protocol, host, pathname } = new URL(url)
  const text = `${protocol}//${host}${pathname}`
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

/**
 * What can be said of an address before anything is asked: https, no user or password, and no IP address unless it is in an allowed
 * network and written as everybody writes it. `base` is the page that led here. Throws Fault HTTP_REFUSED.
 */
export const checkUrl = (text: string, networks: Networks, base?: URL): URL => {
  if (text.length > 4_000 || !URL.canParse(text, base?.href)) throw refused('The address cannot be read.')
  const url = new URL(text, base)
  if (url.protocol !== 'https:') throw refused(`${shown(url)} is not https.`)
  if (url.username !== '' || url.password !== '') throw refused(`${shown(url)} carries a user name or password.`)
  const literal = literalOf(url)
  if (literal === null) return url
  const fresh = base === undefined || /^\s*[a-z+.-]*:?[\\/]{2}/i.test(text)
  if (fresh && !text.includes(`//${url.hostname}`)) throw refused('An IP address is written in a disguised way.')
  if (!isAllowed(ipaddr.parse(literal), networks)) throw refused(`${shown(url)} is an IP address, not a name.`)
  checkAddresses(literal, portOf(url), [literal], networks)
  return url
}
