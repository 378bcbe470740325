import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import type { Checked } from '../../../src/core/identify/judge.ts'
import { line } from '../../../src/core/identify/text.ts'
import type { Check, CheckName, CheckOutcome } from '../../../src/core/identify/verification.ts'
import type { RawDocument } from '../../../src/ports.ts'
import { digestOf, hashCheck } from './hash.ts'
import type { Pinned } from './pinned.ts'
import { readList } from './provider/list.ts'
import { createListReader, type ListReader } from './provider/list-reader.ts'
import type { ListJob, ListReading } from './provider/listed.ts'
import { createReader, type Reader } from './reader.ts'
import { signatureCheck } from './signature.ts'

/** A checked document, and what of it was left out (one sentence each). Goes into `judge` as it is. */
export interface CheckedDocument extends Checked {
  readonly dropped: readonly string[]
}

export interface CsafChecker {
  /**
   * All checks that need nothing but the document, its sidecars, the source's rule, the pinned key (armoured) and our clock:
   * hash and signature first, then, only if neither failed, the schema and what the document says of itself.
   * Never throws for what is in the document or its sidecars; rejects with `Fault` SOURCE_FAILED when it is closed meanwhile.
   */
  checkDocument(raw: RawDocument, rule: Pinned, keyArmored: string, now: Date): Promise<CheckedDocument>
  /** A provider's list of documents; a large one is read in a process of its own. Never throws for what is in it. */
  readList(job: ListJob): Promise<ListReading>
  /** Ends the processes that read documents and lists. */
  close(): Promise<void>
}

/** From so many bytes on, reading would hold up everything else. */
const LARGE = 1_000_000

const check = (name: CheckName, outcome: CheckOutcome, evidence: string): Check => ({ name, outcome, evidence })

/** CSAF 2.0, section 5.1: the tracking id in lower case, each run of other characters than `+`, `-`, letters and digits one `_`. */
export const fileNameOf = (trackingId: string): string => `${trackingId.toLowerCase().replace(/[^+\-a-z0-9]+/g, '_')}.json`

const fileNameCheck = (raw: RawDocument, bulletin: Bulletin): Check => {
  const expected = fileNameOf(bulletin.vendorId)
  return raw.fileName === expected
    ? check('file-name', 'pass', `${expected} is the name that ${bulletin.vendorId} demands.`)
    : check('file-name', 'fail', `${bulletin.vendorId} demands the name ${expected}; the file is called ${line(raw.fileName, 200)}.`)
}

const hostOf = (namespace: string): string | null => {
  if (!URL.canParse(namespace)) return null
  const { protocol, username, password, hostname } = new URL(namespace)
  const web = protocol === 'https:' || protocol === 'http:'
  return web && username === '' && password === '' ? hostname.toLowerCase() : null
}

const originOf = ({ url }: RawDocument): string =>
  url === undefined ? 'A folder has no domain of its own' : `It was fetched over https from ${line(new URL(url).host, 200)}`

/**
 * May this publisher speak here? Without a good signature the way counts, too: a source's host may send on to another, and what stands there is
 * nobody's word.
 */
const namespaceCheck = (raw: RawDocument, bulletin: Bulletin, rule: Pinned, signed: boolean): Check => {
  const { name, namespace, category } = bulletin.publisher
  const host = hostOf(namespace)
  const allowed = `${originOf(raw)}; the policy lets this ${rule.keyFingerprint === undefined ? 'source' : 'key'} speak for ${rule.namespaces.join(', ')}.`
  if (raw.redirectedFrom !== undefined && !signed)
    return check(
      'namespace',
      'unavailable',
      `${originOf(raw)}, because ${line(new URL(raw.redirectedFrom).host, 200)} sent on to it: that is not the publisher's own place.`,
    )
  if (rule.namespaces.length === 0)
    return check(
      'namespace',
      'unavailable',
      `The publisher calls itself ${name} (${category}) of ${namespace}. ${originOf(raw)}; nobody has said whose bulletins it may hold.`,
    )
  return host !== null && rule.namespaces.some((one) => one.toLowerCase() === host)
    ? check('namespace', 'pass', `The publisher is ${name} (${category}) of ${namespace}. ${allowed}`)
    : check('namespace', 'fail', `The publisher calls itself ${name} (${category}) of ${namespace}. ${allowed}`)
}

const unavailable = (names: readonly CheckName[], why: string): readonly Check[] =>
  names.map((name) => check(name, 'unavailable', `Not checked: ${why}.`))

const readingChecks = async (
  reader: Reader,
  raw: RawDocument,
  rule: Pinned,
  { warnings, signed }: { readonly warnings: boolean; readonly signed: boolean },
): Promise<Pick<CheckedDocument, 'bulletin' | 'checks' | 'dropped'>> => {
  const { bulletin, evidence, dropped } = await reader.read({ source: rule.id, bytes: raw.bytes, warnings })
  const schema = check('schema', bulletin === null ? 'fail' : 'pass', evidence)
  if (bulletin === null)
    return { bulletin, dropped, checks: [schema, ...unavailable(['file-name', 'namespace'], 'the document cannot be read')] }
  return { bulletin, dropped, checks: [schema, fileNameCheck(raw, bulletin), namespaceCheck(raw, bulletin, rule, signed)] }
}

/** Who may speak and by which key, for whoever checks it again; without a key its fields are empty. */
const pinnedOf = ({ keyFingerprint = '', keyOwner = '', namespaces }: Pinned, key: string): Pick<Checked, 'pinned'> => ({
  pinned: { keyFingerprint, keyOwner, namespaces: [...namespaces], key },
})

/**
 * The checks of a CSAF source. One per process is enough; close it at the end. `warnings`: the evidence of the schema check also tells what
 * the optional and informative tests find.
 */
export const createChecker = (reader: Reader = createReader(), lists: ListReader = createListReader(), warnings = false): CsafChecker => ({
  readList: async (job) => (job.bytes.length > LARGE ? lists.read(job) : readList(job)),
  checkDocument: async (raw, rule, keyArmored, now) => {
    const digest = digestOf(raw.bytes)
    const proof = [hashCheck(raw), await signatureCheck(raw, rule, keyArmored, now)]
    if (proof.some((one) => one.outcome === 'fail')) {
      const rest = unavailable(['schema', 'file-name', 'namespace'], 'a document whose hash or signature failed is not read')
      return { bulletin: null, digest, checks: [...proof, ...rest], dropped: [], ...pinnedOf(rule, keyArmored) }
    }
    const signed = proof.some((one) => one.name === 'signature' && one.outcome === 'pass')
    const read = await readingChecks(reader, raw, rule, { warnings, signed })
    return {
      ...read,
      digest,
      checks: [...proof, ...read.checks],
      ...pinnedOf(rule, keyArmored),
      ...(signed ? { signedBy: rule.keyOwner ?? `key ${rule.keyFingerprint}` } : {}),
    }
  },
  close: async () => {
    await Promise.all([reader.close(), lists.close()])
  },
})
