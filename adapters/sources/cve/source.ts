import { sha256Hex } from '../../../src/core/canonical.ts'
import { Fault } from '../../../src/core/fault.ts'
import type { CveScore } from '../../../src/core/identify/scores.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Batch, BulletinSource } from '../../../src/ports.ts'
import { bodyOf, type Http, type HttpAnswer } from '../../http.ts'
import type { CveReader } from './reader.ts'

export interface CveDeps {
  readonly http: Http
  readonly reader: CveReader
}

const AT_ONCE = 4
const GONE = [404, 410]

type Get = (url: string) => Promise<HttpAnswer>
type Dropped = Batch['dropped'][number]

/** What one record says; null: there is none (yet). */
const recordOf = async (get: Get, reader: CveReader, base: string, cve: string): Promise<CveScore | null> => {
  const answer = await get(new URL(cve, base.endsWith('/') ? base : `${base}/`).href)
  if (GONE.includes(answer.status)) return null
  const result = await reader.read({ kind: 'record', cve, bytes: bodyOf(answer, 'a CVE record') })
  if (result.kind !== 'record')
    throw new Fault('SOURCE_FAILED', result.kind === 'lost' ? result.problem : 'The answer is to another question.')
  return result.score
}

const probabilities = async (
  get: Get,
  reader: CveReader,
  address: string,
  asked: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const url = new URL(address)
  url.searchParams.set('cve', asked.join(','))
  const result = await reader.read({ kind: 'epss', asked, bytes: bodyOf(await get(url.href), "EPSS's answer") })
  if (result.kind !== 'epss')
    throw new Fault('SOURCE_FAILED', result.kind === 'lost' ? result.problem : 'The answer is to another question.')
  return new Map(result.probabilities)
}

/** The answer, or a fault that is told; anything else breaks. */
const attempt = async <T>(work: Promise<T>): Promise<T | Fault> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

/**
 * What is said of the vulnerabilities that are wanted: SSVC decision points of their CVE records, and EPSS. It has no list and no bulletins.
 * Throws Fault of the first failure when nothing at all could be read; single failures are told and asked for again.
 */
export const createCveSource = (rule: SourceRuleOf<'cve'>, { http, reader }: CveDeps): BulletinSource => ({
  id: rule.id,
  fetch: async (_cursor, signal, wanted = []): Promise<Batch> => {
    const get: Get = (url) =>
      http.get(url, { signal, allowNetworks: rule.allowNetworks, maxBytes: rule.maxMegabytes * 1_000_000, accept: 'application/json' })
    const [scores, dropped, faults]: [Map<string, CveScore>, Dropped[], Fault[]] = [new Map(), [], []]
    const lose = (fileName: string, fault: Fault): void => {
      faults.push(fault)
      dropped.push({ fileName, reason: `it cannot be read, and is asked for again: ${fault.message}` })
    }
    for (let at = 0; at < wanted.length; at += AT_ONCE)
      await Promise.all(
        wanted.slice(at, at + AT_ONCE).map(async (cve) => {
          const score = await attempt(recordOf(get, reader, rule.url, cve))
          if (score instanceof Fault) lose(cve, score)
          else scores.set(cve, score ?? { cve })
        }),
      )
    if (rule.epss !== null && wanted.length > 0) {
      const found = await attempt(probabilities(get, reader, rule.epss, wanted))
      if (found instanceof Fault) lose('epss', found)
      else for (const [cve, epss] of found) scores.set(cve, { ...(scores.get(cve) ?? { cve }), epss })
    }
    const [first] = faults
    if (scores.size === 0 && first !== undefined) throw first
    return { documents: [], dropped, cursor: '', scores: [...scores.values()].sort((a, b) => (a.cve < b.cve ? -1 : 1)) }
  },
  // There are no documents of it; whoever asks gets an answer that proves nothing.
  check: async (raw) => ({
    bulletin: null,
    digest: sha256Hex(new TextDecoder().decode(raw.bytes)),
    checks: [{ name: 'schema', outcome: 'fail', evidence: 'A CVE record is no bulletin.' }],
  }),
})
