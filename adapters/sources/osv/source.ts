import { Fault } from '../../../src/core/fault.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { BulletinSource, Clock } from '../../../src/ports.ts'
import type { Http } from '../../http.ts'
import { fetchBucket, type Get } from './bucket.ts'
import { checkRecord } from './check.ts'
import { fetchFolder } from './folder.ts'
import type { OsvReader } from './reader.ts'

export interface OsvDeps {
  readonly http: Http
  readonly reader: OsvReader
  readonly clock: Clock
  /** The folder that the rule means, resolved, where it means one. */
  readonly folder?: string
  /** Records that are taken at one look. */
  readonly most?: number
}

const MOST_FETCHED = 200
const MOST_READ = 2_000

/**
 * OSV records of the ecosystems that the policy names, from a bucket over https or from a folder. At the first look the newest ones only.
 * Throws Fault SOURCE_FAILED when the source as a whole fails, HTTP_... on the way.
 */
export const createOsvSource = (rule: SourceRuleOf<'osv'>, deps: OsvDeps): BulletinSource => {
  const { http, reader, clock, most } = deps
  const maxBytes = rule.maxMegabytes * 1_000_000
  const getter =
    (signal: AbortSignal): Get =>
    (url, known) =>
      http.get(url, { signal, allowNetworks: rule.allowNetworks, maxBytes, ...(known === undefined ? {} : { known }) })
  return {
    id: rule.id,
    fetch: async (cursor, signal) => {
      if (rule.url !== undefined)
        return fetchBucket(
          { url: rule.url, ecosystems: rule.ecosystems, most: most ?? MOST_FETCHED, reader, clock },
          getter(signal),
          cursor,
        )
      const folder = deps.folder ?? rule.folder
      if (folder === undefined) throw new Fault('SOURCE_FAILED', 'The policy names neither an address nor a folder for this source.')
      return fetchFolder({ folder, most: most ?? MOST_READ, maxBytes, now: clock.now() }, cursor, signal)
    },
    check: (raw) => checkRecord(raw, rule, reader),
  }
}
