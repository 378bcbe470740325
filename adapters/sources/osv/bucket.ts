import { Fault } from '../../../src/core/fault.ts'
import { advanced, dueOf, type Listed, type ListState, readLists, writeLists } from '../../../src/core/identify/backlog.ts'
import type { Batch, Clock, RawDocument } from '../../../src/ports.ts'
import { bodyOf, type HttpAnswer, type Validators } from '../../http.ts'
import { fileNameOf } from './check.ts'
import type { OsvReader } from './reader.ts'
import { familyOf } from './versions.ts'

/** Fetches for one source: its networks, its size limit, its signal. */
export type Get = (url: string, known?: Validators) => Promise<HttpAnswer>

export interface Bucket {
  /** Where the ecosystems are, e.g. `https://osv-vulnerabilities.storage.googleapis.com/`. */
  readonly url: string
  readonly ecosystems: readonly string[]
  /** Records that are fetched at one look, for all ecosystems together. */
  readonly most: number
  readonly reader: OsvReader
  readonly clock: Clock
}

const AT_ONCE = 4
const SHRUNK = 0.9

const addressOf = (base: string, ...parts: readonly string[]): string =>
  new URL(parts.map(encodeURIComponent).join('/'), base.endsWith('/') ? base : `${base}/`).href

interface Fetched {
  readonly entry: Listed
  readonly result: RawDocument | Fault
}

const fetchRecord = async (get: Get, base: string, family: string, entry: Listed): Promise<Fetched> => {
  try {
    const answer = await get(addressOf(base, family, `${entry.key}.json`))
    return { entry, result: { fileName: fileNameOf(entry.key), url: answer.url, bytes: bodyOf(answer, 'an OSV record') } }
  } catch (error) {
    if (error instanceof Fault) return { entry, result: error }
    throw error
  }
}

const fetchAll = async (get: Get, base: string, family: string, entries: readonly Listed[]): Promise<readonly Fetched[]> => {
  const done: Fetched[] = []
  for (let at = 0; at < entries.length; at += AT_ONCE)
    done.push(...(await Promise.all(entries.slice(at, at + AT_ONCE).map((entry) => fetchRecord(get, base, family, entry)))))
  return done
}

const linesOf = (family: string, lines: readonly string[]): Batch['dropped'][number] => ({
  fileName: `${family}/modified_id.csv`,
  reason: `${lines.length} lines of it are no records`,
  bytes: Buffer.from(lines.join('\n')),
})

type Worked = Pick<Batch, 'documents' | 'dropped'> & { readonly state: ListState; readonly concern: string | null }

const workFamily = async (bucket: Bucket, get: Get, family: string, before: ListState | undefined, most: number): Promise<Worked> => {
  const answer = await get(
    addressOf(bucket.url, family, 'modified_id.csv'),
    before === undefined || before.left ? undefined : before.validators,
  )
  if (answer.status === 304 && before !== undefined) return { state: before, documents: [], dropped: [], concern: null }
  const list = await bucket.reader.list(bodyOf(answer, `the list of ${family}`))
  if (!list.ok) throw new Fault('SOURCE_FAILED', `The list of ${family} cannot be read. ${list.problem}`)
  if (list.records.length === 0) throw new Fault('SOURCE_FAILED', `The list of ${family} has no records in it.`)
  const due = dueOf(list.records, before?.progress ?? null, most)
  const fetched = await fetchAll(get, bucket.url, family, [...due.fresh, ...due.again])
  const lost = fetched.flatMap(({ entry, result }) => (result instanceof Fault ? [{ entry, reason: result.message }] : []))
  const missing = lost.map((one) => one.entry)
  const listed = list.records.length
  return {
    state: {
      validators: answer.validators,
      listed,
      progress: advanced(list.records, before?.progress ?? null, [...due.fresh, ...due.again], missing, bucket.clock.now().toISOString()),
      left: due.left || lost.length > 0,
    },
    documents: fetched.flatMap(({ result }) => (result instanceof Fault ? [] : [result])),
    dropped: [
      ...lost.map(({ entry, reason }) => ({ fileName: entry.key, reason: `it cannot be fetched, and is asked for again: ${reason}` })),
      ...(list.dropped.length > 0 ? [linesOf(family, list.dropped)] : []),
    ],
    concern:
      before !== undefined && listed < before.listed * SHRUNK
        ? `The list of ${family} has ${listed} records; the last time there were ${before.listed}.`
        : null,
  }
}

/** What is new in a bucket of OSV's layout. Throws Fault SOURCE_FAILED when a list is none, HTTP_... when it cannot be fetched. */
export const fetchBucket = async (bucket: Bucket, get: Get, cursor: string | null): Promise<Batch> => {
  const families = [...new Set(bucket.ecosystems.map(familyOf))]
  const before = readLists(cursor)
  const share = Math.max(1, Math.floor(bucket.most / families.length))
  const worked: [string, Worked][] = []
  for (const family of families) worked.push([family, await workFamily(bucket, get, family, before.get(family), share)])
  const all = worked.map(([, one]) => one)
  const concern = all.flatMap((one) => one.concern ?? []).join(' ')
  return {
    documents: all.flatMap((one) => one.documents),
    dropped: all.flatMap((one) => one.dropped),
    cursor: writeLists(new Map(worked.map(([family, { state }]) => [family, state]))),
    listed: all.reduce((sum, { state }) => sum + state.listed, 0),
    ...(concern === '' ? {} : { concern }),
  }
}
