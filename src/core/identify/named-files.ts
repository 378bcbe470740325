import { affectedOnly } from './affected-products.ts'
import { line } from './text.ts'

/** A hash that a bulletin gives for a file (CSAF 3.1.3.3.2: `hashes[].file_hashes[]` and its `filename`; `checksum` of a package URL). */
export interface NamedHash {
  readonly fileName: string
  readonly algorithm: string
  /** Lower-case hex. */
  readonly value: string
  /** It is a file of a version that the bulletin calls affected, and of none that it calls fixed. */
  readonly affected?: true
}

/** A file that a bulletin names with a hash that proves something, and with an address that it can be fetched from. */
export interface NamedFile {
  readonly name: string
  /** An https address. */
  readonly url: string
}

const DEEPEST = 60
const MOST = 10_000
const MOST_LENGTH = 2_000

/** Only these prove anything: collisions of the older ones can be made. */
const STRONG: readonly string[] = ['sha256', 'sha512']

/** The hashes that prove something. */
export const strongOf = (hashes: readonly NamedHash[]): readonly NamedHash[] => hashes.filter(({ algorithm }) => STRONG.includes(algorithm))

/** Every file hash in a document, wherever it stands. */
export const namedHashes = (document: unknown): readonly NamedHash[] => walked(document).hashes

/**
 * The files of fixed versions that a document names with a strong hash and, anywhere in it, with an https address that ends in their
 * name: a link beside a hash may lead to a page or a list of parts. At most `most`, each address once.
 */
export function namedFiles(document: unknown, most: number): readonly NamedFile[] {
  const { hashes, links } = walked(document)
  const names = new Set(strongOf(hashes).flatMap(({ fileName, affected }) => (fileName === '' || affected ? [] : [fileName])))
  return [...links].flatMap((url) => (names.has(lastPartOf(url)) ? [{ name: line(lastPartOf(url), 120), url }] : [])).slice(0, most)
}

interface Walked {
  readonly hashes: NamedHash[]
  readonly links: Set<string>
}

/** Walked without recursion: depth is the sender's to choose. */
function walked(document: unknown): Walked {
  const found: Walked = { hashes: [], links: new Set() }
  const affected = affectedOnly(document)
  const open: { readonly value: unknown; readonly depth: number; readonly product: string }[] = [{ value: document, depth: 0, product: '' }]
  for (let next = open.pop(); next !== undefined && found.hashes.length < MOST; next = open.pop()) {
    const { value, depth, product } = next
    const mark = affected.has(product) ? ({ affected: true } as const) : {}
    if (typeof value === 'string') takeText(value, found, mark)
    if (value === null || typeof value !== 'object' || depth > DEEPEST) continue
    found.hashes.push(...hashesOf(value).map((hash) => ({ ...hash, ...mark })))
    const inside = 'product_id' in value && typeof value.product_id === 'string' ? value.product_id : product
    for (const one of Object.values(value)) open.push({ value: one, depth: depth + 1, product: inside })
  }
  return found
}

function takeText(text: string, { hashes, links }: Walked, mark: Pick<NamedHash, 'affected'>): void {
  if (text.length > MOST_LENGTH) return
  if (text.startsWith('pkg:')) {
    const { url, sums } = packageFile(text)
    if (url !== '') takeLink(url, links)
    hashes.push(...sums.map(({ algorithm, value }) => ({ fileName: lastPartOf(url), algorithm, value, ...mark })))
  } else takeLink(text, links)
}

function takeLink(text: string, links: Set<string>): void {
  if (links.size >= MOST || !text.startsWith('https://') || !URL.canParse(text)) return
  const { href, username, password } = new URL(text)
  if (href.length <= MOST_LENGTH && username === '' && password === '') links.add(href)
}

/** `download_url` and `checksum` of a package URL (purl specification, "Known qualifiers"). */
function packageFile(purl: string) {
  const asked = new URLSearchParams(purl.split('#')[0]?.split('?')[1] ?? '')
  const sums = (asked.get('checksum') ?? '').split(',').flatMap((sum) => {
    const [, algorithm = '', value = ''] = /^([a-z0-9-]+):([0-9a-f]+)$/i.exec(sum.trim()) ?? []
    return algorithm === '' ? [] : [{ algorithm: plain(algorithm), value: value.toLowerCase() }]
  })
  return { url: asked.get('download_url') ?? '', sums }
}

function lastPartOf(url: string): string {
  const last = URL.canParse(url) ? (new URL(url).pathname.split('/').at(-1) ?? '') : ''
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}

const plain = (algorithm: string): string => algorithm.toLowerCase().replace(/[^a-z0-9]/g, '')

function hashesOf(value: object): readonly NamedHash[] {
  if (!('file_hashes' in value) || !Array.isArray(value.file_hashes)) return []
  const fileName = 'filename' in value && typeof value.filename === 'string' ? value.filename : ''
  return value.file_hashes.flatMap((one: unknown) => {
    if (one === null || typeof one !== 'object' || !('algorithm' in one) || !('value' in one)) return []
    return [{ fileName, algorithm: plain(String(one.algorithm)), value: String(one.value).toLowerCase() }]
  })
}
