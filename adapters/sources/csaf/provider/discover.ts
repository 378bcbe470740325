import { Fault } from '../../../../src/core/fault.ts'
import { bodyOf, type HttpAnswer, type HttpRequest, shown } from '../../../http.ts'
import { type Distribution, type Metadata, readMetadata } from './metadata.ts'

/** Fetches for one source: its networks, its size limit unless `maxBytes` is less, its signal. */
export type Get = (url: string, asked?: Pick<HttpRequest, 'known'> & { readonly maxBytes?: number }) => Promise<HttpAnswer>

/** What the address of a provider leads to. `metadata` is null for a list that was named directly. */
export interface Provider {
  readonly metadata: Metadata | null
  readonly distributions: readonly Distribution[]
}

const MOST_LINES = 5

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message.replace(/\.$/, '') : 'it failed')

/** Reasons are faults of single attempts; anything else ends the search. */
const attempt = async <T>(run: () => Promise<T>): Promise<T | Fault> => {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

const metadataAt = async (get: Get, url: string): Promise<Metadata> => {
  const metadata = readMetadata(bodyOf(await get(url), 'a provider-metadata.json'))
  if (typeof metadata === 'string') throw new Fault('SOURCE_FAILED', `${shown(url)}: ${metadata}`)
  return metadata
}

const fromSecurityTxt = async (get: Get, url: string): Promise<readonly string[]> => {
  const text = new TextDecoder().decode(bodyOf(await get(url), 'a security.txt'))
  const addresses = [...text.matchAll(/^CSAF:[ \t]*(\S+)/gim)].map(([, address = '']) => address)
  if (addresses.length === 0) throw new Fault('SOURCE_FAILED', `${shown(url)} has no CSAF line.`)
  return addresses
    .filter((address) => URL.canParse(address, url))
    .map((address) => new URL(address, url).href)
    .slice(0, MOST_LINES)
}

/** A host that answered wherever it was asked, and tells of no provider. */
export class ToldNowhere extends Fault {}

/** Of these nobody knows what would have been told. */
const SILENT = ['HTTP_FAILED', 'HTTP_TOO_SLOW']

/** The ways to a provider's metadata in the order of CSAF 2.0, 7.1.8 to 7.1.10; the first that holds one counts. */
export const discoverMetadata = async (get: Get, domain: string): Promise<Metadata> => {
  const reasons: string[] = []
  let silent = false
  const asked: Get = async (url, how) => {
    try {
      const answer = await get(url, how)
      silent ||= answer.status >= 500 || answer.status === 429
      return answer
    } catch (error) {
      silent ||= error instanceof Fault && SILENT.includes(error.code)
      throw error
    }
  }
  const found = async <T>(run: () => Promise<T>): Promise<T | null> => {
    const value = await attempt(run)
    if (!(value instanceof Fault)) return value
    reasons.push(wordsOf(value))
    return null
  }
  const known = await found(() => metadataAt(asked, `https://${domain}/.well-known/csaf/provider-metadata.json`))
  if (known !== null) return known
  for (const path of ['/.well-known/security.txt', '/security.txt']) {
    for (const address of (await found(() => fromSecurityTxt(asked, `https://${domain}${path}`))) ?? []) {
      const told = await found(() => metadataAt(asked, address))
      if (told !== null) return told
    }
  }
  // Most have no host of this name, which says nothing of the others.
  const named = await found(() => metadataAt(get, `https://csaf.data.security.${domain}`))
  if (named !== null) return named
  const story = `${domain} tells nowhere where its CSAF documents are: ${reasons.join('; ')}.`
  throw silent ? new Fault('SOURCE_FAILED', story) : new ToldNowhere('SOURCE_FAILED', story)
}

const isRolie = (bytes: Uint8Array): boolean => /^\s*\{\s*"feed"\s*:/.test(new TextDecoder('latin1').decode(bytes.subarray(0, 200)))

/** From a domain, or from the address of a provider-metadata.json, a ROLIE feed or a directory. Throws Fault SOURCE_FAILED or HTTP_.... */
export const discover = async (get: Get, provider: string): Promise<Provider> => {
  if (!provider.includes('//')) return fromMetadata(await discoverMetadata(get, provider))
  if (provider.endsWith('/')) return { metadata: null, distributions: [{ form: 'directory', url: provider }] }
  const bytes = bodyOf(await get(provider), 'a provider-metadata.json or a ROLIE feed')
  if (isRolie(bytes)) return { metadata: null, distributions: [{ form: 'rolie', url: provider }] }
  const metadata = readMetadata(bytes)
  if (typeof metadata === 'string') throw new Fault('SOURCE_FAILED', `${shown(provider)}: ${metadata}`)
  return fromMetadata(metadata)
}

const fromMetadata = (metadata: Metadata): Provider => ({ metadata, distributions: metadata.distributions })
