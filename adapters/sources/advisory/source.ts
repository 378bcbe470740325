import { Fault } from '../../../src/core/fault.ts'
import { advanced, dueOf, readLists, writeLists } from '../../../src/core/identify/backlog.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Batch, BulletinSource, Clock, RawDocument } from '../../../src/ports.ts'
import { bodyOf, type Http, type HttpAnswer } from '../../http.ts'
import { checkNotice, fileNameOf } from './check.ts'
import { type Entry, unread } from './format.ts'
import { FORMATS } from './formats.ts'
import type { AdvisoryReader } from './reader.ts'

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
const LIST = 'list'

interface Fetched {
  readonly entry: Entry
  readonly result: RawDocument | Fault
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
    const fileName = fileNameOf(entry.key)
    if (entry.text !== undefined) return { entry, result: { fileName, url: from, bytes: new TextEncoder().encode(entry.text) } }
    try {
      const answer = await get(new URL(format.path(entry.key), details).href)
      return { entry, result: { fileName, url: answer.url, bytes: bodyOf(answer, 'a notice') } }
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
    return result.entries
  }

  const fetch = async (cursor: string | null, signal: AbortSignal): Promise<Batch> => {
    const get = getter(signal)
    const before = readLists(cursor).get(LIST)
    const answer = await get(listUrl, before === undefined || before.left ? undefined : before.validators)
    if (answer.status === 304 && before !== undefined)
      return { documents: [], dropped: [], cursor: writeLists(new Map([[LIST, before]])), listed: before.listed }
    const entries = await entriesOf(answer)
    const due = dueOf(entries, before?.progress ?? null, most)
    const tried = [...due.fresh, ...due.again]
    const fetched = await all(get, tried, answer.url)
    const lost = fetched.flatMap(({ entry, result }) => (result instanceof Fault ? [{ entry, reason: result.message }] : []))
    const missing = lost.map(({ entry }) => entry)
    const listed = entries.length
    const state = {
      validators: answer.validators,
      listed,
      progress: advanced(entries, before?.progress ?? null, tried, missing, clock.now().toISOString()),
      left: due.left || lost.length > 0,
    }
    return {
      documents: fetched.flatMap(({ result }) => (result instanceof Fault ? [] : [result])),
      dropped: lost.map(({ entry, reason }) => ({
        fileName: entry.key,
        reason: `it cannot be fetched, and is asked for again: ${reason}`,
      })),
      cursor: writeLists(new Map([[LIST, state]])),
      listed,
      ...(before !== undefined && listed < before.listed * SHRUNK
        ? { concern: `The list names ${listed} notices; the last time there were ${before.listed}.` }
        : {}),
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
