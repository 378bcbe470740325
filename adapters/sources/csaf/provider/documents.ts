import { Fault } from '../../../../src/core/fault.ts'
import { siteOf } from '../../../../src/core/identify/corroborate.ts'
import type { RawDocument } from '../../../../src/ports.ts'
import { bodyOf, type HttpAnswer, isWebPage } from '../../../http.ts'
import type { Get } from './discover.ts'
import type { ListedDocument } from './listed.ts'

const AT_ONCE = 4
const GONE = [404, 410]

/** What stands beside a document; null when there is nothing. A web page instead of it, at an address that nobody named, is nothing. */
const sidecar = async (get: Get, url: string, named: boolean): Promise<string | null> => {
  const answer: HttpAnswer = await get(url)
  if (GONE.includes(answer.status) || (!named && answer.status === 200 && isWebPage(answer.bytes))) return null
  // Anything else than "not there" is no answer: without it the document would look less proved than it is.
  if (answer.status !== 200)
    throw new Fault('SOURCE_FAILED', `${new URL(url).host} answered with status ${answer.status} instead of a sidecar.`)
  return new TextDecoder().decode(answer.bytes.subarray(0, 100_000))
}

interface Beside {
  readonly sha512: string | null
  readonly sha256: string | null
  readonly signature: string | null
}

const namedBeside = async (get: Get, { hashes, signature }: NonNullable<ListedDocument['beside']>): Promise<Beside> => {
  const hash = (kind: string): string | undefined => hashes.find((url) => new URL(url).pathname.endsWith(`.${kind}`))
  const read = async (url: string | null | undefined): Promise<string | null> => (url ? sidecar(get, url, true) : null)
  const [strong, weak] = [hash('sha512'), hash('sha256')]
  return { sha512: await read(strong), sha256: strong === undefined ? await read(weak) : null, signature: await read(signature) }
}

const usualBeside = async (get: Get, url: string): Promise<Beside> => {
  const sha512 = await sidecar(get, `${url}.sha512`, false)
  const sha256 = sha512 === null ? await sidecar(get, `${url}.sha256`, false) : null
  return { sha512, sha256, signature: await sidecar(get, `${url}.asc`, false) }
}

// `tlp` is the key of nothing else in CSAF; a quote inside a text has a backslash before it.
const CLOSED = /(?<!\\)"tlp"\s*:\s*\{[^{}]{0,500}?"label"\s*:\s*"(GREEN|AMBER|AMBER\+STRICT|RED)"/

/** The label of a document that is not for everybody. */
export interface Closed {
  readonly label: string
}

const fetchOne = async (get: Get, { key, url, beside }: ListedDocument): Promise<RawDocument | Closed> => {
  const answer = await get(url)
  const bytes = bodyOf(answer, 'a CSAF document')
  const label = CLOSED.exec(new TextDecoder('latin1').decode(bytes))?.[1]
  if (label !== undefined) return { label }
  const { sha512, sha256, signature } = beside === null ? await usualBeside(get, url) : await namedBeside(get, beside)
  return {
    fileName: key,
    url: answer.url,
    ...(siteOf(new URL(answer.url).hostname) === siteOf(new URL(url).hostname) ? {} : { redirectedFrom: url }),
    bytes,
    ...(sha512 === null ? {} : { sha512 }),
    ...(sha256 === null ? {} : { sha256 }),
    ...(signature === null ? {} : { signature }),
  }
}

/** What became of one listed document. */
export interface Fetched {
  readonly entry: ListedDocument
  readonly result: RawDocument | Closed | Fault
}

/** Fetches documents with what stands beside them, a few at once; the results in the order of `entries`. One that fails stops no other. */
export const fetchDocuments = async (get: Get, entries: readonly ListedDocument[]): Promise<readonly Fetched[]> => {
  const results = new Map<ListedDocument, Fetched['result']>()
  const waiting = [...entries]
  const work = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) results.set(entry, await resultOf(get, entry))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return entries.flatMap((entry) => {
    const result = results.get(entry)
    return result === undefined ? [] : [{ entry, result }]
  })
}

const resultOf = async (get: Get, entry: ListedDocument): Promise<Fetched['result']> => {
  try {
    return await fetchOne(get, entry)
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}
