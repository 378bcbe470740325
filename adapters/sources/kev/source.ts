import { z } from 'zod'
import { sha256Hex } from '../../../src/core/canonical.ts'
import { Fault } from '../../../src/core/fault.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Batch, BulletinSource } from '../../../src/ports.ts'
import { bodyOf, type Http } from '../../http.ts'
import type { KevReader } from './reader.ts'

export interface KevDeps {
  readonly http: Http
  readonly reader: KevReader
}

/** A catalogue with fewer than this part of the last one's entries is taken for broken. */
const SHRUNK = 0.9

const schema = z.object({
  v: z.literal(1),
  count: z.number(),
  releasedAt: z.string(),
  validators: z.object({ etag: z.string().optional(), lastModified: z.string().optional() }),
})
type State = z.infer<typeof schema>

const readState = (text: string | null): State | null => {
  try {
    return text === null ? null : schema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

const failed = (words: string): Fault => new Fault('SOURCE_FAILED', words)

/**
 * CISA's catalogue of known exploited vulnerabilities: the whole of it when it changed, nothing else. Throws Fault SOURCE_FAILED for a
 * catalogue that is not complete, has shrunk by more than a tenth, or is older than the last one; HTTP_... when it cannot be fetched.
 */
export const createKevSource = (rule: SourceRuleOf<'kev'>, { http, reader }: KevDeps): BulletinSource => ({
  id: rule.id,
  fetch: async (cursor, signal): Promise<Batch> => {
    const before = readState(cursor)
    const answer = await http.get(rule.url, {
      signal,
      allowNetworks: rule.allowNetworks,
      maxBytes: rule.maxMegabytes * 1_000_000,
      ...(before === null ? {} : { known: before.validators }),
    })
    if (answer.status === 304 && before !== null)
      return { documents: [], dropped: [], cursor: JSON.stringify(before), listed: before.count }
    const { host } = new URL(answer.url)
    const reading = await reader.read(bodyOf(answer, 'the catalogue of known exploited vulnerabilities'))
    if (!reading.ok) throw failed(`${host} answered with something that is no complete catalogue. ${reading.problem}`)
    const { catalogue } = reading
    const count = catalogue.entries.length
    if (before !== null && count < before.count * SHRUNK)
      throw failed(`The catalogue has ${count} entries; the last one had ${before.count}. It is taken for incomplete.`)
    if (before !== null && catalogue.releasedAt < before.releasedAt)
      throw failed(`The catalogue is of ${catalogue.releasedAt}; one of ${before.releasedAt} is known already.`)
    const state: State = { v: 1, count, releasedAt: catalogue.releasedAt, validators: answer.validators }
    return { documents: [], dropped: [], cursor: JSON.stringify(state), listed: count, exploited: catalogue }
  },
  // There are no documents of it; whoever asks gets an answer that proves nothing.
  check: async (raw) => ({
    bulletin: null,
    digest: sha256Hex(new TextDecoder().decode(raw.bytes)),
    checks: [{ name: 'schema', outcome: 'fail', evidence: 'A catalogue of exploited vulnerabilities has no bulletins.' }],
  }),
})
