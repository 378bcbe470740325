import { Fault } from '../../../../src/core/fault.ts'
import { advanced, dueOf, type ListState, readLists, writeLists } from '../../../../src/core/identify/backlog.ts'
import type { SourceRuleOf } from '../../../../src/core/policy.ts'
import type { Batch, BulletinSource, Clock } from '../../../../src/ports.ts'
import { bodyOf, type Http, type HttpAnswer, shown } from '../../../http.ts'
import type { CsafChecker } from '../check.ts'
import { discover, type Get, type Provider } from './discover.ts'
import { fetchDocuments } from './documents.ts'
import type { ListForm } from './listed.ts'
import type { Distribution } from './metadata.ts'
import { createKeyRing } from './ring.ts'

export interface CsafDeps {
  readonly http: Http
  readonly checker: CsafChecker
  readonly clock: Clock
  /** Documents that are fetched at one look. */
  readonly most?: number
}

type Rule = SourceRuleOf<'csaf'>

const MOST_AT_ONCE = 200
const MOST_LISTS = 10
const SHRUNK = 0.9
const KEY_WAIT_MS = 60_000
const GONE = [404, 410]

/** A list as it was fetched. */
interface FetchedList {
  readonly form: ListForm
  readonly answer: HttpAnswer
}

/** A directory has changes.csv with dates, or at least index.txt. */
const fetchList = async (get: Get, { form, url }: Distribution, state: ListState | undefined): Promise<FetchedList> => {
  const known = state === undefined || state.left ? undefined : state.validators
  const asked = known === undefined ? {} : { known }
  if (form === 'rolie') return { form, answer: await get(url, asked) }
  const changes = await get(new URL('changes.csv', url).href, asked)
  if (!GONE.includes(changes.status)) return { form: 'changes', answer: changes }
  return { form: 'index', answer: await get(new URL('index.txt', url).href, asked) }
}

/** One list worked off as far as `most` allows. */
interface Worked {
  readonly state: ListState
  readonly batch: Pick<Batch, 'documents' | 'dropped'>
  readonly concern: string | null
}

const failed = (words: string): Fault => new Fault('SOURCE_FAILED', words)

/**
 * A CSAF provider over https: new and changed documents with their sidecars, oldest first. At the first look the newest ones only. What
 * cannot be fetched is said, and asked for again. Throws Fault SOURCE_FAILED when the provider as a whole fails, HTTP_... on the way.
 */
export const createCsafSource = (rule: Rule, { http, checker, clock, most = MOST_AT_ONCE }: CsafDeps): BulletinSource => {
  const { id, provider, idPrefixes } = rule
  const ring = createKeyRing(rule, clock)

  const getter =
    (signal: AbortSignal): Get =>
    (url, { maxBytes = Number.POSITIVE_INFINITY, ...asked } = {}) =>
      http.get(url, {
        ...asked,
        signal,
        allowNetworks: rule.allowNetworks,
        maxBytes: Math.min(rule.maxMegabytes * 1_000_000, maxBytes),
      })

  const work = async (get: Get, from: Distribution, before: ListState | undefined, budget: number): Promise<Worked> => {
    const { form, answer } = await fetchList(get, from, before)
    if (answer.status === 304 && before !== undefined) return { state: before, batch: { documents: [], dropped: [] }, concern: null }
    const bytes = bodyOf(answer, 'a list of CSAF documents')
    const list = await checker.readList({ form, bytes, url: answer.url, idPrefixes })
    if (!list.ok) throw failed(`${shown(answer.url)} is no list of CSAF documents. ${list.problem}`)
    if (list.listed === 0) throw failed(`${shown(answer.url)} lists no CSAF documents.`)
    const due = dueOf(list.documents, before?.progress ?? null, budget)
    const fetched = await fetchDocuments(get, [...due.fresh, ...due.again])
    const lost = fetched.flatMap(({ entry, result }) => (result instanceof Fault ? [{ entry, reason: result.message }] : []))
    const missing = lost.map((one) => one.entry)
    const now = clock.now().toISOString()
    return {
      state: {
        validators: answer.validators,
        listed: list.listed,
        progress: advanced(list.documents, before?.progress ?? null, [...due.fresh, ...due.again], missing, now),
        left: due.left || lost.length > 0,
      },
      batch: {
        documents: fetched.flatMap(({ result }) => ('bytes' in result ? [result] : [])),
        dropped: [
          ...lost.map(({ entry, reason }) => ({ fileName: entry.key, reason: `it cannot be fetched, and is asked for again: ${reason}` })),
          ...fetched.flatMap(({ entry, result }) =>
            'label' in result ? [{ fileName: entry.key, reason: `it is for a closed circle (TLP:${result.label})` }] : [],
          ),
          ...list.dropped.map(({ reason, found }) => ({ fileName: 'list', reason, bytes: Buffer.from(found) })),
        ],
      },
      concern:
        before !== undefined && list.listed < before.listed * SHRUNK
          ? `${shown(answer.url)} lists ${list.listed} documents; the last time there were ${before.listed}.`
          : null,
    }
  }

  const fetch: BulletinSource['fetch'] = async (cursor, signal, _wanted, known = []) => {
    const get = getter(signal)
    const found = await discover(get, provider)
    if (found.distributions.length === 0) throw failed(`The provider lists no public documents${labelsOf(found)}.`)
    const first = await ring.ready(get, found, known)
    const before = readLists(cursor)
    const lists = found.distributions.slice(0, MOST_LISTS)
    const share = Math.max(1, Math.floor(most / lists.length))
    const worked: [string, Worked][] = []
    for (const one of lists) worked.push([one.url, await work(get, one, before.get(one.url), share)])
    const all = worked.map(([, one]) => one)
    const concern = [first, ...all].flatMap((one) => one.concern ?? []).join(' ')
    return {
      documents: all.flatMap(({ batch }) => batch.documents),
      dropped: all.flatMap(({ batch }) => batch.dropped),
      cursor: writeLists(new Map(worked.map(([url, { state }]) => [url, state]))),
      listed: all.reduce((sum, { state }) => sum + state.listed, 0),
      firstKeys: first.keys,
      ...(concern === '' ? {} : { concern }),
    }
  }

  return {
    id,
    fetch,
    check: async (raw, now, first = []) => {
      const { rule: by, armored } = await ring.keyFor(getter(AbortSignal.timeout(KEY_WAIT_MS)), raw, first)
      return checker.checkDocument(raw, by, armored, now)
    },
  }
}

const labelsOf = ({ metadata }: Provider): string =>
  metadata === null || metadata.otherLabels.length === 0
    ? ''
    : `; its feeds are for a closed circle (TLP:${metadata.otherLabels.join(', TLP:')})`
