import { Fault } from '../../../src/core/fault.ts'
import { advanced, dueOf, type Listed } from '../../../src/core/identify/backlog.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Batch, BulletinSource, Clock } from '../../../src/ports.ts'
import { bodyOf, type Http, type HttpAnswer } from '../../http.ts'
import { checkPart, type MsrcRule } from './check.ts'
import { type MsrcState, readState, writeState } from './cursor.ts'
import type { MsrcReader } from './reader.ts'
import { documentsOf, type Taken, takeEach, type Untaken } from './taken.ts'
import { readUpdates } from './updates.ts'

export interface MsrcDeps {
  readonly http: Http
  readonly reader: MsrcReader
  readonly clock: Clock
}

/** Months at one look: each may have tens of megabytes. The first look takes the latest ones. */
const MOST_MONTHS = 3
const SHRUNK = 0.9

const entriesOf = (found: readonly unknown[]): Batch['dropped'][number] => ({
  fileName: 'updates',
  reason: `${found.length} entries of it are no months`,
  bytes: Buffer.from(JSON.stringify(found)),
})

type Get = (path: string, accept: string, known?: HttpAnswer['validators']) => Promise<HttpAnswer>

/** All checks of a part, read in a process of its own. */
export const checkOf =
  (rule: MsrcRule, reader: MsrcReader): BulletinSource['check'] =>
  async (raw) => {
    const result = await reader.read({ kind: 'part', source: rule.id, namespace: new URL(rule.url).origin, bytes: raw.bytes })
    if (result.kind === 'part') return checkPart(raw, rule, result.part)
    return checkPart(raw, rule, { ok: false, problem: result.kind === 'lost' ? result.problem : 'the answer is to another question' })
  }

/**
 * Microsoft's months over its CVRF API: each product family of a new or changed month is a document. Throws Fault SOURCE_FAILED when the
 * list of months is none, HTTP_... when it cannot be fetched. A month that cannot be read is said, and asked for again.
 */
export const createMsrcSource = (rule: SourceRuleOf<'msrc'>, { http, reader, clock }: MsrcDeps): BulletinSource => {
  const base = rule.url.endsWith('/') ? rule.url : `${rule.url}/`

  const fetchMonth = async (get: Get, entry: Listed, known: MsrcState['parts']): Promise<Taken | Untaken> => {
    const answer = await get(`cvrf/${entry.key}`, 'application/json, application/xml;q=0.5')
    const bytes = bodyOf(answer, 'a month')
    const result = await reader.read({ kind: 'month', bytes, families: rule.families, known: [...known] })
    if (result.kind !== 'month') return { reason: result.kind === 'lost' ? result.problem : 'The answer is to another question.', bytes }
    const reading = result.month
    if (!reading.ok) return { reason: reading.problem, bytes }
    if (reading.id !== entry.key) return { reason: `It calls itself ${reading.id.slice(0, 40)}.`, bytes }
    return {
      ...documentsOf(reading.parts, known, answer.url),
      dropped: reading.dropped.map(({ reason, found }) => ({ fileName: entry.key, reason, bytes: Buffer.from(found) })),
    }
  }

  const fetch = async (cursor: string | null, signal: AbortSignal): Promise<Batch> => {
    const before = readState(cursor)
    const get: Get = (path, accept, known) =>
      http.get(new URL(path, base).href, {
        signal,
        allowNetworks: rule.allowNetworks,
        maxBytes: rule.maxMegabytes * 1_000_000,
        accept,
        ...(known === undefined ? {} : { known }),
      })
    const answer = await get('updates', 'application/json', before.list?.left ? undefined : before.list?.validators)
    if (answer.status === 304 && before.list !== undefined)
      return { documents: [], dropped: [], cursor: writeState(before), listed: before.list.listed }
    const updates = readUpdates(bodyOf(answer, "Microsoft's list of months"))
    if (!updates.ok) throw new Fault('SOURCE_FAILED', `The list of months cannot be read. ${updates.problem}`)
    if (updates.months.length === 0) throw new Fault('SOURCE_FAILED', 'The list of months has no months in it.')
    const progress = before.list?.progress ?? null
    const due = dueOf(updates.months, progress, MOST_MONTHS)
    const tried = [...due.fresh, ...due.again]
    const { documents, dropped, parts, lost } = await takeEach(tried, before.parts, (entry, known) => fetchMonth(get, entry, known))
    const strange = updates.dropped.length > 0 ? [entriesOf(updates.dropped)] : []
    const listed = updates.months.length
    const list = {
      validators: answer.validators,
      listed,
      progress: advanced(updates.months, progress, tried, lost, clock.now().toISOString()),
      left: due.left || lost.length > 0,
    }
    return {
      documents,
      dropped: [...dropped, ...strange],
      cursor: writeState({ list, parts }),
      listed,
      ...(before.list !== undefined && listed < before.list.listed * SHRUNK
        ? { concern: `The list has ${listed} months; the last time there were ${before.list.listed}.` }
        : {}),
    }
  }
  return { id: rule.id, fetch, check: checkOf(rule, reader) }
}
