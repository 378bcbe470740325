import { canonicalJson, sha256Hex } from '../../../src/core/canonical.ts'
import { Fault } from '../../../src/core/fault.ts'
import { advanced, dueOf, type ListState } from '../../../src/core/identify/backlog.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Batch, BulletinSource, Clock, RawDocument } from '../../../src/ports.ts'
import { bodyOf, type Http, type HttpAnswer } from '../../http.ts'
import { checkNotice, fileNameOf } from './check.ts'
import { type Entry, unread } from './format.ts'
import { FORMATS } from './formats.ts'
import type { AdvisoryReader } from './reader.ts'
import { type AdvisoryState, dueAgain, readState, takenNow, writeState } from './taken.ts'

export interface AdvisoryDeps {
  readonly http: Http
  readonly reader: AdvisoryReader
  readonly clock: Clock
  /** Notices at one look. */
  readonly most?: number
}

const MOST = 100
const AT_ONCE = 4
const SHRUNK = 0.9

interface Fetched {
  readonly entry: Entry
  /** Where it came from, and its bytes. */
  readonly result: { readonly url: string; readonly bytes: Uint8Array } | Fault
}

/** What a look at the list brought. */
interface Looked {
  readonly list: ListState
  readonly fetched: readonly Fetched[]
  readonly concern?: string
}

/**
 * Notices of a publisher: what its list names is fetched one by one, or stands in the list itself. Throws Fault SOURCE_FAILED when the
 * list is none or names nothing, HTTP_... when it cannot be fetched. A notice that cannot be fetched is said and asked for again.
 */
export const createAdvisorySource = (
  rule: SourceRuleOf<'advisory'>,
  { http, reader, clock, most = MOST }: AdvisoryDeps,
): BulletinSource => {
  const format = FORMATS[rule.format]
  const [listUrl, details] = [rule.url ?? format.url, rule.details ?? format.details]
  const hosts = [...new Set([new URL(listUrl).host, new URL(details).host])]

  const getter =
    (signal: AbortSignal) =>
    (url: string, known?: HttpAnswer['validators']): Promise<HttpAnswer> =>
      http.get(url, {
        signal,
        allowNetworks: rule.allowNetworks,
        maxBytes: rule.maxMegabytes * 1_000_000,
        ...(known === undefined ? {} : { known }),
      })
  type Get = ReturnType<typeof getter>

  const one = async (get: Get, entry: Entry, from: string): Promise<Fetched> => {
    if (entry.text !== undefined) return { entry, result: { url: from, bytes: new TextEncoder().encode(entry.text) } }
    try {
      const answer = await get(new URL(format.path(entry.key), details).href)
      return { entry, result: { url: answer.url, bytes: bodyOf(answer, 'a notice') } }
    } catch (error) {
      if (error instanceof Fault) return { entry, result: error }
      throw error
    }
  }

  const all = async (get: Get, entries: readonly Entry[], from: string): Promise<readonly Fetched[]> => {
    const done: Fetched[] = []
    for (let at = 0; at < entries.length; at += AT_ONCE)
      done.push(...(await Promise.all(entries.slice(at, at + AT_ONCE).map((entry) => one(get, entry, from)))))
    return done
  }

  const entriesOf = async (answer: HttpAnswer): Promise<readonly Entry[]> => {
    const job = { kind: 'list', format: rule.format, source: rule.id, bytes: bodyOf(answer, 'a list of notices') } as const
    const result = await reader.read(job)
    if (result.kind !== 'list') throw new Fault('SOURCE_FAILED', 'The list of notices cannot be read.')
    if (result.entries.length === 0)
      throw new Fault('SOURCE_FAILED', `${new URL(answer.url).hostname} answered with a list that names no notice.`)
    return result.entries.map((entry) => (entry.text === undefined ? entry : { ...entry, digest: sha256Hex(entry.text).slice(0, 12) }))
  }

  const lookAtList = async (get: Get, before: ListState | undefined): Promise<Looked> => {
    const answer = await get(listUrl, before === undefined || before.left ? undefined : before.validators)
    if (answer.status === 304 && before !== undefined) return { list: before, fetched: [] }
    const entries = await entriesOf(answer)
    const due = dueOf(entries, before?.progress ?? null, most)
    const tried = [...due.fresh, ...due.again]
    const fetched = await all(get, tried, answer.url)
    const missing = fetched.flatMap(({ entry, result }) => (result instanceof Fault ? [entry] : []))
    const listed = entries.length
    const list = {
      validators: answer.validators,
      listed,
      progress: advanced(entries, before?.progress ?? null, tried, missing, clock.now().toISOString()),
      left: due.left || missing.length > 0,
    }
    if (before === undefined || listed >= before.listed * SHRUNK) return { list, fetched }
    return { list, fetched, concern: `The list names ${listed} notices; the last time there were ${before.listed}.` }
  }

  /** Of what is read in a notice. Ubuntu's has the state of each vulnerability in it, which changes by itself and is no change of the notice. */
  const digestOf = async (bytes: Uint8Array): Promise<string> => {
    const result = await reader.read({ kind: 'notice', format: rule.format, source: rule.id, bytes })
    const said =
      result.kind === 'notice' && result.reading.ok ? canonicalJson(result.reading.bulletin) : Buffer.from(bytes).toString('latin1')
    return sha256Hex(said).slice(0, 24)
  }

  /** Notices that came before: nobody says when one of them is changed. One that cannot be had today is looked at tomorrow. */
  const lookAgain = (get: Get, { taken }: AdvisoryState, today: string, besides: readonly Fetched[]): Promise<readonly Fetched[]> => {
    const had = new Set(besides.map(({ entry }) => entry.key))
    const due = dueAgain(taken, today).filter((key) => !had.has(key))
    return all(
      get,
      due.map((key) => ({ key, at: '' })),
      listUrl,
    )
  }

  const fetch = async (cursor: string | null, signal: AbortSignal): Promise<Batch> => {
    const get = getter(signal)
    const before = readState(cursor)
    const today = clock.now().toISOString().slice(0, 10)
    const { list, fetched, concern } = await lookAtList(get, before.list)
    const again = await lookAgain(get, before, today, fetched)
    const taken = new Map(before.taken)
    const documents: RawDocument[] = []
    const dropped: Batch['dropped'][number][] = []
    for (const { entry, result } of [...fetched, ...again]) {
      const known = taken.get(entry.key)
      if (result instanceof Fault) {
        dropped.push({ fileName: entry.key, reason: `it cannot be fetched, and is asked for again: ${result.message}` })
        if (known !== undefined) taken.set(entry.key, { ...known, day: today })
        continue
      }
      const now = takenNow(known, await digestOf(result.bytes), entry.text === undefined ? today : '')
      taken.set(entry.key, now.taken)
      if (now.isNews) documents.push({ fileName: fileNameOf(entry.key, now.taken.changes), ...result })
    }
    return {
      documents,
      dropped,
      cursor: writeState({ list, taken }),
      listed: list.listed,
      ...(concern === undefined ? {} : { concern }),
    }
  }

  return {
    id: rule.id,
    fetch,
    check: async (raw) => {
      const result = await reader.read({ kind: 'notice', format: rule.format, source: rule.id, bytes: raw.bytes })
      const reading = result.kind === 'notice' ? result.reading : unread(result.kind === 'lost' ? result.problem : 'it is a list')
      return checkNotice(raw, hosts, reading)
    },
  }
}
