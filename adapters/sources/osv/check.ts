import { createHash } from 'node:crypto'
import type { Checked } from '../../../src/core/identify/judge.ts'
import { line } from '../../../src/core/identify/text.ts'
import type { Check, CheckName, CheckOutcome } from '../../../src/core/identify/verification.ts'
import type { RawDocument } from '../../../src/ports.ts'
import type { OsvReader } from './reader.ts'

/** What of an OSV rule its records are checked by. */
export interface OsvRule {
  readonly id: string
  readonly url?: string | undefined
  readonly ecosystems: readonly string[]
}

const check = (name: CheckName, outcome: CheckOutcome, evidence: string): Check => ({ name, outcome, evidence })

const PROOF: readonly Check[] = [
  check('hash', 'not applicable', 'OSV publishes no hashes.'),
  check('signature', 'not applicable', 'OSV signs nothing.'),
]

/** The name under which a record is kept: ids have colons, which not every file system takes. */
export const fileNameOf = (id: string): string => `${id.replace(/[^A-Za-z0-9+._-]/g, '_')}.json`

const namespaceCheck = (raw: RawDocument, rule: OsvRule): Check => {
  if (rule.url === undefined || raw.url === undefined)
    return check('namespace', 'unavailable', 'A folder has no domain, and no key speaks for it: who wrote the record is not known.')
  const [wanted, found] = [new URL(rule.url).host, new URL(raw.url).host]
  return check('namespace', wanted === found ? 'pass' : 'fail', `Fetched over https from ${line(found, 200)}; the policy names ${wanted}.`)
}

/** All checks of one record; with these it is UNCONFIRMED, and over https CORROBORATED once an independent origin confirms it. Never throws. */
export const checkRecord = async (raw: RawDocument, rule: OsvRule, reader: OsvReader): Promise<Checked> => {
  const digest = createHash('sha256').update(raw.bytes).digest('hex')
  const parsed = await reader.record({ source: rule.id, bytes: raw.bytes, ecosystems: rule.ecosystems })
  if (!parsed.ok) {
    const unread = (['file-name', 'namespace'] as const).map((name) =>
      check(name, 'unavailable', 'Not checked: the record cannot be read.'),
    )
    return { bulletin: null, digest, checks: [...PROOF, check('schema', 'fail', `It is no OSV record: ${parsed.problem}.`), ...unread] }
  }
  const expected = fileNameOf(parsed.bulletin.vendorId)
  return {
    bulletin: parsed.bulletin,
    digest,
    checks: [
      ...PROOF,
      check('schema', 'pass', 'The record has the shape of the OSV schema.'),
      check('file-name', raw.fileName === expected ? 'pass' : 'fail', `${parsed.bulletin.vendorId} is kept as ${expected}.`),
      namespaceCheck(raw, rule),
    ],
  }
}
