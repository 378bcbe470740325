import { z } from 'zod'
import { sha256Hex } from '../../../src/core/canonical.ts'
import { Fault } from '../../../src/core/fault.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Batch, BulletinSource, Clock } from '../../../src/ports.ts'
import { bodyOf, type Http } from '../../http.ts'
import type { KevReader } from './reader.ts'

export interface KevDeps {
  readonly http: Http
  readonly reader: KevReader
  readonly clock: Clock
}

/** A catalogue with fewer than this part of the entries of a recent one is taken for broken. */
const SHRUNK = 0.9
/** So long a larger one is remembered: a list that loses a little at every look would be empty in the end, and nobody had noticed. */
const RECENT_DAYS = 30
const DAY = 86_400_000

const schema = z.object({
  v: z.literal(1),
  count: z.number(),
  releasedAt: z.string(),
  /** Larger ones of the last days, the latest last: how many entries each had, and until when it stood. */
  larger: z.array(z.object({ count: z.number(), at: z.iso.datetime() })).default([]),
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

type Larger = State['larger']

/** Larger catalogues that stood lately. The last one counts, however long ago it was read. */
const recent = ({ larger }: State, now: Date): Larger => larger.filter(({ at }) => now.getTime() - Date.parse(at) <= RECENT_DAYS * DAY)

/** What is remembered after one with `count` entries: only those that it has not outgrown, so never more than there were losses. */
const remembered = (before: State | null, count: number, now: Date): Larger =>
  before === null ? [] : [...recent(before, now), { count: before.count, at: now.toISOString() }].filter((one) => one.count > count)

/** The most entries that a catalogue had lately. */
const mostOf = (before: State, now: Date): number => Math.max(before.count, ...recent(before, now).map(({ count }) => count))

/** What a person does who has found out that it is right. */
const orReset = (id: string): string => `If it is right all the same: \`npm run -s patchcrier -- source reset ${id} --reason TEXT\`.`

const failed = (words: string): Fault => new Fault('SOURCE_FAILED', words)

/**
 * CISA's catalogue of known exploited vulnerabilities: the whole of it when it changed, nothing else. Throws Fault SOURCE_FAILED for a
 * catalogue that is not complete, has shrunk by more than a tenth within thirty days, or is older than the last one; HTTP_... when it cannot
 * be fetched.
 */
export const createKevSource = (rule: SourceRuleOf<'kev'>, { http, reader, clock }: KevDeps): BulletinSource => ({
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
    const now = clock.now()
    const most = before === null ? 0 : mostOf(before, now)
    if (count < most * SHRUNK)
      throw failed(
        `The catalogue has ${count} entries; ${most === before?.count ? 'the last one' : `one of the last ${RECENT_DAYS} days`} had ${most}. It is taken for incomplete. ${orReset(rule.id)}`,
      )
    if (before !== null && catalogue.releasedAt < before.releasedAt)
      throw failed(`The catalogue is of ${catalogue.releasedAt}; one of ${before.releasedAt} is known already. ${orReset(rule.id)}`)
    const state: State = {
      v: 1,
      count,
      releasedAt: catalogue.releasedAt,
      larger: remembered(before, count, now),
      validators: answer.validators,
    }
    return { documents: [], dropped: [], cursor: JSON.stringify(state), listed: count, exploited: catalogue }
  },
  // There are no documents of it; whoever asks gets an answer that proves nothing.
  check: async (raw) => ({
    bulletin: null,
    digest: sha256Hex(new TextDecoder().decode(raw.bytes)),
    checks: [{ name: 'schema', outcome: 'fail', evidence: 'A catalogue of exploited vulnerabilities has no bulletins.' }],
  }),
})
