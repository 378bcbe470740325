import { lookup } from 'node:dns/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Agent, buildConnector, type Dispatcher, ProxyAgent } from 'undici'
import { checkAddresses, literalOf, type Networks, portOf } from './address.ts'

/** All addresses of a name. Rejects when there is none. */
export type Resolve = (host: string) => Promise<readonly string[]>

export const systemResolve: Resolve = async (host) => (await lookup(host, { all: true, verbatim: true })).map((found) => found.address)

export interface Way {
  readonly resolve: Resolve
  readonly networks: Networks
  /** Certificates that are trusted instead of the public ones. */
  readonly ca?: string
  /** Of a proxy that all goes through, e.g. `http://user:password@proxy.example:3128`. */
  readonly proxy?: string
  readonly connectMs: number
  readonly idleMs: number
}

const MOST_HEADER_BYTES = 32_768
const CONNECTIONS = 6
/** Behind a proxy names of the world are often not known, and slowly so. */
const RESOLVE_MS = 3_000

/** The addresses that a connection may go to: looked up once, checked, and these very ones are then used. */
const checkedAddresses = async (way: Way, host: string, port: number): Promise<readonly string[]> =>
  checkAddresses(host, port, await way.resolve(host), way.networks)

type Found = { readonly address: string; readonly family: number }

const found = (address: string): Found => ({ address, family: address.includes(':') ? 6 : 4 })

/** Instead of a look-up: what was checked. */
const answering =
  (addresses: readonly string[]) =>
  (_: string, options: { readonly all?: boolean }, done: (error: null, ...answer: unknown[]) => void): void => {
    const all = addresses.map(found)
    const [first] = all
    if (options.all) done(null, all)
    else done(null, first?.address, first?.family)
  }

const guardedConnector =
  (way: Way): buildConnector.connector =>
  (options, done) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    const addresses =
      literalOf(new URL(`https://${options.hostname}`)) === null
        ? checkedAddresses(way, host, Number(options.port || 443))
        : Promise.resolve(checkAddresses(host, Number(options.port || 443), [host], way.networks))
    addresses.then(
      (checked) => buildConnector({ ...tlsOf(way), lookup: answering(checked) as never })(options, done),
      (error: unknown) => done(error instanceof Error ? error : new Error('not resolved'), null),
    )
  }

/** Said, not left to its default: that follows `NODE_TLS_REJECT_UNAUTHORIZED`, and no variable may turn the guard off. */
const PROVED = { rejectUnauthorized: true, minVersion: 'TLSv1.2' as const }

const tlsOf = (way: Way) => ({ ...PROVED, timeout: way.connectMs, ...(way.ca === undefined ? {} : { ca: way.ca }) })

const limitsOf = (way: Way) => ({
  connections: CONNECTIONS,
  maxHeaderSize: MOST_HEADER_BYTES,
  headersTimeout: way.idleMs,
  bodyTimeout: way.idleMs,
})

/** Connections of one set of allowed networks. */
export const dispatcherOf = (way: Way): Dispatcher => {
  if (way.proxy === undefined) return new Agent({ ...limitsOf(way), connect: guardedConnector(way) })
  return new ProxyAgent({ ...limitsOf(way), uri: way.proxy, requestTls: tlsOf(way), proxyTls: { ...PROVED, timeout: way.connectMs } })
}

/**
 * With a proxy, it is the proxy that looks names up. What we can look up ourselves is checked here; a name that only the proxy knows is
 * left to it.
 */
export const checkBehindProxy = async (url: URL, way: Way): Promise<void> => {
  if (way.proxy === undefined || literalOf(url) !== null) return
  const addresses = await Promise.race([way.resolve(url.hostname).catch(() => []), pause(RESOLVE_MS, [], { ref: false })])
  if (addresses.length > 0) checkAddresses(url.hostname, portOf(url), addresses, way.networks)
}
